import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import type { DominatorTree } from "./dominators.js";

/** The dominator tree downwards: v immediately dominates `child[first[v]] … child[first[v + 1] - 1]`. */
export interface Dominated {
  /** By node, and for the root: `root + 2` entries. */
  readonly first: Uint32Array;
  /** The children of all nodes, parent by parent. */
  readonly child: Uint32Array;
}

/**
 * Lists what each node immediately dominates: the dominator tree, read downwards.
 *
 * @example
 * const { first, child } = finish(dominated(tree));
 * const tops = [...child.subarray(first[tree.root], first[tree.root + 1])];
 * tops.map((v) => typeName(graph, v)); // ["list", …]
 */
export function* dominated({ root, order, idom }: DominatorTree): Steps<Dominated> {
  const first = new Uint32Array(root + 2);
  for (const v of order) {
    const slot = (idom[v] as number) + 1;
    first[slot] = (first[slot] as number) + 1;
  }
  for (let v = 0; v <= root; v++) first[v + 1] = (first[v + 1] as number) + (first[v] as number);
  yield { phase: "listing what is dominated", done: 1, total: 2 };
  const next = first.slice();
  const child = new Uint32Array(order.length);
  for (const v of order) {
    const dominator = idom[v] as number;
    const place = next[dominator] as number;
    next[dominator] = place + 1;
    child[place] = v;
  }
  return { first, child };
}

/**
 * The children of `v` that retain most, at most `most` of them; equal ones by ordinal.
 *
 * @example
 * const children = finish(dominated(tree));
 * const [largest] = largestDominated(tree, children, tree.root, 1);
 * typeName(graph, largest!); // "list"
 */
export function largestDominated(tree: DominatorTree, { first, child }: Dominated, v: number, most: number): number[] {
  const best: number[] = [];
  const isBefore = (a: number, b: number) => {
    const difference = (tree.retained[a] as number) - (tree.retained[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  };
  for (let i = first[v] as number, end = first[v + 1] as number; i < end; i++) {
    const one = child[i] as number;
    if (best.length === most && !isBefore(one, best[most - 1] as number)) continue;
    let place = best.length;
    while (place > 0 && isBefore(one, best[place - 1] as number)) place--;
    best.splice(place, 0, one);
    if (best.length > most) best.pop();
  }
  return best;
}

/**
 * The dominators of `v`, closest first, without the root; none if no root reaches it.
 *
 * @example
 * dominatorChain(tree, session).map((v) => typeName(graph, v)); // ["list"]
 */
export function dominatorChain({ root, idom }: DominatorTree, v: number): number[] {
  const chain: number[] = [];
  for (let d = idom[v]; d !== undefined && d < root; d = idom[d]) chain.push(d);
  return chain;
}

/**
 * Walks the dominator tree in depth: `enter` for each node before, `leave` after all that it dominates.
 * No recursion.
 *
 * @example
 * let depth = 0;
 * const enter = (v: number) => console.log(" ".repeat(depth++) + typeName(graph, v));
 * finish(walkDominated(tree, finish(dominated(tree)), "printing", enter, () => depth--));
 */
export function* walkDominated(
  tree: DominatorTree,
  { first, child }: Dominated,
  phase: string,
  enter: (v: number) => void,
  leave: (v: number) => void,
): Steps<void> {
  // The next child of each node on the current path. The parent of a node is its dominator.
  const next = first.slice();
  let v = tree.root;
  let done = 0;
  for (;;) {
    const place = next[v] as number;
    if (place < (first[v + 1] as number)) {
      next[v] = place + 1;
      v = child[place] as number;
      enter(v);
      if (++done % ITEMS_PER_STEP === 0) yield { phase, done, total: tree.count };
    } else if (v === tree.root) return;
    else {
      leave(v);
      v = tree.idom[v] as number;
    }
  }
}
