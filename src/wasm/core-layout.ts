/**
 * How the core lays out its own state, for the host that reads and writes it: the control block with what lies behind
 * it, page descriptors, type descriptors, size classes.
 *
 * `assembly/` has the originals, which are classes that TypeScript cannot compile; `tests/core/core-layout.test.ts`
 * holds the two against each other, and `LAYOUT_VERSION` changes with them.
 */
import { MAX_CLASS_SIZE } from "../../assembly/layout.js";

/** See `assembly/control.ts`. */
export const LAYOUT_VERSION = 9;

/** What becomes of a field of the control block in an image. */
export type FieldRole =
  /** It is in the image. */
  | "saved"
  /** Found anew from everything else. */
  | "derived"
  /** Means something only in the middle of an operation. */
  | "scratch";

/** The fields of `Control`, in order: 32 bits each, or 64 where it says so. */
export const CONTROL_FIELDS = {
  version: "derived",
  firstPage: "saved",
  endPage: "saved",
  limitPage: "saved",
  freePages: "derived",
  pagesInUse: "derived",
  descriptorPages: "derived",
  bitmapPages: "derived",
  freeTrees: "derived",
  noSpans: "derived",
  markStack: "derived",
  greyWords: "scratch",
  greyNext: "scratch",
  greyCursor: "scratch",
  greyNoted: "scratch",
  isWide: "scratch",
  spillsLeft: "scratch",
  spillsBefore: "scratch",
  markedOld: "scratch",
  types: "derived",
  typeCapacity: "saved",
  typeCount: "saved",
  typesBuffer: "saved",
  rootsMapBuffer: "saved",
  rootsMapCapacity: "saved",
  rootsMapSize: "derived",
  weakrefMapBuffer: "saved",
  weakrefMapCapacity: "saved",
  weakrefMapSize: "derived",
  entryMapBuffer: "saved",
  entryMapCapacity: "saved",
  entryMapSize: "derived",
  entryIndexBuffer: "saved",
  entryIndexCapacity: "saved",
  entryIndexSize: "derived",
  weakrefs: "derived",
  internBuffer: "saved",
  internCapacity: "saved",
  internSize: "derived",
  loans: "scratch",
  hashSeed: "saved",
  unhashable: "scratch",
  none: "saved",
  falseObject: "saved",
  trueObject: "saved",
  smallInts: "saved",
  emptyTuple: "saved",
  enabled: "saved",
  pauses: "scratch",
  birthsLimit: "derived",
  pagesLimit: "derived",
  byteThreshold: "saved",
  pagesAfter: "saved",
  pagesAfterFull: "saved",
  collecting: "scratch",
  clearing: "scratch",
  debug: "saved",
  garbage: "saved",
  clearsAllWeakrefs: "saved",
  hasHooks: "saved",
  garbageHasHooks: "scratch",
  candidates: "saved",
  freedBytes: "saved",
  threshold0: "saved",
  threshold1: "saved",
  threshold2: "saved",
  count0: "saved",
  count1: "saved",
  count2: "saved",
  oldCount: "derived",
  frozenCount: "derived",
  longLivedTotal: "saved",
  longLivedPending: "saved",
  collections0: "saved",
  collections1: "saved",
  collections2: "saved",
  collected0: "saved",
  collected1: "saved",
  collected2: "saved",
  bounded: "saved",
  phase: "scratch",
  marking: "scratch",
  walkPage: "scratch",
  cursor: "scratch",
  markTop: "scratch",
  partial: "scratch",
  partialStage: "scratch",
  partialSlot: "scratch",
  partialEntry: "scratch",
  partialIsAtomic: "scratch",
  work: "scratch",
  birthsPerStep: "scratch",
  unitsPerBirth: "scratch",
  cycleBirths: "scratch",
  cycleBound: "scratch",
  lastGarbage: "scratch",
  cycleLinked: "scratch",
  cycleLeaves: "scratch",
  cycleCost: "scratch",
  phaseMarked: "scratch",
  youngWork: "scratch",
  lastStep: "scratch",
  steps: "scratch",
  isHurried: "scratch",
  cycleCandidates: "scratch",
  cycleCollected: "scratch",
  cycleFreed: "scratch",
  savesGarbage: "scratch",
  pendingChain: "scratch",
  pendingAt: "scratch",
  dyingTop: "scratch",
  dyingFloor: "scratch",
  dropsLeft: "scratch",
  nesting: "scratch",
  room: "scratch",
  waitingFirst: "scratch",
  waitingLast: "scratch",
  callbacksFirst: "scratch",
  callbacksLast: "scratch",
  verifyAddress: "scratch",
  liveObjects: "scratch",
  liveBlocks: "scratch",
  liveBytes: "scratch",
  collectAlways: "scratch",
  failCountdown: "scratch",
  births: "saved",
  frozenUpTo: "saved",
  cycleWork: "scratch",
  phaseWork: "scratch",
  snapshot: "scratch",
  decidedFrozen: "scratch",
} as const satisfies Record<string, FieldRole>;

export type ControlField = keyof typeof CONTROL_FIELDS;

/** Where the buffers of the heap's own tables are: of types, and the side tables (assembly/heap/hash-table.ts). */
export const TABLE_BUFFERS = [
  "typesBuffer",
  "rootsMapBuffer",
  "weakrefMapBuffer",
  "entryMapBuffer",
  "entryIndexBuffer",
  "internBuffer",
] as const satisfies readonly ControlField[];

