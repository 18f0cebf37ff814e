import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import picocolors from "picocolors";
import { writeHeapSnapshot } from "../../src/dump/export/heapsnapshot.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { Heap } from "../../src/index.js";
import { save } from "../../src/image.js";
import { info } from "../../src/cli/inspect/commands/info.js";
import { progressOn } from "../../src/cli/inspect/progress.js";
import { Exit, run } from "../../src/cli/inspect/run.js";
import { withMeta } from "../support/images.js";
import { ask, inspect, inspectInProcess, temporaryFolder } from "../support/inspect.js";
import { ref, saveScene } from "./scene.js";

const folder = temporaryFolder();
const scene = saveScene(folder);
const { file } = scene;
const snapshot = join(folder, "scene.heapsnapshot");
inspect("export", file, "heapsnapshot", "--out", snapshot);

const COMMANDS: string[][] = [
  ["info"],
  ["types"],
  ["types", "--by", "retained"],
  ["types", "--by", "site"],
  ["top"],
  ["why", "Session"],
  ["who", "str"],
  ["cycles"],
  ["refcounts"],
  ["fragmentation"],
  ["diff", file],
  ["dups"],
  ["query", "live or garbage"],
  ["check", "--max-live", "1GB"],
].map(([name, ...rest]) => [name as string, file, ...rest]);

describe("JSON", () => {
  test.each(COMMANDS)("of %s is the same each time", (...args) => {
    // Starting a process takes long: every third has one of its own.
    const isApart = COMMANDS.findIndex((command) => command.join() === args.join()) % 3 === 0;
    const [first, second] = [(isApart ? inspectInProcess : inspect)(...args, "--json"), inspect(...args, "--json")];
    expect(first).toEqual(second);
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(JSON.parse(first.out)).toMatchObject({ schema: 1, command: args[0] });
  });

  test("has lists that say how many items they omit, and how to get them", () => {
    const { objects, count } = ask("query", file, "live", "--limit", "7");
    expect(objects.rows).toHaveLength(7);
    expect(objects).toMatchObject({ total: count, truncated: true, more: `--limit ${count}` });
    expect(ask("query", file, "live", "--limit", String(count)).objects).toMatchObject({ truncated: false });
    expect(inspect("query", file, "live", "--limit", "7").out).toContain(`${count - 7} omitted; --limit ${count}`);
  });

  test("is bounded, however large the dump and the names in it", () => {
    const build = new GraphBuilder();
    const chain = build.node("Head");
    let last = chain;
    for (let i = 0; i < 22_000; i++) {
      const node = build.node(`Type ${i % 11_000} ${"x".repeat(i % 11_000 < 3 ? 1e6 : 10)}`, {
        label: "y".repeat(2000),
      });
      build.edge(last, node, "next ".repeat(200));
      last = node;
    }
    build.root(chain, 1, "root ".repeat(1000));
    const large = join(folder, "large.heapsnapshot");
    writeFileSync(large, Buffer.concat([...writeHeapSnapshot(build.build(), { textLength: 2e6 })]));
    for (const args of [
      ["types", large],
      ["top", large, "--all"],
      ["why", large, "@88005"],
      ["dups", large],
    ]) {
      const { code, out } = inspect(...args, "--json", "--limit", "10000");
      expect(code, args.join(" ")).toBe(0);
      expect(out.length, args.join(" ")).toBeLessThan(12e6);
      expect(out.split("\n").reduce((most, { length }) => Math.max(most, length), 0)).toBeLessThan(500);
      expect(inspect(...args).out.length).toBeLessThan(20_000);
    }
    expect(inspect("types", large, "--limit", "10001")).toMatchObject({ code: 2, out: "" });
  });
});

describe("exit codes", () => {
  test("0 for help, 2 for wrong arguments, which are explained on stderr", () => {
    expect(inspectInProcess("--help")).toMatchObject({ code: 0, err: "" });
    expect(inspectInProcess("why", "--help")).toMatchObject({ code: 0, err: "" });
    for (const [args, what] of [
      [[], "Usage: heapwright inspect"],
      [["topp", file], "neither topp nor"],
      [[file, file], "to compare two dumps: diff"],
      [["top"], "missing required argument 'file'"],
      [["types", file, "--by", "colour"], "Allowed choices are self, count, retained, site"],
      [["types", file, "--limit", "-1"], "Expected a whole number from 1 to 10000"],
      [["types", file, "--frobnicate"], "unknown option '--frobnicate'"],
      [["check", file, "--max-live", "lots"], "Expected a number, optionally with kB, MB"],
      [["export", file, "pdf", "--out", "x"], "Expected one of heapsnapshot, parquet"],
      [["query", file], "give a filter"],
      [["info", join(folder, "nothing")], "there is no such file"],
      [["info", folder], "it is a directory"],
    ] as const) {
      const { code, out, err } = (args.length < 2 ? inspectInProcess : inspect)(...args);
      expect([code, out], args.join(" ")).toEqual([2, ""]);
      expect(err).toContain(what);
      expect(err).not.toMatch(/^ +at /m);
    }
  });

  test("the file may come before the command", () => {
    expect(inspect(file, "types", "--limit", "3")).toEqual(inspect("types", file, "--limit", "3"));
  });
});

