import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dominated } from "../../src/dump/analysis/dominated.js";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { histogram } from "../../src/dump/analysis/histogram.js";
import { PathFinder, describePath } from "../../src/dump/analysis/paths.js";
import type { Path } from "../../src/dump/analysis/paths.js";
import { referrers } from "../../src/dump/analysis/referrers.js";
import { suspects } from "../../src/dump/analysis/suspects.js";
import { NodeFlag } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { typeName } from "../../src/dump/graph/names.js";
import { finish } from "../../src/dump/steps.js";
import { readHeapSnapshot } from "../../src/dump/v8/read.js";

test("finds a large object, many small ones of a type, a wide container, and a leaked object", () => {
  const build = new GraphBuilder();
  const app = build.node("App", { outside: 1 });
  const cache = build.node("Cache", { outside: 0 });
  const table = build.node("Table", { outside: 0 });
  build.edge(app, cache);
  build.edge(cache, table);
  for (let i = 0; i < 3000; i++) build.edge(table, build.node("Entry", { outside: 0 }));
  const groups = build.node("(handles)", { flags: NodeFlag.SYNTHETIC, size: 0, outside: 0 });
  for (let i = 0; i < 1000; i++) build.edge(groups, build.node("Buffer", { size: i === 500 ? 48 : 32, outside: 0 }));
  const lost = build.node("Lost", { outside: 3 });
  for (const v of [app, groups]) build.root(v);
  const graph = build.build();
  const tree = finish(dominators(graph));
  const found = finish(suspects(graph, tree)).map(({ reason, type, count, retained, accumulation }) => [
    reason,
    type,
    count,
    retained,
    typeName(graph, accumulation),
  ]);
  expect(found).toEqual([
    ["object", "App", 1, 48_048, "Table"],
    ["type", "Buffer", 1000, 32_016, "Buffer"],
    ["fan-out", "Table", 3000, 48_016, "Table"],
    ["leaked reference", "Lost", 3, 16, "Lost"],
  ]);
  expect(tree.idom[lost]).toBe(tree.root);
  expect(finish(suspects(graph, tree, { share: 0.7, fanOut: 9999 })).map(({ reason }) => reason)).toEqual([
    "leaked reference",
  ]);
});

test("finds a leak planted in a V8 program: the accumulation point, and the path to it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
  try {
    const file = join(folder, "leaky.heapsnapshot");
    execFileSync(process.execPath, [fileURLToPath(new URL("../support/leaky.mjs", import.meta.url)), file]);
    const graph = await readHeapSnapshot(createReadStream(file), { bytes: statSync(file).size });
    const tree = finish(dominators(graph));
    const children = finish(dominated(tree));

    // The Map's table is what holds the sessions.
    const [suspect] = finish(suspects(graph, tree, { children }));
    expect(suspect?.share).toBeGreaterThan(0.5);
    const finder = new PathFinder(graph, finish(referrers(graph)));
    const path = finish(finder.shortest(suspect?.accumulation as number)) as Path;
    const words = describePath(graph, path).join("\n");
    expect(words).toContain(".server → Server");
    expect(words).toContain(".forgottenCache → SessionCache");
    expect(words).toContain(".entries → Map");

    const rows = finish(histogram(graph, { tree, children }));
    expect(rows.find(({ name }) => name === "Session")?.count).toBe(10_000);
    const cache = rows.find(({ name }) => name === "SessionCache");
    expect(cache?.count).toBe(1);
    expect(cache?.retained).toBeGreaterThan(10_000 * 64 * 4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
