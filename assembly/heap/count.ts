// Counting references, up to the moment a count reaches 0: what happens then is death.ts.
//
// An outside reference counts in `refcount` and `roots`, a slot's in `refcount` alone. Beyond what the
// `roots` byte can hold the exact number is in a side table, by address. Immortals are saturated too,
// and have no entry.

import { ROOTS_SATURATED, ROOTS_SHIFT, IMMORTAL_REFCOUNT } from "../layout";
import { Control, control } from "../control";
import { CHECK } from "../check";
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
import { AddressMap, del, get, put, reserve } from "./address-map";
import { shade } from "./barrier";
import { checkLive } from "./walk";

export { addSlot, dropSlot, takeCount } from "./slot-count";

/** The refcount at which an object becomes immortal for good, as in CPython. */
const LAST_COUNT: u32 = 0x7fffffff;

function rootsMap(): AddressMap {
  return changetype<AddressMap>(changetype<usize>(control) + offsetof<Control>("rootsMapBuffer"));
}

/** How many objects have more outside references than their header can count. */
export function rootsMapSize(): u32 {
  return rootsMap().size;
}

/** Outside references of an object, exactly. */
export function rootsOf(object: usize): u32 {
  const field = rootsFieldOf(object);
  return field < <u32>ROOTS_SATURATED || isImmortal(object) ? field : get(rootsMap(), object);
}

/** Adds an outside reference. False = out of memory (only past 254 of them), nothing changed. */
export function incref(object: usize): bool {
  checkLive(object);
  shade(object);
  // Word by word, here and below: to read 64 bits just written as two words stalls the processor.
  const info = infoOf(object);
  if (info >= SATURATED - ONE_ROOT) return increfSaturated(object);
  setInfo(object, info + ONE_ROOT);
  setRefcount(object, refcountOf(object) + 1);
  return true;
}

/**
 * Takes an outside reference away, unless it is the last reference: then all stays as it is, and the caller sees to
 * the death. True if so.
 */
@inline
export function dropOutsideUnlessLast(object: usize): bool {
  const info = infoOf(object);
  if (info >= SATURATED) {
    decrefSaturated(object);
    return false;
  }
  if (CHECK) assert(rootsFieldOf(object) != 0, "decref of an object that has no outside reference");
  const count = refcountOf(object) - 1;
  if (count == 0) return true;
  setInfo(object, info - ONE_ROOT);
  setRefcount(object, count);
  shade(object);
  return false;
}

/** Takes an outside reference away. True if it was the last reference: the caller sees to the death. */
@inline
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

/** Never dies from now on. Its references stay counted as they are. */
export function makeImmortal(object: usize): void {
  if (rootsFieldOf(object) == ROOTS_SATURATED && !isImmortal(object)) del(rootsMap(), object);
  setInfo(object, infoOf(object) | (ROOTS_SATURATED << ROOTS_SHIFT));
  setRefcount(object, IMMORTAL_REFCOUNT);
}

/** `incref` where `roots` is about to saturate or has. False = out of memory, nothing changed. */
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

/** `decref` where `roots` is saturated. The object never dies by it. */
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
