import { NOT_RETAINING } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import { heldFromOutside } from "./held.js";
import type { Amount } from "./reachability.js";

/** What would be freed if all nodes of a set went at once: themselves, and what can be reached only through them. */
export interface RetainedSet extends Amount {
  /** By node: 1 if it would be freed. */
  readonly isRetained: Uint8Array;
}

/**
 * Computes what would be freed if all nodes of `set` were freed at once. Nodes that no root reaches do not count: they
 * are garbage already.
 *
 * @example
 * finish(retainedBySet(graph, [session])).count; // 5: itself, its page, its peer, and the text of each
 */
export function* retainedBySet(graph: HeapGraph, set: Iterable<number>): Steps<RetainedSet> {
  const { nodes } = graph;
  const without = new Uint8Array(nodes.count);
  for (const v of set) without[v] = 1;
  const held = heldFromOutside(graph);
  const before = yield* reached(graph, held, null);
  const after = yield* reached(graph, held, without);
  let count = 0;
  let bytes = 0;
  for (let v = 0; v < nodes.count; v++) {
    const isRetained = before[v] === 1 && after[v] === 0;
    before[v] = isRetained ? 1 : 0;
    if (!isRetained) continue;
    count++;
    bytes += nodes.selfSize[v] as number;
  }
  return { count, bytes, isRetained: before };
}

/** By node: 1 if it is reachable from `held` by retaining edges, without passing through `without`. */
function* reached({ nodes, edges }: HeapGraph, held: Uint32Array, without: Uint8Array | null): Steps<Uint8Array> {
  const seen = new Uint8Array(nodes.count);
  const stack = new Uint32Array(nodes.count);
  let depth = 0;
  let done = 0;
  let rest = ITEMS_PER_STEP;
  for (const v of held) {
    if (seen[v] !== 0 || without?.[v] === 1) continue;
    seen[v] = 1;
    stack[depth++] = v;
  }
  while (depth > 0) {
    const v = stack[--depth] as number;
    const begin = nodes.firstEdge[v] as number;
    const end = nodes.firstEdge[v + 1] as number;
    for (let e = begin; e < end; e++) {
      const w = edges.target[e] as number;
      if (((edges.kind[e] as number) & NOT_RETAINING) !== 0 || seen[w] !== 0 || without?.[w] === 1) continue;
      seen[w] = 1;
      stack[depth++] = w;
    }
    done++;
    if ((rest -= end - begin + 1) > 0) continue;
    rest = ITEMS_PER_STEP;
    yield { phase: without ? "walking without them" : "walking the graph", done, total: nodes.count };
  }
  return seen;
}
