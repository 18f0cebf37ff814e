// The end of an object that holds nothing any more: its block and its buffer are freed.

import { FLAG_DETACHED, SLOTS_BUFFER_OFFSET, TYPE_WEAKREF } from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { hasFlag, typeIdOf } from "../object/header";
import { hasBuffer } from "../object/references";
import { Type } from "../object/type";
import { callbackOf, detach } from "../weak/reference";
import { forgetCallback } from "./hooks";

/** Frees an object with links, and counts its death. */
@inline
export function freeObject(object: usize): void {
  countDeath();
  freeBlock(object);
}

/** Counts the death of an object with links. */
@inline
export function countDeath(): void {
  const count = control.count0;
  if (count > 0) control.count0 = count - 1;
}

/** Frees an object's buffer, if it has one. */
export function freeBuffer(object: usize, type: Type): void {
  if (!hasBuffer(type)) return;
  const buffer = load<u32>(object + SLOTS_BUFFER_OFFSET);
  if (buffer) freeBlock(buffer);
}

/**
 * Ends the death of an object that has dropped all slots. The death of a detached container is not counted: nor was its
 * birth.
 */
export function endDying(object: usize, type: Type): void {
  if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);
  freeBuffer(object, type);
  if (object == <usize>control.partial) control.partial = 0;
  if (hasBuffer(type) && hasFlag(object, FLAG_DETACHED)) freeBlock(object);
  else freeObject(object);
}

/** Ends a weak reference: it leaves its referent's chain, and the host can drop its callback. */
export function endWeakref(weakref: usize): void {
  detach(weakref);
  const id = callbackOf(weakref);
  if (id) forgetCallback(id);
}
