// The write barrier of marking, and the question whether an object can still be reached.
//
// A cycle (collect/cycle/) marks what was reachable at one moment, its snapshot (Yuasa 1990). The objects of the
// snapshot are the old ones born before that moment. Objects born later survive the cycle unexamined. The two bits of
// an object give it a colour:
//
//           marked  scanned    means, while the cycle marks
//   white     0        0       not found yet; garbage, if it is of the snapshot and still white when marking ends
//   grey      1        0       reachable; its slots are to be scanned: ahead of the cursor, on the mark stack, in
//                              `partial`, or in a part of a page that heap/grey.ts notes
//   black     1        1       reachable, and each object in its slots is grey or black
//
//   phase                  may be white and reachable        what changes colours
//   CLEARING, PROMOTING    all: bits mean nothing yet        clearing
//   WALKING                what the walk has not passed      roots passed, scanning, the barrier
//   DRAINING               what only grey objects lead to    scanning, the barrier
//   GATHERING              none: white is garbage            nothing
//   MARKING_PENDING        none                              scanning from objects with finalizers
//   FINALIZING, SWEEPING   none                              nothing
//
// The invariant of WALKING and DRAINING: every white object of the snapshot that was reachable when the snapshot was
// taken can still be reached by a path of white objects of the snapshot, from a grey object or from a root that the
// walk has not passed. So no reference may vanish before it has been followed. Hence the barrier, which is on while
// `control.marking` is set:
//
//   - an object that loses a reference and survives becomes grey (`shade`): a reference of a slot, of a dying object,
//     or from outside;
//   - an object that gets a reference from outside becomes grey, because it may have come from a weak reference;
//   - an object that becomes young, and so would not be scanned, becomes grey with all that it holds (`shadeSlots`);
//   - slots that move within an object become grey when they pass the point up to which it has been scanned.
//
// Leaves, and tuples and dicts that hold nothing but leaves, are not tracked and so have no age. They are marked and
// scanned like objects of the snapshot, because they may be keys of weak maps, or hold such keys.

import {
  FLAG_COLLECTING,
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  PART_SLOTS,
  PHASE_GATHERING,
} from "../layout";
import { clearScanned, isMarked, mark, markedWord, maskOf } from "../memory/bits";
import { control } from "../control";
import { birthOf, infoOf, setFlag } from "../object/header";
import { firstSlot, slotsEnd, slotsOf } from "../object/references";
import { typeOf } from "../object/type";
import { isFar, noteGrey, spill } from "./grey";

/** In `control.clearing`: garbage is being cleared. */
export const CLEARING: u32 = 1;
/**
 * In `control.clearing`: garbage is being cleared, and of objects that are not tracked the bitmaps say which are
 * garbage.
 */
export const CLEARING_UNMARKED: u32 = 2;
/** Words of the mark stack. It overflows into heap/grey.ts. */
export const MARK_STACK_WORDS: u32 = 1024;

/** The barrier: an object loses a reference and survives, or gets one from outside. */
@inline
export function shade(object: usize): void {
  if (control.marking) shadeUnlessYoung(object);
}

function shadeUnlessYoung(object: usize): void {
  // A key of weak maps is shaded at any age, because its entries are found through it.
  if ((infoOf(object) & (FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS)) != FLAG_TRACKED) reach(object);
}

/**
 * Makes a white object grey. The pass scans it later if it lies ahead of the cursor; otherwise it goes on the mark
 * stack.
 */
export function reach(object: usize): void {
  if (!mark(object) || object >= <usize>control.cursor) return;
  if (isFar(object)) {
    noteGrey(object);
    return;
  }
  if (control.markTop == control.markStack + (MARK_STACK_WORDS << 2)) spill();
  store<u32>(control.markTop, <u32>object);
  control.markTop += 4;
}

/**
 * `reach` for all objects in these slots. While they lie side by side and ahead of the cursor, as those of a new list
 * do, their bits are collected in a variable, and each word of the bitmap is written once.
 */
export function reachAll(slot: usize, end: usize): void {
  const cursor = <usize>control.cursor;
  // The 512 bytes whose bits are in `bits`; 0 = none.
  let window: usize = 0;
  let word: usize = 0;
  let bits: u64 = 0;
  for (; slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (child - window >= 512) {
      if (!child) continue;
      if (window) store<u64>(word, bits);
      window = child & ~511;
      if (window < cursor) {
        window = 0;
        reach(child);
        continue;
      }
      word = markedWord(child);
      bits = load<u64>(word);
    }
    bits |= maskOf(child);
  }
  if (window) store<u64>(word, bits);
}

