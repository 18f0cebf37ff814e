// Hooks: the one place from which the core runs user code: the host's finalizers, callbacks and events.
//
// A hook may do anything to the heap except end it: take and drop references, define types, allocate, collect, kill,
// fail. So around each call:
//
//   - the object that the hook is about is held (`hold` in heap/count.ts), whatever its count was;
//   - `nesting` counts the hooks on the host's stack. At MAX_NESTING, or where the stack has no room, no hook runs:
//     the object is DEFERRED, and the outermost death or collection continues with it;
//   - `dyingFloor` divides the stack of dying objects: those below it belong to deaths that wait for this hook to
//     return, and nothing that the hook starts may touch them;
//   - no address is kept over the call that the hook may have moved. Types are kept as ids, and `typeOf(object)` is
//     read again.
//
// The queue of deferred objects runs through their `next`. They are DYING: refcount 0, in no generation, all slots
// still held. So weak references to them read null, and collections treat them as roots. Deferred callbacks are a chain
// of their weak references, which are held.

import { FLAG_DYING, FLAG_TRACKED } from "../layout";
import { control } from "../control";
import * as host from "../host";
import { SATURATED, hasFlag, infoOf, nextOf, setInfo, setNext, setPrev, setRefcount, typeIdOf } from "../object/header";
import { dropsLastFirst, isPlain, slotCount } from "../object/references";
import { Type, typeOf } from "../object/type";
import { hold, unhold } from "../heap/count";
import { moveTo, untrack } from "../heap/generations";
import { shade } from "../heap/barrier";
import { callbackOf, lastOfChain, nextWeakref, setNextWeakref } from "../weak/reference";

/** Hooks that may run one inside the other. The limit of CPython's trashcan. */
export const MAX_NESTING: u32 = 50;
/** Number of births within which deferred deaths continue. */
export const BIRTHS_BEFORE_STEP: i32 = 256;

// ---- Whether a hook may run now

const UNKNOWN: u32 = 0;
const ROOM: u32 = 1;
const NO_ROOM: u32 = 2;

/**
 * A death, a collection or a step begins, perhaps at another depth of the host's stack than the last one. So the host
 * is asked again whether there is room for hooks, once, before the first hook.
 */
@inline
export function startActivation(): void {
  control.room = UNKNOWN;
}

/** The host reports that its stack has no room for hooks. */
export function denyRoom(): void {
  control.room = NO_ROOM;
}

/** Whether a hook may run: the host's stack has room, and fewer than MAX_NESTING hooks are running. */
export function canRunHooks(): bool {
  if (control.nesting >= MAX_NESTING) return false;
  if (control.room == UNKNOWN) {
    control.room = ROOM;
    host.checkRoom();
  }
  return control.room != NO_ROOM;
}

// ---- Running hooks

/** Precedes each hook. Returns the floor that `leaveHook` restores. */
function enterHook(): u32 {
  const floor = control.dyingFloor;
  control.dyingFloor = control.dyingTop;
  control.nesting++;
  return floor;
}

function leaveHook(floor: u32): void {
  control.nesting--;
  control.dyingFloor = floor;
  control.room = ROOM;
}

/**
 * Runs an object's finalizer. True = the object then has no reference left: the caller kills it, or continues its
 * death.
 */
export function finalize(object: usize): bool {
  hold(object);
  const floor = enterHook();
  host.finalize(object, typeIdOf(object));
  leaveHook(floor);
  return unhold(object);
}

/**
 * Calls the callbacks of a chain of cleared weak references, in its order, and ends the hold on each. Weak references
 * that then have no reference left are pushed on the stack of dying objects. Returns how many.
 *
 * Two rules of CPython. After a death, all are held until the last callback has returned, so none of them is garbage to
 * a collection that a callback starts. In a collection (`generation` = where its survivors go), each hold ends after
 * its own call, and a weak reference that survives moves to that generation.
 */
export function callEach(first: usize, generation: i32 = -1): u32 {
  let died: u32 = 0;
  let last: usize = 0;
  const floor = enterHook();
  if (generation < 0) for (let weakref = first; weakref; weakref = nextWeakref(weakref)) call(weakref);
  while (first) {
    const weakref = first;
    first = nextWeakref(weakref);
    setNextWeakref(weakref, 0);
    if (generation >= 0) call(weakref);
    if (unhold(weakref)) {
      // They die in the order of the calls. In a collection the next callback may already end the death of this one.
      pushBelow(generation < 0 ? last : 0, weakref);
      last = weakref;
      died++;
    } else if (generation >= 0) moveTo(generation, weakref);
  }
  leaveHook(floor);
  return died;
}

