import { describe, expect, test } from "vitest";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { EdgeStrength, NO_NODE } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { bruteForce, iteratedDominators, randomGraph } from "../support/graphs.js";
import { howMany, seedOf } from "../support/random.js";

const tree = (graph: HeapGraph) => finish(dominators(graph));

describe("dominators agree with removing each node in turn", () => {
  const first = seedOf(1);
  test(`on random graphs, from seed ${first}`, () => {
    let reached = 0;
    for (let seed = first; seed < first + howMany(200); seed++) {
      const graph = randomGraph(seed, 60);
      const { idom, retained, retainedCount, root, count, order } = tree(graph);
      const expected = bruteForce(graph);
      expect([...idom], `seed ${seed}`).toEqual(expected.idom);
      expect([...retained.subarray(0, root)], `seed ${seed}`).toEqual(expected.retained);
      expect([...retainedCount.subarray(0, root)], `seed ${seed}`).toEqual(expected.retainedCount);
      expect(new Set(order).size, `seed ${seed}`).toBe(count);
      reached += count;
    }
    expect(reached).toBeGreaterThan(1500);
  });
});

describe("dominators agree with another algorithm", () => {
  const first = seedOf(1);
  test(`on graphs of up to 10,000 nodes, from seed ${first}`, () => {
    let reached = 0;
    for (let seed = first; seed < first + howMany(8); seed++) {
      const graph = randomGraph(seed, 10_000);
      const { idom, count, order } = tree(graph);
      expect(
        Buffer.compare(Buffer.from(idom.buffer), Buffer.from(iteratedDominators(graph).buffer)),
        `seed ${seed}`,
      ).toBe(0);
      const seen = new Set<number>([graph.nodes.count]);
      for (const v of order) {
        expect(seen.has(idom[v] as number), `seed ${seed}, node ${v}`).toBe(true);
        seen.add(v);
      }
      reached += count;
    }
    expect(reached).toBeGreaterThan(6_000);
  });
});

/** `links(build)` connects nodes of size 16 that are there already; the first is the root. */
function graphOf(count: number, links: (build: GraphBuilder) => void): HeapGraph {
  const build = new GraphBuilder();
  const type = build.type("Node");
  for (let v = 0; v < count; v++) build.node(type);
  build.root(0);
  links(build);
  return build.build();
}

describe("shapes", () => {
  /** More than any stack has frames. */
  const many = 200_000;

  test("a doubly linked list of many nodes", () => {
    const graph = graphOf(many, (build) => {
      for (let v = 1; v < many; v++) {
        build.edge(v - 1, v);
        build.edge(v, v - 1);
      }
    });
    const { idom, retained } = tree(graph);
    expect(idom[many - 1]).toBe(many - 2);
    expect(retained[0]).toBe(16 * many);
    expect(retained[many - 1]).toBe(16);
  });

  test("a list of many nodes that all refer to its first and last node", () => {
    const graph = graphOf(many, (build) => {
      for (let v = 1; v < many; v++) {
        build.edge(v - 1, v);
        build.edge(v - 1, many - 1);
        build.edge(many - 1, v);
      }
    });
    const { idom } = tree(graph);
    expect(idom.subarray(2).every((dominator) => dominator === 0)).toBe(true);
  });

  test("a hub that many refer to", () => {
    const graph = graphOf(many, (build) => {
      for (let v = 2; v < many; v++) {
        build.edge(0, v);
        build.edge(v, 1);
      }
    });
    const { idom, retained } = tree(graph);
    expect(idom[1]).toBe(0);
    expect(retained[0]).toBe(16 * many);
    expect(retained[2]).toBe(16);
  });

  test("an empty graph, and a graph without roots", () => {
    expect(tree(new GraphBuilder().build()).count).toBe(0);
    const build = new GraphBuilder();
    build.edge(build.node("A"), 0);
    const { idom, retained, count } = tree(build.build());
    expect([count, idom[0], retained[0], retained[1]]).toEqual([0, NO_NODE, 0, 0]);
  });

  test("sums beyond 32 bits", () => {
    const build = new GraphBuilder();
    for (let v = 0; v < 3; v++) build.node("Big", { size: 0xffff_fff8 });
    build.edge(0, 1);
    build.edge(1, 2);
    build.root(0);
    expect(tree(build.build()).retained[0]).toBe(3 * 0xffff_fff8);
  });
});

describe("special edges", () => {
  test("a weak reference retains nothing; the key of a weak map does, the map does not", () => {
    const graph = graphOf(5, (build) => {
      const [root, weakref, key, map, entry] = [0, 1, 2, 3, 4];
      for (const v of [weakref, key, map]) build.edge(root, v);
      build.edge(weakref, key, { strength: EdgeStrength.WEAK });
      build.edge(key, entry, { strength: EdgeStrength.EPHEMERON_KEY });
      build.edge(map, entry, { strength: EdgeStrength.EPHEMERON_MAP });
    });
    expect([...tree(graph).idom]).toEqual([5, 0, 0, 0, 2]);
  });

  test("a leaked reference holds its target like a root does", () => {
    const build = new GraphBuilder();
    build.node("Named", { outside: 1 });
    build.node("Leaked", { outside: 2 });
    build.edge(1, build.node("Held", { outside: 0 }));
    build.root(0);
    build.root(1);
    expect([...tree(build.build()).idom]).toEqual([3, 3, 1]);
  });

  test("unreachable nodes can be adopted by the root: first nodes without a retainer, then cycles", () => {
    const graph = graphOf(6, (build) => {
      build.edge(2, 1); // 2 ─► 1, and 3 ⇄ 4 ─► 5
      build.edge(3, 4);
      build.edge(4, 3);
      build.edge(4, 5);
    });
    expect([...finish(dominators(graph, { orphans: "adopt" })).idom]).toEqual([6, 2, 6, 6, 3, 4]);
  });
});
