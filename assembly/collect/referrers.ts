// Finding referrers: one pass over the tracked objects, for any number of targets. It marks nothing, so it may run at
// any time, even in the middle of a collection.

import { KIND_WEAKMAP, TYPE_EPHEMERON } from "../layout";
import { nextTracked } from "../heap/generations";
import { slotsEnd, slotsOf } from "../object/references";
import { typeIdOf } from "../object/header";
import { Type, typeOf } from "../object/type";
import { firstEntry, olderEntry } from "../weak/map";

/**
 * The next object of a generation (0 = from the start) with a slot that refers to one of the targets; or 0. A weak map
 * stands for its entries. `targets`: `count` addresses in ascending order.
 */
export function nextReferrer(generation: u32, object: usize, targets: usize, count: u32): usize {
  do {
    object = nextTracked(generation, object);
  } while (object && !refersToAny(object, targets, count));
  return object;
}

function refersToAny(object: usize, targets: usize, count: u32): bool {
  const type = typeOf(object);
  if (type.kind == KIND_WEAKMAP) {
    for (let entry = firstEntry(object); entry; entry = olderEntry(entry)) {
      if (hasAny(entry, typeOf(entry), targets, count)) return true;
    }
    return false;
  }
  return typeIdOf(object) != TYPE_EPHEMERON && hasAny(object, type, targets, count);
}

function hasAny(object: usize, type: Type, targets: usize, count: u32): bool {
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    if (isAmong(targets, count, load<u32>(slot))) return true;
  }
  return false;
}

/** Binary search. */
function isAmong(sorted: usize, count: u32, value: u32): bool {
  let low: u32 = 0;
  while (low < count) {
    const middle = (low + count) >>> 1;
    const found = load<u32>(sorted + (middle << 2));
    if (found == value) return true;
    if (found < value) low = middle + 1;
    else count = middle;
  }
  return false;
}
