/**
 * The layout of the core's state, for host code that reads and writes it: the memory behind the control block (for the block
 * itself see `control-fields.ts`), page descriptors, type descriptors, size classes.
 *
 * `assembly/` defines the layout in classes that TypeScript cannot compile. `tests/core/core-layout.test.ts` compares both.
 * `LAYOUT_VERSION` must change with the layout.
 */
import { MAX_CLASS_SIZE } from "../../assembly/layout.js";

/** See `assembly/control.ts`. */
export const LAYOUT_VERSION = 10;

// ---- Behind the control block, in this order

export const CONTROL_SIZE = 640;
/** The directory of the page descriptors: the address of each part. */
export const DESCRIPTORS_OFFSET = CONTROL_SIZE;
/** The directory of the bitmaps. */
export const BITMAPS_OFFSET = DESCRIPTORS_OFFSET + 32 * 4;
/** Roots of the trees of free runs, one tree for each power of two of their length. */
export const FREE_TREES_OFFSET = BITMAPS_OFFSET + 2048 * 4;
export const FREE_TREES = 16;
const LISTS_OFFSET = FREE_TREES_OFFSET + FREE_TREES * 4;
/** Heads of the generations' lists. `next` and `prev` are the eight bytes before each. */
export const GENERATION_OFFSETS = [LISTS_OFFSET + 8, LISTS_OFFSET + 16] as const;
export const CLASSES_OFFSET = LISTS_OFFSET + 5 * 8;
export const CLASS_RECORD_SIZE = 24;
/** Offsets of the last census's numbers in the record of a size class. */
export const CLASS_RECORD = { pages: 12, used: 16, free: 20 } as const;
/** Offsets of the last census's numbers in the record of a type. */
export const TYPE_RECORD = { count: 24, bytes: 28 } as const;

// ---- Page descriptors: assembly/memory/page.ts

export const PAGE_FREE = 1;
export const PAGE_SPAN = 2;
export const PAGE_LARGE = 3;
export const PAGE_INSIDE = 4;
export const PAGE_TABLE = 5;
/** Flags in `used`: the span is full and in no list; the span is the first of its list. */
export const FULL = 0x80000000;
export const FIRST = 0x40000000;
/** `blockSize` of a large block; distance from its object's address to its `end`. */
export const LARGE_STRIDE = 8;
export const DESCRIPTOR_SIZE = 32;

// ---- Tables: assembly/memory/tables.ts

/** Log2 of the pages that one part of a table describes; pages that the bootstrap area describes. */
export const DESCRIPTORS_SHIFT = 11;
export const BOOTSTRAP_DESCRIPTORS = 512;
export const BITMAPS_SHIFT = 5;
export const BOOTSTRAP_BITMAPS = 16;
export const BOOTSTRAP_BITMAP_BYTES = BOOTSTRAP_BITMAPS << (16 - BITMAPS_SHIFT);
/** Number of pages of an address space, minus one. */
export const MAX_PAGES = 0xffff;

/** Kinds of blocks: for leaf objects, and for objects with links in front of their header. */
export const BLOCK_LEAF = 0;
export const BLOCK_LINKED = 1;

/** In a checked core: guard bytes behind each payload, the byte that fills them, and the byte that fills freed memory. */
export const GUARD_SIZE = 8;
export const GUARD_BYTE = 0xfd;
export const FREED_BYTE = 0xdd;

// ---- Size classes: assembly/memory/size-class.ts

const SMALLEST = 16;
const FINE_LIMIT = 256;
const FINE_CLASSES = (FINE_LIMIT - SMALLEST) / 8 + 1;
export const CLASS_COUNT = FINE_CLASSES + 7 * 8 + 1;
/** Size class of objects with a run of their own. */
export const LARGE = CLASS_COUNT;

/** Block size of each class, and pages of a span. */
export const CLASS_SIZES: readonly number[] = /* @__PURE__ */ Array.from({ length: CLASS_COUNT }, (_, index) => {
  if (index < FINE_CLASSES) return SMALLEST + index * 8;
  const step = index - FINE_CLASSES;
  return (9 + (step & 7)) << (5 + (step >>> 3));
});
export const SPAN_PAGES: readonly number[] = /* @__PURE__ */ CLASS_SIZES.map((size) => {
  let pages = 1;
  while (((pages << 16) % size) << 5 > pages << 16) pages++;
  return pages;
});

/** Size class for a block of `size` bytes. */
export function classOf(size: number): number {
  if (size > MAX_CLASS_SIZE) return LARGE;
  if (size <= FINE_LIMIT) return size <= SMALLEST ? 0 : (size - SMALLEST + 7) >>> 3;
  const last = size - 1;
  const doubling = 31 - Math.clz32(last);
  return FINE_CLASSES + (doubling - 8) * 8 + ((last >>> (doubling - 3)) & 7);
}

// ---- Types and tables

export const FIRST_TYPES = 64;
export const MIN_TABLE_LOG = 3;
export const MAX_TABLE_LOG = 27;

/** Maximal number of entries with an index of 2^log cells: see assembly/containers/index-cells.ts. */
export function tableCapacity(log: number): number {
  return ((2 << log) / 3) | 0;
}
/** Log2 of the bytes of a cell of an index with 2^log cells. */
export function cellShift(log: number): number {
  return log <= 8 ? 0 : log <= 16 ? 1 : 2;
}
export function tableBufferBytes(log: number, width: 1 | 2): number {
  return tableCapacity(log) * (4 * width + 4) + (1 << (log + cellShift(log)));
}

/** Maximal number of births in an image: garbage is sorted in rounds of 2^35 births. */
export const MAX_BIRTHS = 2 ** 45;