/** Makes an object, and all objects that it refers to, grey: it leaves the snapshot and will not be scanned. */
export function shadeSlots(object: usize): void {
  if (!control.marking) return;
  reach(object);
  const type = typeOf(object);
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) reach(child);
  }
  // Its scan in parts ends here. The object may be young now, and garbage that dies in bulk does not look at `partial`.
  if (object == <usize>control.partial && control.partialStage == PART_SLOTS) control.partial = 0;
}

/** Makes an object grey that was being scanned in parts, so that its scan begins anew. */
export function greyAgain(object: usize): void {
  control.partial = 0;
  clearScanned(object);
  noteGrey(object);
}

/** Whether an object, whose `info` this is, belongs to the snapshot. */
@inline
export function isOfSnapshot(object: usize, info: u32): bool {
  return (info & FLAG_OLD) != 0 && birthOf(object) < control.snapshot;
}

/**
 * Whether a cycle has found the object to be garbage. It is whole or partly emptied, and nothing alive refers to it.
 */
export function isDead(object: usize): bool {
  return control.phase >= <u32>PHASE_GATHERING && isDecidedDead(object, infoOf(object));
}

/** `isDead` for callers that know that the phase is GATHERING or later. */
@inline
export function isDecidedDead(object: usize, info: u32): bool {
  return isOfSnapshot(object, info) && birthOf(object) >= control.decidedFrozen && !isMarked(object);
}

/**
 * Whether an object can no longer be reached through weak references or listings. Everything that leads to an object
 * without holding a reference to it asks this question. Such objects are:
 *
 *   - dying ones;
 *   - garbage of a cycle, until it is swept;
 *   - garbage whose finalizer a cycle is going to run, until it runs.
 *
 * Leaves and other objects that are not tracked have no age that says whether a cycle has examined them. So the
 * function may be called only for objects that are referred to weakly: `noteWeaklyHeld` marks those that are alive.
 */
export function isGone(object: usize): bool {
  const info = infoOf(object);
  if (info & FLAG_DYING) return true;
  const decided = control.phase >= <u32>PHASE_GATHERING;
  if (!(info & FLAG_TRACKED)) {
    const isKnown = decided ? control.decidedFrozen < control.snapshot : control.clearing == CLEARING_UNMARKED;
    return isKnown && !isMarked(object);
  }
  // PENDING objects, whose finalizer a cycle is going to run, are UNREACHABLE and not COLLECTING.
  if (info & FLAG_UNREACHABLE) return !(info & FLAG_COLLECTING);
  return decided && isDecidedDead(object, info);
}

/** Records that an object, which is alive, gets a weak reference or becomes a key of a weak map. */
export function noteWeaklyHeld(object: usize): void {
  setFlag(object, FLAG_HAS_WEAKREFS);
  if (control.marking) reach(object);
  else if (control.phase >= <u32>PHASE_GATHERING || control.clearing == CLEARING_UNMARKED) mark(object);
}

/** The slot up to which the object has been scanned that is being scanned in parts; 0 = there is none. */
function scanPoint(): usize {
  const object = <usize>control.partial;
  return object && control.partialStage == PART_SLOTS
    ? firstSlot(object, typeOf(object)) + ((<usize>control.partialSlot) << 2)
    : 0;
}

/** Called before `count` slots move down from `from` to `to`: shades those that pass the scan point. */
export function shadeMoved(to: usize, from: usize, count: u32): void {
  const point = scanPoint();
  const end = min(from + ((<usize>count) << 2), point + (from - to));
  if (!point || point <= to) return;
  control.partialIsAtomic = 0;
  for (let slot = max(from, point); slot < end; slot += 4) shadeSlot(slot);
}

/** Called before two slots change places, the first of which stands at the lower address. */
export function shadeSwapped(low: usize, high: usize): void {
  const point = scanPoint();
  control.partialIsAtomic = 0;
  if (low < point && high >= point) shadeSlot(high);
}

/** Called before all slots of an object change places. */
export function shadeReordered(object: usize): void {
  if (object != <usize>control.partial) return;
  control.partialIsAtomic = 0;
  shadeSlots(object);
}

function shadeSlot(slot: usize): void {
  const child = load<u32>(slot);
  if (child) shade(child);
}
