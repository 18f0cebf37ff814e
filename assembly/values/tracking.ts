// Which containers the collector need not examine, by the rules of CPython 3.12. A tuple is tracked until a collection
// finds that none of its items can be part of a cycle. A dict is untracked until it gets a key or value that can be part
// of a cycle, and again when a full collection finds that it has none.

import { TYPE_DICT, TYPE_TUPLE } from "../layout";
import { isScanned } from "../memory/bits";
import { control } from "../control";
import { infoOf, isTracked, typeIdOf } from "../object/header";
import { slotCount, slotsEnd, slotsOf } from "../object/references";
import { Type, hasLinks, typeOf } from "../object/type";
import { track, untrack } from "../heap/generations";
import { isOfSnapshot, shadeSlots } from "../heap/barrier";

/** Maximal length of a tuple in a dict that is examined. A longer one counts by whether it is tracked. */
const MAX_LOOKED_INTO: u32 = 512;

/** Whether the object could be part of a cycle, now or later. */
export function mayBeTracked(object: usize): bool {
  return hasLinks(typeOf(object)) && (typeIdOf(object) != TYPE_TUPLE || isTracked(object));
}

/** Tracks a dict, which now refers to `object`, if it must be tracked from now on. */
export function trackFor(dict: usize, object: usize): void {
  if (!mayBeTracked(object)) return;
  if (dict == <usize>control.partial) control.partialIsAtomic = 0;
  if (isTracked(dict)) return;
  shadeSlots(dict);
  track(dict);
}

/** Whether an object holds nothing that could be part of a cycle. */
export function holdsAtoms(object: usize, type: Type): bool {
  return areAtoms(slotsOf(object, type), slotsEnd(object, type));
}

function areAtoms(slot: usize, end: usize): bool {
  for (; slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && mayBeTracked(child)) return false;
  }
  return true;
}

/** Stops tracking a tracked tuple or dict that holds nothing but atoms. Called by full collections and cycles. */
export function untrackIfAtoms(object: usize, type: Type): void {
  if (isAtomicPart(object, slotsOf(object, type), slotsEnd(object, type))) untrack(object);
}

/** Whether the object is a tuple or dict, and nothing in these slots of it could be part of a cycle. */
export function isAtomicPart(object: usize, slot: usize, end: usize): bool {
  const id = typeIdOf(object);
  if (id == TYPE_TUPLE) return areAtoms(slot, end);
  return id == TYPE_DICT && areAtomsOrTuples(slot, end);
}

/**
 * Like `areAtoms`, but also accepts tuples of atoms, and untracks them at once: they may be scanned many steps later, or
 * never, if they are young or have been scanned. The collection has reached them.
 */
function areAtomsOrTuples(slot: usize, end: usize): bool {
  for (; slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (!child || !mayBeTracked(child)) continue;
    if (typeIdOf(child) != TYPE_TUPLE) return false;
    const type = typeOf(child);
    if (slotCount(child, type) > MAX_LOOKED_INTO || !holdsAtoms(child, type)) return false;
    // If it is scanned later, it is no longer counted as old.
    if (isOfSnapshot(child, infoOf(child)) && !isScanned(child)) control.markedOld++;
    untrack(child);
  }
  return true;
}
