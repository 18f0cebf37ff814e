import { EdgeStrength, EDGE_ASIDE, NO_GENERATION, STRENGTH_MASK } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import { unexplained } from "./held.js";

/** Why an object is there. */
export const Reach = {
  /** No root reaches it: the next collection of its generation would free it. */
  GARBAGE: 0,
  /** A handle, a named root or another root reaches it. */
  LIVE: 1,
  /** Only outside references reach it that neither a handle nor a named root explains. Nothing will ever free it. */
  LEAKED: 2,
} as const;
export type Reach = (typeof Reach)[keyof typeof Reach];

/** A number of nodes, and their bytes. */
export interface Amount {
  /** The number of nodes. */
  count: number;
  /** Of the nodes themselves. */
  bytes: number;
}

/** What {@link reachability} finds. */
export interface Reachability {
  /** By node: a {@link Reach}. */
  readonly state: Uint8Array;
  /** What a handle, a named root or the heap itself reaches. */
  readonly live: Amount;
  /** What nothing reaches from outside: it waits for the collector. */
  readonly garbage: Amount;
  /** What only outside references reach that nobody can name: see {@link unexplained}. */
  readonly leaked: Amount;
  /** The garbage by generation: `[0]`, `[1]`, `[2]`, and `[3]` for what is in none. All in the last if the source has no generations. */
  readonly garbageByGeneration: readonly Amount[];
}

/**
 * Sorts the nodes into live, leaked and garbage. The three add up to all there is.
 *
 * @example
 * const { garbage, leaked } = finish(reachability(graph));
 * garbage.count; // 0
 * leaked.count; // 0
 */
export function* reachability(graph: HeapGraph): Steps<Reachability> {
  const { nodes, roots } = graph;
  const marker = new Marker(graph);
  const starts: [Uint32Array, Reach][] = [
    [roots.target, Reach.LIVE],
    [unexplained(graph).nodes, Reach.LEAKED],
  ];
  for (const [from, reach] of starts) {
    for (const v of from) marker.mark(v, reach);
    while (marker.spread(ITEMS_PER_STEP))
      yield { phase: "marking what is live", done: marker.marked, total: nodes.count };
  }
  const { state } = marker;
  const amounts: Amount[] = Array.from({ length: 3 }, () => ({ count: 0, bytes: 0 }));
  const garbageByGeneration: Amount[] = Array.from({ length: 4 }, () => ({ count: 0, bytes: 0 }));
  for (let v = 0; v < nodes.count; v++) {
    const reach = state[v] as Reach;
    const bytes = nodes.selfSize[v] as number;
    add(amounts[reach] as Amount, bytes);
    if (reach !== Reach.GARBAGE) continue;
    const generation = nodes.generation?.[v] ?? NO_GENERATION;
    add(garbageByGeneration[Math.min(3, generation)] as Amount, bytes);
  }
  const [garbage, live, leaked] = amounts as [Amount, Amount, Amount];
  return { state, live, garbage, leaked, garbageByGeneration };
}

function add(amount: Amount, bytes: number): void {
  amount.count++;
  amount.bytes += bytes;
}

/** Marks nodes. An entry of a weak map is live only if both key and map are. */
class Marker {
  readonly state: Uint8Array;
  marked = 0;
  readonly #graph: HeapGraph;
  /**
   * Nodes in the order in which they were marked; those before `#next` have been scanned. It is a queue, not a stack: the next
   * nodes are known early, so the processor can load their edges in advance.
   */
  readonly #queue: Uint32Array;
  #next = 0;
  #reach: Reach = Reach.LIVE;
  /** By node, if there are weak maps: the missing conditions of an entry: a key (1), a map (2) or both. */
  readonly #waits: Uint8Array | null;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.state = new Uint8Array(graph.nodes.count);
    this.#queue = new Uint32Array(graph.nodes.count);
    this.#waits = waitsOf(graph);
  }

  mark(v: number, reach: Reach): void {
    this.#reach = reach;
    if (this.state[v] !== Reach.GARBAGE) return;
    this.state[v] = reach;
    this.#queue[this.marked++] = v;
  }

  /** Scans nodes with about `budget` edges. False when none are left. */
  spread(budget: number): boolean {
    const { nodes, edges } = this.#graph;
    const { state } = this;
    const queue = this.#queue;
    const waits = this.#waits;
    const reach = this.#reach;
    let next = this.#next;
    let marked = this.marked;
    while (next < marked && budget > 0) {
      const v = queue[next++] as number;
      const begin = nodes.firstEdge[v] as number;
      const end = nodes.firstEdge[v + 1] as number;
      budget -= end - begin + 1;
      for (let e = begin; e < end; e++) {
        const kind = edges.kind[e] as number;
        const strength = kind & STRENGTH_MASK;
        if (strength === EdgeStrength.WEAK || (kind & EDGE_ASIDE) !== 0) continue;
        const w = edges.target[e] as number;
        if (state[w] !== Reach.GARBAGE) continue;
        if (strength !== EdgeStrength.STRONG && waits) {
          waits[w] = (waits[w] as number) & ~(strength === EdgeStrength.EPHEMERON_KEY ? 1 : 2);
          if (waits[w] !== 0) continue;
        }
        state[w] = reach;
        queue[marked++] = w;
      }
    }
    this.#next = next;
    this.marked = marked;
    return next < marked;
  }
}

function waitsOf({ nodes, edges }: HeapGraph): Uint8Array | null {
  let waits: Uint8Array | null = null;
  for (let e = 0; e < edges.count; e++) {
    const strength = (edges.kind[e] as number) & STRENGTH_MASK;
    if (strength < EdgeStrength.EPHEMERON_KEY) continue;
    waits ??= new Uint8Array(nodes.count);
    const w = edges.target[e] as number;
    waits[w] = (waits[w] as number) | (strength === EdgeStrength.EPHEMERON_KEY ? 1 : 2);
  }
  return waits;
}

/**
 * Garbage from which all other garbage can be reached: what no garbage refers to, and one object of each remaining
 * circle. Ascending within each of the two.
 *
 * @example
 * const found = finish(reachability(graph));
 * garbageHeads(graph, found).length; // 0: there is no garbage
 */
export function garbageHeads({ nodes, edges }: HeapGraph, { state }: Reachability): Uint32Array {
  const isGarbage = (v: number) => state[v] === Reach.GARBAGE;
  const isHeld = new Uint8Array(nodes.count);
  for (let v = 0; v < nodes.count; v++) {
    if (!isGarbage(v)) continue;
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
      if (retains(edges.kind[e] as number) && edges.target[e] !== v) isHeld[edges.target[e] as number] = 1;
  }
  const heads: number[] = [];
  const seen = new Uint8Array(nodes.count);
  const stack: number[] = [];
  for (const isLate of [false, true])
    for (let head = 0; head < nodes.count; head++) {
      if (!isGarbage(head) || seen[head] !== 0 || (!isLate && isHeld[head] !== 0)) continue;
      heads.push(head);
      seen[head] = 1;
      stack.push(head);
      for (let v = stack.pop(); v !== undefined; v = stack.pop())
        for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++) {
          const w = edges.target[e] as number;
          if (!retains(edges.kind[e] as number) || seen[w] !== 0 || !isGarbage(w)) continue;
          seen[w] = 1;
          stack.push(w);
        }
    }
  return Uint32Array.from(heads);
}

function retains(kind: number): boolean {
  return (kind & (EdgeStrength.WEAK | EDGE_ASIDE)) === 0;
}
