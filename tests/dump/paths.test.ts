import { describe, expect, test } from "vitest";
import { PathFinder, describePath } from "../../src/dump/analysis/paths.js";
import type { Path } from "../../src/dump/analysis/paths.js";
import { referrers } from "../../src/dump/analysis/referrers.js";
import { NOT_RETAINING, NO_NODE, RootKind } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { randomGraph } from "../support/graphs.js";
import { seededRandom, seedOf } from "../support/random.js";

const first = seedOf(1);
const finderOf = (graph: HeapGraph) => new PathFinder(graph, finish(referrers(graph)));

/** Steps from the roots to each node, not through `without`; -1 if there is no way. */
function distances({ nodes, edges, roots }: HeapGraph, without = new Set<number>()): number[] {
  const steps = Array.from({ length: nodes.count }, () => -1);
  const queue = [...new Set(roots.target)].filter((v) => !without.has(v));
  for (const v of queue) steps[v] = 0;
  for (const v of queue)
    for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++) {
      const w = edges.target[e] as number;
      if ((edges.kind[e] as number) & NOT_RETAINING || steps[w] !== -1 || without.has(w)) continue;
      steps[w] = (steps[v] as number) + 1;
      queue.push(w);
    }
  return steps;
}

function expectPath(graph: HeapGraph, path: Path, target: number, what: string): void {
  const { nodes, edges, roots } = graph;
  expect(path.nodes.at(-1), what).toBe(target);
  expect(roots.target[path.root], what).toBe(path.nodes[0]);
  expect(path.edges.length, what).toBe(path.nodes.length - 1);
  path.edges.forEach((e, i) => {
    const v = path.nodes[i] as number;
    expect(e >= (nodes.firstEdge[v] as number) && e < (nodes.firstEdge[v + 1] as number), what).toBe(true);
    expect(edges.target[e], what).toBe(path.nodes[i + 1]);
    expect((edges.kind[e] as number) & NOT_RETAINING, what).toBe(0);
  });
}

test(`the shortest path is a path, and none is shorter, from seed ${first}`, () => {
  for (let seed = first; seed < first + 100; seed++) {
    const graph = randomGraph(seed, 80);
    const steps = distances(graph);
    const finder = finderOf(graph);
    for (let v = 0; v < graph.nodes.count; v++) {
      const path = finish(finder.shortest(v));
      if (path) expectPath(graph, path, v, `seed ${seed}, node ${v}`);
      expect(path ? path.edges.length : -1, `seed ${seed}, node ${v}`).toBe(steps[v]);
    }
  }
});

