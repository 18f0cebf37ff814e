/**
 * A heap dump as columns: what every reader produces (heap images, V8's `.heapsnapshot`) and every
 * analysis and exporter takes.
 *
 * There is no object per node. A node is an **ordinal**, 0 ≤ v < `nodes.count`, an edge is an ordinal,
 * 0 ≤ e < `edges.count`, and a column is a typed array indexed by one of them. Nothing is ever changed
 * after the graph is made; analyses keep their results in columns of their own.
 *
 * ```text
 *   nodes.firstEdge   0     2  2        5          count + 1 entries, the last is edges.count
 *                     │     │  │        │
 *   edges.target      7  1  ·  4  4  9  ·          edges of node v: firstEdge[v] ≤ e < firstEdge[v + 1]
 * ```
 *
 * The roots are no nodes: they are rows of a table of their own. Analyses that need a single root (dominators)
 * put one above them, whose ordinal is `nodes.count`.
 *
 * A column that a source does not know is `null` (a V8 dump has no refcounts).
 */
export interface HeapGraph {
  /** What the graph was read from. */
  readonly source: "image" | "heapsnapshot" | "builder";
  readonly nodes: NodeColumns;
  readonly edges: EdgeColumns;
  readonly roots: RootColumns;
  /** Types, indexed by `nodes.type`. */
  readonly types: readonly GraphType[];
  /** Strings, each once. Index 0 is the empty string, which stands for "none". */
  readonly strings: readonly string[];
  /** Raw contents of nodes (text, bytes, numbers; no slots), for finding duplicates. */
  readonly contents: Contents | null;
  /** How memory is divided. Only images know. */
  readonly memory: MemoryMap | null;
}

/** One entry per node; `firstEdge` has one more. */
export interface NodeColumns {
  readonly count: number;
  /**
   * Identity that is stable between dumps of one heap: the birth number of an object of ours, the node id of V8.
   * 0 where it has none yet (an object of ours that is young): then only address, type and size can match it.
   */
  readonly id: Uint32Array | Float64Array;
  /** Address in linear memory, unsigned. */
  readonly address: Uint32Array | null;
  /** Index into `types`. */
  readonly type: Uint32Array;
  /** Index into `strings`: what to call this one node (the text of a str, the name of a closure). 0: no label. */
  readonly label: Uint32Array;
  /** Bytes of the node itself: header, slots, fields, and the buffer it owns. */
  readonly selfSize: Uint32Array | Float64Array;
  /** Strong references to the node as the heap counts them. Says nothing where {@link NodeFlag.IMMORTAL} is set. */
  readonly refcount: Uint32Array | null;
  /** How many of `refcount` come from outside the heap (handles, named roots, `incref`). */
  readonly outside: Uint32Array | null;
  /** 0, 1 or 2; {@link NO_GENERATION} for what is in none. */
  readonly generation: Uint8Array | null;
  /** Bits of {@link NodeFlag}. */
  readonly flags: Uint16Array;
  /** Index into `strings`: where it was allocated, the innermost frame first, a frame per line. 0: unknown. */
  readonly site: Uint32Array | null;
  /** First edge of each node, `count + 1` entries. */
  readonly firstEdge: Uint32Array;
}

/** One entry per edge, those of one node next to each other, in slot order. */
export interface EdgeColumns {
  readonly count: number;
  /** Ordinal of the node referred to. */
  readonly target: Uint32Array;
  /** What {@link EdgeColumns.kind} says it is: a number (index, slot), or an index into `strings`. */
  readonly label: Uint32Array;
  /** An {@link EdgeStrength}, an {@link EdgeLabel} and {@link EDGE_INTERNAL}, or'ed. */
  readonly kind: Uint8Array;
}

/** What holds nodes from outside the graph. A node may have several rows. */
export interface RootColumns {
  readonly count: number;
  /** Ordinal of the node held. */
  readonly target: Uint32Array;
  /** A {@link RootKind}. */
  readonly kind: Uint8Array;
  /** Index into `strings`: the name of a named root, the site of a handle. 0: none. */
  readonly name: Uint32Array;
  /** How many of the target's outside references this row explains. 0 for roots that are not counted (immortals, V8's). */
  readonly references: Uint32Array;
}

export interface GraphType {
  /** Unique together with `kind`. What histograms group by. */
  readonly name: string;
  /** The family: `struct`, `list`, `dict`, `str` … of ours; `object`, `closure`, `string` … of V8. */
  readonly kind: string;
  /** Names of its reference slots, for edges labelled {@link EdgeLabel.SLOT}. */
  readonly fields: readonly string[];
}

