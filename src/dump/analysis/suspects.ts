import { NodeFlag } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { typeName } from "../graph/names.js";
import type { Steps } from "../steps.js";
import { dominated, largestDominated } from "./dominated.js";
import type { Dominated } from "./dominated.js";
import type { DominatorTree } from "./dominators.js";
import { unexplained } from "./held.js";

/** An object or type that may be the leak. */
export interface Suspect {
  /**
   * - "object": one object that retains a large share by itself.
   * - "type": many objects of a type that nothing but the root dominates, and that retain a large share together.
   * - "fan-out": a container with very many references.
   * - "leaked reference": an object held by references that no handle or named root explains.
   */
  readonly reason: "object" | "type" | "fan-out" | "leaked reference";
  /** The object; of a type, the largest one. */
  readonly node: number;
  /** Name of the node's type. */
  readonly type: string;
  /** Bytes it retains (of a type: they all). */
  readonly retained: number;
  /** Of all that is retained, 0 to 1. */
  readonly share: number;
  /** Objects of the type; references of the container; leaked references of the object; else 1. */
  readonly count: number;
  /**
   * Where it piles up: following the largest object that each dominates, the last that retains nearly as much as the one
   * above it. What it dominates is many small things: the leak's contents.
   */
  readonly accumulation: number;
}

/** What {@link suspects} takes. */
export interface SuspectOptions {
  /** Of the tree, if there already: else they are computed. */
  children?: Dominated;
  /** Share of all from which an object or type is suspect. Default 0.1, as Eclipse MAT has it. */
  share?: number;
  /** References from which a container is suspect. Default: 1000, or a hundredth of all nodes if that is more. */
  fanOut?: number;
  /** Containers listed at most. Default 10. */
  most?: number;
}

/** The accumulation point is further down if the largest child retains at least this share of its dominator's size. */
const DROP = 0.7;
/** Maximal depth of the search: in a long list, all nodes retain nearly as much. */
const DEEPEST = 1000;

/**
 * Where memory may be leaking, by Eclipse MAT's rule and some of our own; within each reason, the largest first.
 *
 * @example
 * const [first] = finish(suspects(graph, tree));
 * first?.reason; // "object"
 * first?.type; // "list"
 */
export function* suspects(graph: HeapGraph, tree: DominatorTree, options: SuspectOptions = {}): Steps<Suspect[]> {
  const { nodes } = graph;
  const { retained, root } = tree;
  const children = options.children ?? (yield* dominated(tree));
  const total = retained[root] as number;
  const limit = (options.share ?? 0.1) * total;
  const found: Suspect[] = [];
  const add = (reason: Suspect["reason"], node: number, count: number, bytes = retained[node] as number) => {
    const share = total === 0 ? 0 : bytes / total;
    const accumulation = accumulationPoint(tree, children, node);
    found.push({ reason, node, type: typeName(graph, node), retained: bytes, share, count, accumulation });
  };

  const top = topLevel(graph, tree, children);
  const large = top.filter((v) => (retained[v] as number) >= limit && limit > 0);
  for (const v of large.sort((a, b) => (retained[b] as number) - (retained[a] as number) || a - b)) add("object", v, 1);
  for (const { node, count, bytes } of byType(graph, tree, top, limit))
    if (bytes >= limit && limit > 0) add("type", node, count, bytes);
  yield { phase: "looking for suspects", done: 1, total: 2 };

  const fanOut = options.fanOut ?? Math.max(1000, nodes.count / 100);
  const degree = (v: number) => (nodes.firstEdge[v + 1] as number) - (nodes.firstEdge[v] as number);
  const wide: number[] = [];
  for (const v of tree.order)
    if (degree(v) >= fanOut && ((nodes.flags[v] as number) & NodeFlag.SYNTHETIC) === 0) wide.push(v);
  wide.sort((a, b) => (retained[b] as number) - (retained[a] as number) || degree(b) - degree(a) || a - b);
  for (const v of wide.slice(0, options.most ?? 10)) add("fan-out", v, degree(v));

  const { nodes: leaked, references } = unexplained(graph);
  for (const v of [...leaked].sort((a, b) => (retained[b] as number) - (retained[a] as number) || a - b))
    add("leaked reference", v, references?.[v] ?? 0);
  return found;
}

/** The nodes that only the root, or a synthetic node, dominates. */
function topLevel({ nodes }: HeapGraph, { root }: DominatorTree, { first, child }: Dominated): number[] {
  const top: number[] = [];
  const stack = [root];
  for (let v = stack.pop(); v !== undefined; v = stack.pop())
    for (let i = first[v] as number, end = first[v + 1] as number; i < end; i++) {
      const w = child[i] as number;
      if (((nodes.flags[w] as number) & NodeFlag.SYNTHETIC) !== 0) stack.push(w);
      else top.push(w);
    }
  return top;
}

/** Groups the nodes of `top` that are below the limit on their own. For each type: the largest node, their number and bytes. */
function byType(
  { nodes }: HeapGraph,
  { retained }: DominatorTree,
  top: readonly number[],
  limit: number,
): { node: number; count: number; bytes: number }[] {
  const groups = new Map<number, { node: number; count: number; bytes: number }>();
  for (const v of top) {
    if ((retained[v] as number) >= limit) continue;
    const type = nodes.type[v] as number;
    const group = groups.get(type);
    if (!group) {
      groups.set(type, { node: v, count: 1, bytes: retained[v] as number });
      continue;
    }
    group.count++;
    group.bytes += retained[v] as number;
    if ((retained[v] as number) > (retained[group.node] as number)) group.node = v;
  }
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes || a.node - b.node);
}

/**
 * The last of the chain of largest children below `v` that retains nearly as much as the one above it.
 *
 * @example
 * const children = finish(dominated(tree));
 * const [list] = largestDominated(tree, children, tree.root, 1);
 * typeName(graph, accumulationPoint(tree, children, list!)); // "bytes": most of it is one page
 */
export function accumulationPoint(tree: DominatorTree, children: Dominated, v: number): number {
  const start = v;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const [largest] = largestDominated(tree, children, v, 1);
    if (largest === undefined || (tree.retained[largest] as number) < DROP * (tree.retained[v] as number)) return v;
    v = largest;
  }
  return start;
}
