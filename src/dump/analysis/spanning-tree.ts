import { NOT_RETAINING } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";

/**
 * A depth-first spanning tree of what is reached, its vertices numbered in preorder: 0 is the root above all
 * roots, `1 … count` are nodes. An ancestor's number is below those of its descendants.
 *
 * The edges that are not in the tree are kept as linked lists by target. When an edge is looked at, both its
 * ends have their numbers already (or it is a tree edge), so one pass over the graph, in which each edge costs
 * one cache miss, is enough; a table of predecessors sorted by target would cost three more.
 */
export interface SpanningTree {
  readonly count: number;
  /** By number: the node. Entry 0 is `nodes.count`. */
  readonly node: Uint32Array;
  /** By number: the number of the parent in the tree. */
  readonly parent: Uint32Array;
  /** By node, in pairs: its number (0: not reached), and its first link (0: none). */
  readonly numberAndLink: Uint32Array;
  /** By link, in pairs: the number of an edge's source, and the next link of the same target (0: none). */
  readonly links: Uint32Array;
}

/** What to do with nodes that no root reaches: leave them out, or hang them below the root (as DevTools does). */
export type Orphans = "omit" | "adopt";

class Walk implements SpanningTree {
  count = 0;
  readonly node: Uint32Array;
  readonly parent: Uint32Array;
  readonly numberAndLink: Uint32Array;
  readonly links: Uint32Array;
  readonly #graph: HeapGraph;
  // Typed arrays are zero pages until written to: only a heap as deep as it has nodes pays for all of it.
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

  /** Makes `v` a child of the root; {@link descend} then visits what it reaches. */
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

  /** Goes on for `budget` steps along edges, or to the end. False when there is nothing more. */
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

/** Which nodes no retaining edge of another node leads to. */
function withoutRetainer({ nodes, edges }: HeapGraph): Uint8Array {
  const alone = new Uint8Array(nodes.count).fill(1);
  for (let v = 0; v < nodes.count; v++)
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
      if (((edges.kind[e] as number) & NOT_RETAINING) === 0 && edges.target[e] !== v)
        alone[edges.target[e] as number] = 0;
  return alone;
}

/**
 * Walks the graph depth first from `roots`, along retaining edges in slot order. No recursion: a list of any
 * length is safe.
 *
 * With `orphans: "adopt"`, what is then not reached hangs below the root too: first nodes that nothing retains,
 * with all they reach, then one of each remaining circle.
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