/** The contents of node v are `bytes.subarray(offset[v], offset[v] + length[v])`; it has none where `offset[v]` is {@link NO_NODE}. */
export interface Contents {
  readonly bytes: Uint8Array;
  readonly offset: Uint32Array;
  readonly length: Uint32Array;
}

/** Where the bytes of linear memory are. The regions cover it without gap, in address order. */
export interface MemoryMap {
  /** All of it, in bytes. */
  readonly bytes: number;
  readonly regions: RegionColumns;
}

/** One entry per run of pages. */
export interface RegionColumns {
  readonly count: number;
  readonly address: Uint32Array;
  /** Bytes, a multiple of the page size. */
  readonly bytes: Float64Array;
  /** A {@link RegionKind}. */
  readonly kind: Uint8Array;
  /** Bytes of one block (the size class), 0 where there are none. */
  readonly blockBytes: Uint32Array;
  readonly blocks: Uint32Array;
  readonly blocksUsed: Uint32Array;
}

export const RegionKind = { FREE: 0, SPAN: 1, LARGE: 2, OVERHEAD: 3 } as const;
export type RegionKind = (typeof RegionKind)[keyof typeof RegionKind];

/** "No node", where an ordinal is asked for. */
export const NO_NODE = 0xffff_ffff;
export const NO_GENERATION = 0xff;

export const NodeFlag = {
  /** Stands for something that is no object (V8's root groups). */
  SYNTHETIC: 1 << 0,
  /** Its refcount is not counted (PEP 683). */
  IMMORTAL: 1 << 1,
  TRACKED: 1 << 2,
  FINALIZED: 1 << 3,
  HAS_WEAKREFS: 1 << 4,
  /** In the middle of its death when the dump was taken. */
  DYING: 1 << 5,
  FROZEN: 1 << 6,
  /** `label` is the whole of its contents: nodes of one type and label are duplicates. */
  TEXT: 1 << 7,
  /** Cannot change once made (tuples), so that those with equal contents and edges could be one. */
  IMMUTABLE: 1 << 8,
} as const;

/** What an edge does for its target's life: `kind & STRENGTH_MASK`. */
export const EdgeStrength = {
  /** Keeps it alive, and counts in its refcount. */
  STRONG: 0,
  /** Does neither. */
  WEAK: 1,
  /** From the key of an entry of a weak map. Keeps it alive while the map lives too; counts, for key and map together. */
  EPHEMERON_KEY: 2,
  /** From the map, to the same target. Does not count. Dominator trees leave it out: the key retains. */
  EPHEMERON_MAP: 3,
} as const;
export const STRENGTH_MASK = 3;

/** How an edge's label is to be read: `kind & LABEL_MASK`. */
export const EdgeLabel = {
  /** `label` is a number: an index of a list or tuple. */
  INDEX: 0 << 2,
  /** `label` is a slot: its name is `types[type of the source].fields[label]`. */
  SLOT: 1 << 2,
  /** `label` is an index into `strings`. */
  NAME: 2 << 2,
} as const;
export const LABEL_MASK = 3 << 2;

/** Made by the engine, not by the program: `kind & EDGE_INTERNAL`. */
export const EDGE_INTERNAL = 1 << 4;
/**
 * Does not explain why its target lives, because something closer to the program does: dominator trees and
 * paths leave it out. (V8: what the debugger holds of a page's objects.)
 */
export const EDGE_ASIDE = 1 << 5;
/**
 * `kind & NOT_RETAINING` is 0 for the edges that dominator trees and paths follow: strong ones, and those from the
 * key of a weak map's entry.
 */
export const NOT_RETAINING = EdgeStrength.WEAK | EDGE_ASIDE;

export const RootKind = {
  /** A live handle of the host. */
  HANDLE: 0,
  /** An entry of `heap.roots`. */
  NAMED: 1,
  IMMORTAL: 2,
  /** The heap's own state: `gc.garbage`, operands of an operation under way, what a dying object still holds. */
  RUNTIME: 3,
  /** V8's root. */
  ENGINE: 4,
} as const;
export type RootKind = (typeof RootKind)[keyof typeof RootKind];
export const ROOT_KIND_NAMES: readonly string[] = ["handle", "named root", "immortal", "runtime", "engine"];
