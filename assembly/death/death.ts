// Death: the one way an object goes.
//
//   refcount 0 → finalizer, once, object alive, may resurrect → weak references cleared, callbacks
//   newest first → slots dropped, depth first, a child's whole death before the next slot → freed
//
// It is a loop. Objects that wait for a child's death form a stack through their own `next`, and
// remember in `prev` how far their slots have been dropped. An object is freed before the child in
// its last slot is entered, so a chain of any length needs a stack of one and is touched once.
//
// Finalizers and callbacks run user code, which may drop more. That recursion goes through the host's
// stack, so past a nesting of MAX_NESTING objects and callbacks wait for the outermost death to end.

import {
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  FLAG_OLD,
  FLAG_TRACKED,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  SLOTS_BUFFER_OFFSET,
  TYPE_DIES_QUIETLY,
  TYPE_HAS_LINKS,
  TYPE_MASK,
  TYPE_STR,
  TYPE_WEAKREF,
} from "../layout";
import { freeBlock, giveBlock } from "../memory/blocks";
import { control } from "../control";
import { callback, finalize, forget } from "../host";
import {
  ONE_OUTSIDE,
  clearFlag,
  hasFlag,
  headerOf,
  infoOf,
  nextOf,
  prevOf,
  refcountOf,
  setFlag,
  setHeader,
  setInfo,
  setNext,
  setPrev,
  setRefcount,
  typeIdOf,
} from "../object/header";
import { allSlots, allSlotsEnd, dropsLastFirst, firstSlot, isPlain, slotCount } from "../object/references";
import { Type, hasFinalizer, hasLinks, typeAt, typeOf } from "../object/type";
import { firstEntry, firstEntryOf, unlinkEntry } from "../weak/map";
import { leaveGeneration, track, untrack } from "../heap/generations";
import { forgetInterned } from "../values/intern";
import { dropOutside, dropOutsideUnlessLast, dropSlot, takeCount } from "../heap/count";
import { shade, shadeSlots } from "../heap/barrier";
import {
  BIRTHS_BEFORE_STEP,
  DEATH_SLICE,
  MAX_NESTING,
  dropSome,
  enqueue,
  giveBackObject,
  hasSlotsLeft,
  markDying,
  pushDying,
  takeWaiting,
  wait,
} from "./waiting";
import { checkLive } from "../heap/walk";
import { callbackOf, clearWeakrefs, detach, forgetCallback, nextWeakref, setNextWeakref } from "../weak/reference";

/** The object's refcount has just become 0. It dies, now or when the deaths around it end. */
export function destroy(object: usize): void {
  if (control.nesting >= MAX_NESTING && hasLinks(typeOf(object))) wait(object);
  else if (control.bounded) dieInSlices(object, 0);
  else die(object, 0, 0);
}

/** Takes an outside reference away; the object dies if it was the last reference. */
export function decref(object: usize): void {
  checkLive(object);
  if (!dropOutsideUnlessLast(object)) return;
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  if (!isQuiet(info, type) || control.nesting >= MAX_NESTING) {
    if (isQuietLeaf(info, type)) {
      freeBlock(object);
      return;
    }
    setRefcount(object, 0);
    destroy(object);
    return;
  }
  // What most deaths are, in as few steps as can be: nothing dies of it.
  const slot = dropSlots(object, info, type);
  if (!slot) release(object);
  else if (control.bounded) dieInSlices(object, slot);
  else die(object, 0, slot);
}

/** The nesting that hooks add to. What waits for the outermost of them goes when that has returned. */
function enterHook(): void {
  control.nesting++;
}
function leaveHook(): void {
  if (control.nesting == 1) endWaiting();
  control.nesting--;
}

/**
 * The whole death of `dead` and of all that goes with it, inside that of `top`, the innermost object that waits for a
 * child's death (0 = none). `slot`: the one of `dead` whose object is about to die, if it has got that far (0 = it has not).
 */
