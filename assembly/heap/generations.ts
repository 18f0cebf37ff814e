// The three generations: which objects are tracked, and where.
//
// Generations 0 and 1 are lists in birth order. Generation 2 has no list: its objects are found by walking pages, and
// have a birth number in the place of links. So the death of an old object touches no neighbour. Frozen objects are the
// old ones born before `frozenUpTo`: CPython's permanent generation.
//
// Only this file writes the numbers of generation 2, so that they agree:
//
//   oldCount            = objects with FLAG_OLD
//   frozenCount         = those of them that are frozen, ≤ oldCount
//   longLivedTotal      = objects that survived the last full collection
//   longLivedPending    = objects that have become old since
//
// The last two are CPython's: a full collection is worth it when `longLivedPending` is a quarter of `longLivedTotal`.

import { FLAG_COLLECTING, FLAG_OLD, FLAG_TRACKED, FLAG_UNREACHABLE, PHASE_GATHERING } from "../layout";
import { GENERATION_0, GENERATION_1, control } from "../control";
import { birthOf, clearFlag, hasFlag, infoOf, nextOf, setBirth, setInfo } from "../object/header";
import { append, dropBefore, lengthOf, remove } from "../object/links";
import { isDead, isDecidedDead, shadeSlots } from "./barrier";
import { firstObject, nextObject } from "./walk";

// ---- Coming and going

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

/** Takes a tracked object, whose `info` this is, out of its generation. Its flags stay as they are. */
@inline
export function leaveGeneration(object: usize, info: u32): void {
  if (!(info & FLAG_OLD)) remove(object);
  else if (control.phase | control.frozenCount) leaveOld(object, info);
  else control.oldCount--;
}

/** Takes an object out of generation 2. Garbage of a cycle counts as collected, in whichever way it dies. */
export function leaveOld(object: usize, info: u32): void {
  uncountOld(object);
  if (control.phase >= <u32>PHASE_GATHERING && isDecidedDead(object, info)) control.cycleCollected++;
}

/** Decrements the number of objects in generation 2. The object still has its birth number. */
export function uncountOld(object: usize): void {
  control.oldCount--;
  if (control.frozenCount && isFrozen(object)) control.frozenCount--;
}

/** Decrements the number of objects in generation 2 by `count`. None of them is frozen. */
export function uncountOldTogether(count: u32): void {
  control.oldCount -= count;
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

/** Moves every object of a list to generation 2, with birth numbers in list order. Returns how many. */
export function promoteAll(list: usize): u32 {
  return promoteSome(list, u32.MAX_VALUE);
}

/** Moves at most `limit` objects of a list, the first ones, to generation 2. Returns how many. */
export function promoteSome(list: usize, limit: u32): u32 {
  const before = control.births;
  let births = before;
  let promoted: u32 = 0;
  let object = nextOf(list);
  while (object != list && promoted < limit) {
    const next = nextOf(object);
    setInfo(object, (infoOf(object) & ~(FLAG_COLLECTING | FLAG_UNREACHABLE)) | FLAG_OLD);
    setBirth(object, births++);
    promoted++;
    object = next;
  }
  dropBefore(list, object);
  control.births = births;
  control.oldCount += promoted;
  return promoted;
}

/** Counts objects that a young collection has made old: those with births from `control.births` to below `births`. */
export function countPromoted(births: u64): void {
  const promoted = <u32>(births - control.births);
  control.births = births;
  control.oldCount += promoted;
  control.longLivedPending += promoted;
}

/** Clears the marks that a collection left on the objects of a list. */
export function clearMarks(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    clearFlag(object, FLAG_COLLECTING | FLAG_UNREACHABLE);
  }
}

// ---- The quarter

/** Counts objects that `promoteAll` or `promoteSome` made old as if the split of a young collection had. */
export function countUnexamined(promoted: u32): void {
  control.longLivedPending += promoted;
}

/** Called when a full collection or a cycle begins: objects that become old from now on count towards the next one. */
export function startLongLived(): void {
  control.longLivedPending = 0;
}

/** Called when it has ended: all old objects are long-lived, except those that became old meanwhile. */
export function endLongLived(): void {
  const old = control.oldCount - control.frozenCount;
  control.longLivedTotal = old > control.longLivedPending ? old - control.longLivedPending : 0;
}

/** Called when a cycle is abandoned: another one is due as much as before. */
export function giveUpLongLived(): void {
  control.longLivedPending += control.longLivedTotal >>> 2;
}

/** Whether enough objects have become old that a full collection is worth it. */
export function hasGrownByQuarter(): bool {
  return control.longLivedPending >= control.longLivedTotal >>> 2;
}

// ---- Freezing

/** Freezes all tracked objects: no collection examines them any more. They still die by their refcount. */
export function freeze(): void {
  promoteAll(GENERATION_1);
  promoteAll(GENERATION_0);
  control.frozenUpTo = control.births;
  control.frozenCount = control.oldCount;
  control.count0 = control.count1 = control.count2 = 0;
}

/** Makes all frozen objects ordinary objects of generation 2. */
export function unfreeze(): void {
  control.frozenUpTo = 0;
  control.frozenCount = 0;
}

/** Whether an OLD object is frozen. */
export function isFrozen(object: usize): bool {
  return birthOf(object) < control.frozenUpTo;
}

/**
 * Number of frozen objects. Garbage of a cycle does not count, even if it was frozen since: so this walks the heap
 * after a cycle has decided what is garbage.
 */
export function frozenCount(): u32 {
  if (!control.frozenCount || control.phase < <u32>PHASE_GATHERING) return control.frozenCount;
  let count: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (hasFlag(object, FLAG_OLD) && isFrozen(object) && !isDead(object)) count++;
  }
  return count;
}

// ---- Listing

/** The next object of generation 2 behind this one (0 = from the start), or 0. */
function nextOld(object: usize): usize {
  do {
    object = object ? nextObject(object) : firstObject();
  } while (object && (!hasFlag(object, FLAG_OLD) || isFrozen(object) || isDead(object)));
  return object;
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