describe("damaged files", () => {
  const image = readFileSync(file);
  const text = readFileSync(snapshot);
  const flipped = Buffer.from(image);
  flipped[image.length >> 1] = (flipped[image.length >> 1] as number) ^ 0x10;
  test.each([
    ["nothing", Buffer.alloc(0), /The file is empty \(at byte 0\)/],
    ["something else", Buffer.from("PNG or so"), /Neither a heap image nor a V8 heap snapshot.*\(at byte 0\)/],
    ["Parquet", Buffer.from("PAR1...."), /This is a Parquet file/],
    ["an image cut short", image.subarray(0, image.length - 40), /should have \d+ bytes, but has \d+ \(at byte \d+\)/],
    ["a byte changed", flipped, /\(at byte \d+\)/],
    ["a snapshot cut short", text.subarray(0, text.length >> 1), /\(at byte \d+\)/],
    ["a snapshot with letters for numbers", Buffer.from(text.toString().replace('"nodes":[', '"nodes":[x')), /at byte/],
    ["gzip cut short", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), /Damaged gzip/],
  ])("%s: a named error with the place, and exit code 2", (name, bytes, message) => {
    const damaged = join(folder, "damaged");
    writeFileSync(damaged, bytes);
    for (const command of ["info", "top", "check"]) {
      const { code, out, err } = inspect(command, damaged, ...(command === "check" ? ["--max-live", "1"] : []));
      expect([code, out], name).toEqual([2, ""]);
      expect(err).toMatch(message);
      expect(err).toContain(`heapwright inspect ${command}: ${damaged}: BadImageError: `);
      expect(err.trim().split("\n")).toHaveLength(1);
    }
  });
});

test("names in a dump cannot control a terminal, nor flood it", () => {
  const heap = Heap.createSync();
  const evil = "\u001b[2J\u001b]0;title\u0007\r\n\u202egnp.exe\u0085\u009b31m";
  const Evil = heap.struct(evil, { next: "ref", "\u001b[31mred": "ref" });
  const Long = heap.struct("L".repeat(1_000_000), { next: "ref" });
  heap.scope(() => {
    const one = Evil.new({ next: Long.new({ next: heap.str(evil) }) });
    one["\u001b[31mred"] = one;
    heap.roots.set(`${evil} root`, one);
    heap.from({ [evil]: evil });
  });
  const bad = join(folder, `bad\u001b[2J.heap`);
  writeFileSync(bad, save(heap));
  heap.dispose();
  for (const args of [
    ["info", bad],
    ["types", bad],
    ["top", bad],
    ["why", bad, evil],
    ["why", bad, "str"],
    ["who", bad, "str"],
    ["why", bad, "\u001b[2Jnothing"],
    ["cycles", bad],
    ["refcounts", bad],
    ["dups", bad],
    ["query", bad, "live"],
    ["query", bad, "\u001b[2J"],
    ["export", bad, "dot", "--of", evil, "--out", join(folder, "evil\u001b[2J.dot")],
    ["info", `${bad}.not`],
  ])
    for (const form of [[], ["--json"]]) {
      const { out, err, code } = inspect(...args, ...form);
      expect([0, 2], args.join(" ")).toContain(code);
      for (const text of [out, err]) {
        expect(text.replaceAll("\n", ""), args.join(" ")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
        expect(text.length).toBeLessThan(40_000);
      }
    }
  expect(inspect("why", bad, evil).out).toContain("\\u001b[2J");
});

describe("progress", () => {
  test("appears on stderr after more than a second of work, and never on stdout", () => {
    const written: string[] = [];
    let now = 0;
    const stream = { isTTY: true, write: (text: string) => written.push(text) };
    const { onProgress, end } = progressOn(stream, () => now);
    onProgress({ phase: "reading", done: 1, total: 4 });
    expect(written).toEqual([]);
    now = 1500;
    onProgress({ phase: "reading", done: 2, total: 4 });
    onProgress({ phase: "reading", done: 3, total: 4 });
    now = 1700;
    onProgress({ phase: "counting", done: 3, total: 0 });
    end();
    end();
    expect(written).toEqual(["\r\x1b[Kreading 50 %", "\r\x1b[Kcounting", "\r\x1b[K"]);
  });

  test("is written as lines in a log", () => {
    const written: string[] = [];
    let now = 0;
    const { onProgress, end } = progressOn({ write: (text: string) => written.push(text) }, () => now);
    for (; now < 12_000; now += 500) onProgress({ phase: "reading", done: now, total: 12_000 });
    end();
    expect(written).toEqual(["reading 8 %\n", "reading 50 %\n", "reading 91 %\n"]);
  });
});

describe("an early end", () => {
  const colors = picocolors.createColors(false);
  const terminal = () => {
    const out: string[] = [];
    const err: string[] = [];
    return {
      out,
      err,
      face: { out: { write: (t: string) => out.push(t) }, err: { write: (t: string) => err.push(t) }, colors },
    };
  };

  test("an interrupted command has exit code 130, and no report", async () => {
    const { out, err, face } = terminal();
    const controller = new AbortController();
    controller.abort();
    const code = await run(face, { command: "info", json: false, signal: controller.signal }, async (open) =>
      info(await open(file)),
    );
    expect([code, out, err]).toEqual([Exit.INTERRUPTED, [], ["heapwright inspect info: cancelled\n"]]);
  });

  test("an internal error is not a finding of a check", async () => {
    const { out, err, face } = terminal();
    const code = await run(face, { command: "info", json: false }, () => Promise.reject(new TypeError("oops")));
    expect([code, out]).toEqual([Exit.TROUBLE, []]);
    expect(err.join("")).toMatch(/this should not have happened.*TypeError: oops/);
  });
});

test("a tampered type name is shown escaped", () => {
  const bytes = withMeta(new Uint8Array(readFileSync(file)), (meta) => {
    const [first] = meta.roots as [string, number][];
    (first as [string, number])[0] = "\u001b[5mblink";
  });
  const blink = join(folder, "blink.heap");
  writeFileSync(blink, bytes);
  expect(inspect("why", blink, ref(scene.session)).out).toContain("named root \\u001b[5mblink\n");
});
