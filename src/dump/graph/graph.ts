/**
 * A heap dump stored as columns. Readers produce it from heap images and V8's `.heapsnapshot`; analyses and exporters take
 * it.
 *
 * A node is an **ordinal**, 0 ≤ v < `nodes.count`, not an object. An edge is an ordinal, 0 ≤ e < `edges.count`. A column is
 * a typed array indexed by one of them. The graph never changes; analyses keep their results in their own columns.
 *
 * ```text
 *   nodes.firstEdge   0     2  2        5          count + 1 entries, the last is edges.count
 *                     │     │  │        │
 *   edges.target      7  1  ·  4  4  9  ·          edges of node v: firstEdge[v] ≤ e < firstEdge[v + 1]
 * ```
 *
 * Roots are not nodes; they are rows of their own table. An analysis that needs a single root (dominators) adds one above
 * them, with the ordinal `nodes.count`.
 *
 * A column is `null` if the source does not have its data: a V8 dump has no refcounts.
 *
 * @example
 * const { nodes, edges } = graph;
 * for (let e = nodes.firstEdge[0]; e < nodes.firstEdge[1]; e++) console.log(edges.target[e]); // referents of node 0
 */
export interface HeapGraph {
  /** The kind of input the graph was read from. */
  readonly source: "image" | "heapsnapshot" | "builder";
  /** The nodes, as columns. */
  readonly nodes: NodeColumns;
  /** The edges, as columns. */
  readonly edges: EdgeColumns;
  /** What is held from outside, as columns. */
  readonly roots: RootColumns;
  /** Types, indexed by `nodes.type`. */
  readonly types: readonly GraphType[];
  /** Strings without duplicates. Index 0 is the empty string and means "none". */
  readonly strings: readonly string[];
  /** Raw contents of nodes (text, bytes, numbers; no slots). The search for duplicates uses them. */
  readonly contents: Contents | null;
  /** The division of memory into regions. Only images have it. */
  readonly memory: MemoryMap | null;
}

/** One entry per node. `firstEdge` has one entry more. */
export interface NodeColumns {
  /** The number of nodes. */
  readonly count: number;
  /**
   * An identity that is stable between dumps of one heap: the birth number of a heapwright object, or V8's node id.
   * It is 0 for a young heapwright object, which only address, type and size can match.
   */
  readonly id: Uint32Array | Float64Array;
  /** Address in linear memory, unsigned. */
  readonly address: Uint32Array | null;
  /** Index into `types`. */
  readonly type: Uint32Array;
  /** Index into `strings`: the label of the node, such as the text of a str or the name of a closure. 0: no label. */
  readonly label: Uint32Array;
  /** Bytes of the node: header, slots, fields, and the buffer it owns. */
  readonly selfSize: Uint32Array | Float64Array;
  /** The node's refcount. Meaningless if {@link NodeFlag.IMMORTAL} is set. */
  readonly refcount: Uint32Array | null;
  /** The part of `refcount` from outside the heap: handles, named roots, `incref`. */
  readonly outside: Uint32Array | null;
  /** 0, 1 or 2; {@link NO_GENERATION} for a node in no generation. */
  readonly generation: Uint8Array | null;
  /** Bits of {@link NodeFlag}. */
  readonly flags: Uint16Array;
  /** Index into `strings`: the stack of the allocation, innermost frame first, one frame per line. 0: unknown. */
  readonly site: Uint32Array | null;
  /** First edge of each node, `count + 1` entries. */
  readonly firstEdge: Uint32Array;
}

/** One entry per edge. The edges of a node are adjacent, in slot order. */
export interface EdgeColumns {
  /** The number of edges. */
  readonly count: number;
  /** Ordinal of the node referred to. */
  readonly target: Uint32Array;
  /** A number (index, slot) or an index into `strings`, depending on {@link EdgeColumns.kind}. */
  readonly label: Uint32Array;
  /** An {@link EdgeStrength}, an {@link EdgeLabel} and {@link EDGE_INTERNAL}, or'ed. */
  readonly kind: Uint8Array;
}

/** References to nodes from outside the graph. A node may have several rows. */
export interface RootColumns {
  /** The number of rows. */
  readonly count: number;
  /** Ordinal of the node held. */
  readonly target: Uint32Array;
  /** A {@link RootKind}. */
  readonly kind: Uint8Array;
  /** Index into `strings`: the name of a named root, the site of a handle. 0: none. */
  readonly name: Uint32Array;
  /** Number of the target's outside references that this row explains. 0 for uncounted roots: immortals and V8's roots. */
  readonly references: Uint32Array;
}

/** A type of nodes. */
export interface GraphType {
  /** Unique together with `kind`. Histograms group by both. */
  readonly name: string;
  /** The family: `struct`, `list`, `dict`, `str` … in images; `object`, `closure`, `string` … in V8 dumps. */
  readonly kind: string;
  /** Names of its reference slots, for edges labelled {@link EdgeLabel.SLOT}. */
  readonly fields: readonly string[];
}

/** The contents of node v are `bytes.subarray(offset[v], offset[v] + length[v])`. It has none if `offset[v]` is {@link NO_NODE}. */
export interface Contents {
  /** The contents of all nodes. */
  readonly bytes: Uint8Array;
  /** By node: where its contents begin in `bytes`, or {@link NO_NODE}. */
  readonly offset: Uint32Array;
  /** By node: bytes of its contents. */
  readonly length: Uint32Array;
}

