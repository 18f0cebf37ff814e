// Finding garbage in a list, by subtraction, as CPython does: the refcounts, less the references from the list's own
// objects, are references from outside.
//
// CPython moves tentatively unreachable objects away and back, which reverses chains. Here `prev`, which is free once
// an object is known to be reachable, links a work list instead. So no object changes its place, lists stay in birth
// order, and no memory is needed.
//
//   the word `prev` of an object    means
//   from updateRefs on              gcRefs: references that are not explained yet (gc-refs.ts)
//   reached by markReachable        the next object on the work list
//   after separate, or keepHeld     the previous object, as usual

import {
  FLAG_COLLECTING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  KIND_STRUCT,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  TYPE_HAS_NO_HOOKS,
  TYPE_MASK,
  TYPE_TUPLE,
} from "../layout";
import { control } from "../control";
import { hasFlag, infoOf, nextOf, prevOf, setBirth, setInfo, setNext, setPrev, clearFlag } from "../object/header";
import { linkLast } from "../object/links";
import { allSlots, allSlotsEnd } from "../object/references";
import { typeAt } from "../object/type";
import { firstEntry, firstEntryOf, keyOf, mapOf, nextEntryOf, olderEntry } from "../weak/map";
import { countPromoted } from "../heap/generations";
import { holdsAtoms } from "../values/tracking";
import { KNOWN, ONE_REF, isCollecting, isEmptyPair, subtractRefs, updateRefs } from "./gc-refs";

/** Reachable objects stay in their list. */
export const STAY: u32 = 0;
/** Reachable objects stay in their list, except tuples of atoms, which stop being tracked. */
export const STAY_IF_TRACKED: u32 = 1;
/** Reachable objects become old, except tuples of atoms, which stop being tracked. The list is empty afterwards. */
export const BECOME_OLD: u32 = 2;

/** Maximal number of objects, and of slots, that one collection examines when pauses are bounded. */
export const MAX_EXAMINED: u32 = 16384;
export const MAX_SLOTS: u32 = 131072;

/**
 * Splits `from`, whose objects are young. Those that nothing outside of it reaches move to the empty list
 * `unreachable`, marked UNREACHABLE and COLLECTING. The order is kept. Returns how many moved.
 */
export function splitUnreachable(from: usize, unreachable: usize, reachable: u32): u32 {
  updateRefs(from, u32.MAX_VALUE);
  subtractRefs(from, u32.MAX_VALUE);
  return splitUpdated(from, unreachable, reachable);
}

/**
 * `splitUnreachable` with bounded pauses. False if there is too much to examine: then the list can only be promoted, up
 * to `control.candidates` objects.
 */
export function splitIfFew(from: usize, unreachable: usize, reachable: u32): bool {
  if (!updateRefs(from, MAX_EXAMINED) || !subtractRefs(from, MAX_SLOTS)) return false;
  splitUpdated(from, unreachable, reachable);
  return true;
}

/** Splits a list in which `prev` of each object is its gcRefs. */
function splitUpdated(from: usize, unreachable: usize, reachable: u32): u32 {
  // Until the list is whole again, `prev` of the head is the last object that stays.
  setPrev(from, from);
  const rest = reachable == STAY ? nextOf(from) : keepHeld(from, reachable == BECOME_OLD);
  if (rest == from) return 0;
  markReachable(from, rest);
  return separate(from, unreachable, reachable, rest);
}

/**
 * Most young objects are held from outside of the list, or by an object in front of them. As long as that is so, from
 * the head of the list on, this one pass does what `markReachable` and `separate` do in two. Returns the first object
 * for which it is not so, or the head. The objects in front of it are done.
 */
