import { NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { compareText } from "../graph/names.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import { dominatorPathNames } from "./dominator-paths.js";
import type { DominatorPaths } from "./dominator-paths.js";

/** What became of the nodes between two dumps of one heap. */
export interface Matching {
  /** By node of the later dump: the same node of the earlier one, or {@link NO_NODE} if it is new. */
  readonly earlier: Uint32Array;
  /** By node of the earlier dump: 1 if it is gone. */
  readonly isGone: Uint8Array;
  /** The number of nodes that only the later dump has. */
  readonly added: number;
  /** The number of nodes that only the earlier dump has. */
  readonly removed: number;
  /** The number of nodes that both dumps have. */
  readonly kept: number;
  /** How many of `kept` have no identity, and were matched by address, type and size: they may be others in the same place. */
  readonly uncertain: number;
}

/** What changed of a type, or of a path of types. */
export interface DiffRow {
  /** Name of the type; for a path, the names of its types: `Cache > Dict > str`. */
  readonly name: string;
  /** The family of the type: see {@link GraphType.kind}. */
  readonly kind: string;
  /** The number of nodes that only the later dump has. */
  readonly added: number;
  /** Their own bytes. */
  readonly addedBytes: number;
  /** The number of nodes that only the earlier dump has. */
  readonly removed: number;
  /** Their own bytes. */
  readonly removedBytes: number;
  /** Later less earlier. Objects that are in both, but have grown, count here alone. */
  readonly count: number;
  /** Bytes of the later dump less bytes of the earlier one. */
  readonly bytes: number;
}

/**
 * Finds the nodes of `before` again in `after`: by id and type, where they have an id; else by address, type and size.
 * Addresses alone prove nothing, because memory is used again.
 *
 * @example
 * finish(matchNodes(graph, later)).added; // 5
 */
export function* matchNodes(before: HeapGraph, after: HeapGraph): Steps<Matching> {
  const typeOf = sharedTypes(before, after);
  const earlier = new Uint32Array(after.nodes.count).fill(NO_NODE);
  const isGone = new Uint8Array(before.nodes.count).fill(1);
  let uncertain = 0;
  let kept = 0;
  for (const key of [byId, byPlace]) {
    const index = new Index(before, key);
    yield { phase: "indexing the earlier dump", done: 0, total: after.nodes.count };
    for (let v = 0; v < after.nodes.count; v++) {
      if ((v + 1) % ITEMS_PER_STEP === 0) yield { phase: "matching objects", done: v + 1, total: after.nodes.count };
      const value = key(after, v);
      if (value < 0) continue;
      for (let w = index.find(value, NO_NODE); w !== NO_NODE; w = index.find(value, w)) {
        if (isGone[w] === 0 || before.nodes.type[w] !== typeOf[after.nodes.type[v] as number]) continue;
        if (key === byPlace && before.nodes.selfSize[w] !== after.nodes.selfSize[v]) continue;
        isGone[w] = 0;
        earlier[v] = w;
        kept++;
        if (key === byPlace) uncertain++;
        break;
      }
    }
  }
  return { earlier, isGone, added: after.nodes.count - kept, removed: before.nodes.count - kept, kept, uncertain };
}

/** The id of a node; -1 if it has none. */
function byId({ nodes }: HeapGraph, v: number): number {
  const id = nodes.id[v] as number;
  return id > 0 ? id : -1;
}

/** The address of a node without an id; else -1. */
function byPlace({ nodes }: HeapGraph, v: number): number {
  return (nodes.id[v] as number) > 0 ? -1 : (nodes.address?.[v] ?? -1);
}

/** By type of `after`: the same type in `before`, or {@link NO_NODE}. */
function sharedTypes(before: HeapGraph, after: HeapGraph): Uint32Array {
  const known = new Map(before.types.map(({ kind, name }, type) => [`${kind}\0${name}`, type]));
  return Uint32Array.from(after.types, ({ kind, name }) => known.get(`${kind}\0${name}`) ?? NO_NODE);
}

/** Maps numbers to nodes, with open addressing. Several nodes may have the same number. (A Map is limited to 2^24 entries.) */
class Index {
  readonly #graph: HeapGraph;
  readonly #key: (graph: HeapGraph, v: number) => number;
  readonly #table: Uint32Array;
  #place = 0;

  constructor(graph: HeapGraph, key: (graph: HeapGraph, v: number) => number) {
    this.#graph = graph;
    this.#key = key;
    let count = 0;
    for (let v = 0; v < graph.nodes.count; v++) if (key(graph, v) >= 0) count++;
    let size = 16;
    while (size < 2 * count) size *= 2;
    this.#table = new Uint32Array(size).fill(NO_NODE);
    for (let v = 0; v < graph.nodes.count; v++) {
      const value = key(graph, v);
      if (value < 0) continue;
      let place = hashOf(value) & (size - 1);
      while (this.#table[place] !== NO_NODE) place = (place + 1) & (size - 1);
      this.#table[place] = v;
    }
  }

  /** The first node with `value`, or the next one behind `after`, the previous result. */
  find(value: number, after: number): number {
    const mask = this.#table.length - 1;
    let place = after === NO_NODE ? hashOf(value) & mask : (this.#place + 1) & mask;
    for (; this.#table[place] !== NO_NODE; place = (place + 1) & mask) {
      if (this.#key(this.#graph, this.#table[place] as number) !== value) continue;
      this.#place = place;
      return this.#table[place] as number;
    }
    return NO_NODE;
  }
}

function hashOf(value: number): number {
  const low = value >>> 0;
  const high = Math.floor(value / 0x1_0000_0000);
  let h = Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1);
  h ^= h >>> 15;
  return h >>> 0;
}

interface Change {
  kind: string;
  name: string;
  added: number;
  addedBytes: number;
  removed: number;
  removedBytes: number;
  count: number;
  bytes: number;
}

class Table {
  readonly #rows = new Map<string, Change>();

  row(name: string, kind: string): Change {
    const key = `${kind}\0${name}`;
    let row = this.#rows.get(key);
    if (!row) {
      row = { name, kind, added: 0, addedBytes: 0, removed: 0, removedBytes: 0, count: 0, bytes: 0 };
      this.#rows.set(key, row);
    }
    return row;
  }

  /** The changed rows: those that grew, largest growth first; then those of equal size; then those that shrank. */
  sorted(): DiffRow[] {
    return [...this.#rows.values()]
      .filter((row) => row.added > 0 || row.removed > 0 || row.count !== 0 || row.bytes !== 0)
      .sort((a, b) => b.bytes - a.bytes || b.added - a.added || compareText(a.name, b.name));
  }
}

/**
 * Compares two dumps type by type. Types without a change have no row; those that grew most come first.
 *
 * @example
 * const rows = finish(diffByType(graph, later, finish(matchNodes(graph, later))));
 * rows.find(({ name }) => name === "Session")?.added; // 2
 */
export function* diffByType(before: HeapGraph, after: HeapGraph, matching: Matching): Steps<DiffRow[]> {
  const table = new Table();
  const rowsOf = (graph: HeapGraph) => graph.types.map(({ name, kind }) => table.row(name, kind));
  yield* fill(before, after, matching, rowsOf(before), rowsOf(after), before.nodes.type, after.nodes.type);
  return table.sorted();
}

/**
 * Compares two dumps by the types of the dominators: the `name` of a row is the path, `Cache > Dict > str`.
 *
 * @example
 * const pathsOf = (dump: typeof later) => finish(dominatorPaths(dump, finish(dominators(dump))));
 * const paths = { before: pathsOf(graph), after: pathsOf(later) };
 * const rows = finish(diffByDominatorPath(graph, later, finish(matchNodes(graph, later)), paths));
 * rows[0]?.name; // "list > Session > bytes": new pages in new sessions
 */
export function* diffByDominatorPath(
  before: HeapGraph,
  after: HeapGraph,
  matching: Matching,
  paths: { before: DominatorPaths; after: DominatorPaths },
): Steps<DiffRow[]> {
  const table = new Table();
  const rowsOf = (graph: HeapGraph, all: DominatorPaths) =>
    Array.from({ length: all.count }, (_, r) => table.row(dominatorPathNames(graph, all, r).join(" > "), "path"));
  yield* fill(
    before,
    after,
    matching,
    rowsOf(before, paths.before),
    rowsOf(after, paths.after),
    paths.before.row,
    paths.after.row,
  );
  return table.sorted();
}

/** Adds the nodes of both dumps to the rows given by the two columns. Nodes without a row are skipped. */
function* fill(
  before: HeapGraph,
  after: HeapGraph,
  { earlier, isGone }: Matching,
  rowsBefore: Change[],
  rowsAfter: Change[],
  columnBefore: Uint32Array,
  columnAfter: Uint32Array,
): Steps<void> {
  for (let v = 0; v < before.nodes.count; v++) {
    const row = rowsBefore[columnBefore[v] as number];
    if (!row) continue;
    const bytes = before.nodes.selfSize[v] as number;
    row.count--;
    row.bytes -= bytes;
    if (isGone[v] === 0) continue;
    row.removed++;
    row.removedBytes += bytes;
  }
  yield { phase: "comparing", done: 1, total: 2 };
  for (let v = 0; v < after.nodes.count; v++) {
    const row = rowsAfter[columnAfter[v] as number];
    if (!row) continue;
    const bytes = after.nodes.selfSize[v] as number;
    row.count++;
    row.bytes += bytes;
    if (earlier[v] !== NO_NODE) continue;
    row.added++;
    row.addedBytes += bytes;
  }
}
