// Deaths that wait: for the end of those around them (a queue), or, with bounded pauses, for their turn (a stack).
//
// With bounded pauses a death drops so many slots and no more. The objects whose slots are not all dropped by
// then stay on the stack, which runs through their own `next` as any death's does, and later steps go on with it.
// They have refcount 0 and are DYING, so weak references to them read null. They are roots of a collection.

import {
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  FLAG_TRACKED,
  KIND_TUPLE,
  KIND_WEAKMAP,
  SLOTS_BUFFER_OFFSET,
  TYPE_DIES_QUIETLY,
  TYPE_WEAKREF,
} from "../layout";
import { allocBlock, freeBlock } from "../memory/blocks";
import { control } from "../control";
import {
  SATURATED,
  hasFlag,
  infoOf,
  nextOf,
  prevOf,
  refcountOf,
  setInfo,
  setNext,
  setPrev,
  typeIdOf,
} from "../object/header";
import { dropsLastFirst, firstSlot, hasBuffer, isPlain, slotCount, slotsEnd, slotsOf } from "../object/references";
import { Type, hasLinks, typeOf } from "../object/type";
import { untrack } from "../heap/generations";
import { dropSlot } from "../heap/slot-count";
import { shade } from "../heap/barrier";

/** CPython's trashcan limit. */
export const MAX_NESTING: u32 = 50;
/** Slots that one death drops at once. */
export const DEATH_SLICE: i32 = 1000;
/** Births after which somebody must have seen to what waits. */
export const BIRTHS_BEFORE_STEP: i32 = 256;
/** Slots that are dropped to get memory before it grows. */
const DROPS_BEFORE_GROWTH: i32 = 10000;

/** In no generation any more, without references from outside, all slots still held. */
export function markDying(object: usize, type: Type): void {
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  setInfo(object, (infoOf(object) & ~SATURATED) | FLAG_DYING);
  setPrev(object, !isPlain(type) && dropsLastFirst(type) ? <usize>slotCount(object, type) : 0);
}

// ---- The queue

/** Puts an object in the queue. It has refcount 0, so weak references to it read null. */
export function wait(object: usize): void {
  markDying(object, typeOf(object));
  enqueue(object);
}

/** The same if it is marked as DYING already. */
export function enqueue(object: usize): void {
  shade(object);
  setNext(object, 0);
  if (control.waitingFirst) setNext(control.waitingLast, object);
  else control.waitingFirst = <u32>object;
  control.waitingLast = <u32>object;
}

/** Takes the first out of the queue; 0 = it is empty. */
export function takeWaiting(): usize {
  const object = <usize>control.waitingFirst;
  if (object) control.waitingFirst = <u32>nextOf(object);
  return object;
}

// ---- The stack

export function pushDying(object: usize): void {
  setNext(object, control.dyingTop);
  control.dyingTop = <u32>object;
}

/** Objects that wait for their turn, as far as it is known who: each may hold more. */
export function waitingCount(): u32 {
  let count: u32 = 0;
  for (let object = <usize>control.dyingTop; object; object = nextOf(object)) count++;
  for (let object = <usize>control.waitingFirst; object; object = nextOf(object)) count++;
  return count;
}

/**
 * Drops slots of a dying object until a child dies of it, which is returned, `control.dropsLeft` of them are
 * dropped, or none is left: then returns 0. `quietly`: also when a child's death would be more than dropping slots.
 */
export function dropSome(object: usize, type: Type, quietly: bool): usize {
  const first = firstSlot(object, type);
  const backwards = !isPlain(type) && dropsLastFirst(type);
  const end: usize = backwards ? 0 : <usize>slotCount(object, type);
  let cursor = prevOf(object);
  let dead: usize = 0;
  for (; control.dropsLeft > 0 && cursor != end && !dead; control.dropsLeft--) {
    const child = <usize>load<u32>(first + ((backwards ? cursor - 1 : cursor) << 2));
    if (quietly && child && refcountOf(child) == 1 && !diesQuietly(child)) break;
    if (backwards) cursor--;
    else cursor++;
    if (child && dropSlot(child)) dead = child;
  }
  setPrev(object, cursor);
  return dead;
}

/** Whether an object's death runs no code of anyone's before its slots are dropped. */
function diesQuietly(object: usize): bool {
  const type = typeOf(object);
  if (!hasLinks(type)) return !hasFlag(object, FLAG_HAS_WEAKREFS | FLAG_INTERNED);
  if (hasFlag(object, FLAG_HAS_WEAKREFS | FLAG_DYING)) return false;
  return (type.flags & TYPE_DIES_QUIETLY) != 0 || type.kind >= <u32>KIND_TUPLE;
}


@inline
export function hasSlotsLeft(object: usize, type: Type): bool {
  if (isPlain(type)) return <u32>prevOf(object) < type.slots;
  return slotsOf(object, type) < slotsEnd(object, type);
}

/** The memory of an object that may have been tracked goes back, with its buffer if it has one. */
export function giveBackObject(object: usize, type: Type): void {
  if (hasBuffer(type)) {
    const buffer = load<u32>(object + SLOTS_BUFFER_OFFSET);
    if (buffer) freeBlock(buffer);
  }
  const count = control.count0;
  if (count > 0) control.count0 = count - 1;
  if (object == <usize>control.partial) control.partial = 0;
  freeBlock(object);
}

/** Whether the end of an object is more than giving its memory back. */
function endsLoudly(object: usize, type: Type): bool {
  return type.kind == KIND_WEAKMAP || typeIdOf(object) == TYPE_WEAKREF;
}

/** Drops slots of what waits as long as that runs no code of anyone's. False if there was nothing to be had. */
function dropQuietly(): bool {
  let hasFreed = false;
  control.dropsLeft = DROPS_BEFORE_GROWTH;
  while (control.dyingTop && control.dropsLeft > 0) {
    const top = <usize>control.dyingTop;
    const type = typeOf(top);
    const child = dropSome(top, type, true);
    const isOver = !hasSlotsLeft(top, type) && !endsLoudly(top, type);
    if (!child && !isOver) break;
    if (isOver) {
      control.dyingTop = <u32>nextOf(top);
      giveBackObject(top, type);
      hasFreed = true;
    }
    if (!child) continue;
    const childType = typeOf(child);
    if (hasLinks(childType)) {
      markDying(child, childType);
      pushDying(child);
    } else freeBlock(child);
  }
  return hasFreed;
}

/** As `allocBlock`; but before memory grows, what waits for its death makes room. */
export function newBlock(payload: u32, sizeClass: u32, kind: u32): usize {
  let block = allocBlock(payload, sizeClass, kind);
  if (block || !control.dyingTop) return block;
  if (dropQuietly()) block = allocBlock(payload, sizeClass, kind);
  if (block) return block;
  control.growsAnyway = 1;
  block = allocBlock(payload, sizeClass, kind);
  control.growsAnyway = 0;
  return block;
}
