// Garbage with entries of weak maps whose keys are not tracked, most of which are leaves.
//
// A full collection finds this garbage by marking. After finalizers have run, it must determine again what is garbage.
// Subtraction (young.ts) cannot: a key that is in no list looks as if it were held from outside, and keeps an entry whose
// value leads back to it. So the heap is marked again. Such garbage is rare.

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

/** `splitUnreachable` by marking, for garbage whose finalizers have run. Returns how many objects moved. */
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