/** The regions of linear memory. They cover it without gaps, in address order. */
export interface MemoryMap {
  /** Size of linear memory, in bytes. */
  readonly bytes: number;
  /** The regions, as columns. */
  readonly regions: RegionColumns;
}

/** One entry per run of pages. */
export interface RegionColumns {
  /** The number of regions. */
  readonly count: number;
  /** Where the region begins in linear memory. */
  readonly address: Uint32Array;
  /** Bytes, a multiple of the page size. */
  readonly bytes: Float64Array;
  /** A {@link RegionKind}. */
  readonly kind: Uint8Array;
  /** Bytes of one block (the size class). 0 for regions without blocks. */
  readonly blockBytes: Uint32Array;
  /** The number of blocks. 0 for regions without blocks. */
  readonly blocks: Uint32Array;
  /** The number of blocks in use. */
  readonly blocksUsed: Uint32Array;
}

/** What a region of memory serves: `regions.kind`. */
export const RegionKind = {
  /** Pages that serve nothing. */
  FREE: 0,
  /** Pages of blocks of one size class. */
  SPAN: 1,
  /** One block that is larger than every size class. */
  LARGE: 2,
  /** The heap's own tables. */
  OVERHEAD: 3,
} as const;
export type RegionKind = (typeof RegionKind)[keyof typeof RegionKind];

/** Stands for "no node" in place of an ordinal. */
export const NO_NODE = 0xffff_ffff;
/** Stands for "in no generation" in place of 0, 1 or 2: the node is not tracked. */
export const NO_GENERATION = 0xff;

/** Bits of `nodes.flags`. */
export const NodeFlag = {
  /** The node is not an object: one of V8's root groups. */
  SYNTHETIC: 1 << 0,
  /** The object is immortal: its refcount is ignored (PEP 683). */
  IMMORTAL: 1 << 1,
  /** Collections visit the object. */
  TRACKED: 1 << 2,
  /** The object's finalizer has run. */
  FINALIZED: 1 << 3,
  /** There are weak references to the object. */
  HAS_WEAKREFS: 1 << 4,
  /** The object was being freed when the dump was taken. */
  DYING: 1 << 5,
  /** The object is in the permanent generation: see `gc.freeze()`. */
  FROZEN: 1 << 6,
  /** `label` is the complete contents: nodes with the same type and label are duplicates. */
  TEXT: 1 << 7,
  /** The object is immutable (tuples): nodes with equal contents and edges could be one node. */
  IMMUTABLE: 1 << 8,
} as const;

/** Whether an edge keeps its target alive: `kind & STRENGTH_MASK`. */
export const EdgeStrength = {
  /** Keeps the target alive, and counts in its refcount. */
  STRONG: 0,
  /** Does neither keep the target alive nor count. */
  WEAK: 1,
  /** From a weak map's key to its value. Keeps the value alive while the map lives too. Key and map together count as one reference. */
  EPHEMERON_KEY: 2,
  /** From the weak map to the same value. Does not count. Dominator trees ignore it, because the key retains the value. */
  EPHEMERON_MAP: 3,
} as const;
/** The bits of `edges.kind` that hold an {@link EdgeStrength}. */
export const STRENGTH_MASK = 3;

/** The meaning of an edge's label: `kind & LABEL_MASK`. */
export const EdgeLabel = {
  /** `label` is a number: an index of a list or tuple. */
  INDEX: 0 << 2,
  /** `label` is a slot: its name is `types[type of the source].fields[label]`. */
  SLOT: 1 << 2,
  /** `label` is an index into `strings`. */
  NAME: 2 << 2,
} as const;
/** The bits of `edges.kind` that hold an {@link EdgeLabel}. */
export const LABEL_MASK = 3 << 2;

/** The engine made the edge, not the program: `kind & EDGE_INTERNAL`. */
export const EDGE_INTERNAL = 1 << 4;
/**
 * The edge does not explain why its target lives; another edge closer to the program does. Dominator trees and paths
 * ignore it. Example: V8's debugger holds objects of a page.
 */
export const EDGE_ASIDE = 1 << 5;
/**
 * `kind & NOT_RETAINING` is 0 for the edges that dominator trees and paths follow: strong edges, and edges from the key of
 * a weak map's entry.
 */
export const NOT_RETAINING = EdgeStrength.WEAK | EDGE_ASIDE;

/** What holds a node from outside: `roots.kind`. */
export const RootKind = {
  /** A live handle. */
  HANDLE: 0,
  /** An entry of `heap.roots`. */
  NAMED: 1,
  /** The node itself: it is immortal. */
  IMMORTAL: 2,
  /** The heap's own state: `gc.garbage`, operands of a running operation, references of an object that is being freed. */
  RUNTIME: 3,
  /** V8's root. */
  ENGINE: 4,
} as const;
export type RootKind = (typeof RootKind)[keyof typeof RootKind];
/** The names of {@link RootKind}, for reports: `ROOT_KIND_NAMES[RootKind.NAMED]` is "named root". */
export const ROOT_KIND_NAMES: readonly string[] = ["handle", "named root", "immortal", "runtime", "engine"];
