import { NOT_RETAINING, NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";

/** Marks nodes whose component is complete. It is greater than any index, so it never lowers `low`. */
const DONE = 0xffff_ffff;

/**
 * Tarjan's algorithm: finds strongly connected components with a cycle. It uses an explicit stack, because recursion would
 * overflow on long lists.
 */
export class ComponentSearch {
  /** By node: its component, or {@link NO_NODE}. */
  readonly group: Uint32Array;
  /** Members of the components found so far, component after component, and the start of each. */
  readonly members: Uint32Array;
  readonly begins: number[] = [];
  found = 0;
  visited = 0;
  readonly #graph: HeapGraph;
  /** Nodes that the search ignores: 1 in this column. */
  readonly #leftOut: Uint8Array;
  /** By node: order of discovery, from 1 on; 0: not discovered; `DONE`: its component is complete. */
  readonly #index: Uint32Array;
  readonly #low: Uint32Array;
  readonly #open: Uint32Array;
  #opened = 0;
  readonly #stackNode: Uint32Array;
  readonly #stackEdge: Uint32Array;
  #depth = 0;

  constructor(graph: HeapGraph, leftOut: Uint8Array) {
    const { count } = graph.nodes;
    this.#graph = graph;
    this.#leftOut = leftOut;
    this.group = new Uint32Array(count).fill(NO_NODE);
    this.members = new Uint32Array(count);
    this.#index = new Uint32Array(count);
    this.#low = new Uint32Array(count);
    this.#open = new Uint32Array(count);
    this.#stackNode = new Uint32Array(count + 1);
    this.#stackEdge = new Uint32Array(count + 1);
  }

  /** Starts a search at `v`; false if it was visited before. */
  enter(v: number): boolean {
    if (this.#index[v] !== 0 || this.#leftOut[v] !== 0) return false;
    this.#push(v);
    return true;
  }

  #push(v: number): void {
    this.#index[v] = this.#low[v] = ++this.visited;
    this.#open[this.#opened++] = v;
    this.#depth++;
    this.#stackNode[this.#depth] = v;
    this.#stackEdge[this.#depth] = this.#graph.nodes.firstEdge[v] as number;
  }

  /** Continues for `budget` edges. False when the search is complete. */
  advance(budget: number): boolean {
    const { firstEdge } = this.#graph.nodes;
    const { target, kind } = this.#graph.edges;
    const index = this.#index;
    const low = this.#low;
    const stackNode = this.#stackNode;
    const stackEdge = this.#stackEdge;
    while (this.#depth > 0 && budget > 0) {
      const v = stackNode[this.#depth] as number;
      const end = firstEdge[v + 1] as number;
      const begin = stackEdge[this.#depth] as number;
      let e = begin;
      let isDeeper = false;
      let least = low[v] as number;
      while (e < end) {
        const w = target[e] as number;
        if (((kind[e++] as number) & NOT_RETAINING) !== 0 || this.#leftOut[w] !== 0) continue;
        const seen = index[w] as number;
        if (seen === 0) {
          low[v] = least;
          stackEdge[this.#depth] = e;
          this.#push(w);
          isDeeper = true;
          break;
        }
        if (seen < least) least = seen;
      }
      budget -= e - begin + 1;
      if (isDeeper) continue;
      low[v] = least;
      this.#depth--;
      if (least === index[v]) this.#close(v);
      else {
        // v reaches an older node of its component, so its parent on the stack does, too.
        const parent = stackNode[this.#depth] as number;
        if (least < (low[parent] as number)) low[parent] = least;
      }
    }
    return this.#depth > 0;
  }

  /** The nodes opened since `v` form one component. It is kept if it has a cycle. */
  #close(v: number): void {
    const begin = this.found;
    for (let w = NO_NODE; w !== v;) {
      w = this.#open[--this.#opened] as number;
      this.#index[w] = DONE;
      this.members[this.found++] = w;
    }
    if (this.found - begin > 1 || this.#refersToItself(v)) {
      for (let i = begin; i < this.found; i++) this.group[this.members[i] as number] = this.begins.length;
      this.begins.push(begin);
    } else this.found = begin;
  }

  #refersToItself(v: number): boolean {
    const { nodes, edges } = this.#graph;
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
      if (edges.target[e] === v && ((edges.kind[e] as number) & NOT_RETAINING) === 0) return true;
    return false;
  }
}
