// Who refers to any of some objects: one pass over the tracked objects, however many are asked for. It marks
// nothing, so it may run at any time, also in the middle of a collection.

import { nextTracked } from "../heap/generations";
import { slotsEnd, slotsOf } from "../object/references";
import { typeOf } from "../object/type";

/**
 * The next object of a generation (0 = from the start), behind `object`, that has a slot with one of the targets; or 0.
 * `targets`: `count` addresses in ascending order.
 */
export function nextReferrer(generation: u32, object: usize, targets: usize, count: u32): usize {
  do {
    object = nextTracked(generation, object);
  } while (object && !refersToAny(object, targets, count));
  return object;
}

function refersToAny(object: usize, targets: usize, count: u32): bool {
  const type = typeOf(object);
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    if (isAmong(targets, count, load<u32>(slot))) return true;
  }
  return false;
}

/** By halves. */
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
