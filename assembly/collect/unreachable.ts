// Finding garbage in a list, by subtraction, as CPython does: what refcounts say, less what the list's
// own objects explain, is held from outside.
//
// CPython moves tentatively unreachable objects away and back, which turns chains round. Here `prev`,
// free once an object is known to be reachable, links a work list instead: no object changes its place,
// so lists stay in birth order, and no memory is needed.

import {
  FLAG_COLLECTING,
  FLAG_HAS_WEAKREFS,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  KIND_WEAKMAP,
  TYPE_MASK,
  TYPE_TUPLE,
} from "../layout";
import { CHECK } from "../check";
import { control } from "../control";
import { clearFlag, hasFlag, infoOf, nextOf, prevOf, refcountOf, setInfo, setNext, setPrev } from "../object/header";
import { append } from "../object/list";
import { slotsEnd, slotsOf } from "../object/slots";
import { typeOf } from "../object/type";
import { firstEntry, firstEntryOf, isEntry, keyOf, mapOf, nextEntryOf, olderEntry } from "../heap/ephemeron";
import { holdsAtoms } from "../heap/tracking";

/**
 * Splits `from`: what nothing outside it reaches moves to the empty list `unreachable`, marked
 * UNREACHABLE. Both keep their order. Reachable tuples of atoms leave their list, if asked to. Returns
 * how many moved.
 */
export function splitUnreachable(from: usize, unreachable: usize, untracksTuples: bool): u32 {
  updateRefs(from);
  subtractRefs(from);
  markReachable(from);
  return separate(from, unreachable, untracksTuples);
}

/** Every object: COLLECTING, gcRefs (in `prev`) = refcount. The list can only be walked forward until `separate`. */
function updateRefs(list: usize): void {
  control.candidates = 0;
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    setInfo(object, (infoOf(object) | FLAG_COLLECTING) & ~FLAG_UNREACHABLE);
    setPrev(object, refcountOf(object));
    control.candidates++;
  }
}

/** gcRefs = references from outside the list. */
function subtractRefs(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    const type = typeOf(object);
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      const child = load<u32>(slot);
      if (!child || !hasFlag(child, FLAG_COLLECTING)) continue;
      if (CHECK) assert(prevOf(child) != 0, "refcount is too small: an object has more references than it counts");
      setPrev(child, prevOf(child) - 1);
    }
    // An entry is held by its key and its map together: if one of them is in question, so is it.
    if (isEntry(object) && (isCollecting(keyOf(object)) || isCollecting(mapOf(object)))) {
      setPrev(object, prevOf(object) - 1);
    }
  }
}

function isCollecting(object: usize): bool {
  return hasFlag(object, FLAG_COLLECTING);
}

/** Takes COLLECTING from all that is held from outside, and from all that those reach. */
function markReachable(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    if (!hasFlag(object, FLAG_COLLECTING) || prevOf(object) == 0) continue;
    clearFlag(object, FLAG_COLLECTING);
    setPrev(object, 0);
    let work = object;
    while (work) {
      const current = work;
      work = prevOf(current);
      const type = typeOf(current);
      for (let slot = slotsOf(current, type), end = slotsEnd(current, type); slot < end; slot += 4) {
        const child = load<u32>(slot);
        if (!child || !hasFlag(child, FLAG_COLLECTING)) continue;
        clearFlag(child, FLAG_COLLECTING);
        setPrev(child, work);
        work = child;
      }
      if (hasFlag(current, FLAG_HAS_WEAKREFS)) work = reachEntriesOf(current, work);
      if (type.kind == KIND_WEAKMAP) work = reachEntriesIn(current, work);
    }
  }
}

/** The entries of which an object is the key, and whose map is reached. Returns the new top of the work list. */
function reachEntriesOf(key: usize, work: usize): usize {
  for (let entry = firstEntryOf(key); entry; entry = nextEntryOf(entry)) {
    if (!isCollecting(mapOf(entry))) work = reachEntry(entry, work);
  }
  return work;
}

/** The entries of a map whose key is reached. */
function reachEntriesIn(map: usize, work: usize): usize {
  for (let entry = firstEntry(map); entry; entry = olderEntry(entry)) {
    if (!isCollecting(keyOf(entry))) work = reachEntry(entry, work);
  }
  return work;
}

function reachEntry(entry: usize, work: usize): usize {
  if (!isCollecting(entry)) return work;
  clearFlag(entry, FLAG_COLLECTING);
  setPrev(entry, work);
  return entry;
}

/** What is still COLLECTING goes; `prev` is made whole again in both lists. */
function separate(from: usize, unreachable: usize, untracksTuples: bool): u32 {
  let moved: u32 = 0;
  let last = from;
  let object = nextOf(from);
  while (object != from) {
    const next = nextOf(object);
    const info = infoOf(object);
    if (info & FLAG_COLLECTING) {
      setInfo(object, info | FLAG_UNREACHABLE);
      append(unreachable, object);
      moved++;
    } else if (untracksTuples && (info & TYPE_MASK) == TYPE_TUPLE && holdsAtoms(object, typeOf(object))) {
      setInfo(object, info & ~FLAG_TRACKED);
    } else {
      setNext(last, object);
      setPrev(object, last);
      last = object;
    }
    object = next;
  }
  setNext(last, from);
  setPrev(from, last);
  return moved;
}