/** The same graph with its nodes, edges and roots in another order. */
function shuffled(graph: HeapGraph, seed: number): HeapGraph {
  const random = seededRandom(seed);
  const mix = <T>(list: T[]): T[] =>
    list
      .map((item) => [random(1 << 30), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const { nodes, edges, roots, strings, types } = graph;
  const build = new GraphBuilder();
  const order = mix(Array.from({ length: nodes.count }, (_, v) => v));
  const place = new Map(order.map((v, i) => [v, i]));
  for (const v of order) build.node(types[nodes.type[v] as number]?.name as string, { id: nodes.id[v] as number });
  for (const v of order) {
    const mine = Array.from(
      { length: (nodes.firstEdge[v + 1] as number) - (nodes.firstEdge[v] as number) },
      (_, i) => (nodes.firstEdge[v] as number) + i,
    );
    for (const e of mix(mine)) {
      const kind = edges.kind[e] as number;
      build.edge(place.get(v) as number, place.get(edges.target[e] as number) as number, {
        label: edges.label[e] as number,
        strength: kind & 3,
        internal: kind & 0x30,
      });
    }
  }
  for (const row of mix(Array.from({ length: roots.count }, (_, r) => r)))
    build.root(place.get(roots.target[row] as number) as number, roots.kind[row], strings[roots.name[row] as number]);
  return build.build();
}

test(`the choice among equally short paths does not depend on the order of nodes, edges and roots, from seed ${first}`, () => {
  for (let seed = first; seed < first + 60; seed++) {
    const graph = randomGraph(seed, 80);
    const other = shuffled(graph, seed);
    const finders = [finderOf(graph), finderOf(other)] as const;
    for (let v = 0; v < graph.nodes.count; v++) {
      const w = other.nodes.id.indexOf(graph.nodes.id[v] as number);
      const paths = [finish(finders[0].shortest(v)), finish(finders[1].shortest(w))] as const;
      const ids = [paths[0]?.nodes.map((n) => graph.nodes.id[n]), paths[1]?.nodes.map((n) => other.nodes.id[n])];
      expect(ids[1], `seed ${seed}, node ${v}`).toEqual(ids[0]);
    }
  }
});

test(`disjoint paths share no node, and "no more" is true, from seed ${first}`, () => {
  const stopped = { most: 0, "no more": 0 };
  for (let seed = first; seed < first + 60; seed++) {
    const graph = randomGraph(seed, 60);
    const finder = finderOf(graph);
    for (let v = 0; v < graph.nodes.count; v += 3) {
      const found = finish(finder.disjoint(v, 3));
      const inner = new Set<number>();
      for (const path of found.paths) {
        expectPath(graph, path, v, `seed ${seed}, node ${v}`);
        for (const u of path.nodes.slice(0, -1)) {
          expect(inner.has(u), `seed ${seed}, node ${v}`).toBe(false);
          inner.add(u);
        }
      }
      stopped[found.stopped]++;
      if (found.stopped === "most") continue;
      // Without its own roots and all nodes of these paths, nothing leads there.
      const rest = { ...graph, roots: { ...graph.roots, target: graph.roots.target.filter((u) => u !== v) } };
      expect(distances(rest, inner)[v], `seed ${seed}, node ${v}`).toBe(-1);
    }
  }
  expect(stopped.most).toBeGreaterThan(20);
  expect(stopped["no more"]).toBeGreaterThan(100);
});

describe("in words", () => {
  const build = new GraphBuilder();
  const pair = build.type("Pair", "struct", ["head", "tail"]);
  const a = build.node(pair, { outside: 1 });
  const list = build.node("list", { outside: 0 });
  const str = build.node("str", { label: 'say "hi"', outside: 0 });
  const lost = build.node("Lost", { outside: 2 });
  build.edge(a, list, { label: 1, slot: true });
  build.edge(list, str, 4);
  build.edge(str, build.node("Part", { outside: 0 }), "part");
  build.edge(lost, build.node("Held", { outside: 0 }));
  build.root(a, RootKind.NAMED, "cache");
  build.root(lost, RootKind.HANDLE);
  const graph = build.build();
  const finder = finderOf(graph);
  const words = (v: number) => describePath(graph, finish(finder.shortest(v)) as Path);

  test("a root, fields, items, labels", () => {
    expect(words(4)).toEqual(["named root cache", "Pair", ".tail → list", '[4] → str "say \\"hi\\""', ".part → Part"]);
  });

  test("a leaked reference comes after all roots", () => {
    expect(words(5)).toEqual(["handle", "Lost", "[0] → Held"]);
    const only = new GraphBuilder();
    only.node("Lost", { outside: 1 });
    const path = finish(finderOf(only.build()).shortest(0));
    expect(path).toEqual({ root: NO_NODE, nodes: [0], edges: [] });
  });
});

test("a list of a million", () => {
  const build = new GraphBuilder();
  const type = build.type("Node");
  for (let v = 0; v < 1_000_000; v++) build.node(type);
  for (let v = 1; v < 1_000_000; v++) build.edge(v - 1, v);
  build.root(0);
  expect(finish(finderOf(build.build()).shortest(999_999))?.nodes).toHaveLength(1_000_000);
});
