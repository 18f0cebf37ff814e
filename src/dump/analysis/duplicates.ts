import { NodeFlag, NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";

/** Nodes that are equal in type and contents, and could be one. */
export interface DuplicateGroup {
  /** The first of them. */
  readonly node: number;
  /** The number of equal nodes, the first included. */
  readonly count: number;
  /** Bytes of all but the first. */
  readonly wasted: number;
}

/** What {@link duplicates} finds. */
export interface Duplicates {
  /** Those that waste most first. */
  readonly groups: readonly DuplicateGroup[];
  /** Bytes of all groups. */
  readonly wasted: number;
  /** The number of nodes that are not the first of their group. */
  readonly nodes: number;
  /** By node: the first node equal to it, itself if there is none before. {@link NO_NODE} for what was not compared. */
  readonly same: Uint32Array;
}

/**
 * Finds equal texts, bytes and numbers, then immutable containers whose items are the same or equal, and in the same order.
 *
 * Of V8's dumps, strings are compared, by text and size. V8 cuts long texts, so those that differ beyond count as equal.
 *
 * @example
 * const { groups } = finish(duplicates(graph));
 * groups.map(({ node }) => labelOf(graph, node)); // ["alice in wonderland"]
 */
export function* duplicates(graph: HeapGraph): Steps<Duplicates> {
  const { nodes } = graph;
  const classes = new Classes(graph);
  const containers: number[] = [];
  for (let v = 0; v < nodes.count; v++) {
    if (!classes.addLeaf(v) && ((nodes.flags[v] as number) & NodeFlag.IMMUTABLE) !== 0) containers.push(v);
    if ((v + 1) % ITEMS_PER_STEP === 0) yield { phase: "comparing contents", done: v + 1, total: nodes.count };
  }
  yield* inward(graph, containers, (v) => {
    classes.addContainer(v);
  });

  const { same } = classes;
  const count = new Uint32Array(nodes.count);
  const wasted = new Float64Array(nodes.count);
  const firsts: number[] = [];
  let copies = 0;
  let bytes = 0;
  for (let v = 0; v < nodes.count; v++) {
    const first = same[v] as number;
    if (first === NO_NODE || first === v) continue;
    if (count[first] === 0) firsts.push(first);
    count[first] = (count[first] as number) + 1;
    wasted[first] = (wasted[first] as number) + (nodes.selfSize[v] as number);
    bytes += nodes.selfSize[v] as number;
    copies++;
  }
  const groups = firsts
    .map((node) => ({ node, count: (count[node] as number) + 1, wasted: wasted[node] as number }))
    .sort((a, b) => b.wasted - a.wasted || a.node - b.node);
  return { groups, wasted: bytes, nodes: copies, same };
}

/** Visits containers, inner ones before those that contain them. Cycles are entered anywhere. */
function* inward({ nodes, edges }: HeapGraph, containers: number[], visit: (v: number) => void): Steps<void> {
  const isContainer = new Uint8Array(containers.length === 0 ? 0 : nodes.count);
  for (const v of containers) isContainer[v] = 1;
  const next = new Map<number, number>();
  const stack: number[] = [];
  let done = 0;
  for (const start of containers) {
    if (isContainer[start] !== 1) continue;
    isContainer[start] = 2;
    stack.push(start);
    for (let v = stack.at(-1); v !== undefined; v = stack.at(-1)) {
      const begin = nodes.firstEdge[v] as number;
      const e: number = next.get(v) ?? begin;
      if (e < (nodes.firstEdge[v + 1] as number)) {
        next.set(v, e + 1);
        const w = edges.target[e] as number;
        if (isContainer[w] !== 1) continue;
        isContainer[w] = 2;
        stack.push(w);
        continue;
      }
      visit(v);
      next.delete(v);
      stack.pop();
      if (++done % ITEMS_PER_STEP === 0) yield { phase: "comparing containers", done, total: containers.length };
    }
  }
}

/** Groups equal nodes, with a hash table of the first node of each group. */
class Classes {
  readonly same: Uint32Array;
  readonly #graph: HeapGraph;
  /** Open addressing: the first node of a class plus 1, and its hash. 0: unused. */
  #table = new Uint32Array(1 << 12);
  #hashes = new Uint32Array(1 << 12);
  #used = 0;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.same = new Uint32Array(graph.nodes.count).fill(NO_NODE);
  }

  /** Adds `v` to the class of its contents. False if its contents are unknown. */
  addLeaf(v: number): boolean {
    const { nodes, contents } = this.#graph;
    let hash = mix(nodes.type[v] as number, nodes.selfSize[v] as number);
    const offset = contents?.offset[v] ?? NO_NODE;
    if (contents && offset !== NO_NODE) {
      const end = offset + (contents.length[v] as number);
      for (let i = offset; i < end; i++) hash = Math.imul(hash ^ (contents.bytes[i] as number), 0x0100_0193);
    } else if (((nodes.flags[v] as number) & NodeFlag.TEXT) !== 0) hash = mix(hash, nodes.label[v] as number);
    else return false;
    // A node with both contents and items (a tuple of an image) is a container.
    if (nodes.firstEdge[v] !== nodes.firstEdge[v + 1] && ((nodes.flags[v] as number) & NodeFlag.IMMUTABLE) !== 0)
      return false;
    this.#add(v, hash, false);
    return true;
  }

  addContainer(v: number): void {
    const { nodes, edges } = this.#graph;
    let hash = mix(nodes.type[v] as number, nodes.selfSize[v] as number);
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
      hash = mix(hash, this.#standsFor(edges.target[e] as number));
    this.#add(v, hash, true);
  }

  /** The first node known to be equal to `v`. */
  #standsFor(v: number): number {
    const first = this.same[v] as number;
    return first === NO_NODE ? v : first;
  }

  #add(v: number, hash: number, isContainer: boolean): void {
    if (2 * ++this.#used > this.#table.length) this.#grow();
    const mask = this.#table.length - 1;
    const key = (hash ^ (hash >>> 15)) >>> 0;
    for (let place = key & mask; ; place = (place + 1) & mask) {
      const entry = this.#table[place] as number;
      if (entry === 0) {
        this.#table[place] = v + 1;
        this.#hashes[place] = key;
        this.same[v] = v;
        return;
      }
      if (this.#hashes[place] !== key || !this.#isEqual(entry - 1, v, isContainer)) continue;
      this.same[v] = entry - 1;
      this.#used--;
      return;
    }
  }

  #grow(): void {
    const table = this.#table;
    const hashes = this.#hashes;
    this.#table = new Uint32Array(2 * table.length);
    this.#hashes = new Uint32Array(2 * table.length);
    const mask = this.#table.length - 1;
    table.forEach((entry, i) => {
      if (entry === 0) return;
      let place = (hashes[i] as number) & mask;
      while (this.#table[place] !== 0) place = (place + 1) & mask;
      this.#table[place] = entry;
      this.#hashes[place] = hashes[i] as number;
    });
  }

  #isEqual(a: number, b: number, isContainer: boolean): boolean {
    const { nodes, edges, contents } = this.#graph;
    if (nodes.type[a] !== nodes.type[b] || nodes.selfSize[a] !== nodes.selfSize[b]) return false;
    const firstA = nodes.firstEdge[a] as number;
    const firstB = nodes.firstEdge[b] as number;
    if (isContainer) {
      const degree = (nodes.firstEdge[a + 1] as number) - firstA;
      if (degree !== (nodes.firstEdge[b + 1] as number) - firstB) return false;
      for (let i = 0; i < degree; i++) {
        const x = edges.target[firstA + i] as number;
        const y = edges.target[firstB + i] as number;
        if (this.#standsFor(x) !== this.#standsFor(y) || edges.kind[firstA + i] !== edges.kind[firstB + i])
          return false;
        if (edges.label[firstA + i] !== edges.label[firstB + i]) return false;
      }
    }
    const offsetA = contents?.offset[a] ?? NO_NODE;
    const offsetB = contents?.offset[b] ?? NO_NODE;
    if (!contents || offsetA === NO_NODE || offsetB === NO_NODE)
      return offsetA === offsetB && (isContainer || nodes.label[a] === nodes.label[b]);
    const length = contents.length[a] as number;
    if (length !== contents.length[b]) return false;
    for (let i = 0; i < length; i++) if (contents.bytes[offsetA + i] !== contents.bytes[offsetB + i]) return false;
    return true;
  }
}

function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x9e37_79b1);
  h ^= h >>> 15;
  return Math.imul(h, 0x85eb_ca6b);
}
