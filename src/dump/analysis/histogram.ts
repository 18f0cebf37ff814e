import { NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { compareText } from "../graph/names.js";
import type { Steps } from "../steps.js";
import { dominated, walkDominated } from "./dominated.js";
import type { Dominated } from "./dominated.js";
import type { DominatorTree } from "./dominators.js";

/** A row of {@link histogram}: one type. */
export interface TypeRow {
  /** Index into `graph.types`. */
  readonly type: number;
  /** Name of the type. */
  readonly name: string;
  /** The family of the type: see {@link GraphType.kind}. */
  readonly kind: string;
  /** The number of objects. */
  readonly count: number;
  /** Bytes of the objects themselves. */
  readonly bytes: number;
  /**
   * Bytes retained by objects of the type, an object within what another of the type retains counted once. `null`
   * without a dominator tree. Garbage retains nothing.
   */
  readonly retained: number | null;
}

/** What {@link histogram} takes. */
export interface HistogramOptions {
  /** With it, rows have retained bytes, and are sorted by them. */
  tree?: DominatorTree;
  /** Of `tree`, if there already. */
  children?: Dominated;
  /** Which nodes count. Default: all. Retained sizes are of those that do. */
  filter?: (v: number) => boolean;
}

/**
 * Objects by type, those with most bytes (retained, if known, else their own) first. Types without objects are left
 * out.
 *
 * @example
 * const rows = finish(histogram(graph, { tree }));
 * rows.find(({ name }) => name === "Session")?.count; // 2
 */
export function* histogram(graph: HeapGraph, options: HistogramOptions = {}): Steps<TypeRow[]> {
  const { nodes, types } = graph;
  const { tree, filter } = options;
  const count = new Float64Array(types.length);
  const bytes = new Float64Array(types.length);
  for (let v = 0; v < nodes.count; v++) {
    if (filter && !filter(v)) continue;
    const type = nodes.type[v] as number;
    count[type] = (count[type] as number) + 1;
    bytes[type] = (bytes[type] as number) + (nodes.selfSize[v] as number);
  }
  yield { phase: "counting by type", done: nodes.count, total: nodes.count };
  const retained = tree ? yield* retainedByType(graph, tree, options) : null;
  const rows = types.map(({ name, kind }, type) => ({
    type,
    name,
    kind,
    count: count[type] as number,
    bytes: bytes[type] as number,
    retained: retained ? (retained[type] as number) : null,
  }));
  return rows
    .filter((row) => row.count > 0)
    .sort(
      (a, b) => (b.retained ?? b.bytes) - (a.retained ?? a.bytes) || b.bytes - a.bytes || compareText(a.name, b.name),
    );
}

function* retainedByType(graph: HeapGraph, tree: DominatorTree, options: HistogramOptions): Steps<Float64Array> {
  const { type } = graph.nodes;
  const { filter } = options;
  const children = options.children ?? (yield* dominated(tree));
  const retained = new Float64Array(graph.types.length);
  // The number of nodes of each type on the current path. Nodes excluded by the filter are not counted here either.
  const open = new Uint32Array(graph.types.length);
  yield* walkDominated(
    tree,
    children,
    "adding up by type",
    (v) => {
      if (filter && !filter(v)) return;
      const t = type[v] as number;
      if (open[t] === 0) retained[t] = (retained[t] as number) + (tree.retained[v] as number);
      open[t] = (open[t] as number) + 1;
    },
    (v) => {
      if (filter && !filter(v)) return;
      const t = type[v] as number;
      open[t] = (open[t] as number) - 1;
    },
  );
  return retained;
}

/** One row of a table of the holders of a type's objects. */
export interface HolderRow {
  /** Type of the immediate dominators; {@link NO_NODE} for the root. */
  readonly type: number;
  /** Name of the type. */
  readonly name: string;
  /** The number of objects that dominators of this type hold. */
  readonly count: number;
  /** Bytes that these objects retain. */
  readonly bytes: number;
}

/**
 * Whom objects of a type would go with: their immediate dominators by type, those with most bytes first.
 *
 * @example
 * const rows = holdersOf(graph, tree, graph.nodes.type[session]!);
 * rows.map(({ name, count }) => `${name}: ${count}`); // ["Session: 1", "list: 1"]
 */
export function holdersOf(graph: HeapGraph, tree: DominatorTree, type: number): HolderRow[] {
  const { nodes, types } = graph;
  const rows = new Map<number, { count: number; bytes: number }>();
  for (const v of tree.order) {
    if (nodes.type[v] !== type) continue;
    const dominator = tree.idom[v] as number;
    const holder = dominator === tree.root ? NO_NODE : (nodes.type[dominator] as number);
    let row = rows.get(holder);
    if (!row) rows.set(holder, (row = { count: 0, bytes: 0 }));
    row.count++;
    row.bytes += nodes.selfSize[v] as number;
  }
  return [...rows]
    .map(([holder, { count, bytes }]) => ({ type: holder, name: types[holder]?.name ?? "(root)", count, bytes }))
    .sort((a, b) => b.bytes - a.bytes || compareText(a.name, b.name));
}
