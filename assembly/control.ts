// The control block: all state of allocator and collector, at a fixed place in linear memory.
//
// Nothing lives in wasm globals, so a copy of the bytes is a copy of the heap. The block is a static area: the compiler
// knows its address and folds it into every access, so a field costs what a global would. It takes 640 bytes; the
// directories, list heads and stacks behind it another 30 KiB.

import { MAX_KEY_DEPTH } from "./layout";
import { CLASS_COUNT } from "./memory/size-class";

/**
 * Incremented whenever a byte of the control block or of the tables changes its meaning. Images of other versions are rejected.
 */
export const LAYOUT_VERSION: u32 = 10;


@unmanaged
export class Control {
  version: u32;

  // Pages, as page numbers: address / 64 KiB.
  firstPage: u32;
  endPage: u32;
  limitPage: u32;
  freePages: u32;
  /** Pages that serve objects. */
  pagesInUse: u32;
  /** Pages that hold descriptors, and bitmaps; 0 while those lie in the bootstrap area: see memory/tables.ts. */
  descriptorPages: u32;
  bitmapPages: u32;
  /** Bit b is set when tree b of free runs is not empty: see memory/free-runs.ts. */
  freeTrees: u32;
  /** Always 0: the empty list of spans for types of large blocks, so that `takeBlock` needs no special case. */
  noSpans: u32;

  // The marking of a full collection: see collect/mark/mark.ts.
  markStack: u32;
  /** Words of grey pages that are not 0: see heap/grey.ts. */
  greyWords: u32;
  /** Number of the part where the search for the next grey part starts. */
  greyNext: u32;
  /** Where the scan of the part taken last continues, as an address; 0 = that part is scanned. */
  greyCursor: u32;
  /** Objects noted in this round. */
  greyNoted: u32;
  /** Whether marking is wide: objects outside of the part taken last are noted. */
  isWide: u32;
  /** How often the mark stack may still be spilled before marking is wide again; the initial value of that number. */
  spillsLeft: u32;
  spillsBefore: u32;
  /** Old objects that the marking has scanned. */
  markedOld: u32;

  // Types.
  types: u32;
  typeCapacity: u32;
  typeCount: u32;
  typesBuffer: u32; // 0 while the table lies in the bootstrap area

  // The core's hash tables: see heap/hash-table.ts. Each is a buffer, its capacity, and the number of its keys.
  /** Object → references from outside, if there are too many for the header. */
  rootsMapBuffer: u32;
  rootsMapCapacity: u32;
  rootsMapSize: u32;
  /** Object → first weak reference to it. */
  weakrefMapBuffer: u32;
  weakrefMapCapacity: u32;
  weakrefMapSize: u32;
  /** Key of weak maps → its first entry. */
  entryMapBuffer: u32;
  entryMapCapacity: u32;
  entryMapSize: u32;
  /** Hash of weak map and key → their entry. */
  entryIndexBuffer: u32;
  entryIndexCapacity: u32;
  entryIndexSize: u32;
  /** Number of live weak references. */
  weakrefs: u32;
  /** Hash → interned string: see values/intern.ts. */
  internBuffer: u32;
  internCapacity: u32;
  internSize: u32;
  /** Buffers lent to the host: see heap/loan.ts. */
  loans: u32;

  // Keys.
  hashSeed: u32;
  /** The type of the last object that was not hashable. */
  unhashable: u32;

  // Immortals.
  none: u32;
  falseObject: u32;
  trueObject: u32;
  smallInts: u32;
  emptyTuple: u32;

  // When to collect: see collect/trigger.ts.
  enabled: u32;
  /** Number of nested pauses of collection. */
  pauses: u32;
  /** A birth that takes `count0` beyond this limit looks for work: see collect/limits.ts. */
  birthsLimit: i32;
  /** Pages in use beyond this limit make the next birth collect. */
  pagesLimit: u32;
  /** Bytes by which the heap may grow between collections; 0 = no limit. */
  byteThreshold: u32;
  /** `pagesInUse` after the last collection, and after the last full one. */
  pagesAfter: u32;
  pagesAfterFull: u32;

