// What the rest of the heap has to know of an incremental collection (collect/cycle/): the barrier, and who
// has been found dead.
//
// A cycle marks all that was reachable at one moment, its snapshot: Yuasa's way (1990). The snapshot's objects
// are the old ones born before that moment; whatever is born later, it lets live unseen. So while it marks, no
// reference that was there at that moment may vanish before it has been followed. Hence the barrier: who loses a
// reference and lives on is marked (`shade`), be it a slot's, a dying object's or the outside's; and who gets an
// outside reference is, too, since that may have come from a weak one. Slots that move within an object are
// marked when they pass the point up to which it has been scanned.

import { FLAG_HAS_WEAKREFS, FLAG_OLD, FLAG_TRACKED, FLAG_UNREACHABLE, PHASE_GATHERING } from "../layout";
import { isMarked, setMark } from "../memory/bits";
import { control } from "../control";
import { birthOf, hasFlag, infoOf } from "../object/header";
import { firstSlot, slotsEnd, slotsOf } from "../object/references";
import { typeOf } from "../object/type";

/** Words of the stack that a marking uses. */
export const MARK_STACK_WORDS: u32 = 1024;

/** The barrier: an object of the snapshot's loses a reference, or gets one from outside, while a cycle is marking. */
@inline
export function shade(object: usize): void {
  if (control.marking) shadeUnlessYoung(object);
}

/** What no collection tracks may be a key of a weak map, or hold one: its age is not known. */
function shadeUnlessYoung(object: usize): void {
  if ((infoOf(object) & (FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS)) != FLAG_TRACKED) reach(object);
}

/** Marks an object for the cycle to scan: later in this pass, or from the stack, or, if that is full, in another pass. */
export function reach(object: usize): void {
  if (!setMark(object) || object >= <usize>control.cursor) return;
  const top = control.markTop;
  if (top == control.markStack + (MARK_STACK_WORDS << 2)) {
    control.markOverflow = 1;
    return;
  }
  store<u32>(top, <u32>object);
  control.markTop = top + 4;
}

/** Marks an object, and all that it refers to: it stops being one of the snapshot's, and will not be scanned. */
export function shadeSlots(object: usize): void {
  if (!control.marking) return;
  reach(object);
  const type = typeOf(object);
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) reach(child);
  }
}

/** Whether an old object was there when the cycle took its snapshot. */
@inline
export function isOfSnapshot(object: usize, info: u32): bool {
  return (info & FLAG_OLD) != 0 && birthOf(object) < control.snapshot;
}

/** Whether a cycle has found the object to be garbage. It is whole, or half cleared, and nothing alive refers to it. */
export function isDead(object: usize): bool {
  return control.phase >= <u32>PHASE_GATHERING && isDecidedDead(object, infoOf(object));
}

/** The same once it is decided. */
@inline
export function isDecidedDead(object: usize, info: u32): bool {
  return isOfSnapshot(object, info) && birthOf(object) >= control.decidedFrozen && !isMarked(object);
}

/** Whether nobody may come by the object any more, who does not hold it: it is dead, or its finalizer is about to run. */
export function isHidden(object: usize): bool {
  return (
    isDead(object) ||
    (control.phase >= <u32>PHASE_GATHERING && !control.collecting && hasFlag(object, FLAG_UNREACHABLE))
  );
}

/** The slot up to which the object has been scanned that the cycle scans in parts; 0 = there is none. */
function scanPoint(): usize {
  const object = <usize>control.partial;
  return object ? firstSlot(object, typeOf(object)) + ((<usize>control.partialSlot) << 2) : 0;
}

/** `count` slots are about to move down from `from` to `to`: those that pass the scan point are marked. */
export function shadeMoved(to: usize, from: usize, count: u32): void {
  const point = scanPoint();
  const end = min(from + ((<usize>count) << 2), point + (from - to));
  if (!point || point <= to) return;
  for (let slot = max(from, point); slot < end; slot += 4) shadeSlot(slot);
}

/** Slots are about to change places. */
export function shadeSwapped(a: usize, b: usize): void {
  const point = scanPoint();
  if (a < point && b >= point) shadeSlot(b);
  else if (b < point && a >= point) shadeSlot(a);
}

/** All slots of an object are about to change places. */
export function shadeReordered(object: usize): void {
  if (object == <usize>control.partial) shadeSlots(object);
}

function shadeSlot(slot: usize): void {
  const child = load<u32>(slot);
  if (child) shade(child);
}
