// Counting references, up to the moment when a count becomes 0. death/ does the rest.
//
// A reference from outside counts in `refcount` and in `roots`; a slot's counts in `refcount` alone. Above 254, `roots`
// is saturated, and a side table by address has the exact number. Immortal objects have a saturated `roots` too, and no
// entry in that table.
//
// Functions that run for every birth, death and slot write are @inline: a call costs 2 ns of the 4 to 10 that those
// take.

import { IMMORTAL_REFCOUNT, ROOTS_SATURATED, ROOTS_SHIFT } from "../layout";
import { CHECK } from "../check";
import { Control, control } from "../control";
import {
  ONE_ROOT,
  SATURATED,
  infoOf,
  isImmortal,
  refcountOf,
  rootsFieldOf,
  setInfo,
  setRefcount,
} from "../object/header";
import { HashTable, del, get, put, reserve, trim } from "./hash-table";
import { shade } from "./barrier";

/** The refcount at which an object becomes immortal permanently, as in CPython. */
const LAST_COUNT: u32 = 0x7fffffff;

/** Object → references from outside, for objects whose `roots` is saturated. */
function rootsMap(): HashTable {
  return changetype<HashTable>(changetype<usize>(control) + offsetof<Control>("rootsMapBuffer"));
}

/** Shrinks the side table if most of it is unused. */
export function trimRoots(): void {
  trim(rootsMap());
}

/** Number of objects whose references from outside are counted in the side table. */
export function rootsMapSize(): u32 {
  return rootsMap().size;
}

/** Number of references to an object from outside. */
export function rootsOf(object: usize): u32 {
  const field = rootsFieldOf(object);
  return field < <u32>ROOTS_SATURATED || isImmortal(object) ? field : get(rootsMap(), object);
}

// ---- Slots

/** Counts the reference of a slot. */
@inline
export function addSlot(object: usize): void {
  const count = refcountOf(object);
  if (CHECK) assert(count != 0, "a slot was given a dying object");
  // One comparison finds both rare cases: immortal, and about to become immortal.
  if (<i32>(count + 1) > 0) setRefcount(object, count + 1);
  else if (count == LAST_COUNT) makeImmortal(object);
}

/** Drops the reference of a slot. True if it was the last reference: the caller kills the object. */
@inline
export function dropSlot(object: usize): bool {
  const count = refcountOf(object);
  if (<i32>count < 0) return false;
  if (CHECK) assert(count != 0, "a reference to a dying object was dropped: its refcount was too small");
  setRefcount(object, count - 1);
  if (count == 1) return true;
  shade(object);
  return false;
}

// ---- References from outside

/** Adds a reference from outside. False = out of memory (only past 254 of them), nothing changed. */
@inline
export function incref(object: usize): bool {
  shade(object);
  // Read word by word: reading 64 bits that were just written as two words stalls the processor.
  const info = infoOf(object);
  if (info >= SATURATED - ONE_ROOT) return increfSaturated(object);
  setInfo(object, info + ONE_ROOT);
  setRefcount(object, refcountOf(object) + 1);
  return true;
}

/**
 * `incref` if that is nothing but counting: then this calls nothing, and needs no room on the stack. False = it is more,
 * nothing changed.
 */
@inline
export function increfQuickly(object: usize): bool {
  const info = infoOf(object);
  if (control.marking || info >= SATURATED - ONE_ROOT) return false;
  setInfo(object, info + ONE_ROOT);
  setRefcount(object, refcountOf(object) + 1);
  return true;
}

/** Drops a reference from outside. True if it was the last reference: the caller kills the object. */
export function dropOutside(object: usize): bool {
  const info = infoOf(object);
  if (info >= SATURATED) {
    decrefSaturated(object);
    return false;
  }
  if (CHECK) assert(rootsFieldOf(object) != 0, "decref of an object that has no outside reference");
  const count = refcountOf(object) - 1;
  setInfo(object, info - ONE_ROOT);
  setRefcount(object, count);
  if (count == 0) return true;
  shade(object);
  return false;
}

/** Makes a reference from outside that of a slot, which the caller writes. */
@inline
export function giveSlot(object: usize): void {
  const info = infoOf(object);
  if (info < SATURATED) {
    setInfo(object, info - ONE_ROOT);
    shade(object);
  } else if (!isImmortal(object)) {
    addSlot(object);
    dropOutside(object);
  }
}

/**
 * Keeps an object alive over a hook, however many references the hook takes or drops. The hold counts as a reference
 * from outside, so collections and `verify` see it. It never fails: if the 255th reference needs memory for the side
 * table and there is none, the object becomes immortal, which costs its memory and nothing else.
 */
export function hold(object: usize): void {
  if (!incref(object)) makeImmortal(object);
}

/** Ends a hold. True if it was the last reference: the caller kills the object. */
export function unhold(object: usize): bool {
  return dropOutside(object);
}

/** Makes an object immortal: its refcount is ignored from now on. */
export function makeImmortal(object: usize): void {
  if (rootsFieldOf(object) == ROOTS_SATURATED && !isImmortal(object)) del(rootsMap(), object);
  setInfo(object, infoOf(object) | (ROOTS_SATURATED << ROOTS_SHIFT));
  setRefcount(object, IMMORTAL_REFCOUNT);
}

/** `incref` for an object whose `roots` is saturated or about to be. False = out of memory, nothing changed. */
function increfSaturated(object: usize): bool {
  if (isImmortal(object)) return true;
  const map = rootsMap();
  const field = rootsFieldOf(object);
  if (field < <u32>ROOTS_SATURATED) {
    if (!reserve(map)) return false;
    put(map, object, ROOTS_SATURATED);
    setInfo(object, infoOf(object) | (ROOTS_SATURATED << ROOTS_SHIFT));
  } else {
    if (refcountOf(object) == LAST_COUNT) {
      makeImmortal(object);
      return true;
    }
    put(map, object, get(map, object) + 1);
  }
  setRefcount(object, refcountOf(object) + 1);
  return true;
}

/** `decref` for an object whose `roots` is saturated. It cannot die: at least 254 references from outside are left. */
function decrefSaturated(object: usize): void {
  shade(object);
  if (isImmortal(object)) return;
  const map = rootsMap();
  const roots = get(map, object) - 1;
  if (CHECK)
    assert(
      roots >= <u32>ROOTS_SATURATED - 1 && refcountOf(object) > roots,
      "the side table of outside references is damaged",
    );
  setRefcount(object, refcountOf(object) - 1);
  if (roots >= <u32>ROOTS_SATURATED) {
    put(map, object, roots);
    return;
  }
  del(map, object);
  setInfo(object, (infoOf(object) & ~(ROOTS_SATURATED << ROOTS_SHIFT)) | (roots << ROOTS_SHIFT));
}
