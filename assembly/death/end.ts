// The end of an object that holds nothing any more: its memory goes back, and its buffer's.

import { FLAG_DETACHED, SLOTS_BUFFER_OFFSET, TYPE_WEAKREF } from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { hasFlag, typeIdOf } from "../object/header";
import { hasBuffer } from "../object/references";
import { Type } from "../object/type";
import { callbackOf, detach } from "../weak/reference";
import { forgetCallback } from "./hooks";
/** The memory of an object with links goes back. */
@inline
export function freeObject(object: usize): void {
  const count = control.count0;
  if (count > 0) control.count0 = count - 1;
  freeBlock(object);
}

/** Gives back an object's buffer, if it has one. */
export function freeBuffer(object: usize, type: Type): void {
  if (!hasBuffer(type)) return;
  const buffer = load<u32>(object + SLOTS_BUFFER_OFFSET);
  if (buffer) freeBlock(buffer);
}

/** All slots are dropped: the last thing that a weak reference or a weak map does, then the memory goes back. */
export function endDying(object: usize, type: Type): void {
  if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);
  freeBuffer(object, type);
  if (object == <usize>control.partial) control.partial = 0;
  if (hasBuffer(type) && hasFlag(object, FLAG_DETACHED)) freeBlock(object);
  else freeObject(object);
}

/** A weak reference dies: it leaves its referent's chain, and its callback will never be called. */
export function endWeakref(weakref: usize): void {
  detach(weakref);
  const id = callbackOf(weakref);
  if (id) forgetCallback(id);
}
