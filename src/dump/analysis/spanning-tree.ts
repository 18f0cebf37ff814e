import { NOT_RETAINING } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";

/**
 * A depth-first spanning tree of the reachable nodes. Its vertices are numbered in preorder: 0 is the root above all
 * roots, `1 … count` are nodes. An ancestor has a smaller number than its descendants.
 *
 * The edges outside the tree are kept as linked lists by target. When such an edge is visited, both its ends are
 * numbered, so one pass over the graph suffices, with one cache miss per edge. A table of predecessors sorted by target
 * would cost three more.
 */
export interface SpanningTree {
  readonly count: number;
  /** By vertex: the node. Entry 0 is `nodes.count`. */
  readonly node: Uint32Array;
  /** By vertex: the vertex of the parent in the tree. */
  readonly parent: Uint32Array;
  /** By node, in pairs: its vertex (0: not reached), and its first link (0: none). */
  readonly numberAndLink: Uint32Array;
  /** By link, in pairs: the vertex of an edge's source, and the next link with the same target (0: none). */
  readonly links: Uint32Array;
}

/** What happens to nodes that no root reaches: they are omitted, or become children of the root (as in DevTools). */
export type Orphans = "omit" | "adopt";

class Walk implements SpanningTree {
  count = 0;
  readonly node: Uint32Array;
  readonly parent: Uint32Array;
  readonly numberAndLink: Uint32Array;
  readonly links: Uint32Array;
  readonly #graph: HeapGraph;
  // The engine commits memory of typed arrays only when it is written: most heaps are far less deep than they have nodes.
  readonly #stackNode: Uint32Array;
  readonly #stackEdge: Uint32Array;
  #depth = 0;
  #link = 0;

  constructor(graph: HeapGraph, roots: number) {
    const { nodes, edges } = graph;
    this.#graph = graph;
    this.node = new Uint32Array(nodes.count + 1);
    this.parent = new Uint32Array(nodes.count + 1);
    this.numberAndLink = new Uint32Array(2 * nodes.count);
    this.links = new Uint32Array(2 * (edges.count + roots + 1));
    this.#stackNode = new Uint32Array(nodes.count + 1);
    this.#stackEdge = new Uint32Array(nodes.count + 1);
    this.node[0] = nodes.count;
  }

  isReached(v: number): boolean {
    return this.numberAndLink[2 * v] !== 0;
  }

  /** Makes `v` a child of the root; {@link descend} then visits the nodes reachable from it. */
  enter(v: number): void {
    const { numberAndLink, links } = this;
    if (this.isReached(v)) {
      const link = ++this.#link;
      links[2 * link + 1] = numberAndLink[2 * v + 1] as number;
      numberAndLink[2 * v + 1] = link;
      return;
    }
    numberAndLink[2 * v] = ++this.count;
    this.node[this.count] = v;
    this.#depth = 1;
    this.#stackNode[1] = v;
    this.#stackEdge[1] = this.#graph.nodes.firstEdge[v] as number;
  }

  /** Continues for `budget` edges, or to the end. False when no edge is left. */
  descend(budget: number): boolean {
    const { firstEdge } = this.#graph.nodes;
    const { target, kind } = this.#graph.edges;
    const { node, parent, numberAndLink, links } = this;
    const stackNode = this.#stackNode;
    const stackEdge = this.#stackEdge;
    let depth = this.#depth;
    let link = this.#link;
    let count = this.count;
    while (depth > 0 && budget > 0) {
      const v = stackNode[depth] as number;
      const number = numberAndLink[2 * v] as number;
      const end = firstEdge[v + 1] as number;
      let e = stackEdge[depth] as number;
      const begin = e;
      let deeper = false;
      while (e < end) {
        const isRetaining = ((kind[e] as number) & NOT_RETAINING) === 0;
        const w = target[e++] as number;
        if (!isRetaining || w === v) continue;
        if (numberAndLink[2 * w] === 0) {
          numberAndLink[2 * w] = ++count;
          node[count] = w;
          parent[count] = number;
          stackEdge[depth++] = e;
          stackNode[depth] = w;
          stackEdge[depth] = firstEdge[w] as number;
          deeper = true;
          break;
        }
        link++;
        links[2 * link] = number;
        links[2 * link + 1] = numberAndLink[2 * w + 1] as number;
        numberAndLink[2 * w + 1] = link;
      }
      budget -= e - begin + 1;
      if (!deeper) depth--;
    }
    this.#depth = depth;
    this.#link = link;
    this.count = count;
    return depth > 0;
  }
}

/** Marks the nodes without a retaining edge from another node. */
function withoutRetainer({ nodes, edges }: HeapGraph): Uint8Array {
  const alone = new Uint8Array(nodes.count).fill(1);
  for (let v = 0; v < nodes.count; v++)
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
      if (((edges.kind[e] as number) & NOT_RETAINING) === 0 && edges.target[e] !== v)
        alone[edges.target[e] as number] = 0;
  return alone;
}

/**
 * Walks the graph depth first from `roots`, along retaining edges in slot order. It does not recurse, so lists may have
 * any length.
 *
 * With `orphans: "adopt"`, unreached nodes become children of the root too: first nodes without a retaining edge to them,
 * each with all it reaches, then one node of each remaining cycle.
 */
export function* spanningTree(graph: HeapGraph, roots: Uint32Array, orphans: Orphans): Steps<SpanningTree> {
  const { count } = graph.nodes;
  const walk = new Walk(graph, roots.length + (orphans === "adopt" ? count : 0));
  const progress = () => ({ phase: "walking the graph", done: walk.count, total: count });
  for (const v of roots) {
    walk.enter(v);
    while (walk.descend(ITEMS_PER_STEP)) yield progress();
  }
  if (orphans === "adopt" && walk.count < count) {
    const alone = withoutRetainer(graph);
    for (const isLate of [false, true])
      for (let v = 0; v < count; v++) {
        if (walk.isReached(v) || (!isLate && alone[v] === 0)) continue;
        walk.enter(v);
        while (walk.descend(ITEMS_PER_STEP)) yield progress();
      }
  }
  return walk;
}
