import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { GraphBuilder, RootKind, writeHeapSnapshot } from "../../src/dump.js";
import { ask, inspect, temporaryFolder } from "../support/inspect.js";
import { saveScene } from "./scene.js";

// What Node writes of a process whose sessions pile up in `server.forgottenCache.entries`.
const folder = temporaryFolder();
const file = join(folder, "leaky.heapsnapshot");
execFileSync(process.execPath, [fileURLToPath(new URL("../support/leaky.mjs", import.meta.url)), file]);

// The same kind of dump, of few objects: what a dump cannot tell does not depend on its size.
const small = join(folder, "small.heapsnapshot");
const build = new GraphBuilder();
build.root(build.node("Root"), RootKind.NAMED, "all");
writeFileSync(small, Buffer.concat([...writeHeapSnapshot(build.build())]));

interface Named {
  type: string;
}

describe("a dump of Node with a leak", () => {
  test("top shows the path to it", () => {
    const { top, suspects, retained } = ask("top", file);
    const [first] = suspects.rows;
    expect(first.reason).toBe("object");
    // How much Node itself takes differs with its version.
    expect(first.accumulation.retained).toBeGreaterThan(0.5 * retained);
    expect(top.rows[0].accumulation.ref).toBe(first.accumulation.ref);
    // The pile is the table of the Map, and why it lives names who has it.
    const { paths } = ask("why", file, first.accumulation.ref);
    const steps = paths[0].steps.map((step: { edge: string; object: Named }) => `${step.edge} ${step.object.type}`);
    expect(steps.slice(-4)).toEqual([
      "server Server",
      "forgottenCache SessionCache",
      "entries Map",
      expect.stringMatching(/^table /),
    ]);
  });

  test("why and who of its objects show the path to it", () => {
    const { instances, paths, dominators, refcount, site } = ask("why", file, "Session");
    expect([instances, refcount, site]).toEqual([10_000, null, null]);
    expect(paths[0].steps.map(({ object }: { object: Named }) => object.type)).toContain("SessionCache");
    expect(dominators.rows.map(({ type }: Named) => type)).toContain("Server");
    const { holders, count } = ask("who", file, "Session");
    expect(count).toBe(10_000);
    expect(holders.rows.map(({ type }: Named) => type)).toEqual(["(array)", "Map", "SessionCache"]);
    expect(inspect("why", file, "Session").out).toContain(".forgottenCache → SessionCache");
  });

  test("types, info, cycles, dups, query and check work", () => {
    const { types, total } = ask("types", file, "--by", "count", "--limit", "1000");
    expect(types.rows.find(({ type }: Named) => type === "Session").count).toBe(10_000);
    const { bytes, objects, memory, generations, knows } = ask("info", file);
    expect([bytes.total, objects, memory, generations]).toEqual([total.self, total.count, null, null]);
    expect(Object.values(knows)).toEqual([false, false, false, false, false]);
    expect(ask("cycles", file).groups).toBeGreaterThan(10);
    expect(ask("dups", file).wasted).toBeGreaterThan(0);
    expect(ask("query", file, "type = Session and retained > 500").count).toBeGreaterThan(9_500);
    const { code, out } = inspect("check", file, "--max-live", "1MB");
    expect(code).toBe(1);
    expect(out).toContain(".forgottenCache → SessionCache");
  });

  test("diff compares it with a later dump", () => {
    const later = join(folder, "later.heapsnapshot");
    writeFileSync(later, readFileSync(file));
    const { objects, changes } = ask("diff", file, later);
    expect([objects.added, objects.removed, changes.total]).toEqual([0, 0, 0]);
    expect(ask("diff", file, later, "--by", "path").changes.total).toBe(0);
  });

  test("can be compressed with gzip", () => {
    const packed = join(folder, "leaky.heapsnapshot.gz");
    writeFileSync(packed, gzipSync(readFileSync(file), { level: 1 }));
    expect(ask("info", packed)).toEqual({
      ...ask("info", file),
      file: packed,
      format: "V8 heap snapshot, gzip",
    });
  });

  test.each([
    [["refcounts", small], "has no refcounts: only heap images have them"],
    [["fragmentation", small], "has no memory map: only heap images have one"],
    [["types", small, "--gen", "2"], "has no generations: only heap images have them"],
    [["types", small, "--by", "site"], "has no allocation sites"],
    [["diff", small, small, "--by", "site"], "has no allocation sites"],
    [["check", small, "--no-leaked-refs"], "has no refcounts: only heap images have them"],
    [["query", small, "refcount > 3"], "this dump has no refcount: only heap images have it"],
    [["query", small, "site ~ main"], "has no allocation sites"],
    [["diff", small, saveScene(folder).file], "the dumps are not of one heap"],
  ])("what V8 does not tell is an error: %s", (args, message) => {
    const { code, out, err } = inspect(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});

test("a long path is cut in its middle: its end tells the rows apart", () => {
  const save = (name: string, count: number): string => {
    const build = new GraphBuilder();
    const depth = 40;
    for (let i = 0; i < depth + count; i++) build.node(i < depth ? `Engine${i}` : "Leak");
    build.root(0, RootKind.NAMED, "all");
    for (let i = 1; i < depth + count; i++) build.edge(Math.min(i, depth) - 1, i);
    const path = join(folder, name);
    writeFileSync(path, Buffer.concat([...writeHeapSnapshot(build.build())]));
    return path;
  };
  const files = [save("few.heapsnapshot", 1), save("many.heapsnapshot", 5)] as const;
  const [{ name }] = ask("diff", ...files, "--by", "path").changes.rows;
  expect(name).toMatch(/^\S+ > … > Engine\d+ > .* > Engine39 > Leak$/);
  const { out } = inspect("diff", ...files, "--by", "path");
  expect(out).toMatch(/^\+64 B +\+4 +4 +0 +\S+ > … > Engine\d+ > .* > Engine39 > Leak$/m);
  expect(name.length).toBeLessThanOrEqual(200);
});