function die(dead: usize, top: usize, slot: usize): void {
  while (true) {
    const info = infoOf(dead);
    const type = typeAt(info & TYPE_MASK);
    if (isQuiet(info, type)) {
      if (!slot) slot = dropSlots(dead, info, type);
      const child: usize = slot ? <usize>load<u32>(slot) : 0;
      if (child && slot + 4 != slotsEndOf(dead, type)) {
        waitForChild(dead, info, slot, top);
        top = dead;
      } else release(dead);
      slot = 0;
      if (child) {
        dead = child;
        continue;
      }
    } else top = beginLoudly(dead, info, type, top);
    do {
      if (!top) return;
      const below = nextOf(top);
      const type = typeOf(top);
      dead = dropNext(top, type);
      if (!hasSlotsLeft(top, type)) {
        endDying(top, type);
        top = below;
      }
    } while (!dead);
  }
}

/** A child is about to die of what `slot` held, and there are more: `dead` is the new top. */
@inline
function waitForChild(dead: usize, info: u32, slot: usize, top: usize): void {
  setInfo(dead, (info & NOT_TRACKED) | FLAG_DYING);
  setRefcount(dead, 0);
  setPrev(dead, cursorBehind(dead, slot));
  setNext(dead, top);
}

/** The beginning of a death that is more than dropping slots. The new top. */
function beginLoudly(dead: usize, info: u32, type: Type, top: usize): usize {
  setInfo(dead, info & NO_ROOTS);
  setRefcount(dead, 0);
  if (!hasLinks(type)) {
    endLeaf(dead);
    return top;
  }
  if (!beginDying(dead, type)) return top;
  setNext(dead, top);
  return dead;
}

const NO_ROOTS: u32 = ~(ROOTS_SATURATED << ROOTS_SHIFT);
const NOT_TRACKED: u32 = NO_ROOTS & ~(FLAG_TRACKED | FLAG_OLD);
const QUIET_LINKED: u32 = TYPE_DIES_QUIETLY | TYPE_HAS_LINKS;

/** Whether an object of a type with links, as most are, dies without a word to anyone. */
@inline
function isQuiet(info: u32, type: Type): bool {
  return (type.flags & QUIET_LINKED) == QUIET_LINKED && !(info & (FLAG_HAS_WEAKREFS | FLAG_DYING));
}

/** The same of an object that refers to nothing. */
@inline
function isQuietLeaf(info: u32, type: Type): bool {
  return !hasLinks(type) && !(info & (FLAG_HAS_WEAKREFS | FLAG_INTERNED));
}

/** Takes a quiet object out of its generation, and drops its slots until something dies of it. That slot, or 0. */
@inline
function dropSlots(object: usize, info: u32, type: Type): usize {
  if (info & FLAG_TRACKED) leaveGeneration(object, info);
  return dropUntilDeath(object + PAYLOAD_OFFSET, slotsEndOf(object, type));
}

/** Drops slots until something dies of it. That slot, or 0. */
@inline
function dropUntilDeath(slot: usize, end: usize): usize {
  for (; slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && takeCount(child)) return slot;
  }
  return 0;
}


@inline
function slotsEndOf(struct: usize, type: Type): usize {
  return struct + PAYLOAD_OFFSET + ((<usize>type.slots) << 2);
}


@inline
function cursorBehind(struct: usize, slot: usize): usize {
  return (slot + 4 - struct - PAYLOAD_OFFSET) >>> 2;
}

/** The memory of an object that may have been tracked goes back. */
@inline
function release(object: usize): void {
  countDeath();
  giveBlock(object);
}


@inline
function countDeath(): void {
  const count = control.count0;
  if (count > 0) control.count0 = count - 1;
}

/** The death of an object that refers to nothing. */
export function endLeaf(object: usize): void {
  const info = infoOf(object);
  if (info & FLAG_HAS_WEAKREFS) tellWeakrefs(object);
  if (info & FLAG_INTERNED && typeIdOf(object) == TYPE_STR) forgetInterned(object);
  freeBlock(object);
}

/** The part of a death in which user code runs; then the object is DYING. False if the finalizer resurrected it. */
function beginDying(object: usize, type: Type): bool {
  if (hasFinalizer(type) && !hasFlag(object, FLAG_FINALIZED) && !diesAfterFinalizer(object)) return false;
  markDying(object, type);
  if (hasFlag(object, FLAG_HAS_WEAKREFS)) {
    setNext(object, 0);
    tellWeakrefs(object);
  }
  return true;
}