function call(weakref: usize): void {
  host.callback(weakref, callbackOf(weakref));
}

/** Calls the callbacks of a chain after a death: now, or when the outermost death continues with what is deferred. */
export function callOrDefer(first: usize): void {
  if (!first) return;
  if (canRunHooks()) callEach(first);
  else deferCallbacks(first);
}

/** Reports the progress of a collection to the host (COLLECTION_*, CYCLE_*, STEP_*). The host runs user code. */
export function tell(event: u32, generation: u32, collected: u32): void {
  const floor = enterHook();
  host.tellCollection(event, generation, collected);
  leaveHook(floor);
}

/** Reports that the weak reference with this callback is dead. The host runs no user code. */
export function forgetCallback(id: u32): void {
  host.forget(id);
}

// ---- Deferred deaths and callbacks

/**
 * Makes an object DYING: in no generation, without references from outside, all slots still held. It is shaded, because a
 * cycle that marks can reach the objects in its slots only through it.
 */
function markDying(object: usize): void {
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  setInfo(object, (infoOf(object) & ~SATURATED) | FLAG_DYING);
  setRefcount(object, 0);
  setPrev(object, firstCursor(object, typeOf(object)));
  shade(object);
}

/**
 * Initial `prev` of a dying object: the number of slots dropped, or, for lists and tuples, which drop the last one first,
 * the number of slots held.
 */
function firstCursor(object: usize, type: Type): usize {
  return !isPlain(type) && dropsLastFirst(type) ? <usize>slotCount(object, type) : 0;
}

/**
 * Puts a dying object on top of the stack, so that the loop continues with it. Its finalizer, if it has one, has run.
 */
export function pushDying(object: usize): void {
  pushBelow(0, object);
}

/** Puts a dying object on the stack: right below `above`, or on top if that is 0. */
export function pushBelow(above: usize, object: usize): void {
  markDying(object);
  if (above) {
    setNext(object, nextOf(above));
    setNext(above, object);
  } else {
    setNext(object, control.dyingTop);
    control.dyingTop = <u32>object;
  }
}

/**
 * Puts an object with links, whose refcount is 0, at the end of the queue. Its finalizer, if it has one, has not run.
 */
export function defer(object: usize): void {
  markDying(object);
  setNext(object, 0);
  if (control.waitingFirst) setNext(control.waitingLast, object);
  else control.waitingFirst = <u32>object;
  control.waitingLast = <u32>object;
  seeToWaiting();
}

/** Takes the first object out of the queue; 0 = it is empty. It is DYING. */
export function takeDeferred(): usize {
  const object = <usize>control.waitingFirst;
  if (object) control.waitingFirst = <u32>nextOf(object);
  return object;
}

/** Puts a chain of callbacks at the end of their queue. */
export function deferCallbacks(first: usize): void {
  if (!first) return;
  if (control.callbacksFirst) setNextWeakref(control.callbacksLast, first);
  else control.callbacksFirst = <u32>first;
  control.callbacksLast = <u32>lastOfChain(first);
  seeToWaiting();
}

/** Takes all deferred callbacks, as one chain; 0 = there are none. */
export function takeCallbacks(): usize {
  const first = <usize>control.callbacksFirst;
  control.callbacksFirst = 0;
  return first;
}

/** Whether anything is deferred: objects, callbacks, or dying objects above the floor. */
export function isAnythingWaiting(): bool {
  return (control.waitingFirst | control.callbacksFirst) != 0 || control.dyingTop != control.dyingFloor;
}

/** Lowers the limit of births, so that one of the next births continues with what is deferred. */
export function seeToWaiting(): void {
  control.birthsLimit = min(control.birthsLimit, control.count0 + BIRTHS_BEFORE_STEP);
}

/** Number of dying and deferred objects. Each may hold more objects that will die with it. */
export function waitingCount(): u32 {
  let count: u32 = 0;
  for (let object = <usize>control.dyingTop; object; object = nextOf(object)) count++;
  for (let object = <usize>control.waitingFirst; object; object = nextOf(object)) count++;
  return count;
}
