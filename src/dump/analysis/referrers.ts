import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";

/** The edges by what they lead to: those of v are rows `first[v] ≤ i < first[v + 1]`, by ascending edge. */
export interface Referrers {
  /** `nodes.count + 1` entries. */
  readonly first: Uint32Array;
  /** The edge of each row. */
  readonly edge: Uint32Array;
  /** The node that has it. */
  readonly source: Uint32Array;
}

/**
 * Turns the edges round: lists for each node the edges that lead to it, of all kinds.
 *
 * @example
 * const { first, source } = finish(referrers(graph));
 * const from = [...source.subarray(first[session], first[session + 1])];
 * from.map((v) => typeName(graph, v)).sort(); // ["Session", "list"]
 */
export function* referrers({ nodes, edges }: HeapGraph): Steps<Referrers> {
  const { count, firstEdge } = nodes;
  const first = new Uint32Array(count + 1);
  for (let e = 0; e < edges.count; e++) {
    const w = (edges.target[e] as number) + 1;
    first[w] = (first[w] as number) + 1;
  }
  for (let v = 0; v < count; v++) first[v + 1] = (first[v + 1] as number) + (first[v] as number);
  const next = first.slice();
  const edge = new Uint32Array(edges.count);
  const source = new Uint32Array(edges.count);
  let rest = ITEMS_PER_STEP;
  for (let v = 0; v < count; v++) {
    const begin = firstEdge[v] as number;
    const end = firstEdge[v + 1] as number;
    for (let e = begin; e < end; e++) {
      const w = edges.target[e] as number;
      const place = next[w] as number;
      next[w] = place + 1;
      edge[place] = e;
      source[place] = v;
    }
    if ((rest -= end - begin + 1) > 0) continue;
    rest = ITEMS_PER_STEP;
    yield { phase: "finding referrers", done: v + 1, total: count };
  }
  return { first, edge, source };
}
