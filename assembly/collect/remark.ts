// Garbage with entries of weak maps whose keys are not tracked: leaves, most of all.
//
// A full collection finds it by marking. Once finalizers have run, it is asked again what is garbage, and subtraction
// (young.ts) cannot tell: a key that no list has looks as if it were held from outside, and holds an entry whose value
// leads back to it. So the heap is marked again. It is seldom that there is such garbage.

import { FLAG_COLLECTING, FLAG_UNREACHABLE } from "../layout";
import { isMarked } from "../memory/bits";
import { clearFlag, isTracked, nextOf } from "../object/header";
import { append, remove } from "../object/links";
import { entryCount, isEntry, keyOf } from "../weak/map";
import { markReachable } from "./mark/mark";

/** Whether garbage that a marking has found has entries with such keys. */
export function hasUntrackedKeys(list: usize): bool {
  if (!entryCount()) return false;
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    if (isEntry(object) && !isTracked(keyOf(object)) && !isMarked(keyOf(object))) return true;
  }
  return false;
}

/** As `splitUnreachable` of garbage whose finalizers have run: what is reachable stays. */
export function splitUnmarked(from: usize, unreachable: usize): u32 {
  markReachable();
  let moved: u32 = 0;
  let next: usize = 0;
  for (let object = nextOf(from); object != from; object = next) {
    next = nextOf(object);
    if (isMarked(object)) {
      clearFlag(object, FLAG_COLLECTING | FLAG_UNREACHABLE);
      continue;
    }
    remove(object);
    append(unreachable, object);
    moved++;
  }
  return moved;
}
