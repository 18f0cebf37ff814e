// The control block: all state of allocator and collector, at a fixed place in linear memory.
//
// Nothing lives in wasm globals, so a copy of the bytes is a copy of the heap. The block is a
// static area, whose address the compiler folds into every access.

import { MAX_TUPLE_DEPTH } from "./layout";
import { CLASS_COUNT } from "./memory/size-class";

/** Bumped whenever a byte of the control block or of the tables changes its meaning. */
export const LAYOUT_VERSION: u32 = 9;


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
  /** Always 0: where a span would be found for blocks that have none. */
  noSpans: u32;

  // The marking of a full collection: see collect/mark/mark.ts.
  markStack: u32;
  /** Grey objects that are noted by place: see heap/grey.ts. Words of pages that are not 0. */
  greyWords: u32;
  /** Number of the part that is looked at next. */
  greyNext: u32;
  /** Where the scanning of the part taken last goes on; 0 = it is done. */
  greyCursor: u32;
  /** Objects noted in this round; and whether all are that do not lie in the part taken last. */
  greyNoted: u32;
  isWide: u32;
  /** How often the mark stack may be spilled until then, and how often it was to be the last time. */
  spillsLeft: u32;
  spillsBefore: u32;
  /** Old objects that the marking has scanned. */
  markedOld: u32;

  // Types.
  types: u32;
  typeCapacity: u32;
  typeCount: u32;
  typesBuffer: u32; // 0 while the table lies in the bootstrap area

  // Side tables: see heap/hash-table.ts. Each is a buffer, its capacity, and how many keys it has.
  /** Object → references from outside, where the header cannot count them. */
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
  weakrefs: u32;
  /** Hash → interned string: see values/intern.ts. */
  internBuffer: u32;
  internCapacity: u32;
  internSize: u32;
  /** Buffers lent to the host: see heap/loan.ts. */
  loans: u32;

  // Keys.
  hashSeed: u32;
  /** The type that made the last key unhashable. */
  unhashable: u32;

  // Immortals.
  none: u32;
  falseObject: u32;
  trueObject: u32;
  smallInts: u32;
  emptyTuple: u32;

  // When to collect: see collect/trigger.ts.
  enabled: u32;
  /** Reasons to wait that nest. */
  pauses: u32;
  /** `count0` beyond this is one birth too many … */
  birthsLimit: i32;
  /** … and `pagesInUse` beyond this are too many bytes. */
  pagesLimit: u32;
  /** Bytes by which the heap may grow between collections; 0 = any. */
  byteThreshold: u32;
  /** `pagesInUse` after the last collection, and after the last full one. */
  pagesAfter: u32;
  pagesAfterFull: u32;

  // Collector.
  collecting: u32;
  /** Whether the collection clears the slots of what it found to be garbage. */
  clearing: u32;
  /** DEBUG_*. */
  debug: u32;
  /** The list `gc.garbage`; 0 = nobody has asked for it. */
  garbage: u32;
  /** Whether weak references to garbage die before its finalizers run, with a callback or without, as in CPython 3.12. */
  clearsAllWeakrefs: u32;
  /** Whether there ever was a finalizer or a weak reference. */
  hasHooks: u32;
  /** Whether the garbage just found, or what may die with it, has finalizers or weak references. */
  garbageIsLoud: u32;
  /** Objects that the last collection looked at, and bytes that it gave back. */
  candidates: u32;
  freedBytes: u32;
  threshold0: i32;
  threshold1: i32;
  threshold2: i32;
  count0: i32;
  count1: i32;
  count2: i32;
  // Tracked objects of generation 2: see heap/generations.ts, which alone writes these.
  /** All of them, frozen ones included; and the frozen ones. */
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
  /** Not 0 while references may not vanish unseen: see heap/barrier.ts. */
  marking: u32;
  /** Where the cycle's walk or pass stands: a page, and an address in it. */
  walkPage: u32;
  cursor: u32;
  /** Top of the stack of what is marked behind the cursor. */
  markTop: u32;
  /** A large object that has been scanned up to a slot, or the large weak map to scan from an entry on. */
  partial: u32;
  /** PART_*: what of it is being scanned; and the slot or the entry to go on with. */
  partialStage: u32;
  partialSlot: u32;
  partialEntry: u32;
  /** Whether the slots scanned so far hold nothing that could be part of a cycle. */
  partialIsAtomic: u32;
  /** Units of work left in the step under way. */
  work: i32;
  /** What the pace is: births between steps, units for each birth, births since the cycle began, and how many there should be at most. */
  birthsPerStep: i32;
  unitsPerBirth: u32;
  cycleBirths: u32;
  cycleBound: u32;
  /** Garbage that the last cycle found. */
  lastGarbage: u32;
  /** Blocks in use when the cycle began, with links and without. */
  cycleLinked: u32;
  cycleLeaves: u32;
  /** Units of work for each block that the cycles before took, in sixteenths; 0 = there was none. */
  cycleCost: u32;
  /** Old objects that were marked when the phase under way began. */
  phaseMarked: u32;
  /** Units by which steps are ahead: young collections have taken them out of the steps to come. Below 0 they owe them. */
  youngWork: i32;
  /** `count0` at the last step. */
  lastStep: i32;
  /** The cycle so far, for its record. */
  steps: u32;
  isHurried: u32;
  cycleCandidates: u32;
  cycleCollected: u32;
  cycleFreed: u32;
  /** Whether DEBUG_SAVEALL was on when it was decided who is dead. */
  savesGarbage: u32;
  /** Garbage with finalizers that is not sorted yet, and the next of the sorted that is to be scanned. */
  pendingChain: u32;
  pendingAt: u32;

  // Death: see death/death.ts, and death/hooks.ts, which alone writes the fields below `dropsLeft`.
  /** Top of the stack of dying objects whose slots are not all dropped; the others follow by `next`. */
  dyingTop: u32;
  /** What of the stack belongs to deaths that wait for the innermost hook to return: from here down. */
  dyingFloor: u32;
  /** Budget of the loop, while it drops the slots of one object. */
  dropsLeft: i32;
  /** Hooks that are running, one inside the other. */
  nesting: u32;
  /** Whether the host's stack has room for a hook: 0 = nobody has asked yet. */
  room: u32;
  /** The queue of objects whose finalizer could not run, linked by `next`. */
  waitingFirst: u32;
  waitingLast: u32;
  /** Weak references whose callback could not run, linked by their own `next`, and held. */
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
  /** Units of work that the cycle has taken so far, and had when the phase under way began. */
  cycleWork: u64;
  phaseWork: u64;
  /** Old objects born before this are those of the cycle's snapshot … */
  snapshot: u64;
  /** … and those born before this were frozen when it was decided who is dead. */
  decidedFrozen: u64;
}