/** Runs the finalizer while the call holds the object, as the youngest of generation 0. True if nobody else does. */
function diesAfterFinalizer(object: usize): bool {
  shadeSlots(object);
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  clearFlag(object, FLAG_DYING); // if it has been waiting
  track(object);
  setHeader(object, headerOf(object) + ONE_OUTSIDE);
  enterHook();
  finalize(object, typeIdOf(object));
  leaveHook();
  setFlag(object, FLAG_FINALIZED);
  return dropOutside(object);
}

/** Drops slots until a child dies of it, which is returned, or none is left. */
function dropNext(object: usize, type: Type): usize {
  if (!isPlain(type) && dropsLastFirst(type)) return dropNextFromEnd(object, type);
  const first = allSlots(object, type);
  const end = allSlotsEnd(object, type);
  const slot = dropUntilDeath(first + (prevOf(object) << 2), end);
  setPrev(object, ((slot ? slot + 4 : end) - first) >>> 2);
  return slot ? <usize>load<u32>(slot) : 0;
}

function dropNextFromEnd(object: usize, type: Type): usize {
  let cursor = prevOf(object);
  const first = firstSlot(object, type);
  while (cursor) {
    cursor--;
    const item = load<u32>(first + (cursor << 2));
    if (item && dropSlot(item)) {
      setPrev(object, cursor);
      return item;
    }
  }
  setPrev(object, cursor);
  return 0;
}

/** All slots are dropped: the memory goes back. */
@inline
function endDying(object: usize, type: Type): void {
  // A struct is never one that a cycle is in the middle of, and has no buffer.
  if (type.flags & TYPE_DIES_QUIETLY) {
    countDeath();
    freeBlock(object);
  } else {
    endOdd(object, type);
    giveBackObject(object, type);
  }
}

/** What the end of a weak reference or weak map has to it besides its memory. */
export function endOdd(object: usize, type: Type): void {
  if (typeIdOf(object) == TYPE_WEAKREF) {
    detach(object);
    const id = callbackOf(object);
    if (id) forget(id);
    forgetCallback(object);
  } else if (type.kind == KIND_WEAKMAP) clearWeakMap(object);
}

// ---- With bounded pauses

/** As `die`, but so much of it happens now and no more; what is left waits on the stack. */
function dieInSlices(dead: usize, slot: usize): void {
  const outer = control.dropsLeft;
  const floor = control.dyingTop;
  control.dropsLeft = DEATH_SLICE;
  goOn(slot ? dieNow(dead, slot) : dead, floor);
  if (control.dyingTop != floor) postpone(floor);
  control.dropsLeft = outer;
}

/** What is on the stack above `floor` waits for a step. */
function postpone(floor: u32): void {
  // The births to come see to it.
  control.birthsLimit = min(control.birthsLimit, control.count0 + BIRTHS_BEFORE_STEP);
  // Their holders may have been known to a cycle that marks, and they not.
  for (let waiting = control.dyingTop; waiting && waiting != floor; waiting = <u32>nextOf(waiting)) shade(waiting);
}

/** Goes on with the deaths that wait, for up to `drops` slots. How many that took. */
export function dropWaiting(drops: i32): i32 {
  const outer = control.dropsLeft;
  control.dropsLeft = drops;
  while (control.dropsLeft > 0 && control.dyingTop | control.waitingFirst) {
    goOn(control.dyingTop ? 0 : takeWaiting(), 0);
  }
  const taken = drops - control.dropsLeft;
  control.dropsLeft = outer;
  return taken;
}

/** The death of `dead` (0 = nothing new), then of what is on the stack above `floor`, the innermost first. */
function goOn(dead: usize, floor: u32): void {
  while (true) {
    if (!dead) dead = nextToDie(floor);
    if (!dead) return;
    dead = control.dropsLeft > 0 ? dieNow(dead, 0) : begin(dead);
  }
}

