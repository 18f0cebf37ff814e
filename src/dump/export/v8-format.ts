/** The names and numbers of V8's heap snapshot format, and the mapping of our nodes and edges to them. */
import { EDGE_ASIDE, EDGE_INTERNAL, EdgeLabel, EdgeStrength, LABEL_MASK, STRENGTH_MASK } from "../graph/graph.js";
import type { GraphType, HeapGraph } from "../graph/graph.js";
import type { Texts } from "./texts.js";

const NODE_TYPES = [
  "hidden",
  "array",
  "string",
  "object",
  "code",
  "closure",
  "regexp",
  "number",
  "native",
  "synthetic",
  "concatenated string",
  "sliced string",
  "symbol",
  "bigint",
  "object shape",
  "wasm object",
];
const STRING = NODE_TYPES.indexOf("string");
export const OBJECT = NODE_TYPES.indexOf("object");
export const NATIVE = NODE_TYPES.indexOf("native");
export const SYNTHETIC = NODE_TYPES.indexOf("synthetic");

const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];
export const [ELEMENT, PROPERTY, INTERNAL, HIDDEN, SHORTCUT, WEAK] = [1, 2, 3, 4, 5, 6];

/** The `meta` of a file. `extra` are additional fields of nodes. */
export function metaWith(extra: readonly string[]): object {
  return {
    node_fields: ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness", ...extra],
    node_types: [
      NODE_TYPES,
      "string",
      ...["number", "number", "number", "number", "number"],
      ...extra.map(() => "number"),
    ],
    edge_fields: ["type", "name_or_index", "to_node"],
    edge_types: [EDGE_TYPES, "string_or_number", "node"],
    trace_function_info_fields: ["function_id", "name", "script_name", "script_id", "line", "column"],
    trace_node_fields: ["id", "function_info_index", "count", "size", "children"],
    sample_fields: ["timestamp_us", "last_assigned_id"],
    location_fields: ["object_index", "script_id", "line", "column"],
  };
}

/** The V8 node type for objects of a type. */
export function nodeTypeOf({ source }: HeapGraph, { kind }: GraphType): number {
  const type = source === "heapsnapshot" ? NODE_TYPES.indexOf(kind) : -1;
  return type >= 0 ? type : kind === "str" ? STRING : OBJECT;
}

/** The id of a node: odd for an object with a birth number, like in V8, and even for all others. */
export function idOf({ nodes }: HeapGraph, v: number): number {
  const id = nodes.id[v] as number;
  // Addresses are multiples of 8, and larger than the few ids of the groups.
  return id > 0 ? 2 * id + 3 : 2 * Math.floor((nodes.address?.[v] ?? 8 * (v + 128)) / 8);
}

/** Type and name of edge `e` of node `v`. `crosses`: it leads from garbage to a live object, and is written as weak. */
export function edgeOf(graph: HeapGraph, texts: Texts, v: number, e: number, crosses: boolean): [number, number] {
  const kind = graph.edges.kind[e] as number;
  const strength = kind & STRENGTH_MASK;
  const form = kind & LABEL_MASK;
  const label = graph.edges.label[e] as number;
  const field = form === EdgeLabel.SLOT ? graph.types[graph.nodes.type[v] as number]?.fields[label] : undefined;
  const isNumber = form === EdgeLabel.INDEX || (form === EdgeLabel.SLOT && field === undefined);
  const isWeak = crosses || strength === EdgeStrength.WEAK || strength === EdgeStrength.EPHEMERON_MAP;
  const isAside = (kind & EDGE_ASIDE) !== 0;
  const isInternal = (kind & EDGE_INTERNAL) !== 0;
  if (isNumber && !isWeak && !isAside) return [isInternal ? HIDDEN : ELEMENT, label];
  const name =
    field !== undefined
      ? texts.index(field)
      : form === EdgeLabel.NAME
        ? label
        : texts.index(label < 1000 ? String(label) : "…");
  if (isWeak) return [WEAK, name];
  if (isAside) return [SHORTCUT, name];
  return [isInternal || strength === EdgeStrength.EPHEMERON_KEY ? INTERNAL : PROPERTY, name];
}
