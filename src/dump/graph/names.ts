import { EdgeLabel, LABEL_MASK, ROOT_KIND_NAMES } from "./graph.js";
import type { HeapGraph } from "./graph.js";

/**
 * The name of a node's type.
 *
 * @example
 * typeName(graph, session); // "Session"
 */
export function typeName({ nodes, types }: HeapGraph, v: number): string {
  return types[nodes.type[v] as number]?.name ?? "(root)";
}

/**
 * A node's label: its text, if it is one; "" if it has none.
 *
 * @example
 * const text = graph.nodes.type.findIndex((_, v) => labelOf(graph, v) === "alice in wonderland");
 * typeName(graph, text); // "str"
 */
export function labelOf({ nodes, strings }: HeapGraph, v: number): string {
  return strings[nodes.label[v] as number] ?? "";
}

/**
 * What an edge of `v` is called: a field's name, the name of a property, or `[3]`.
 *
 * @example
 * edgeName(graph, session, graph.nodes.firstEdge[session]!); // "user"
 */
export function edgeName({ nodes, edges, types, strings }: HeapGraph, v: number, e: number): string {
  const label = edges.label[e] as number;
  switch ((edges.kind[e] as number) & LABEL_MASK) {
    case EdgeLabel.NAME:
      return strings[label] as string;
    case EdgeLabel.SLOT:
      return types[nodes.type[v] as number]?.fields[label] ?? `[${label}]`;
    default:
      return `[${label}]`;
  }
}

/**
 * What a row of the roots is called: `named root cache`, `handle`.
 *
 * @example
 * const row = graph.roots.kind.indexOf(RootKind.NAMED);
 * rootName(graph, row); // "named root cache"
 */
export function rootName({ roots, strings }: HeapGraph, row: number): string {
  const name = strings[roots.name[row] as number] as string;
  const kind = ROOT_KIND_NAMES[roots.kind[row] as number] as string;
  return name === "" ? kind : `${kind} ${name}`;
}

/** By UTF-16 code units, which is the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
