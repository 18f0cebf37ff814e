import { BadImageError } from "../../base/errors.js";
import { EdgeLabel, LABEL_MASK, NO_NODE, ROOT_KIND_NAMES } from "./graph.js";
import type { HeapGraph } from "./graph.js";

/**
 * Checks that a graph is one: columns as long as they must be, every index within what it indexes.
 * Readers end with it, so that analyses need not check anything.
 *
 * @example
 * checkGraph(graph); // throws if a column is too short or an index is out of range
 *
 * @throws {@link BadImageError} naming the first thing that is wrong.
 */
export function checkGraph(graph: HeapGraph): void {
  const { nodes, edges, roots, types, strings, contents } = graph;
  const lengths: [string, { length: number } | null, number][] = [
    ["node ids", nodes.id, nodes.count],
    ["addresses", nodes.address, nodes.count],
    ["types", nodes.type, nodes.count],
    ["labels", nodes.label, nodes.count],
    ["sizes", nodes.selfSize, nodes.count],
    ["refcounts", nodes.refcount, nodes.count],
    ["outside references", nodes.outside, nodes.count],
    ["generations", nodes.generation, nodes.count],
    ["flags", nodes.flags, nodes.count],
    ["sites", nodes.site, nodes.count],
    ["first edges", nodes.firstEdge, nodes.count + 1],
    ["edge targets", edges.target, edges.count],
    ["edge labels", edges.label, edges.count],
    ["edge kinds", edges.kind, edges.count],
    ["root targets", roots.target, roots.count],
    ["root kinds", roots.kind, roots.count],
    ["root names", roots.name, roots.count],
    ["root references", roots.references, roots.count],
    ["offsets of contents", contents && contents.offset, nodes.count],
    ["lengths of contents", contents && contents.length, nodes.count],
  ];
  for (const [what, column, length] of lengths)
    if (column && column.length !== length) throw new BadImageError(`Expected ${length} ${what}, got ${column.length}`);
  if (strings[0] !== "") throw new BadImageError("The first string must be empty");

  below("type", nodes.type, types.length);
  below("label", nodes.label, strings.length);
  if (nodes.site) below("site", nodes.site, strings.length);
  below("edge target", edges.target, nodes.count);
  below("root target", roots.target, nodes.count);
  below("root kind", roots.kind, ROOT_KIND_NAMES.length);
  below("root name", roots.name, strings.length);
  const { firstEdge } = nodes;
  if (firstEdge[0] !== 0 || firstEdge[nodes.count] !== edges.count)
    throw new BadImageError("firstEdge must begin with 0 and end with the number of edges");
  for (let v = 0; v < nodes.count; v++)
    if ((firstEdge[v] as number) > (firstEdge[v + 1] as number))
      throw new BadImageError(`Node ${v} has a negative number of edges`);
  for (let e = 0; e < edges.count; e++)
    if (((edges.kind[e] as number) & LABEL_MASK) === EdgeLabel.NAME && (edges.label[e] as number) >= strings.length)
      throw new BadImageError(`The name of edge ${e} is not in the string table`);
  for (let v = 0; v < nodes.count; v++) {
    const size = nodes.selfSize[v] as number;
    if (!(size >= 0 && size <= Number.MAX_SAFE_INTEGER)) throw new BadImageError(`Node ${v} has a size of ${size}`);
    const offset = contents?.offset[v];
    if (contents && offset !== NO_NODE && (offset as number) + (contents.length[v] as number) > contents.bytes.length)
      throw new BadImageError(`The contents of node ${v} lie outside the dump`);
  }
}

function below(what: string, column: Uint8Array | Uint32Array, bound: number): void {
  for (let i = 0; i < column.length; i++)
    if ((column[i] as number) >= bound)
      throw new BadImageError(`The ${what} in row ${i} is ${String(column[i])}, but must be below ${bound}`);
}
