import { BadImageError } from "../../base/errors.js";

/** The head of a `.heapsnapshot`: the layout of the rows in its arrays. */
export interface Meta {
  /** Number of nodes according to the file. */
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Ordinal of the root. */
  readonly root: number;
  /** Numbers in a row of a node. */
  readonly nodeWidth: number;
  readonly edgeWidth: number;
  /** Index of each field in a row, -1 if it is missing. */
  readonly node: Readonly<Record<NodeField, number>>;
  readonly edge: Readonly<Record<"type" | "name_or_index" | "to_node", number>>;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
}

const REQUIRED = ["type", "name", "id", "self_size", "edge_count"] as const;
/** Fields that V8 does not write, but other heaps such as heapwright do. */
const EXTRA = ["address", "refcount", "generation"] as const;
type NodeField = (typeof REQUIRED)[number] | (typeof EXTRA)[number];

function fail(what: string, offset: number): never {
  throw new BadImageError(`Not a heap snapshot: ${what}`, offset);
}

function list(value: unknown, what: string, offset: number): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 1000)
    fail(`${what} is not a list of names`, offset);
  for (const name of value as unknown[]) if (typeof name !== "string") fail(`${what} is not a list of names`, offset);
  return value as string[];
}

function places<Field extends string>(
  names: readonly string[],
  required: readonly Field[],
  optional: readonly Field[],
  what: string,
  offset: number,
): Record<Field, number> {
  const found = Object.create(null) as Record<Field, number>;
  for (const field of [...required, ...optional]) found[field] = names.indexOf(field);
  for (const field of required) if (found[field] < 0) fail(`${what} lacks ${field}`, offset);
  return found;
}

function count(value: unknown, what: string, offset: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) >= 0xffff_ffff)
    fail(`${what} is missing or not a count`, offset);
  return value as number;
}

/** Checks the member `snapshot` of a dump. It begins at `offset` in the file. */
export function metaOf(snapshot: unknown, offset: number): Meta {
  const head = record(snapshot, "snapshot", offset);
  const meta = record(head.meta, "snapshot.meta", offset);
  const nodeFields = list(meta.node_fields, "node_fields", offset);
  const edgeFields = list(meta.edge_fields, "edge_fields", offset);
  const node = places(nodeFields, REQUIRED, EXTRA, "node_fields", offset);
  const edge = places(edgeFields, ["type", "name_or_index", "to_node"], [], "edge_fields", offset);
  const typesOf = (types: unknown, place: number, what: string) =>
    list(Array.isArray(types) ? types[place] : undefined, what, offset);
  const rootIndex = head.root_index === undefined ? 0 : count(head.root_index, "root_index", offset);
  if (rootIndex % nodeFields.length !== 0) fail("root_index is not a node", offset);
  return {
    nodeCount: count(head.node_count, "node_count", offset),
    edgeCount: count(head.edge_count, "edge_count", offset),
    root: rootIndex / nodeFields.length,
    nodeWidth: nodeFields.length,
    edgeWidth: edgeFields.length,
    node,
    edge,
    nodeTypes: typesOf(meta.node_types, node.type, "node_types"),
    edgeTypes: typesOf(meta.edge_types, edge.type, "edge_types"),
  };
}

function record(value: unknown, what: string, offset: number): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(`${what} is not an object`, offset);
  return value as Record<string, unknown>;
}
