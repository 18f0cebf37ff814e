import type { HeapGraph } from "../graph/graph.js";

/** Outside references of each node that no row of the roots explains, and the nodes that have some. */
export interface Unexplained {
  /** By node; `null` if the source does not count outside references. */
  readonly references: Uint32Array | null;
  /** Ascending. */
  readonly nodes: Uint32Array;
}

/**
 * Compares what the heap counted with what the host could name. What remains is *leaked*: a reference
 * somebody took, and that neither a handle nor a named root accounts for.
 *
 * @example
 * unexplained(graph).nodes.length; // 0: the root "cache" explains all
 */
export function unexplained({ nodes, roots }: HeapGraph): Unexplained {
  if (!nodes.outside) return { references: null, nodes: new Uint32Array(0) };
  const references = nodes.outside.slice();
  for (let row = 0; row < roots.count; row++) {
    const v = roots.target[row] as number;
    references[v] = Math.max(0, (references[v] as number) - (roots.references[row] as number));
  }
  const found: number[] = [];
  for (let v = 0; v < nodes.count; v++) if (references[v] !== 0) found.push(v);
  return { references, nodes: Uint32Array.from(found) };
}

/**
 * Everything held from outside, each node once: the targets of the roots in the order of their table, then
 * those of leaked references. The children of the root that dominator trees put above all.
 *
 * @example
 * [...heldFromOutside(graph)].some((v) => typeName(graph, v) === "list"); // true: the named root
 */
export function heldFromOutside(graph: HeapGraph): Uint32Array {
  const { roots, nodes } = graph;
  const leaked = unexplained(graph).nodes;
  const seen = new Uint8Array(nodes.count);
  const held = new Uint32Array(Math.min(nodes.count, roots.count + leaked.length));
  let length = 0;
  for (const column of [roots.target, leaked])
    for (const v of column) {
      if (seen[v] !== 0) continue;
      seen[v] = 1;
      held[length++] = v;
    }
  return held.slice(0, length);
}
