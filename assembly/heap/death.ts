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
  FLAG_TRACKED,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  SLOTS_BUFFER_OFFSET,
  TYPE_STR,
  TYPE_WEAKREF,
} from "../layout";
import { freeBlock } from "../alloc/block";
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
  setNext,
  setPrev,
  typeIdOf,
} from "../object/header";
import { dropsLastFirst, firstSlot, hasBuffer, isPlain, slotCount, slotsEnd, slotsOf } from "../object/slots";
import { Type, hasFinalizer, hasLinks, typeOf } from "../object/type";
import { firstEntry, firstEntryOf, unlinkEntry } from "./ephemeron";
import { track, untrack } from "./generations";
import { forgetInterned } from "./intern";
import { dropOutside, dropSlot } from "./refcount";
import { callbackOf, clearWeakrefs, detach, nextWeakref, setNextWeakref } from "./weak";

/** CPython's trashcan limit. */
const MAX_NESTING: u32 = 50;

/** The object's refcount has just become 0. It dies, now or when the deaths around it end. */
export function destroy(object: usize): void {
  if (control.nesting >= MAX_NESTING && hasLinks(typeOf(object))) {
    wait(object);
    return;
  }
  control.nesting++;
  die(object);
  if (control.nesting == 1) endWaiting();
  control.nesting--;
}

/** Takes an outside reference away; the object dies if it was the last reference. */
export function decref(object: usize): void {
  if (dropOutside(object)) destroy(object);
}

/** The whole death of `dead` and of all that goes with it. */
function die(dead: usize): void {
  let top: usize = 0; // the innermost object whose slots are being dropped
  while (true) {
    if (dead) {
      const type = typeOf(dead);
      if (!hasLinks(type)) {
        endLeaf(dead);
      } else if (beginDying(dead, type)) {
        setNext(dead, top);
        top = dead;
      }
    }
    if (!top) return;
    const type = typeOf(top);
    const below = nextOf(top);
    dead = dropNext(top, type);
    if (slotsOf(top, type) >= slotsEnd(top, type)) {
      endDying(top, type);
      top = below;
    }
  }
}

/** The death of an object that refers to nothing. */
function endLeaf(object: usize): void {
  const info = infoOf(object);
  if (info & FLAG_HAS_WEAKREFS) tellWeakrefs(object);
  if (info & FLAG_INTERNED && typeIdOf(object) == TYPE_STR) forgetInterned(object);
  freeBlock(object);
}

/** In no generation any more, all slots still held. */
function markDying(object: usize, type: Type): void {
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  setFlag(object, FLAG_DYING);
  setPrev(object, !isPlain(type) && dropsLastFirst(type) ? <usize>slotCount(object, type) : 0);
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
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  clearFlag(object, FLAG_DYING); // if it has been waiting
  track(object);
  setHeader(object, headerOf(object) + ONE_OUTSIDE);
  finalize(object, typeIdOf(object));
  setFlag(object, FLAG_FINALIZED);
  return dropOutside(object);
}

/** Drops slots until a child dies of it, which is returned, or none is left. */
function dropNext(object: usize, type: Type): usize {
  let first = object + PAYLOAD_OFFSET;
  let slots = type.slots;
  if (!isPlain(type)) {
    if (dropsLastFirst(type)) return dropNextFromEnd(object, type);
    first = firstSlot(object, type);
    slots = slotCount(object, type);
  }
  let cursor = prevOf(object);
  while (cursor < slots) {
    const child = load<u32>(first + (cursor << 2));
    cursor++;
    if (child && dropSlot(child)) {
      setPrev(object, cursor);
      return child;
    }
  }
  setPrev(object, cursor);
  return 0;
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
function endDying(object: usize, type: Type): void {
  if (hasBuffer(type)) {
    const buffer = load<u32>(object + SLOTS_BUFFER_OFFSET);
    if (buffer) freeBlock(buffer);
  } else if (typeIdOf(object) == TYPE_WEAKREF) {
    detach(object);
    const id = callbackOf(object);
    if (id) forget(id);
  } else if (type.kind == KIND_WEAKMAP) clearWeakMap(object);
  if (control.count0 > 0) control.count0--;
  freeBlock(object);
}

/** Takes an entry out of its weak map; with it goes its value, if nothing else refers to that. */
export function dropEntry(entry: usize): void {
  unlinkEntry(entry);
  if (dropSlot(entry)) destroy(entry);
}

export function clearWeakMap(map: usize): void {
  for (let entry = firstEntry(map); entry; entry = firstEntry(map)) dropEntry(entry);
}

function tellWeakrefs(object: usize): void {
  for (let entry = firstEntryOf(object); entry; entry = firstEntryOf(object)) dropEntry(entry);
  const weakref = clearWeakrefs(object);
  if (!weakref) return;
  if (control.nesting > MAX_NESTING) deferCallbacks(weakref);
  else callAll(weakref);
}

/** Calls the callbacks of a chain of cleared weak references and lets go of each. */
function callAll(weakref: usize): void {
  while (weakref) {
    const next = nextWeakref(weakref);
    callBack(weakref);
    weakref = next;
  }
}

/** Calls the callback of a cleared weak reference, the first of a chain, and lets go of it. False if it died of that. */
export function callBack(weakref: usize): bool {
  setNextWeakref(weakref, 0);
  callback(weakref, callbackOf(weakref));
  const isLast = refcountOf(weakref) == 1;
  decref(weakref);
  return !isLast;
}

/** Puts an object in the queue. It has refcount 0, so weak references to it read null. */
function wait(object: usize): void {
  markDying(object, typeOf(object));
  setNext(object, 0);
  if (control.waitingFirst) setNext(control.waitingLast, object);
  else control.waitingFirst = <u32>object;
  control.waitingLast = <u32>object;
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
    const object = control.waitingFirst;
    if (object) {
      control.waitingFirst = <u32>nextOf(object);
      die(object);
    }
    const weakref = control.callbacksFirst;
    if (weakref) {
      control.callbacksFirst = 0;
      callAll(weakref);
    }
  }
}
