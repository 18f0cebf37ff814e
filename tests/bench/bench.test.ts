import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "heapwright-bench-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Summary {
  figure: number;
  runs: number[];
  spread: number;
  ratio?: number;
  failed?: string;
}
interface Report {
  schema: number;
  commit: string | null;
  machine: { cpu: string; cores: number };
  versions: Record<string, string>;
  subjects: { name: string }[];
  results: { workload: string; size: number; unit: string; subjects: Record<string, Summary> }[];
  targets: { workload: string; target: string; value?: number; holds?: boolean }[];
}

/** Modules of the benchmarks, which have no types. */
async function load<T>(path: string): Promise<T> {
  return (await import(new URL(`../../bench/${path}`, import.meta.url).href)) as T;
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [script, "--no-install", "--out", out, ...args], { encoding: "utf8" });
}

describe("a run", () => {
  // One small case of each subject that needs nothing from elsewhere. Times decide nothing here.
  const SUBJECTS = [
    "heapwright",
    "heapwright-bounded",
    "heapwright-js",
    "limit",
    "v8",
    "as-minimal",
    "as-incremental",
    "as-tlsf",
  ];
  const only = ["--only", SUBJECTS.join(), "--only", "churn,full-random,js-object"];

  test("measures every subject, compares it with heapwright, and writes all results", async () => {
    const { status, stdout, stderr } = run("--quick", "--json", "--runs", "1", ...only);
    expect(status, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(JSON.parse(readFileSync(join(out, "results.json"), "utf8"))).toEqual(report);
    expect(report.schema).toBe(1);
    expect(report.machine.cores).toBeGreaterThan(0);
    expect(report.versions.node).toBe(process.versions.node);
    expect(new Set(report.subjects.map(({ name }) => name))).toEqual(new Set(SUBJECTS));

    const measured = report.results.flatMap(({ subjects }) => Object.entries(subjects));
    expect(new Set(measured.map(([name]) => name))).toEqual(new Set(SUBJECTS));
    for (const { workload, subjects } of report.results) {
      const ours = subjects[workload === "js-object" ? "heapwright-js" : "heapwright"] as Summary;
      for (const [name, summary] of Object.entries(subjects)) {
        expect(summary.failed, `${workload}, ${name}`).toBeUndefined();
        expect(summary.runs).toHaveLength(1);
        expect(summary.figure).toBe(Math.min(...summary.runs));
        expect(summary.figure).toBeGreaterThan(0);
        expect(summary.spread).toBeCloseTo(Math.max(...summary.runs) / summary.figure - 1);
        expect(summary.ratio).toBeCloseTo(summary.figure / ours.figure);
      }
    }
    const { TARGETS } = await load<{ TARGETS: { workload: string; against?: { subject?: string }; atMost: number }[] }>(
      "targets.mjs",
    );
    const target = TARGETS.find(({ workload, against }) => workload === "churn" && against?.subject === "v8");
    const judged = report.targets.find(({ workload, target }) => workload === "churn" && target.includes("V8"));
    expect(judged?.target).toContain(`≤ ${target?.atMost} ×`);
    // How fast it was decides nothing here: only that the verdict is that of the target on what was measured.
    expect(judged?.holds).toBe((judged?.value as number) <= (target?.atMost as number));

    const drawing = readFileSync(join(out, "results.svg"), "utf8");
    expect(drawing.match(/<g><title>V8 objects: /g)).toHaveLength(3);
    // Every element that is opened is closed.
    const opened = [...drawing.matchAll(/<(\w+)(?:>|[^>]*[^/]>)/g)].map(([, name]) => name).sort();
    expect([...drawing.matchAll(/<\/(\w+)>/g)].map(([, name]) => name).sort()).toEqual(opened);
  }, 300_000);

  test.each([[["--runs", "none"]], [["--size", "3"]], [["--only", "nothing-of-that-name"]]])(
    "refuses %j and says what there is",
    (args) => {
      const { status, stderr } = run(...args);
      expect(status).toBe(2);
      expect(stderr).toContain("Usage:");
    },
  );
});

describe("results decide whether a figure counts", () => {
  test("a wrong result gives no figure", async () => {
    const { workloadNamed } = await load<{ workloadNamed: (name: string) => { open: Open } }>("workloads/index.mjs");
    type Open = (program: object, size: number) => { check: () => void };
    const cheat = { enable() {}, collect: () => 0, graph() {}, edges: () => 7 };
    expect(() => workloadNamed("full-random").open(cheat, 10).check()).toThrow("references that are as drawn: 7");
    const lazy = { enable() {}, trees() {}, treeNodes: () => 1 };
    expect(() => workloadNamed("trees").open(lazy, 3).check()).toThrow("objects of a tree: 1, where it should be 15");
  });

  test("a failed subject has no ratio, and the others keep theirs", async () => {
    const { makeRow, summarize } = await load<{
      makeRow: (entry: object, summaries: object) => { subjects: Record<string, Summary> };
      summarize: (runs: object[]) => Summary;
    }>("results.mjs");
    expect(summarize([{ failed: "it died" }])).toEqual({ failed: "it died" });
    const summary = summarize([{ figure: 3 }, { failed: "it died" }, { figure: 2 }]);
    expect(summary).toMatchObject({ figure: 2, runs: [3, 2], spread: 0.5, failedRuns: 1 });
    const workload = { name: "w", title: "w", unit: "ns" };
    const { subjects } = makeRow(
      { workload, size: 1 },
      { heapwright: { figure: 2 }, v8: { figure: 5 }, lua: { failed: "it died" } },
    );
    expect(subjects.v8?.ratio).toBe(2.5);
    expect(subjects.lua).toEqual({ failed: "it died" });
  });
});

describe("pauses", () => {
  test("percentiles are those of all pauses, by nearest rank", async () => {
    const { PauseRecorder } = await load<{
      PauseRecorder: new () => { record(pause: number): void; summary(): Record<string, number> };
    }>("measure/pauses.mjs");
    const recorder = new PauseRecorder();
    // 1 to 5,000, out of order: 7 and 5,000 have no common factor.
    for (let i = 0; i < 5000; i++) recorder.record(1 + ((i * 7) % 5000));
    expect(recorder.summary()).toEqual({ count: 5000, mean: 2500.5, p50: 2500, p99: 4950, p999: 4995, max: 5000 });
    const one = new PauseRecorder();
    one.record(3);
    expect(one.summary()).toEqual({ count: 1, mean: 3, p50: 3, p99: 3, p999: 3, max: 3 });
  });
});

describe("targets", () => {
  const row = (workload: string, size: number, subjects: object): object => ({ workload, size, subjects });
  interface Judged {
    workload: string;
    size: number;
    target: string;
    value?: number;
    holds?: boolean;
  }
  type Judge = (rows: object[], options: object) => Judged[];

  test("compare with peers, with heapwright's own results, and with numbers; say what was not measured", async () => {
    const { judge } = await load<{ judge: Judge }>("targets.mjs");
    const judged = judge(
      [
        row("churn", 1e5, { heapwright: { figure: 6 }, v8: { figure: 4 } }),
        row("full-random", 1e6, { heapwright: { figure: 10 }, limit: { figure: 10 } }),
        row("full-aged", 1e6, { heapwright: { figure: 12 } }),
        row("pauses", 1e6, { "heapwright-bounded": { figure: 3, max: 3, p99: 0.5 } }),
      ],
      { quick: false, titleOf: (name: string) => name },
    );
    const about = (workload: string, part: string): Partial<Judged> | undefined =>
      judged.find((one) => one.workload === workload && one.target.includes(part));
    expect(about("churn", "v8")).toMatchObject({ value: 1.5, holds: false });
    expect(about("churn", "dlmalloc")).not.toHaveProperty("holds");
    expect(about("full-random", "limit")).toMatchObject({ size: 1e6, value: 1, holds: true });
    expect(about("full-aged", "ours")).toMatchObject({ value: 1.2, holds: true });
    expect(about("pauses", "longest")).toMatchObject({ value: 3, holds: false });
    expect(about("pauses", "p99")).toMatchObject({ value: 0.5, holds: true });
  });
});
