import { NodeFlag, NOT_RETAINING, NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";

export interface CycleOptions {
  /** Nodes to look at: 1 in this column. Default: all. Give garbage to see what waits for the collector. */
  among?: Uint8Array;
  /** Nodes that everything refers to and that refer to everything, so that they would join all cycles to one: 1 in this column. Default: {@link hubs}. */
  hubs?: Uint8Array;
}

/**
 * Groups of nodes that all reach each other (strongly connected components) and have a cycle: two nodes or more,
 * or one that refers to itself. The groups with most bytes come first.
 */
export interface Cycles {
  readonly count: number;
  /** The nodes of group g, ascending: `node[first[g]] … node[first[g + 1] - 1]`. `count + 1` entries. */
  readonly first: Uint32Array;
  readonly node: Uint32Array;
  /** By group: bytes of its nodes themselves. */
  readonly bytes: Float64Array;
  /** By node: its group, or {@link NO_NODE}. */
  readonly group: Uint32Array;
  /** The nodes that were left out as hubs: 1 in this column. */
  readonly hubs: Uint8Array;
}

/** Kinds of nodes that are no part of what a program means by a cycle: classes, code, maps, groups of roots. */
const HUB_KINDS: ReadonlySet<string> = new Set(["type", "module", "synthetic", "code", "hidden", "object shape"]);

/**
 * Nodes to leave out of cycles: those of certain kinds, and those of types called by `names`; with `degree`, also those
 * that as many edges lead to. (Not by default: a container whose items know it is one of those.)
 */
export function hubs(graph: HeapGraph, options: { degree?: number; names?: ReadonlySet<string> } = {}): Uint8Array {
  const { nodes, edges, types } = graph;
  const isHub = types.map(({ kind, name }) => HUB_KINDS.has(kind) || options.names?.has(name) === true);
  const found = new Uint8Array(nodes.count);
  for (let v = 0; v < nodes.count; v++)
    if (isHub[nodes.type[v] as number] || ((nodes.flags[v] as number) & NodeFlag.SYNTHETIC) !== 0) found[v] = 1;
  if (options.degree === undefined) return found;
  const degree = new Uint32Array(nodes.count);
  for (let e = 0; e < edges.count; e++) {
    const w = edges.target[e] as number;
    degree[w] = (degree[w] as number) + 1;
    if (degree[w] >= options.degree) found[w] = 1;
  }
  return found;
}

/** Tarjan's algorithm, with a stack of its own in place of recursion. */
class Search {
  readonly group: Uint32Array;
  /** Members of the groups found so far, one behind the other, and where each begins. */
  readonly members: Uint32Array;
  readonly begins: number[] = [];
  found = 0;
  visited = 0;
  readonly #graph: HeapGraph;
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

  /** Begins a search at `v`; false if it has been seen. */
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

  /** Goes on for `budget` edges. False when the search is over. */
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
        // What v is the root's child of: it is not the root, since it reaches something older.
        const parent = stackNode[this.#depth] as number;
        if (least < (low[parent] as number)) low[parent] = least;
      }
    }
    return this.#depth > 0;
  }

  /** All that has been opened since `v` is one component. */
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

const DONE = 0xffff_ffff;

export function* cycles(graph: HeapGraph, options: CycleOptions = {}): Steps<Cycles> {
  const { nodes } = graph;
  const hubColumn = options.hubs ?? hubs(graph);
  const leftOut = hubColumn.slice();
  if (options.among) for (let v = 0; v < nodes.count; v++) if (options.among[v] === 0) leftOut[v] = 1;
  const search = new Search(graph, leftOut);
  for (let v = 0; v < nodes.count; v++) {
    if (!search.enter(v)) continue;
    while (search.advance(ITEMS_PER_STEP)) yield { phase: "finding cycles", done: search.visited, total: nodes.count };
  }

  const { members, begins, group, found } = search;
  const count = begins.length;
  const bytes = new Float64Array(count);
  for (let i = 0; i < found; i++) {
    const v = members[i] as number;
    bytes[group[v] as number] = (bytes[group[v] as number] as number) + (nodes.selfSize[v] as number);
  }
  const lists = begins.map((begin, g) => members.subarray(begin, begins[g + 1] ?? found).sort());
  const ranking = Array.from(begins.keys()).sort(
    (a, b) => (bytes[b] as number) - (bytes[a] as number) || (lists[a]?.[0] as number) - (lists[b]?.[0] as number),
  );
  const first = new Uint32Array(count + 1);
  const node = new Uint32Array(found);
  ranking.forEach((g, rank) => {
    const list = lists[g] as Uint32Array;
    node.set(list, first[rank]);
    first[rank + 1] = (first[rank] as number) + list.length;
    for (const v of list) group[v] = rank;
  });
  return { count, first, node, bytes: Float64Array.from(ranking, (g) => bytes[g] as number), group, hubs: hubColumn };
}

/** A way round: `edges[i]` leads from `nodes[i]` to the next node, the last one back to the first. */
export interface Cycle {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
}