function keepHeld(list: usize, becomesOld: bool): usize {
  let births = control.births;
  let last = list;
  let object = nextOf(list);
  while (object != list && prevOf(object) != KNOWN) {
    const info = infoOf(object);
    const type = typeAt(info & TYPE_MASK);
    // Keys of weak maps, weak maps, and containers that may stop being tracked need more than this pass.
    if (info & FLAG_HAS_WEAKREFS || type.kind > <u32>KIND_STRUCT) break;
    const next = nextOf(object);
    setInfo(object, becomesOld ? (info & ~FLAG_COLLECTING) | FLAG_OLD : info & ~FLAG_COLLECTING);
    const first = object + PAYLOAD_OFFSET;
    const end = isEmptyPair(object, type) ? first : first + ((<usize>type.slots) << 2);
    for (let slot = first; slot < end; slot += 4) {
      const child = <usize>load<u32>(slot);
      if (child && infoOf(child) & FLAG_COLLECTING) setPrev(child, KNOWN | ONE_REF);
    }
    if (becomesOld) setBirth(object, births++);
    else {
      setPrev(object, last);
      last = object;
    }
    object = next;
  }
  setNext(last, object);
  setPrev(list, last);
  countPromoted(births);
  return object;
}

/** Clears COLLECTING of all objects that are held from outside, and of all that those reach. */
function markReachable(list: usize, first: usize): void {
  for (let object = first; object != list; object = nextOf(object)) {
    if (prevOf(object) == KNOWN || !hasFlag(object, FLAG_COLLECTING)) continue;
    clearFlag(object, FLAG_COLLECTING);
    setPrev(object, 0);
    let work = object;
    while (work) {
      const current = work;
      work = prevOf(current);
      const info = infoOf(current);
      const type = typeAt(info & TYPE_MASK);
      for (let slot = allSlots(current, type), end = allSlotsEnd(current, type); slot < end; slot += 4) {
        const child = load<u32>(slot);
        if (!child) continue;
        const childInfo = infoOf(child);
        if (!(childInfo & FLAG_COLLECTING)) continue;
        setInfo(child, childInfo & ~FLAG_COLLECTING);
        setPrev(child, work);
        work = child;
      }
      if (info & FLAG_HAS_WEAKREFS) work = reachEntriesOf(current, work);
      if (type.kind == KIND_WEAKMAP) work = reachEntriesIn(current, work);
    }
  }
}

/** Reaches the entries whose key an object is, and whose map is reached. Returns the new top of the work list. */
function reachEntriesOf(key: usize, work: usize): usize {
  for (let entry = firstEntryOf(key); entry; entry = nextEntryOf(entry)) {
    if (!isCollecting(mapOf(entry))) work = reachEntry(entry, work);
  }
  return work;
}

/** Reaches the entries of a map whose key is reached. Returns the new top of the work list. */
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

/**
 * From `first` on: objects that are still COLLECTING move to `unreachable`; `prev` is restored in both lists. Returns
 * how many moved.
 */
function separate(from: usize, unreachable: usize, reachable: u32, first: usize): u32 {
  let moved: u32 = 0;
  let last = prevOf(from);
  let object = first;
  let births = control.births;
  while (object != from) {
    const next = nextOf(object);
    const info = infoOf(object);
    if (info & FLAG_COLLECTING) {
      setInfo(object, info | FLAG_UNREACHABLE);
      linkLast(unreachable, object);
      if (info & FLAG_HAS_WEAKREFS || !(typeAt(info & TYPE_MASK).flags & TYPE_HAS_NO_HOOKS))
        control.garbageHasHooks = 1;
      moved++;
    } else if (reachable && (info & TYPE_MASK) == TYPE_TUPLE && holdsAtoms(object, typeAt(TYPE_TUPLE))) {
      setInfo(object, info & ~FLAG_TRACKED);
    } else if (reachable == BECOME_OLD) {
      setInfo(object, info | FLAG_OLD);
      setBirth(object, births++);
    } else {
      setNext(last, object);
      setPrev(object, last);
      last = object;
    }
    object = next;
  }
  setNext(last, from);
  setPrev(from, last);
  countPromoted(births);
  return moved;
}