const CONTROL_SIZE = 640;
if (<i32>offsetof<Control>() > CONTROL_SIZE) ERROR("Control does not fit its area");

/** Parts of the page descriptors: one address for every 2,048 pages of address space. */
const DESCRIPTORS_SIZE = 32 * 4;
/** Parts of the bitmaps: one address for every 32 pages of address space. */
const BITMAPS_SIZE = 2048 * 4;
/** Roots of the trees of free runs. */
const FREE_TREES_SIZE = 16 * 4;
/** For each size class and block kind the first page with room, then each class's span and census. */
export const CLASS_RECORD_SIZE = 24;
const CLASSES_SIZE = CLASS_COUNT * CLASS_RECORD_SIZE;
/** Five list heads, each a link pair as in front of an object. */
const LISTS_SIZE = 5 * 8;
/** Pages with grey objects: see heap/grey.ts. */
const GREY_SIZE = 65536 / 8 + 65536 / 8 / 64;

/** Where walks over tuples in tuples keep the way back: see values/key.ts. */
const TUPLE_STACK_SIZE = MAX_TUPLE_DEPTH * 12;

const AREA: usize = memory.data(
  CONTROL_SIZE +
    DESCRIPTORS_SIZE +
    BITMAPS_SIZE +
    FREE_TREES_SIZE +
    LISTS_SIZE +
    CLASSES_SIZE +
    GREY_SIZE +
    TUPLE_STACK_SIZE,
  64,
);

export const control = changetype<Control>(AREA);
/** Directories of the tables, one behind the other: see memory/tables.ts. */
export const DESCRIPTORS: usize = AREA + CONTROL_SIZE;
export const BITMAPS: usize = DESCRIPTORS + DESCRIPTORS_SIZE;
export const FREE_TREES: usize = BITMAPS + BITMAPS_SIZE;
/** List heads stand for the object behind them, so that links work alike on both. */
export const GENERATION_0: usize = FREE_TREES + FREE_TREES_SIZE + 8;
export const GENERATION_1: usize = GENERATION_0 + 8;
/** What a collection found to be garbage. Empty between collections. */
export const UNREACHABLE: usize = GENERATION_1 + 8;
/** Garbage whose finalizers have been seen to. Empty between collections. */
export const FINALIZED: usize = UNREACHABLE + 8;
/** Garbage with finalizers that a cycle is going to run. */
export const PENDING: usize = FINALIZED + 8;
export const CLASSES: usize = PENDING;
export const GREY_PAGES: usize = CLASSES + CLASSES_SIZE;
export const TUPLE_STACK: usize = GREY_PAGES + GREY_SIZE;
export const TUPLE_STACK_END: usize = TUPLE_STACK + TUPLE_STACK_SIZE;
