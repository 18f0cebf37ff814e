import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeHeapSnapshot as writeOwnHeap } from "node:v8";
import { afterAll, describe, expect, test } from "vitest";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { Reach, reachability } from "../../src/dump/analysis/reachability.js";
import { writeHeapSnapshot } from "../../src/dump/export/heapsnapshot.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { readHeapSnapshot } from "../../src/dump/v8/read.js";
import { askDevTools } from "../support/devtools.js";
import { randomGraph } from "../support/graphs.js";
import { howMany, seedOf } from "../support/random.js";

const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(graph: HeapGraph, name: string): string {
  const file = join(folder, `${name}.heapsnapshot`);
  writeFileSync(file, Buffer.concat([...writeHeapSnapshot(graph)]));
  return file;
}
const read = (file: string) => readHeapSnapshot([readFileSync(file)]);

describe("Chrome DevTools agrees", () => {
  const first = seedOf(1);
  test(`on the retained sizes of all live nodes of random graphs, from seed ${first}`, async () => {
    const seeds = Array.from({ length: howMany(15) }, (_, i) => first + i);
    const graphs = seeds.map((seed, i) => randomGraph(seed, i % 5 < 4 ? 60 : 5000));
    const files = graphs.map((graph, i) => write(graph, `random-${seeds[i]}`));
    const answers = askDevTools(files);
    let compared = 0;
    for (const [i, graph] of graphs.entries()) {
      const { retained, idom } = finish(dominators(graph));
      const { state } = finish(reachability(graph));
      // Read again, there are also the groups of roots, and garbage hangs below one of them.
      const again = await read(files[i] as string);
      const whole = finish(dominators(again));
      const ordinal = new Map(Array.from(again.nodes.id, (id, v) => [id, v]));
      for (let v = 0; v < graph.nodes.count; v++) {
        const id = 2 * (graph.nodes.id[v] as number) + 3;
        const theirs = answers[i]?.get(id);
        const what = `seed ${seeds[i]}, node ${v} of ${graph.nodes.count}, dominated by ${idom[v]}`;
        const ours = [graph.nodes.selfSize[v], whole.retained[ordinal.get(id) as number]];
        // An assertion of the runner takes longer than all else here.
        if (theirs?.[1] !== ours[0] || theirs?.[2] !== ours[1]) expect(theirs?.slice(1), what).toEqual(ours);
        if (state[v] !== Reach.GARBAGE && theirs?.[2] !== retained[v]) expect(theirs?.[2], what).toBe(retained[v]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(2_000);
  });

  test("on names, texts, weak maps and leaked references", async () => {
    const build = new GraphBuilder();
    const pair = build.type("Pair", "struct", ["head", "tail"]);
    const str = build.type("str", "str");
    const size = 24;
    const a = build.node(pair, { size, outside: 1, refcount: 1, generation: 2, address: 0x1_0008 });
    const text = build.node(str, { size, label: 'quotes ", \u{1F600}, \ud800 and \u0000', refcount: 1, outside: 0 });
    const [key, map, entry, value] = ["Key", "Map", "Entry", "Value"].map((name) =>
      build.node(name, { size, outside: 0 }),
    );
    const leaked = build.node("Lost", { size, outside: 2, refcount: 2 });
    const long = build.node(str, { size, label: "x".repeat(5000), outside: 0 });
    build.edge(a, text, { label: 1, slot: true });
    for (const part of [key, map, long]) build.edge(a, part as number, "part");
    build.edge(key as number, entry as number, { strength: 2 });
    build.edge(map as number, entry as number, { strength: 3 });
    build.edge(entry as number, value as number, "value");
    build.root(a, 1, "start");
    build.root(leaked, 0, "made here");
    const file = write(build.build(), "special");
    const nodes = askDevTools([file])[0];
    const of = (v: number | undefined) => nodes?.get(2 * (2 * (v as number) + 1) + 3);
    expect(of(a)).toEqual(["Pair", 24, 7 * 24]);
    expect(of(text)?.[0]).toBe('quotes ", \u{1F600}, \ud800 and \u0000');
    expect(of(long)?.[0]).toHaveLength(1001);
    expect([key, map, entry, value].map((v) => of(v)?.[2])).toEqual([72, 24, 48, 24]);
    expect(of(leaked)).toEqual(["Lost", 24, 24]);
    expect(of(leaked)).toBeDefined();

    const again = await read(file);
    const v = [...again.nodes.id].indexOf(2 * (2 * a + 1) + 3);
    expect([again.nodes.refcount?.[v], again.nodes.generation?.[v], again.nodes.address?.[v]]).toEqual([
      1, 2, 0x1_0008,
    ]);
    expect(again.strings).toContain("(leaked references)");
  });

  test("on this process's own heap", async () => {
    const file = join(folder, "own.heapsnapshot");
    writeOwnHeap(file);
    const graph = await read(file);
    const { retained } = finish(dominators(graph));
    const theirs = askDevTools([file])[0] as Map<number, [string, number, number]>;
    const different: string[] = [];
    let compared = 0;
    for (let v = 0; v < graph.nodes.count; v++) {
      const { kind, name } = graph.types[graph.nodes.type[v] as number] as { kind: string; name: string };
      const node = theirs.get(graph.nodes.id[v] as number);
      // DevTools moves the sizes of these two to their owners.
      if (kind === "hidden" || kind === "array" || name.includes("ExternalStringData") || !node) continue;
      compared++;
      if (node[2] !== retained[v]) different.push(`${kind} ${name}: ${node[2]} and here ${retained[v]}`);
    }
    expect(compared).toBeGreaterThan(20_000);
    expect(different).toEqual([]);
  });
});
