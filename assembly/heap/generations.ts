// The three generations: who is tracked, and where.
//
// Generations 0 and 1 are lists in birth order. Generation 2 has no list: its objects are found by
// walking pages, and carry a birth number instead of links, so the death of an old object touches no
// neighbour. (CPython keeps three lists; promotion here costs it nothing that it would not touch.)
// Frozen are the old objects born up to a certain moment: CPython's permanent generation.

import { FLAG_COLLECTING, FLAG_OLD, FLAG_TRACKED, FLAG_UNREACHABLE, PHASE_GATHERING } from "../layout";
import { GENERATION_0, GENERATION_1, control } from "../control";
import { birthOf, clearFlag, hasFlag, infoOf, nextOf, setBirth, setInfo } from "../object/header";
import { append, dropBefore, lengthOf, remove } from "../object/links";
import { isDead, isDecidedDead, shadeSlots } from "./barrier";
import { firstObject, nextObject } from "./walk";

/** Starts tracking: last in generation 0. */
export function track(object: usize): void {
  setInfo(object, infoOf(object) | FLAG_TRACKED);
  append(GENERATION_0, object);
}

/** Stops tracking, wherever the object is. */
export function untrack(object: usize): void {
  const info = infoOf(object);
  leaveGeneration(object, info);
  setInfo(object, info & ~(FLAG_TRACKED | FLAG_OLD | FLAG_COLLECTING | FLAG_UNREACHABLE));
}

/** Takes a tracked object, whose `info` this is, out of its generation, and leaves its flags as they are. */
@inline
export function leaveGeneration(object: usize, info: u32): void {
  if (info & FLAG_OLD) leaveOld(object, info);
  else remove(object);
}

/** Takes an object out of generation 2. Garbage that a cycle has found counts as collected, however it dies. */
export function leaveOld(object: usize, info: u32): void {
  control.oldCount--;
  if (control.phase >= <u32>PHASE_GATHERING && isDecidedDead(object, info)) control.cycleCollected++;
}

/** Moves an object to the end of a generation. */
export function moveTo(generation: u32, object: usize): void {
  shadeSlots(object);
  untrack(object);
  if (generation < 2) {
    setInfo(object, infoOf(object) | FLAG_TRACKED);
    append(generation ? GENERATION_1 : GENERATION_0, object);
    return;
  }
  setInfo(object, infoOf(object) | FLAG_TRACKED | FLAG_OLD);
  setBirth(object, control.births++);
  control.oldCount++;
}

/** Moves every object of the list to generation 2, giving out birth numbers in list order. How many. */
export function promoteAll(list: usize): u32 {
  return promoteSome(list, u32.MAX_VALUE);
}

/** The same for the first `limit` objects. */
export function promoteSome(list: usize, limit: u32): u32 {
  let promoted: u32 = 0;
  let object = nextOf(list);
  while (object != list && promoted < limit) {
    const next = nextOf(object);
    setInfo(object, (infoOf(object) & ~(FLAG_COLLECTING | FLAG_UNREACHABLE)) | FLAG_OLD);
    setBirth(object, control.births++);
    promoted++;
    object = next;
  }
  dropBefore(list, object);
  control.oldCount += promoted;
  return promoted;
}

/** Clears the marks that a collection left on the objects of a list. */
export function clearMarks(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    clearFlag(object, FLAG_COLLECTING | FLAG_UNREACHABLE);
  }
}

/** Freezes all tracked objects: no collection looks at them any more. They still die by their refcount. */
export function freeze(): void {
  promoteAll(GENERATION_1);
  promoteAll(GENERATION_0);
  control.frozenUpTo = control.births;
  control.count0 = control.count1 = control.count2 = 0;
}

/** All that is frozen becomes generation 2 again. */
export function unfreeze(): void {
  control.frozenUpTo = 0;
}

/** Whether an OLD object is frozen. */
export function isFrozen(object: usize): bool {
  return birthOf(object) < control.frozenUpTo;
}

/** The next object of generation 2 behind this one (0 = from the start), or 0. */
function nextOld(object: usize): usize {
  do {
    object = object ? nextObject(object) : firstObject();
  } while (object && (!hasFlag(object, FLAG_OLD) || isFrozen(object) || isDead(object)));
  return object;
}

/** How many objects are frozen. Walks the heap. */
export function frozenCount(): u32 {
  if (control.frozenUpTo == 0) return 0;
  let count: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (hasFlag(object, FLAG_OLD) && isFrozen(object)) count++;
  }
  return count;
}

export function trackedCount(generation: u32): u32 {
  if (generation == 2) return control.oldCount - frozenCount();
  return lengthOf(generation ? GENERATION_1 : GENERATION_0);
}

/** The next object of generation 0 or 1 after this one (0 = the first), or 0. */
function nextYoung(generation: u32, object: usize): usize {
  const list = generation ? GENERATION_1 : GENERATION_0;
  const next = nextOf(object ? object : list);
  return next == list ? 0 : next;
}

/** The next object of a generation after this one (0 = the first), or 0: in birth order in 0 and 1, by address in 2. */
export function nextTracked(generation: u32, object: usize): usize {
  return generation == 2 ? nextOld(object) : nextYoung(generation, object);
}
