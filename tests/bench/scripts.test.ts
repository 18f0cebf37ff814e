// The smaller scripts of bench/, on little: they run, and print what the docs send readers to them for.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

function run(script: string, ...args: string[]): string {
  const path = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url));
  return execFileSync(process.execPath, [path, ...args], { encoding: "utf8" });
}

test("shapes: prints the time of a full collection for each shape", () => {
  expect(run("shapes.mjs", "3000", "--only", "comb,ring")).toMatch(
    /^3,000 objects\n[^]*\ncomb +[\d.]+ [^]*ring +[\d.]+/,
  );
});

test("shapes: prints the time of steps with bounded pauses, and no cycle is hurried", () => {
  expect(run("shapes.mjs", "3000", "--bounded", "--only", "comb")).toMatch(/\ncomb +0 +\d+ +\d+ +[\d.]+/);
});

test("depth: a list and a cycle of any length leave no object behind", () => {
  expect(run("depth.mjs", "10000").match(/objects left: 0/g)).toHaveLength(2);
});

test("json-memory: what a stream of JSON takes, by its result", () => {
  expect(run("json-memory.mjs", "0.2")).toMatch(/\nrecords[^]* 0\.2 [^]*\none string[^]*\nResult: /);
});

test("share: a row for each way to give a document to workers, and for each way to look up", () => {
  expect(run("share.mjs", "0.5")).toMatch(
    /\nview of a shared image [^]*\na heap restored in each [^]*\nasObject\(view\) [^]*/,
  );
});

test("handles: a row for each thing that a program does, with a column for each subject that is there", async () => {
  const load = (file: string): Promise<unknown> => import(new URL(`../../bench/handles/${file}`, import.meta.url).href);
  const { ROWS } = (await load("rows.mjs")) as { ROWS: { name: string }[] };
  const { heapwright, heapwrightCore } = (await load("heapwright.mjs")) as Record<string, Subject>;
  const { javascript } = (await load("javascript.mjs")) as Record<string, Subject>;
  const names = ROWS.map(({ name }) => name);
  for (const subject of [heapwright, heapwrightCore, javascript] as Subject[]) {
    const acts = subject.start();
    const done = names.filter((name) => typeof acts[name] === "function");
    for (const name of done) for (let i = 0; i < 3; i++) (acts[name] as () => void)();
    (acts.end as (() => void) | undefined)?.();
    expect(done.length, subject.title).toBeGreaterThan(5);
  }
});

interface Subject {
  readonly title: string;
  start(): Record<string, unknown>;
}
