// Who refers to any of some objects: one pass over the tracked objects, however many they are. The first
// bitmap of a full collection, of no use between two of them, holds the set of those asked for.

import { nextTracked } from "../heap/generations";
import { slotsEnd, slotsOf } from "../object/slots";
import { typeOf } from "../object/type";
import { clearMarked, isMarked, mark } from "./mark";

/** Begins a search. `targets`: an array of addresses. Nothing else may happen until it ends. */
export function startReferrers(targets: usize, count: u32): void {
  clearMarked();
  for (let i: u32 = 0; i < count; i++) mark(load<u32>(targets + (i << 2)));
}

/** The next object of a generation (0 = from the start), behind `object`, that has a target in a slot; or 0. */
export function nextReferrer(generation: u32, object: usize): usize {
  do {
    object = nextTracked(generation, object);
  } while (object && !refersToTarget(object));
  return object;
}

function refersToTarget(object: usize): bool {
  const type = typeOf(object);
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && isMarked(child)) return true;
  }
  return false;
}
