import { NodeFlag } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";

/** Kinds of nodes with very many referrers: classes, code, hidden classes, groups of roots. */
const HUB_KINDS: ReadonlySet<string> = new Set(["type", "module", "synthetic", "code", "hidden", "object shape"]);

/**
 * Nodes to leave out of cycles, since they would join all cycles to one: 1 in the column. They are classes, code and the
 * like, and objects of the types in `names`. With `degree` also nodes with that many incoming edges or more. That is not
 * the default: a container that its items refer back to has many, and is part of the cycle.
 *
 * @example
 * const skip = hubs(graph, { names: new Set(["Registry"]) });
 * finish(cycles(graph, { hubs: skip })).count; // 1
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