const WIDE: ReadonlySet<string> = new Set([
  "liveBytes",
  "births",
  "frozenUpTo",
  "cycleWork",
  "snapshot",
  "decidedFrozen",
] satisfies ControlField[]);
const SIGNED: ReadonlySet<string> = new Set([
  "birthsLimit",
  "threshold0",
  "threshold1",
  "threshold2",
  "count0",
  "count1",
  "count2",
  "work",
  "youngWork",
  "lastStep",
  "dropsLeft",
  "birthsPerStep",
] satisfies ControlField[]);

export interface ControlPlace {
  readonly field: ControlField;
  readonly offset: number;
  readonly bytes: 4 | 8;
  readonly isSigned: boolean;
}

/** Where each field lies. */
export const CONTROL_PLACES: readonly ControlPlace[] = /* @__PURE__ */ placesOf(
  /* @__PURE__ */ Object.keys(CONTROL_FIELDS) as ControlField[],
);

function placesOf(fields: readonly ControlField[]): ControlPlace[] {
  let end = 0;
  return fields.map((field) => {
    const bytes = WIDE.has(field) ? 8 : 4;
    const offset = (end + bytes - 1) & -bytes;
    end = offset + bytes;
    return { field, offset, bytes, isSigned: SIGNED.has(field) };
  });
}

/** Those that are in an image, which has them side by side in this order. */
export const SAVED_PLACES = /* @__PURE__ */ CONTROL_PLACES.filter(({ field }) => CONTROL_FIELDS[field] === "saved");

/** A control block's numbers. Those of 64 bits as doubles: births stay below MAX_BIRTHS. */
export type ControlValues = Record<ControlField, number>;

/**
 * Whether a marking is under way whose bits mean something beyond the operation that made them: the two bitmaps would
 * then belong into the image, page by page. Never, as long as a collection is over before anyone can ask for
 * one: a restored heap gets zeros.
 */
export function needsBitmaps({ collecting }: ControlValues): boolean {
  return collecting !== 0;
}

// ---- Behind the control block, in this order

export const CONTROL_SIZE = 640;
/** Parts of the page descriptors. */
export const DESCRIPTORS_OFFSET = CONTROL_SIZE;
/** Parts of the bitmaps. */
export const BITMAPS_OFFSET = DESCRIPTORS_OFFSET + 32 * 4;
/** Roots of the trees of free runs, one for each doubling of their length. */
export const FREE_TREES_OFFSET = BITMAPS_OFFSET + 2048 * 4;
export const FREE_TREES = 16;
const LISTS_OFFSET = FREE_TREES_OFFSET + FREE_TREES * 4;
/** Heads of the generations' lists: `next` and `prev` are the eight bytes in front of each. */
export const GENERATION_OFFSETS = [LISTS_OFFSET + 8, LISTS_OFFSET + 16] as const;
export const CLASSES_OFFSET = LISTS_OFFSET + 5 * 8;
export const CLASS_RECORD_SIZE = 24;
/** Where a class's record has the numbers of the last census. */
export const CLASS_RECORD = { pages: 12, used: 16, free: 20 } as const;
/** Where a type's has them. */
export const TYPE_RECORD = { count: 24, bytes: 28 } as const;

// ---- Page descriptors: assembly/memory/page.ts

export const PAGE_FREE = 1;
export const PAGE_SPAN = 2;
export const PAGE_LARGE = 3;
export const PAGE_INSIDE = 4;
export const PAGE_TABLE = 5;
/** In `used`: the span is in no list, and full; it is the first of its list. */
export const FULL = 0x80000000;
export const FIRST = 0x40000000;
/** `blockSize` of a large block, and how far its `end` is behind its object's address. */
export const LARGE_STRIDE = 8;
export const DESCRIPTOR_SIZE = 32;

// ---- Tables: assembly/memory/tables.ts

/** Log2 of the pages that a part of a table is about, and pages that the bootstrap area is. */
export const DESCRIPTORS_SHIFT = 11;
export const BOOTSTRAP_DESCRIPTORS = 512;
export const BITMAPS_SHIFT = 5;
export const BOOTSTRAP_BITMAPS = 16;
export const BOOTSTRAP_BITMAP_BYTES = BOOTSTRAP_BITMAPS << (16 - BITMAPS_SHIFT);
/** Most pages of an address space, less one. */
export const MAX_PAGES = 0xffff;

/** Blocks of leaf objects, and of objects with links in front of their header. */
export const BLOCK_LEAF = 0;
export const BLOCK_LINKED = 1;

/** Bytes that a checked core guards behind each payload, the byte it fills them with, and that of freed memory. */
export const GUARD_SIZE = 8;
export const GUARD_BYTE = 0xfd;
export const FREED_BYTE = 0xdd;

// ---- Size classes: assembly/memory/size-class.ts

const SMALLEST = 16;
const FINE_LIMIT = 256;
const FINE_CLASSES = (FINE_LIMIT - SMALLEST) / 8 + 1;
export const CLASS_COUNT = FINE_CLASSES + 7 * 8 + 1;
/** Size class of what has a run of its own. */
export const LARGE = CLASS_COUNT;

/** Bytes of a block of each class, and pages of a span. */
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

/** Size class for a block of so many bytes. */
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

/** Entries that an index of 2^log cells serves: assembly/containers/index-cells.ts. */
export function tableCapacity(log: number): number {
  return Math.floor(2 ** (log + 1) / 3);
}
/** Log2 of the bytes of a cell of such an index. */
export function cellShift(log: number): number {
  return log <= 8 ? 0 : log <= 16 ? 1 : 2;
}
export function tableBufferBytes(log: number, width: 1 | 2): number {
  return tableCapacity(log) * (4 * width + 4) + 2 ** (log + cellShift(log));
}

/** Most births that an image may have: garbage is sorted in rounds of 2^35 of them. */
export const MAX_BIRTHS = 2 ** 45;
