import type { Path } from "../../dump/analysis/paths.js";
import { NO_NODE, ROOT_KIND_NAMES } from "../../dump/graph/graph.js";
import type { HeapGraph } from "../../dump/graph/graph.js";
import { edgeName } from "../../dump/graph/names.js";
import { objectJson, objectName } from "./objects.js";
import type { ObjectJson } from "./objects.js";
import { siteText } from "./sites.js";
import { cut, JSON_TEXT, shown } from "./text.js";

/** Number of steps shown at each end of a long path, such as the path to the end of a linked list. */
const ENDS = 20;

export interface RootJson {
  /** `handle`, `named root` …; `leaked reference` if no root explains it. */
  readonly kind: string;
  readonly name: string;
}

export interface PathJson {
  readonly root: RootJson;
  readonly length: number;
  /** Number of steps omitted from the middle of a long path. */
  readonly omitted: number;
  readonly steps: readonly { readonly edge: string; readonly object: ObjectJson }[];
}

export function rootJson({ roots, strings }: HeapGraph, row: number): RootJson {
  if (row === NO_NODE) return { kind: "leaked reference", name: "" };
  return {
    kind: ROOT_KIND_NAMES[roots.kind[row] as number] as string,
    name: cut(strings[roots.name[row] as number] as string, JSON_TEXT),
  };
}

export function rootText(graph: HeapGraph, row: number): string {
  const { kind, name } = rootJson(graph, row);
  return name === "" ? kind : `${kind} ${shown(siteText(name, 1), 80)}`;
}

/** The indexes of a path of `length` nodes that are shown. */
function placesOf(length: number): number[] {
  const all = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  return length <= 2 * ENDS ? all(0, length) : [...all(0, ENDS), ...all(length - ENDS, length)];
}

/** The name of the edge that leads to a node of a path; "" for the first node. */
function edgeTo(graph: HeapGraph, { nodes, edges }: Path, place: number): string {
  return place === 0 ? "" : edgeName(graph, nodes[place - 1] as number, edges[place - 1] as number);
}

export function pathJson(graph: HeapGraph, path: Path): PathJson {
  const places = placesOf(path.nodes.length);
  return {
    root: rootJson(graph, path.root),
    length: path.nodes.length,
    omitted: path.nodes.length - places.length,
    steps: places.map((place) => ({
      edge: cut(edgeTo(graph, path, place), JSON_TEXT),
      object: objectJson(graph, path.nodes[place] as number),
    })),
  };
}

/** One line for each step, the root first. */
export function pathText(graph: HeapGraph, path: Path): string[] {
  const lines = [rootText(graph, path.root)];
  let last = -1;
  for (const place of placesOf(path.nodes.length)) {
    if (place > last + 1) lines.push(`… ${place - last - 1} steps omitted`);
    last = place;
    const name = objectName(graph, path.nodes[place] as number);
    lines.push(place === 0 ? `→ ${name}` : `${edgeText(edgeTo(graph, path, place))} → ${name}`);
  }
  return lines;
}

/** `.field`; or `[3]` and `[some key]`, which are not fields. */
export function edgeText(name: string): string {
  if (name.startsWith("[")) return shown(name);
  return /^[\p{L}_$<][^\s[\]"'.]*$/u.test(name) ? `.${shown(name)}` : `[${shown(name)}]`;
}
