import { NodeFlag, NO_GENERATION, NO_NODE } from "../../dump/graph/graph.js";
import type { HeapGraph } from "../../dump/graph/graph.js";
import { labelOf, typeName } from "../../dump/graph/names.js";
import type { DominatorTree } from "../../dump/analysis/dominators.js";
import { UsageError } from "./errors.js";
import { cut, JSON_TEXT, shown } from "./text.js";

/**
 * The name of an object on the command line: its address in images (`0x30008`), its id in V8 dumps (`@1234`, like in Chrome
 * DevTools).
 */
export function refOf({ nodes }: HeapGraph, v: number): string {
  return nodes.address ? `0x${(nodes.address[v] as number).toString(16)}` : `@${nodes.id[v] as number}`;
}

/** A short description of an object: `Session "abc…" @1234`. */
export function objectName(graph: HeapGraph, v: number): string {
  const label = labelOf(graph, v);
  const name = label === "" ? shown(typeName(graph, v)) : `${shown(typeName(graph, v))} "${shown(label, 40)}"`;
  return `${name} ${refOf(graph, v)}`;
}

export interface ObjectJson {
  readonly ref: string;
  readonly type: string;
  readonly kind: string;
  readonly label?: string;
  readonly self: number;
  readonly retained?: number;
}

export function objectJson(graph: HeapGraph, v: number, tree?: DominatorTree): ObjectJson {
  const label = labelOf(graph, v);
  return {
    ref: refOf(graph, v),
    type: cut(typeName(graph, v), JSON_TEXT),
    kind: graph.types[graph.nodes.type[v] as number]?.kind ?? "",
    ...(label === "" ? {} : { label: cut(label, JSON_TEXT) }),
    self: graph.nodes.selfSize[v] as number,
    ...(tree ? { retained: tree.retained[v] as number } : {}),
  };
}

/** The types with this name. Several kinds of types can share a name. */
export function typesCalled({ types }: HeapGraph, name: string): number[] {
  const found: number[] = [];
  types.forEach((type, t) => {
    if (type.name === name) found.push(t);
  });
  return found;
}

/**
 * Resolves an argument: one object, or all objects of a type.
 *
 * @throws {@link UsageError} if there is none. The message suggests similar names.
 */
export function find(graph: HeapGraph, text: string): { node: number } | { types: number[] } {
  const types = typesCalled(graph, text);
  if (types.length > 0) return { types };
  const [, hex] = /^@?0x([0-9a-f]{1,12})$/i.exec(text) ?? [];
  const [, id] = /^@(\d{1,15})$/.exec(text) ?? [];
  if (hex !== undefined) {
    const node = graph.nodes.address?.indexOf(parseInt(hex, 16)) ?? -1;
    if (node < 0) throw new UsageError(`there is no object at ${shown(text)}`);
    return { node };
  }
  if (id !== undefined) {
    const node = graph.nodes.id.indexOf(Number(id));
    if (node < 0) throw new UsageError(`there is no object with the id ${id}`);
    return { node };
  }
  throw new UsageError(`there is no type ${shown(text)}${alike(graph, text)}; an object is written 0x30008 or @1234`);
}

/** Resolves an argument that must be a type. */
export function findTypes(graph: HeapGraph, text: string): number[] {
  const types = typesCalled(graph, text);
  if (types.length === 0) throw new UsageError(`there is no type ${shown(text)}${alike(graph, text)}`);
  return types;
}

function alike({ types }: HeapGraph, text: string): string {
  const wanted = text.toLowerCase();
  const close: string[] = [];
  for (const { name } of types) {
    const start = name.slice(0, 1000).toLowerCase();
    if (start !== "" && (start.includes(wanted) || wanted.includes(start))) close.push(shown(name, 40));
    if (close.length === 5) break;
  }
  return close.length === 0 ? "" : ` (there is ${close.join(", ")})`;
}

/** Of all objects of some types: the one that retains most ({@link NO_NODE} if there are none), and their number. */
export function largestOf(
  graph: HeapGraph,
  types: readonly number[],
  tree: DominatorTree,
): { node: number; count: number } {
  const { nodes } = graph;
  const wanted = new Set(types);
  let node = NO_NODE;
  let count = 0;
  for (let v = 0; v < nodes.count; v++) {
    if (!wanted.has(nodes.type[v] as number)) continue;
    count++;
    if (node === NO_NODE || (tree.retained[v] as number) > (tree.retained[node] as number)) node = v;
  }
  return { node, count };
}

export function isSynthetic({ nodes }: HeapGraph, v: number): boolean {
  return ((nodes.flags[v] as number) & NodeFlag.SYNTHETIC) !== 0;
}

/** The generation of an object; `null` if it is in none. */
export function generationOf({ nodes }: HeapGraph, v: number): number | null {
  const generation = nodes.generation?.[v] ?? NO_GENERATION;
  return generation <= 2 ? generation : null;
}
