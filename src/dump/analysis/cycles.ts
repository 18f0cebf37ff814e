import { NOT_RETAINING, NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import { ComponentSearch } from "./components.js";
import { hubs } from "./hubs.js";

/** What {@link cycles} takes. */
export interface CycleOptions {
  /** Nodes to look at: 1 in this column. Default: all. Give garbage to see what waits for the collector. */
  among?: Uint8Array;
  /** Nodes that would join all cycles to one, and are left out: 1 in this column. Default: {@link hubs}. */
  hubs?: Uint8Array;
}

/**
 * Groups of nodes that all reach each other (strongly connected components) and have a cycle: two nodes or more,
 * or one that refers to itself. The groups with most bytes come first.
 */
export interface Cycles {
  /** The number of groups. */
  readonly count: number;
  /** The nodes of group g, ascending: `node[first[g]] … node[first[g + 1] - 1]`. `count + 1` entries. */
  readonly first: Uint32Array;
  /** The nodes of all groups, group by group. */
  readonly node: Uint32Array;
  /** By group: bytes of its nodes themselves. */
  readonly bytes: Float64Array;
  /** By node: its group, or {@link NO_NODE}. */
  readonly group: Uint32Array;
  /** The nodes that were left out as hubs: 1 in this column. */
  readonly hubs: Uint8Array;
}

/**
 * Finds all cycles, as groups of nodes.
 *
 * @example
 * const found = finish(cycles(graph));
 * found.count; // 1
 * [...found.node.subarray(found.first[0], found.first[1])].map((v) => typeName(graph, v)); // ["Session", "Session"]
 */
export function* cycles(graph: HeapGraph, options: CycleOptions = {}): Steps<Cycles> {
  const { nodes } = graph;
  const hubColumn = options.hubs ?? hubs(graph);
  const leftOut = hubColumn.slice();
  if (options.among) for (let v = 0; v < nodes.count; v++) if (options.among[v] === 0) leftOut[v] = 1;
  const search = new ComponentSearch(graph, leftOut);
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

/** A cycle as a path: `edges[i]` leads from `nodes[i]` to the next node, the last one back to the first. */
export interface Cycle {
  /** The ordinals of the nodes, in the order of the cycle. */
  readonly nodes: readonly number[];
  /** The ordinals of the edges, as many as nodes. */
  readonly edges: readonly number[];
}

/** Whether an edge is retaining and leads to a node of group `g`. */
export function inGroup({ edges }: HeapGraph, { group }: Cycles, g: number, e: number): boolean {
  return ((edges.kind[e] as number) & NOT_RETAINING) === 0 && group[edges.target[e] as number] === g;
}

/**
 * The shortest cycle through `v`, `null` if it is in none. Of several, the one that comes first in slot order.
 *
 * @example
 * const cycle = smallestCycle(graph, finish(cycles(graph)), session);
 * cycle?.nodes.length; // 2
 */
export function smallestCycle(graph: HeapGraph, cycles: Cycles, v: number): Cycle | null {
  const { nodes, edges } = graph;
  const g = cycles.group[v] as number;
  if (g === NO_NODE) return null;
  // By node: the edge that reached it first, and the source of that edge.
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
