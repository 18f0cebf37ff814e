import { describe, expect, test } from "vitest";
import { dominated, dominatorChain, largestDominated } from "../../src/dump/analysis/dominated.js";
import { dominatorPathNames, dominatorPaths } from "../../src/dump/analysis/dominator-paths.js";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { histogram, holdersOf } from "../../src/dump/analysis/histogram.js";
import { Reach, garbageHeads, reachability } from "../../src/dump/analysis/reachability.js";
import { retainedBySet } from "../../src/dump/analysis/retained-set.js";
import { referrers } from "../../src/dump/analysis/referrers.js";
import { EDGE_ASIDE, EdgeStrength, NO_NODE, STRENGTH_MASK } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { bruteForce, randomGraph, reachedWithout } from "../support/graphs.js";
import { howMany, seededRandom, seedOf } from "../support/random.js";

const first = seedOf(1);
const ordinals = (graph: HeapGraph) => Array.from({ length: graph.nodes.count }, (_, v) => v);

/** For `rounds` seeds: a graph of up to `most` nodes. */
function eachGraph(rounds: number, most: number, check: (graph: HeapGraph, seed: number) => void): void {
  for (let seed = first; seed < first + rounds; seed++) check(randomGraph(seed, most), seed);
}

test(`a type retains the bytes that any of its objects dominates, each byte once, from seed ${first}`, () => {
  eachGraph(howMany(80), 60, (graph, seed) => {
    const { idom } = bruteForce(graph);
    const { nodes } = graph;
    const expected = graph.types.map(() => 0);
    for (const v of ordinals(graph)) {
      if (idom[v] === NO_NODE) continue;
      const types = new Set<number>();
      for (let d = v; d < nodes.count; d = idom[d] as number) types.add(nodes.type[d] as number);
      for (const type of types) expected[type] = (expected[type] as number) + (nodes.selfSize[v] as number);
    }
    const tree = finish(dominators(graph));
    const rows = finish(histogram(graph, { tree }));
    for (const row of rows) expect(row.retained, `seed ${seed}, ${row.name}`).toBe(expected[row.type]);
    for (let i = 1; i < rows.length; i++)
      expect(rows[i - 1]?.retained, `seed ${seed}`).toBeGreaterThanOrEqual(rows[i]?.retained as number);
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    expect(total).toBe(nodes.count);
    const some = finish(histogram(graph, { filter: (v) => v % 2 === 0 }));
    expect(some.reduce((sum, { count }) => sum + count, 0)).toBe(Math.ceil(nodes.count / 2));
    for (const { type, bytes } of rows) {
      const ofType = ordinals(graph).filter((v) => nodes.type[v] === type);
      expect(bytes).toBe(ofType.reduce((sum, v) => sum + (nodes.selfSize[v] as number), 0));
      const live = ofType.filter((v) => idom[v] !== NO_NODE).length;
      expect(holdersOf(graph, tree, type).reduce((sum, { count }) => sum + count, 0)).toBe(live);
    }
  });
});

test(`a set retains the nodes that cannot be reached without it, from seed ${first}`, () => {
  eachGraph(howMany(40), 60, (graph, seed) => {
    const random = seededRandom(seed);
    const set = ordinals(graph).filter(() => random(5) === 0);
    const all = reachedWithout(graph, NO_NODE);
    // The same graph, without all edges from and to the set.
    const { firstEdge, selfSize } = graph.nodes;
    const kind = graph.edges.kind.slice();
    for (const v of ordinals(graph))
      for (let e = firstEdge[v] as number; e < (firstEdge[v + 1] as number); e++)
        if (set.includes(v) || set.includes(graph.edges.target[e] as number)) kind[e] = EdgeStrength.WEAK;
    const rest = reachedWithout({ ...graph, edges: { ...graph.edges, kind } }, NO_NODE);
    for (const v of set) rest[v] = 0;
    const expected = ordinals(graph).filter((v) => all[v] && !rest[v]);
    const { count, bytes, isRetained } = finish(retainedBySet(graph, set));
    expect(
      ordinals(graph).filter((v) => isRetained[v]),
      `seed ${seed}`,
    ).toEqual(expected);
    expect([count, bytes]).toEqual([expected.length, expected.reduce((sum, v) => sum + (selfSize[v] as number), 0)]);
    const tree = finish(dominators(graph));
    for (const v of ordinals(graph).slice(0, 5)) expect(finish(retainedBySet(graph, [v])).bytes).toBe(tree.retained[v]);
  });
});

test(`referrers are the edges reversed, from seed ${first}`, () => {
  eachGraph(howMany(25), 300, (graph, seed) => {
    const { first: begin, edge, source } = finish(referrers(graph));
    const { firstEdge } = graph.nodes;
    const seen: number[] = [];
    for (const v of ordinals(graph))
      for (let i = begin[v] as number; i < (begin[v + 1] as number); i++) {
        const e = edge[i] as number;
        const u = source[i] as number;
        expect(graph.edges.target[e], `seed ${seed}`).toBe(v);
        expect(e >= (firstEdge[u] as number) && e < (firstEdge[u + 1] as number)).toBe(true);
        seen.push(e);
      }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: graph.edges.count }, (_, e) => e));
  });
});

