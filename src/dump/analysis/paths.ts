import { NodeFlag, NOT_RETAINING, NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { compareText, edgeName, labelOf, rootName, typeName } from "../graph/names.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import { unexplained } from "./held.js";
import type { Referrers } from "./referrers.js";

/** Why a node lives: a way to it from outside. */
export interface Path {
  /** Row of the roots that holds `nodes[0]`; {@link NO_NODE} if that is a leaked reference. */
  readonly root: number;
  /** From the node that is held from outside to the one asked about. */
  readonly nodes: readonly number[];
  /** The edges between them, one fewer. */
  readonly edges: readonly number[];
}

/** What {@link PathFinder.disjoint} finds. */
export interface Paths {
  /** The shortest first. */
  readonly paths: readonly Path[];
  /**
   * "most": as many as were asked for. "no more": every way there is shares a node with one of these. Since each is the
   * shortest that is left, another choice might have given more.
   */
  readonly stopped: "most" | "no more";
}

/**
 * Finds ways from the roots to nodes. Keeps what all searches need; make one for a graph and ask often.
 *
 * @example
 * const finder = new PathFinder(graph, finish(referrers(graph)));
 * const path = finish(finder.shortest(session));
 * if (path) console.log(describePath(graph, path).join("\n"));
 */
export class PathFinder {
  readonly #graph: HeapGraph;
  readonly #referrers: Referrers;
  /** By node: its best row of the roots plus 1; `roots.count + 1` for leaked references; 0 if nothing outside holds it. */
  readonly #held: Uint32Array;
  /** By node: steps to the target plus 1. 0: not reached by this search. */
  readonly #distance: Uint32Array;
  readonly #queue: Uint32Array;

  constructor(graph: HeapGraph, referrers: Referrers) {
    this.#graph = graph;
    this.#referrers = referrers;
    const { nodes, roots } = graph;
    this.#distance = new Uint32Array(nodes.count);
    this.#queue = new Uint32Array(nodes.count);
    this.#held = new Uint32Array(nodes.count);
    for (let row = 0; row < roots.count; row++) {
      const v = roots.target[row] as number;
      const known = this.#held[v] as number;
      if (known === 0 || this.#compareRoots(row, known - 1) < 0) this.#held[v] = row + 1;
    }
    for (const v of unexplained(graph).nodes) if (this.#held[v] === 0) this.#held[v] = roots.count + 1;
  }

  /**
   * The shortest path to `target`, or `null` if it is garbage. Always the same of several; see {@link disjoint}.
   *
   * @example
   * const finder = new PathFinder(graph, finish(referrers(graph)));
   * finish(finder.shortest(session))?.nodes.length; // 2: the list, and the session
   */
  *shortest(target: number): Steps<Path | null> {
    return yield* this.#search(target, null, false);
  }

  /**
   * Up to `most` paths that share no node but `target` (and V8's groups of roots).
   *
   * Of equally short ones it takes the one that comes first by kind and name of the root, then, from there on, by name of
   * the edge, type and id of the node: the same in every dump in which it exists, however its nodes are ordered.
   *
   * @example
   * const finder = new PathFinder(graph, finish(referrers(graph)));
   * const { paths, stopped } = finish(finder.disjoint(session, 5));
   * stopped; // "no more": all ways lead through the list
   */
  *disjoint(target: number, most: number): Steps<Paths> {
    const { nodes, roots } = this.#graph;
    const paths: Path[] = [];
    // Each root that holds the node directly is a path of its own.
    const rows: number[] = [];
    for (let row = 0; row < roots.count; row++) if (roots.target[row] === target) rows.push(row);
    rows.sort((a, b) => this.#compareRoots(a, b));
    if (rows.length === 0 && this.#held[target] !== 0) rows.push(NO_NODE);
    for (const root of rows.slice(0, most)) paths.push({ root, nodes: [target], edges: [] });
    const blocked = new Uint8Array(nodes.count);
    while (paths.length < most) {
      const path = yield* this.#search(target, blocked, true);
      if (!path) return { paths, stopped: "no more" };
      paths.push(path);
      let isBlocking = false;
      for (const v of path.nodes) {
        if (v === target || ((nodes.flags[v] as number) & NodeFlag.SYNTHETIC) !== 0) continue;
        blocked[v] = 1;
        isBlocking = true;
      }
      // The path has only synthetic inner nodes, so the next search would find it again.
      if (!isBlocking) return { paths, stopped: "no more" };
    }
    return { paths, stopped: "most" };
  }

  /** Searches backwards in breadth until it reaches a node that is held from outside. */
  *#search(target: number, blocked: Uint8Array | null, isBeyond: boolean): Steps<Path | null> {
    const { nodes, edges } = this.#graph;
    const { first, edge, source } = this.#referrers;
    const distance = this.#distance;
    const queue = this.#queue;
    const held = this.#held;
    distance[target] = 1;
    queue[0] = target;
    let end = 1;
    let rest = ITEMS_PER_STEP;
    let start = !isBeyond && held[target] !== 0 ? target : NO_NODE;
    for (let layer = 0; layer < end && start === NO_NODE;) {
      const layerEnd = end;
      for (; layer < layerEnd; layer++) {
        const w = queue[layer] as number;
        const rowsEnd = first[w + 1] as number;
        for (let i = first[w] as number; i < rowsEnd; i++) {
          const v = source[i] as number;
          if (((edges.kind[edge[i] as number] as number) & NOT_RETAINING) !== 0) continue;
          if (distance[v] !== 0 || blocked?.[v] === 1) continue;
          distance[v] = (distance[w] as number) + 1;
          queue[end++] = v;
          if (held[v] !== 0 && (start === NO_NODE || this.#compareStarts(v, start) < 0)) start = v;
        }
        if ((rest -= rowsEnd - (first[w] as number) + 1) > 0) continue;
        rest = ITEMS_PER_STEP;
        yield { phase: "searching for a path", done: end, total: nodes.count };
      }
    }
    const path = start === NO_NODE ? null : this.#follow(start, target);
    for (let i = 0; i < end; i++) distance[queue[i] as number] = 0;
    return path;
  }

  /** Walks from `start` to `target` by steps that reduce the distance; among these, the first in order. */
  #follow(start: number, target: number): Path {
    const { nodes, edges, roots } = this.#graph;
    const distance = this.#distance;
    const path = { root: this.#held[start] as number, nodes: [start], edges: [] as number[] };
    path.root = path.root > roots.count ? NO_NODE : path.root - 1;
    for (let v = start; v !== target;) {
      let best = NO_NODE;
      for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++) {
        if (((edges.kind[e] as number) & NOT_RETAINING) !== 0) continue;
        if (distance[edges.target[e] as number] !== (distance[v] as number) - 1) continue;
        if (best === NO_NODE || this.#compareEdges(v, e, best) < 0) best = e;
      }
      v = edges.target[best] as number;
      path.edges.push(best);
      path.nodes.push(v);
    }
    return path;
  }

  #compareRoots(a: number, b: number): number {
    const { roots } = this.#graph;
    const { count } = roots;
    if (a >= count || b >= count) return Math.min(a, count) - Math.min(b, count);
    return (
      (roots.kind[a] as number) - (roots.kind[b] as number) ||
      compareText(rootName(this.#graph, a), rootName(this.#graph, b)) ||
      a - b
    );
  }

  #compareStarts(v: number, w: number): number {
    return this.#compareRoots((this.#held[v] as number) - 1, (this.#held[w] as number) - 1) || this.#compareNodes(v, w);
  }

  #compareEdges(v: number, a: number, b: number): number {
    const { target } = this.#graph.edges;
    return (
      compareText(edgeName(this.#graph, v, a), edgeName(this.#graph, v, b)) ||
      this.#compareNodes(target[a] as number, target[b] as number) ||
      a - b
    );
  }

  #compareNodes(v: number, w: number): number {
    const { id } = this.#graph.nodes;
    return (
      compareText(typeName(this.#graph, v), typeName(this.#graph, w)) || (id[v] as number) - (id[w] as number) || v - w
    );
  }
}

/**
 * A path in words, a line for each step: `named root cache`, `Dict`, `.entries → list` …
 *
 * @example
 * const finder = new PathFinder(graph, finish(referrers(graph)));
 * describePath(graph, finish(finder.shortest(session))!)[0]; // "named root cache"
 */
export function describePath(graph: HeapGraph, { root, nodes, edges }: Path): string[] {
  const show = (v: number) => {
    const label = labelOf(graph, v);
    const short = label.length > 40 ? `${label.slice(0, 40)}…` : label;
    return label === "" ? typeName(graph, v) : `${typeName(graph, v)} ${JSON.stringify(short)}`;
  };
  const lines = [root === NO_NODE ? "leaked reference" : rootName(graph, root)];
  nodes.forEach((v, i) => {
    const name = i === 0 ? "" : edgeName(graph, nodes[i - 1] as number, edges[i - 1] as number);
    lines.push(i === 0 ? show(v) : `${name.startsWith("[") ? name : `.${name}`} → ${show(v)}`);
  });
  return lines;
}