  // Collector.
  collecting: u32;
  /** Whether the collection clears the slots of its garbage: CLEARING* of heap/barrier.ts, or 0. */
  clearing: u32;
  /** DEBUG_*. */
  debug: u32;
  /** The list `gc.garbage`; 0 = it does not exist yet. */
  garbage: u32;
  /** Whether all weak references to garbage are cleared before its finalizers run, as in CPython 3.12. */
  clearsAllWeakrefs: u32;
  /** Whether there has ever been a finalizer or a weak reference. */
  hasHooks: u32;
  /** Not 0 if the latest garbage, or an object that may die with it, has finalizers or weak references. */
  garbageHasHooks: u32;
  /** Objects that the last collection examined, and bytes that it freed. */
  candidates: u32;
  freedBytes: u32;
  threshold0: i32;
  threshold1: i32;
  threshold2: i32;
  count0: i32;
  count1: i32;
  count2: i32;
  // Numbers of generation 2. Only heap/generations.ts writes them, and says what they count.
  oldCount: u32;
  frozenCount: u32;
  longLivedTotal: u32;
  longLivedPending: u32;
  collections0: u32;
  collections1: u32;
  collections2: u32;
  collected0: u32;
  collected1: u32;
  collected2: u32;

  // Bounded pauses: see collect/cycle/.
  bounded: u32;
  /** PHASE_*. */
  phase: u32;
  /** Not 0 while the write barrier is on: see heap/barrier.ts. */
  marking: u32;
  /** Where the cycle's walk over pages continues: a page, and an address in it. */
  walkPage: u32;
  cursor: u32;
  /** Top of the mark stack. */
  markTop: u32;
  /** The object that is being scanned, or swept, in parts; 0 = none. */
  partial: u32;
  /** PART_*: which references are scanned; the slot or entry to continue with. */
  partialStage: u32;
  partialSlot: u32;
  partialEntry: u32;
  /** Whether the slots scanned so far hold nothing that could be part of a cycle. */
  partialIsAtomic: u32;
  /** Units of work left in the step under way. */
  work: i32;
  /**
   * The pace: births between steps, units of work for each birth, births since the cycle began, and the number of births
   * within which it should end.
   */
  birthsPerStep: i32;
  unitsPerBirth: u32;
  cycleBirths: u32;
  cycleBound: u32;
  /** Objects that the last cycle collected. */
  lastGarbage: u32;
  /** Blocks in use when the cycle began: those with links, and those without. */
  cycleLinked: u32;
  cycleLeaves: u32;
  /** Units of work for each block, in sixteenths, measured in earlier cycles; 0 = there was none. */
  cycleCost: u32;
  /** Number of marked old objects when the current phase began. */
  phaseMarked: u32;
  /**
   * Units of work by which the steps are ahead: young collections do work that is deducted from the following steps.
   * Negative: units by which the steps are behind.
   */
  youngWork: i32;
  /** `count0` at the last step. */
  lastStep: i32;
  /** Statistics of the current cycle. */
  steps: u32;
  isHurried: u32;
  cycleCandidates: u32;
  cycleCollected: u32;
  cycleFreed: u32;
  /** Whether DEBUG_SAVEALL was on when the cycle decided which objects are garbage. */
  savesGarbage: u32;
  /** Garbage with finalizers: a chain that is not sorted yet, and the next object on PENDING that is to be scanned. */
  pendingChain: u32;
  pendingAt: u32;

  // Death: see death/death.ts, and death/hooks.ts, which alone writes the fields below `dropsLeft`.
  /** Top of the stack of dying objects whose slots are not all dropped; the others follow by `next`. */
  dyingTop: u32;
  /** The stack from here down belongs to deaths that wait for the innermost hook to return. */
  dyingFloor: u32;
  /** Budget of the loop of deaths, while it drops the slots of one object. */
  dropsLeft: i32;
  /** How many hooks are running, one inside the other. */
  nesting: u32;
  /** Whether the host's stack has room for a hook: 0 = not known yet, 1 = yes, 2 = no. */
  room: u32;
  /** The queue of deferred objects: their finalizer could not run. Linked by `next`. */
  waitingFirst: u32;
  waitingLast: u32;
  /** The queue of deferred callbacks: weak references, held, linked by their own `next`. */
  callbacksFirst: u32;
  callbacksLast: u32;