/** What dies next of a slot of the objects above `floor`; 0 = they are done, or that is enough for now. */
function nextToDie(floor: u32): usize {
  while (control.dropsLeft > 0) {
    const top = <usize>control.dyingTop;
    if (!top || <u32>top == floor) break;
    const type = typeOf(top);
    // A struct's slots are few enough to be counted when all are dropped.
    const child = type.flags & TYPE_DIES_QUIETLY ? dropNext(top, type) : dropSome(top, type, false);
    if (!hasSlotsLeft(top, type)) {
      control.dyingTop = <u32>nextOf(top);
      control.dropsLeft -= type.slots + 1;
      endDying(top, type);
    }
    if (child) return child;
  }
  return 0;
}

/** The death of an object up to that of a child, which is returned; or as far as that is on the stack. */
function dieNow(dead: usize, slot: usize): usize {
  const info = infoOf(dead);
  const type = typeAt(info & TYPE_MASK);
  if (!isQuiet(info, type)) return begin(dead);
  if (!slot) slot = dropSlots(dead, info, type);
  control.dropsLeft -= 2;
  const child: usize = slot ? <usize>load<u32>(slot) : 0;
  if (child && slot + 4 != slotsEndOf(dead, type)) {
    waitForChild(dead, info, slot, control.dyingTop);
    control.dyingTop = <u32>dead;
  } else release(dead);
  return child;
}

/** The part of a death that comes before dropping slots; then the object is on the stack. Always 0. */
function begin(dead: usize): usize {
  const info = infoOf(dead);
  const type = typeAt(info & TYPE_MASK);
  setInfo(dead, info & NO_ROOTS);
  setRefcount(dead, 0);
  if (!hasLinks(type)) endLeaf(dead);
  else if (isQuiet(info, type)) {
    markDying(dead, type);
    pushDying(dead);
  } else if (beginDying(dead, type)) pushDying(dead);
  return 0;
}

/** Takes an entry out of its weak map; with it goes its value, if nothing else refers to that. */
export function dropEntry(entry: usize): void {
  unlinkEntry(entry);
  if (!dropSlot(entry)) return;
  // A death inside a death, as those that hooks lead to.
  enterHook();
  destroy(entry);
  leaveHook();
}

export function clearWeakMap(map: usize): void {
  for (let entry = firstEntry(map); entry; entry = firstEntry(map)) dropEntry(entry);
}

/** Makes the weak references to an object dead, and calls those to be called; the entries go of which it is the key. */
export function tellWeakrefs(object: usize): void {
  for (let entry = firstEntryOf(object); entry; entry = firstEntryOf(object)) dropEntry(entry);
  const weakref = clearWeakrefs(object);
  if (!weakref) return;
  if (control.nesting >= MAX_NESTING) deferCallbacks(weakref);
  else callAll(weakref);
}

/**
 * Calls the callbacks of a chain of cleared weak references. Each is held until all have been called, as in CPython: to
 * a collection that a callback asks for, none of them is garbage.
 */
function callAll(first: usize): void {
  enterHook();
  for (let weakref = first; weakref; weakref = nextWeakref(weakref)) callback(weakref, callbackOf(weakref));
  while (first) {
    const weakref = first;
    first = nextWeakref(weakref);
    setNextWeakref(weakref, 0);
    decref(weakref);
  }
  leaveHook();
}

/** The deaths of a chain of objects for which `markDying` has been called. */
export function endDeaths(chain: usize): void {
  while (chain) {
    const object = chain;
    chain = nextOf(chain);
    if (control.nesting >= MAX_NESTING) enqueue(object);
    else destroy(object);
  }
}

function deferCallbacks(weakref: usize): void {
  if (control.callbacksFirst) setNextWeakref(control.callbacksLast, weakref);
  else control.callbacksFirst = <u32>weakref;
  while (nextWeakref(weakref)) weakref = nextWeakref(weakref);
  control.callbacksLast = <u32>weakref;
}

/** Ends what waits, with the nesting of the outermost death. */
function endWaiting(): void {
  while (control.waitingFirst | control.callbacksFirst) {
    const object = takeWaiting();
    if (object) {
      if (control.bounded) dieInSlices(object, 0);
      else die(object, 0, 0);
    }
    const weakref = control.callbacksFirst;
    if (weakref) {
      control.callbacksFirst = 0;
      callAll(weakref);
    }
  }
}
