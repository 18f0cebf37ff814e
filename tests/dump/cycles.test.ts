import { describe, expect, test } from "vitest";
import { edgeToCut } from "../../src/dump/analysis/cut.js";
import { cycles, smallestCycle } from "../../src/dump/analysis/cycles.js";
import { hubs } from "../../src/dump/analysis/hubs.js";
import { Reach, reachability } from "../../src/dump/analysis/reachability.js";
import { NOT_RETAINING, NO_NODE } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { randomGraph } from "../support/graphs.js";
import { howMany, seedOf } from "../support/random.js";

const first = seedOf(1);

/** Steps from each node to each along retaining edges, at least one; Infinity if there is no way. */
function allDistances({ nodes, edges }: HeapGraph, without = NO_NODE): number[][] {
  return Array.from({ length: nodes.count }, (_, start) => {
    const steps = Array.from({ length: nodes.count }, () => Infinity);
    let front = [start];
    for (let step = 1; front.length > 0; step++) {
      const next: number[] = [];
      for (const v of front)
        for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++) {
          const w = edges.target[e] as number;
          if (e === without || (edges.kind[e] as number) & NOT_RETAINING || steps[w] !== Infinity) continue;
          steps[w] = step;
          next.push(w);
        }
      front = next;
    }
    return steps;
  });
}

test(`groups are strongly connected, and the smallest cycle is the smallest, from seed ${first}`, () => {
  let grouped = 0;
  for (let seed = first; seed < first + howMany(100); seed++) {
    const graph = randomGraph(seed, 50);
    const { count } = graph.nodes;
    const steps = allDistances(graph);
    const found = finish(cycles(graph));
    for (let v = 0; v < count; v++) {
      const what = `seed ${seed}, node ${v}`;
      const round = steps[v]?.[v] as number;
      expect(found.group[v] !== NO_NODE, what).toBe(round < Infinity);
      for (let w = 0; w < count; w++) {
        const isTogether = (steps[v]?.[w] as number) < Infinity && (steps[w]?.[v] as number) < Infinity;
        if (round < Infinity) expect(found.group[v] === found.group[w], `${what} and ${w}`).toBe(isTogether);
      }
      const cycle = smallestCycle(graph, found, v);
      expect(cycle?.edges.length ?? Infinity, what).toBe(round);
      if (!cycle) continue;
      grouped++;
      expect(cycle.nodes[0], what).toBe(v);
      cycle.edges.forEach((e, i) => {
        const source = cycle.nodes[i] as number;
        expect(
          e >= (graph.nodes.firstEdge[source] as number) && e < (graph.nodes.firstEdge[source + 1] as number),
        ).toBe(true);
        expect(graph.edges.target[e]).toBe(cycle.nodes[(i + 1) % cycle.nodes.length]);
      });
    }
    for (let g = 0; g < found.count; g++) {
      const members = [...found.node.subarray(found.first[g], found.first[g + 1])];
      expect(members).toEqual(members.toSorted((a, b) => a - b));
      for (const v of members) expect(found.group[v]).toBe(g);
      expect(found.bytes[g]).toBe(members.reduce((sum, v) => sum + (graph.nodes.selfSize[v] as number), 0));
      if (g > 0) expect(found.bytes[g]).toBeLessThanOrEqual(found.bytes[g - 1] as number);
    }
    expect(found.first[found.count]).toBe(found.node.length);
  }
  expect(grouped).toBeGreaterThan(500);
});