/** The edges that made `v` part of its group, as a test. */
function inGroup({ edges }: HeapGraph, { group }: Cycles, g: number, e: number): boolean {
  return ((edges.kind[e] as number) & NOT_RETAINING) === 0 && group[edges.target[e] as number] === g;
}

/** The shortest cycle through `v`, by edges in slot order where several are as short; `null` if it is in none. */
export function smallestCycle(graph: HeapGraph, cycles: Cycles, v: number): Cycle | null {
  const { nodes, edges } = graph;
  const g = cycles.group[v] as number;
  if (g === NO_NODE) return null;
  // By node seen: the edge by which it was, and where that came from.
  const came = new Map<number, { from: number; edge: number }>();
  const queue = [v];
  for (const u of queue)
    for (let e = nodes.firstEdge[u] as number, end = nodes.firstEdge[u + 1] as number; e < end; e++) {
      if (!inGroup(graph, cycles, g, e)) continue;
      const w = edges.target[e] as number;
      if (w !== v) {
        if (!came.has(w)) {
          came.set(w, { from: u, edge: e });
          queue.push(w);
        }
        continue;
      }
      const path = { nodes: [u], edges: [e] };
      for (let step = came.get(u); step; step = came.get(step.from)) {
        path.nodes.push(step.from);
        path.edges.push(step.edge);
      }
      return { nodes: path.nodes.reverse(), edges: path.edges.reverse() };
    }
  return null;
}

/** An edge that would better be weak. */
export interface Cut {
  readonly edge: number;
  readonly source: number;
  readonly target: number;
  /** How many nodes of the group would still be in cycles without it. 0: none, reference counting would do. */
  readonly left: number;
}

/**
 * Which edge of a group to weaken: of those on the smallest cycle through its largest node, the one that leaves the fewest
 * nodes in cycles; of equal ones, the one to the node that most edges of the group lead to, since that is how references back to an owner look.
 *
 * @param tries - Edges that are tried at most; each costs a walk over the group.
 */
export function* edgeToCut(graph: HeapGraph, cycles: Cycles, g: number, tries = 32): Steps<Cut | null> {
  const { nodes, edges } = graph;
  const members = cycles.node.subarray(cycles.first[g], cycles.first[g + 1]);
  if (members.length === 0) return null;
  let largest = members[0] as number;
  for (const v of members) if ((nodes.selfSize[v] as number) > (nodes.selfSize[largest] as number)) largest = v;
  const cycle = smallestCycle(graph, cycles, largest);
  if (!cycle) return null;
  const degree = new Map<number, number>(cycle.nodes.map((v) => [v, 0]));
  for (const v of members)
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++) {
      const known = degree.get(edges.target[e] as number);
      if (known !== undefined && inGroup(graph, cycles, g, e)) degree.set(edges.target[e] as number, known + 1);
    }
  const candidates = cycle.edges
    .map((edge, i) => ({ edge, source: cycle.nodes[i] as number, target: edges.target[edge] as number }))
    .sort((a, b) => (degree.get(b.target) as number) - (degree.get(a.target) as number) || a.edge - b.edge)
    .slice(0, tries);
  let best: Cut | null = null;
  for (const [i, candidate] of candidates.entries()) {
    const left = nodesLeftInCycles(graph, cycles, g, candidate.edge);
    if (!best || left < best.left) best = { ...candidate, left };
    if (left === 0) break;
    yield { phase: "trying where to cut", done: i + 1, total: candidates.length };
  }
  return best;
}

/**
 * Nodes of a group that are still on or between cycles without one edge: what is left when nodes without ways in, and
 * nodes without ways out, are taken away until there are none.
 */
function nodesLeftInCycles(graph: HeapGraph, cycles: Cycles, g: number, without: number): number {
  const { nodes, edges } = graph;
  const members = cycles.node.subarray(cycles.first[g], cycles.first[g + 1]);
  // Edges within the group, in both directions, as lists over places in `members`.
  const forwards: number[][] = [];
  const backwards: number[][] = Array.from(members, () => []);
  const placeOf = new Map<number, number>();
  members.forEach((v, place) => placeOf.set(v, place));
  for (const [place, v] of members.entries()) {
    const targets: number[] = [];
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++) {
      if (e === without || !inGroup(graph, cycles, g, e)) continue;
      const target = placeOf.get(edges.target[e] as number) as number;
      targets.push(target);
      backwards[target]?.push(place);
    }
    forwards.push(targets);
  }
  const isGone = new Uint8Array(members.length);
  for (const [ways, others] of [
    [backwards, forwards],
    [forwards, backwards],
  ] as const) {
    const open = Int32Array.from(ways, (list) => list.filter((place) => isGone[place] === 0).length);
    const ready = Array.from(open.keys()).filter((place) => open[place] === 0 && isGone[place] === 0);
    for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
      isGone[place] = 1;
      for (const next of others[place] as number[]) {
        if (isGone[next] !== 0) continue;
        open[next] = (open[next] as number) - 1;
        if (open[next] === 0) ready.push(next);
      }
    }
  }
  return isGone.reduce((left, gone) => left + 1 - gone, 0);
}