test(`the children in the tree match the dominators, from seed ${first}`, () => {
  eachGraph(howMany(25), 300, (graph, seed) => {
    const tree = finish(dominators(graph));
    const children = finish(dominated(tree));
    for (const v of [...ordinals(graph), tree.root]) {
      const expected = ordinals(graph).filter((w) => tree.idom[w] === v);
      const found = [...children.child.subarray(children.first[v], children.first[v + 1])];
      expect(
        found.sort((a, b) => a - b),
        `seed ${seed}`,
      ).toEqual(expected);
      const byRetained = expected.sort((a, b) => (tree.retained[b] as number) - (tree.retained[a] as number) || a - b);
      expect(largestDominated(tree, children, v, 3)).toEqual(byRetained.slice(0, 3));
      for (const w of expected) expect(dominatorChain(tree, w)[0]).toBe(v === tree.root ? undefined : v);
    }
  });
});

test(`paths of types add up, from seed ${first}`, () => {
  eachGraph(howMany(25), 300, (graph, seed) => {
    const tree = finish(dominators(graph));
    const paths = finish(dominatorPaths(graph, tree));
    expect(paths.retained[0], `seed ${seed}`).toBe(tree.retained[tree.root]);
    expect(paths.nodes.reduce((sum, n) => sum + n, 0)).toBe(tree.count);
    for (const v of tree.order) {
      const names = [v, ...dominatorChain(tree, v)].map((d) => graph.types[graph.nodes.type[d] as number]?.name);
      const merged = names.reverse().filter((name, i) => name !== names[i - 1]);
      if (merged.length < 60) expect(dominatorPathNames(graph, paths, paths.row[v] as number)).toEqual(merged);
    }
  });
});

describe("live, leaked, garbage", () => {
  /** By going over all edges until nothing changes. */
  function expectedStates(graph: HeapGraph): number[] {
    const { nodes, edges, roots } = graph;
    const state = ordinals(graph).map(() => Reach.GARBAGE as number);
    const outside = [...(nodes.outside ?? state.map(() => 0))];
    for (let row = 0; row < roots.count; row++) {
      const v = roots.target[row] as number;
      outside[v] = (outside[v] as number) - (roots.references[row] as number);
    }
    const starts = [[...roots.target], ordinals(graph).filter((v) => (outside[v] as number) > 0)];
    const all: { v: number; w: number; kind: number }[] = [];
    for (const v of ordinals(graph))
      for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++)
        all.push({ v, w: edges.target[e] as number, kind: edges.kind[e] as number });
    for (const [i, reach] of [Reach.LIVE, Reach.LEAKED].entries()) {
      for (const v of starts[i] as number[]) if (state[v] === Reach.GARBAGE) state[v] = reach;
      for (let changed = true; changed;) {
        changed = false;
        for (const { v, w, kind } of all) {
          const strength = kind & STRENGTH_MASK;
          if (state[v] === 0 || state[w] !== 0 || strength === EdgeStrength.WEAK || kind & EDGE_ASIDE) continue;
          const needs = (other: number) =>
            !all.some((edge) => edge.w === w && (edge.kind & STRENGTH_MASK) === other) ||
            all.some(
              (edge) =>
                edge.w === w &&
                (edge.kind & STRENGTH_MASK) === other &&
                state[edge.v] !== 0 &&
                !(edge.kind & EDGE_ASIDE),
            );
          if (strength === EdgeStrength.EPHEMERON_KEY && !needs(EdgeStrength.EPHEMERON_MAP)) continue;
          if (strength === EdgeStrength.EPHEMERON_MAP && !needs(EdgeStrength.EPHEMERON_KEY)) continue;
          state[w] = reach;
          changed = true;
        }
      }
    }
    return state;
  }

  test(`agree with marking repeatedly until nothing changes, from seed ${first}`, () => {
    const counts = [0, 0, 0];
    for (let seed = first; seed < first + howMany(160); seed++) {
      const random = seededRandom(seed);
      const build = new GraphBuilder();
      const count = 2 + random(25);
      for (let v = 0; v < count; v++)
        build.node("T", { outside: random(8) === 0 ? 1 + random(2) : 0, generation: random(4) || 255 });
      for (let i = random(3 * count); i > 0; i--) {
        const kind = random(3);
        const to = random(count);
        if (kind === 0) {
          build.edge(random(count), to, { strength: EdgeStrength.EPHEMERON_KEY });
          build.edge(random(count), to, { strength: EdgeStrength.EPHEMERON_MAP });
        } else build.edge(random(count), to, { strength: random(5) === 0 ? EdgeStrength.WEAK : 0 });
      }
      build.root(random(count));
      const graph = build.build();
      const found = finish(reachability(graph));
      expect([...found.state], `seed ${seed}`).toEqual(expectedStates(graph));
      const amounts = [found.garbage, found.live, found.leaked];
      amounts.forEach(({ count: n, bytes }, state) => {
        expect(n).toBe(found.state.filter((s) => s === state).length);
        expect(bytes).toBe(16 * n);
        counts[state] = (counts[state] as number) + n;
      });
      expect(found.garbageByGeneration.reduce((sum, { count: n }) => sum + n, 0)).toBe(found.garbage.count);

      // From the heads, all garbage can be reached.
      const heads = garbageHeads(graph, found);
      const seen = new Set(heads);
      for (const v of seen)
        for (let e = graph.nodes.firstEdge[v] as number; e < (graph.nodes.firstEdge[v + 1] as number); e++) {
          const w = graph.edges.target[e] as number;
          const strength = (graph.edges.kind[e] as number) & STRENGTH_MASK;
          if (found.state[w] === Reach.GARBAGE && (strength & 1) === 0) seen.add(w);
        }
      expect(seen.size, `seed ${seed}`).toBe(found.garbage.count);
    }
    for (const n of counts) expect(n).toBeGreaterThan(80);
  });
});
