import { expect, test } from "vitest";
import { diffByDominatorPath, diffByType, matchNodes } from "../../src/dump/analysis/diff.js";
import { growth } from "../../src/dump/analysis/growth.js";
import { dominatorPaths } from "../../src/dump/analysis/dominator-paths.js";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { NO_NODE } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { seededRandom, seedOf } from "../support/random.js";

const first = seedOf(1);

interface Thing {
  serial: number;
  type: string;
  id: number;
  address: number;
  size: number;
}

function dump(things: Thing[], seed: number): { graph: HeapGraph; things: Thing[] } {
  const random = seededRandom(seed);
  const order = things.map((thing) => [random(1 << 30), thing] as const).sort(([a], [b]) => a - b);
  const build = new GraphBuilder();
  // Types in the order in which they turn up: their indexes differ from dump to dump.
  for (const [, { type, id, address, size }] of order) build.node(type, { id, address, size });
  return { graph: build.build(), things: order.map(([, thing]) => thing) };
}

test(`objects are matched by identity, or by place and marked as uncertain, from seed ${first}`, () => {
  let uncertain = 0;
  for (let seed = first; seed < first + 200; seed++) {
    const random = seededRandom(seed);
    let serial = 0;
    const born = (isOld: boolean): Thing => {
      serial++;
      const id = isOld ? serial * 4_000_000_000 : 0;
      return { serial, type: `T${random(4)}`, id, address: 8 * serial, size: 16 + 8 * random(3) };
    };
    const before = Array.from({ length: random(60) }, () => born(random(3) > 0));
    const after = before
      .filter(() => random(4) > 0)
      .map((thing) => ({ ...thing, size: thing.id && random(5) === 0 ? 99 : thing.size }));
    for (let i = random(20); i > 0; i--) after.push(born(random(2) > 0));
    // Another in the place of one that went, which can be told apart by its type.
    const gone = before.find((thing) => thing.id === 0 && !after.some(({ serial: s }) => s === thing.serial));
    if (gone) after.push({ ...gone, serial: ++serial, type: "Other" });
    const [a, b] = [dump(before, seed), dump(after, seed + 7)];
    const matching = finish(matchNodes(a.graph, b.graph));
    const kept = b.things.map((thing) => a.things.findIndex((old) => old.serial === thing.serial));
    expect([...matching.earlier], `seed ${seed}`).toEqual(kept.map((v) => (v < 0 ? NO_NODE : v)));
    expect([...matching.isGone]).toEqual(a.things.map((_, v) => (kept.includes(v) ? 0 : 1)));
    const both = kept.filter((v) => v >= 0);
    expect(matching.kept).toBe(both.length);
    expect(matching.uncertain).toBe(both.filter((v) => a.things[v]?.id === 0).length);
    uncertain += matching.uncertain;

    const rows = finish(diffByType(a.graph, b.graph, matching));
    for (const type of ["T0", "T1", "T2", "T3", "Other"]) {
      const sum = (list: Thing[]) => [list.length, list.reduce((bytes, { size }) => bytes + size, 0)] as const;
      const added = sum(b.things.filter((thing, v) => thing.type === type && (kept[v] as number) < 0));
      const removed = sum(a.things.filter((thing, v) => thing.type === type && !kept.includes(v)));
      const [now, then] = [b, a].map(({ things }) => sum(things.filter((thing) => thing.type === type))) as [
        readonly [number, number],
        readonly [number, number],
      ];
      const row = rows.find(({ name }) => name === type);
      const expected = [...added, ...removed, now[0] - then[0], now[1] - then[1]];
      const found = row && [row.added, row.addedBytes, row.removed, row.removedBytes, row.count, row.bytes];
      expect(found ?? [0, 0, 0, 0, 0, 0], `seed ${seed}, ${type}`).toEqual(expected);
    }
  }
  expect(uncertain).toBeGreaterThan(500);
});

/** A cache that grows, a pool that filled once, and some that come and go. */
function at(round: number): HeapGraph {
  const build = new GraphBuilder();
  const root = build.node("App", { id: 1 });
  const [cache, pool] = ["Cache", "Pool"].map((name, i) => build.node(name, { id: 2 + i })) as [number, number];
  build.edge(root, cache);
  build.edge(root, pool);
  for (let i = 0; i < 10 * round; i++) build.edge(cache, build.node("Entry", { id: 1000 + i, size: 32 }));
  for (let i = 0; i < (round > 1 ? 50 : 0); i++) build.edge(pool, build.node("Buffer", { id: 5000 + i, size: 64 }));
  for (let i = 0; i < 5 * round; i++) build.edge(root, build.node("Request", { id: 9000 + 100 * round + i }));
  build.root(root);
  return build.build();
}

test("by dominators", () => {
  const [before, after] = [at(1), at(2)];
  const pathsOf = (graph: HeapGraph) => finish(dominatorPaths(graph, finish(dominators(graph))));
  const matching = finish(matchNodes(before, after));
  const rows = finish(diffByDominatorPath(before, after, matching, { before: pathsOf(before), after: pathsOf(after) }));
  expect(rows.map(({ name, added, removed, bytes }) => [name, added, removed, bytes])).toEqual([
    ["App > Pool > Buffer", 50, 0, 3200],
    ["App > Cache > Entry", 10, 0, 320],
    ["App > Request", 10, 5, 80],
  ]);
});

test("of three dumps: types that grew twice, and their survivors", () => {
  const { types, survivors } = finish(growth(at(1), at(2), at(3)));
  expect(types).toEqual([
    { name: "Entry", kind: "struct", grown: [320, 320], survivors: 10, survivorBytes: 320 },
    { name: "Request", kind: "struct", grown: [80, 80], survivors: 0, survivorBytes: 0 },
  ]);
  // Ten entries, and the fifty buffers, which came in the second round too.
  expect(survivors.length).toBe(60);
});
