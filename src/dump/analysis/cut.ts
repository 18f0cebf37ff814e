import type { HeapGraph } from "../graph/graph.js";
import type { Steps } from "../steps.js";
import { inGroup, smallestCycle } from "./cycles.js";
import type { Cycles } from "./cycles.js";

/** An edge that could be made weak, to break cycles. */
export interface Cut {
  /** The ordinal of the edge. */
  readonly edge: number;
  /** The node that has the edge. */
  readonly source: number;
  /** The node that the edge refers to. */
  readonly target: number;
  /** How many nodes of the group would still be in cycles without it. 0: none, reference counting would do. */
  readonly left: number;
}

/**
 * Finds the edge of a group that should be made weak. It tries the edges of the smallest cycle through the group's largest
 * node, and takes the one that leaves the fewest nodes in cycles. Among equal ones it takes the edge whose target
 * has the most incoming edges within the group: references back to an owner look like that.
 *
 * @example
 * const found = finish(cycles(graph));
 * const cut = finish(edgeToCut(graph, found, 0));
 * if (cut) console.log(`make ${edgeName(graph, cut.source, cut.edge)} weak`); // prints: make peer weak
 * cut?.left; // 0: then no node is in a cycle
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
 * How many nodes of a group remain on a cycle, or between two cycles, without one edge. Nodes without incoming or without
 * outgoing edges are removed repeatedly; the remaining nodes are counted.
 */
function nodesLeftInCycles(graph: HeapGraph, cycles: Cycles, g: number, without: number): number {
  const { nodes, edges } = graph;
  const members = cycles.node.subarray(cycles.first[g], cycles.first[g + 1]);
  // Edges within the group in both directions, as lists of indexes in `members`.
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