  // verify and census.
  verifyAddress: u32;
  liveObjects: u32;
  liveBlocks: u32;
  liveBytes: u64;

  // Torture, checked build only.
  collectAlways: u32;
  failCountdown: u32;

  /** The next birth number: one for each promotion to generation 2. */
  births: u64;
  /** Old objects born before this are frozen. */
  frozenUpTo: u64;
  /** Units of work that the cycle has done so far, and those done when the current phase began. */
  cycleWork: u64;
  phaseWork: u64;
  /** Old objects with a birth number below this belong to the snapshot of the cycle. */
  snapshot: u64;
  /** `frozenUpTo` at the moment when the cycle decided which objects are garbage. */
  decidedFrozen: u64;
}

const CONTROL_SIZE = 640;
if (<i32>offsetof<Control>() > CONTROL_SIZE) ERROR("Control does not fit its area");

/** The directory of the page descriptors: one address for every 2,048 pages of address space. */
const DESCRIPTORS_SIZE = 32 * 4;
/** The directory of the bitmaps: one address for every 32 pages of address space. */
const BITMAPS_SIZE = 2048 * 4;
/** Roots of the trees of free runs. */
const FREE_TREES_SIZE = 16 * 4;
/** See ClassRecord in memory/span-lists.ts. */
export const CLASS_RECORD_SIZE = 24;
const CLASSES_SIZE = CLASS_COUNT * CLASS_RECORD_SIZE;
/** Five list heads, each a link pair as in front of an object. */
const LISTS_SIZE = 5 * 8;
/** Pages with grey objects: see heap/grey.ts. */
const GREY_SIZE = 65536 / 8 + 65536 / 8 / 64;

/** The stack of walks over tuples and sets that are nested: see values/key.ts and containers/compare.ts. */
export const KEY_FRAME: usize = 16;
const KEY_STACK_SIZE = MAX_KEY_DEPTH * <i32>KEY_FRAME;

const AREA: usize = memory.data(
  CONTROL_SIZE +
    DESCRIPTORS_SIZE +
    BITMAPS_SIZE +
    FREE_TREES_SIZE +
    LISTS_SIZE +
    CLASSES_SIZE +
    GREY_SIZE +
    KEY_STACK_SIZE,
  64,
);

export const control = changetype<Control>(AREA);
/** Directories of the tables of descriptors and bitmaps, one behind the other: see memory/tables.ts. */
export const DESCRIPTORS: usize = AREA + CONTROL_SIZE;
export const BITMAPS: usize = DESCRIPTORS + DESCRIPTORS_SIZE;
export const FREE_TREES: usize = BITMAPS + BITMAPS_SIZE;
/** A list head is addressed as if it were an object: its links lie in front of the address. */
export const GENERATION_0: usize = FREE_TREES + FREE_TREES_SIZE + 8;
export const GENERATION_1: usize = GENERATION_0 + 8;
/** Garbage that a collection has found. Empty between collections. */
export const UNREACHABLE: usize = GENERATION_1 + 8;
/** Garbage whose finalizers have run, or which has none. Empty between collections. */
export const FINALIZED: usize = UNREACHABLE + 8;
/** Garbage with finalizers that a bounded cycle is going to run. */
export const PENDING: usize = FINALIZED + 8;
export const CLASSES: usize = PENDING;
export const GREY_PAGES: usize = CLASSES + CLASSES_SIZE;
export const KEY_STACK: usize = GREY_PAGES + GREY_SIZE;
export const KEY_STACK_END: usize = KEY_STACK + KEY_STACK_SIZE;
