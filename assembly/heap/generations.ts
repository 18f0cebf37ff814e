// The three generations: who is tracked, and where.
//
// Generations 0 and 1 are lists in birth order. Generation 2 has no list: its objects are found by
// walking pages, and carry a birth number instead of links, so the death of an old object touches no
// neighbour. (CPython keeps three lists; promotion here costs it nothing that it would not touch.)

import { FLAG_COLLECTING, FLAG_OLD, FLAG_TRACKED, FLAG_UNREACHABLE } from "../layout";
import { GENERATION_0, GENERATION_1, control } from "../control";
import { clearFlag, infoOf, nextOf, setBirth, setInfo } from "../object/header";
import { append, clearList, lengthOf, remove } from "../object/list";

/** Starts tracking: last in generation 0. */
export function track(object: usize): void {
  setInfo(object, infoOf(object) | FLAG_TRACKED);
  append(GENERATION_0, object);
}

/** Stops tracking, wherever the object is. */
export function untrack(object: usize): void {
  const info = infoOf(object);
  if (info & FLAG_OLD) control.oldCount--;
  else remove(object);
  setInfo(object, info & ~(FLAG_TRACKED | FLAG_OLD | FLAG_COLLECTING | FLAG_UNREACHABLE));
}

/** Moves every object of the list to generation 2, giving out birth numbers in list order. How many. */
export function promoteAll(list: usize): u32 {
  let promoted: u32 = 0;
  let object = nextOf(list);
  while (object != list) {
    const next = nextOf(object);
    setInfo(object, (infoOf(object) & ~(FLAG_COLLECTING | FLAG_UNREACHABLE)) | FLAG_OLD);
    setBirth(object, control.births++);
    promoted++;
    object = next;
  }
  clearList(list);
  control.oldCount += promoted;
  return promoted;
}

/** Clears the marks that a collection left on the objects of a list. */
export function clearMarks(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    clearFlag(object, FLAG_COLLECTING | FLAG_UNREACHABLE);
  }
}

export function trackedCount(generation: u32): u32 {
  if (generation == 2) return control.oldCount;
  return lengthOf(generation ? GENERATION_1 : GENERATION_0);
}

/** The next object of generation 0 or 1 after this one (0 = the first), or 0. */
export function nextYoung(generation: u32, object: usize): usize {
  const list = generation ? GENERATION_1 : GENERATION_0;
  const next = nextOf(object ? object : list);
  return next == list ? 0 : next;
}