test(`the cut leaves no cycle if it says so, from seed ${first}`, () => {
  let clean = 0;
  for (let seed = first; seed < first + howMany(100); seed++) {
    const graph = randomGraph(seed, 25);
    const found = finish(cycles(graph));
    for (let g = 0; g < found.count; g++) {
      const members = [...found.node.subarray(found.first[g], found.first[g + 1])];
      const cut = finish(edgeToCut(graph, found, g));
      expect(cut).not.toBe(null);
      const steps = allDistances(graph, cut?.edge);
      const isClean = members.every((v) => steps[v]?.[v] === Infinity);
      expect(cut?.left === 0, `seed ${seed}, group ${g}`).toBe(isClean);
      expect(graph.edges.target[cut?.edge as number]).toBe(cut?.target);
      if (isClean) clean++;
      else {
        // No edge of the whole group would do, if it did not find one on a cycle that all edges' cycles share.
        const inside = (e: number) => members.includes(graph.edges.target[e] as number);
        for (const v of members)
          for (let e = graph.nodes.firstEdge[v] as number; e < (graph.nodes.firstEdge[v + 1] as number); e++) {
            if (!inside(e)) continue;
            const without = allDistances(graph, e);
            expect(
              members.some((w) => without[w]?.[w] !== Infinity),
              `seed ${seed}, group ${g}, edge ${e}`,
            ).toBe(true);
          }
      }
    }
  }
  expect(clean).toBeGreaterThan(40);
});

describe("hubs", () => {
  /** Two pairs that hold each other, and a class that everything knows and that knows everything. */
  function classy(): HeapGraph {
    const build = new GraphBuilder();
    const klass = build.node(build.type("Pair", "type"));
    const [a, b, c, d] = [1, 2, 3, 4].map(() => build.node("Pair")) as [number, number, number, number];
    for (const v of [a, b, c, d]) {
      build.edge(v, klass);
      build.edge(klass, v);
    }
    for (const [v, w] of [
      [a, b],
      [b, a],
      [c, d],
      [d, c],
    ] as const)
      build.edge(v, w, "other");
    build.root(klass);
    return build.build();
  }

  test("do not join separate cycles", () => {
    const graph = classy();
    const found = finish(cycles(graph));
    expect(found.count).toBe(2);
    expect([...found.node]).toEqual([1, 2, 3, 4]);
    expect(finish(cycles(graph, { hubs: new Uint8Array(5) })).count).toBe(1);
  });

  test("can be chosen by degree and by name", () => {
    const graph = classy();
    expect([...hubs(graph)]).toEqual([1, 0, 0, 0, 0]);
    expect([...hubs(graph, { degree: 2 })]).toEqual([1, 1, 1, 1, 1]);
    expect([...hubs(graph, { names: new Set(["Pair"]) })]).toEqual([1, 1, 1, 1, 1]);
  });
});

test("cycles can be limited to garbage", () => {
  const build = new GraphBuilder();
  for (let v = 0; v < 4; v++) build.node("Node");
  for (const [v, w] of [
    [0, 1],
    [1, 0],
    [2, 3],
    [3, 2],
    [2, 0],
  ] as const)
    build.edge(v, w);
  build.root(0);
  const graph = build.build();
  const { state } = finish(reachability(graph));
  const found = finish(cycles(graph, { among: state.map((s) => (s === Reach.GARBAGE ? 1 : 0)) }));
  expect([...found.node]).toEqual([2, 3]);
});

test("the edge to weaken is the reference back to the owner of many", () => {
  const build = new GraphBuilder();
  const parent = build.node("Parent", { size: 100 });
  const list = build.node("list");
  build.edge(parent, list, "children");
  for (let i = 0; i < 3; i++) build.edge(list, build.node("Child"));
  const owner = build.node("Owner");
  build.edge(list, owner, "owner");
  build.edge(owner, parent, "of");
  const graph = build.build();
  const found = finish(cycles(graph));
  const cut = finish(edgeToCut(graph, found, 0));
  expect(cut?.left).toBe(0);
  expect(found.first[1]).toBe(3);
});

test("a ring of many nodes", () => {
  const count = 200_000;
  const build = new GraphBuilder();
  const type = build.type("Node");
  for (let v = 0; v < count; v++) build.node(type);
  for (let v = 0; v < count; v++) build.edge(v, (v + 1) % count);
  const graph = build.build();
  const found = finish(cycles(graph));
  expect([found.count, found.node.length]).toEqual([1, count]);
  expect(smallestCycle(graph, found, 5)?.edges.length).toBe(count);
});
