import { describe, expect, test } from "vitest";
import { checkGraph } from "../../src/dump/graph/check.js";
import { EdgeLabel, EdgeStrength, LABEL_MASK, RootKind, STRENGTH_MASK } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { codeOf } from "../support/heap.js";

function small(): HeapGraph {
  const build = new GraphBuilder();
  const pair = build.type("Pair", "struct", ["head", "tail"]);
  const a = build.node(pair, { refcount: 2 });
  const b = build.node("str", { label: "hello", size: 24 });
  build.edge(a, b, { label: 1, slot: true });
  build.edge(b, a, "owner");
  build.edge(a, a, { strength: EdgeStrength.WEAK });
  build.root(b, RootKind.NAMED, "cache");
  return build.build();
}

test("edges are grouped by source, in the order of their creation", () => {
  const { nodes, edges, strings, types, roots } = small();
  expect([...nodes.firstEdge]).toEqual([0, 2, 3]);
  expect([...edges.target]).toEqual([1, 0, 0]);
  expect([...edges.kind].map((kind) => kind & LABEL_MASK)).toEqual([EdgeLabel.SLOT, EdgeLabel.INDEX, EdgeLabel.NAME]);
  expect([...edges.kind].map((kind) => kind & STRENGTH_MASK)).toEqual([0, 1, 0]);
  expect(strings[edges.label[2] as number]).toBe("owner");
  expect(types[nodes.type[0] as number]?.fields[edges.label[0] as number]).toBe("tail");
  expect([...nodes.selfSize]).toEqual([16, 24]);
  expect([...(nodes.refcount as Uint32Array)]).toEqual([2, 0]);
  expect(nodes.address).toBe(null);
  expect(strings[roots.name[0] as number]).toBe("cache");
});

describe("an invalid graph is rejected", () => {
  const wrong: [string, (graph: HeapGraph) => void][] = [
    ["a target", ({ edges }) => (edges.target[0] = 2)],
    ["a type", ({ nodes }) => (nodes.type[1] = 9)],
    ["a label", ({ nodes }) => (nodes.label[1] = 99)],
    ["the name of an edge", ({ edges }) => (edges.label[2] = 99)],
    ["a root", ({ roots }) => (roots.target[0] = 2)],
    ["the kind of a root", ({ roots }) => (roots.kind[0] = 77)],
    ["first edges", ({ nodes }) => (nodes.firstEdge[1] = 4)],
    ["the last first edge", ({ nodes }) => (nodes.firstEdge[2] = 2)],
    ["a size", ({ nodes }) => (nodes.selfSize[0] = -1)],
    ["a size that is no number", ({ nodes }) => (nodes.selfSize[0] = NaN)],
    ["a short column", (graph) => Object.assign(graph.edges, { kind: new Uint8Array(1) })],
  ];
  test.each(wrong)("%s", (_, damage) => {
    const graph = small();
    checkGraph(graph);
    damage(graph);
    expect(codeOf(() => checkGraph(graph))).toBe("BAD_IMAGE");
  });

  test("at building", () => {
    const build = new GraphBuilder();
    build.node("A");
    expect(codeOf(() => build.edge(1, 0))).toBe("BAD_VALUE");
    expect(codeOf(() => build.node(7))).toBe("BAD_VALUE");
    build.edge(0, 1);
    expect(codeOf(() => build.build())).toBe("BAD_VALUE");
  });
});
