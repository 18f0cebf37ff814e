import { NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import { heldFromOutside } from "./held.js";
import { spanningTree } from "./spanning-tree.js";
import type { Orphans, SpanningTree } from "./spanning-tree.js";

/**
 * Who keeps whom alive, alone. *a dominates b* if every path from a root to b goes through a: if a went, b would.
 * The closest such a is b's immediate dominator; those form a tree. What a node retains is its subtree.
 */
export interface DominatorTree {
  /** Ordinal that stands for the root above all roots: `nodes.count`. */
  readonly root: number;
  /** How many nodes are reached. */
  readonly count: number;
  /** By node: its immediate dominator, or `root`. {@link NO_NODE} for what no root reaches. */
  readonly idom: Uint32Array;
  /** The nodes that are reached, each behind its dominator. */
  readonly order: Uint32Array;
  /** By node, and for `root`: bytes that would be freed with it, itself included. 0 for what no root reaches. */
  readonly retained: Float64Array;
  /** By node, and for `root` (itself not counted): how many nodes would be freed. */
  readonly retainedCount: Uint32Array;
}

/** What {@link dominators} takes. */
export interface DominatorOptions {
  /** What holds nodes from outside. Default: all roots of the graph, and leaked references. */
  roots?: Uint32Array;
  /** Default "omit", but "adopt" for dumps of V8, whose tools do so. */
  orphans?: Orphans;
}

/**
 * Computes the dominator tree with the SEMI-NCA algorithm (Georgiadis, Tarjan, Werneck: Finding Dominators in
 * Practice, 2006), on vertices renumbered to depth-first preorder, so that ancestors are smaller numbers and
 * most memory is read in order. O(n log n) at worst for path compression, n² in theory for the last pass; in
 * heaps both are linear. Nothing recurses.
 *
 * @example
 * const tree = finish(dominators(graph));
 * typeName(graph, tree.idom[session]!); // "list": without it, the session would be freed
 * tree.retainedCount[session]; // 5: itself, its page, its peer, and the text of each
 */
export function* dominators(graph: HeapGraph, options: DominatorOptions = {}): Steps<DominatorTree> {
  const roots = options.roots ?? heldFromOutside(graph);
  const orphans = options.orphans ?? (graph.source === "heapsnapshot" ? "adopt" : "omit");
  const { node, parent, count } = yield* immediateDominators(graph, roots, orphans);
  return yield* retainedSizes(graph, node, parent, count);
}

/** Turns `parent` of the spanning tree into immediate dominators. Its links, the larger part, can then be freed. */
function* immediateDominators(
  graph: HeapGraph,
  roots: Uint32Array,
  orphans: Orphans,
): Steps<Pick<SpanningTree, "node" | "parent" | "count">> {
  const tree = yield* spanningTree(graph, roots, orphans);
  const { node, parent, count } = tree;
  immediate(parent, yield* semidominators(tree), count);
  return { node, parent, count };
}

/**
 * Computes semidominators. `parent` is the spanning tree. In the result, `semi[i]` is the smallest vertex with a path to i
 * whose inner vertices are all larger than i.
 */
function* semidominators(tree: SpanningTree): Steps<Uint32Array> {
  const semi = new Uint32Array(tree.count + 1);
  const forest = new Forest(tree.parent, tree.count);
  const total = tree.count;
  for (let end = total + 1; end > 1;) {
    const begin = Math.max(1, end - ITEMS_PER_STEP);
    semidominate(tree, forest, semi, begin, end);
    end = begin;
    yield { phase: "finding dominators", done: total + 1 - end, total };
  }
  return semi;
}

function semidominate(tree: SpanningTree, forest: Forest, semi: Uint32Array, begin: number, end: number): void {
  const { node, parent, numberAndLink, links } = tree;
  const { least } = forest;
  for (let i = end - 1; i >= begin; i--) {
    let best = parent[i] as number;
    let link = numberAndLink[2 * (node[i] as number) + 1] as number;
    while (link !== 0) {
      const source = links[2 * link] as number;
      link = links[2 * link + 1] as number;
      // A vertex up to i represents itself. A larger one represents the least semidominator on its path up to i.
      const candidate = source <= i ? source : forest.leastUpTo(source, i);
      if (candidate < best) best = candidate;
    }
    semi[i] = best;
    least[i] = best;
  }
}

/** The processed part of the spanning tree, with shortcuts towards its roots. */
class Forest {
  /** By vertex: the least semidominator from it to the end of its shortcut, exclusive. */
  readonly least: Uint32Array;
  readonly #up: Uint32Array;
  #stack = new Uint32Array(1024);

  constructor(parent: Uint32Array, count: number) {
    this.#up = parent.slice(0, count + 1);
    this.least = new Uint32Array(count + 1);
  }

  /** The least semidominator among `v` and its ancestors above `last`, all of which are processed. */
  leastUpTo(v: number, last: number): number {
    const up = this.#up;
    const least = this.least;
    if ((up[v] as number) <= last) return least[v] as number;
    let depth = 0;
    for (; (up[v] as number) > last; v = up[v] as number) {
      if (depth === this.#stack.length) this.#grow();
      this.#stack[depth++] = v;
    }
    const end = up[v] as number;
    let minimum = least[v] as number;
    while (depth > 0) {
      const w = this.#stack[--depth] as number;
      up[w] = end;
      if (minimum < (least[w] as number)) least[w] = minimum;
      else minimum = least[w] as number;
    }
    return minimum;
  }

  #grow(): void {
    const grown = new Uint32Array(2 * this.#stack.length);
    grown.set(this.#stack);
    this.#stack = grown;
  }
}

/** Turns `parent` into immediate dominators, by vertex: the closest ancestor not greater than the semidominator. */
function immediate(parent: Uint32Array, semi: Uint32Array, count: number): void {
  for (let i = 1; i <= count; i++) {
    const bound = semi[i] as number;
    let dominator = parent[i] as number;
    while (dominator > bound) dominator = parent[dominator] as number;
    parent[i] = dominator;
  }
}

/** Sums sizes from the leaves to the root, and converts vertices to nodes. */
function* retainedSizes(
  { nodes }: HeapGraph,
  node: Uint32Array,
  idomOf: Uint32Array,
  count: number,
): Steps<DominatorTree> {
  const root = nodes.count;
  const idom = new Uint32Array(nodes.count).fill(NO_NODE);
  const retained = new Float64Array(nodes.count + 1);
  const retainedCount = new Uint32Array(nodes.count + 1);
  for (let end = count + 1; end > 1;) {
    const begin = Math.max(1, end - ITEMS_PER_STEP);
    for (let i = end - 1; i >= begin; i--) {
      const v = node[i] as number;
      const dominator = node[idomOf[i] as number] as number;
      const bytes = (retained[v] as number) + (nodes.selfSize[v] as number);
      const inside = (retainedCount[v] as number) + 1;
      idom[v] = dominator;
      retained[v] = bytes;
      retainedCount[v] = inside;
      retained[dominator] = (retained[dominator] as number) + bytes;
      retainedCount[dominator] = (retainedCount[dominator] as number) + inside;
    }
    end = begin;
    yield { phase: "adding up retained sizes", done: count + 1 - end, total: count };
  }
  return { root, count, idom, order: node.subarray(1, count + 1), retained, retainedCount };
}
