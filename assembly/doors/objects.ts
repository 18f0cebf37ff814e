// Doors: the heap itself, types, objects, and reading them.
//
// Doors that are @inline have a short path that calls nothing. A program that is linked with the core has it in place:
// an object is born and dies in 7 ns instead of 11.

import { FLAG_FINALIZED, KIND_STRUCT, SLOTS_BUFFER_OFFSET } from "../layout";
import { CHECK } from "../check";
import { control } from "../control";
import { needRoom } from "../room";
import { blockSize } from "../memory/blocks";
import { setLimit as moveLimit } from "../memory/growth";
import { hasFlag, isTracked as isObjectTracked, refcountOf } from "../object/header";
import { hasBuffer } from "../object/references";
import { typeOf as typeOfObject } from "../object/type";
import { addType } from "../heap/birth";
import { takeCensus } from "../heap/census";
import { incref as addRoot, increfQuickly, rootsOf } from "../heap/count";
import { firstObject, nextObject as objectAfter, typeIdAt } from "../heap/walk";
import { decref as dropRoot } from "../death/fast";
import { slotAddress, writeQuickly, writeSlot } from "../containers/write";
import { alloc as allocObject } from "../alloc";
import { startHeap } from "../start";
import { checkAlive, checkAliveOrNone, checkNewType, checkObject, checkOwned, checkSlot, checkStart } from "./checks";

/** Throws as the engine does if the stack has no room for this many frames of 4 KiB. */
export { needMoreRoom as needRoom } from "../room";

export function heapBase(): usize {
  return __heap_base;
}

export function init(base: usize, limit: usize): bool {
  checkStart();
  needRoom();
  return startHeap(base, limit);
}

/** Moves the limit that `init` set. False = the heap has grown beyond it; nothing changed. */
export function setLimit(limit: usize): bool {
  needRoom();
  return moveLimit(limit);
}

/** Address of the control block, which an image saves. */
export function controlBlock(): usize {
  return changetype<usize>(control);
}

export function defineType(payloadBytes: u32, slotCount: u32, flags: u32): u32 {
  needRoom();
  return addType(payloadBytes, slotCount, KIND_STRUCT, flags);
}

/** Asks for room on its long path only. */
@inline
export function alloc(type: u32): usize {
  checkNewType(type);
  return allocObject(type);
}

/** Counting is two stores, except from the 255th reference from outside on, and while a cycle marks. */
@inline
export function incref(object: usize): bool {
  checkAlive(object);
  return increfQuickly(object) || increfInRoom(object);
}

function increfInRoom(object: usize): bool {
  needRoom();
  return addRoot(object);
}

/** Asks for room on its long path only. */
@inline
export function decref(object: usize): void {
  checkOwned(object);
  dropRoot(object);
}

export function refcount(object: usize): u32 {
  checkObject(object);
  return refcountOf(object);
}

export function roots(object: usize): u32 {
  checkObject(object);
  return rootsOf(object);
}


@inline
export function getRef(object: usize, slot: u32): usize {
  checkSlot(object, slot);
  return load<u32>(slotAddress(object, slot));
}

/** Writing a slot is a few stores, unless the old value dies, or a cycle is marking. */
@inline
export function setRef(object: usize, slot: u32, value: usize): void {
  checkSlot(object, slot);
  checkAlive(object);
  checkAliveOrNone(value);
  const at = slotAddress(object, slot);
  if (!writeQuickly(at, value)) setRefInRoom(at, value);
}

function setRefInRoom(slot: usize, value: usize): void {
  needRoom();
  writeSlot(slot, value);
}

export function isTracked(object: usize): bool {
  checkObject(object);
  return isObjectTracked(object);
}

export function isFinalized(object: usize): bool {
  checkObject(object);
  return hasFlag(object, FLAG_FINALIZED);
}

export function nextObject(object: usize): usize {
  if (!object) return firstObject();
  checkObject(object);
  return objectAfter(object);
}

export function sizeOf(object: usize): u32 {
  checkObject(object);
  const buffer = hasBuffer(typeOfObject(object)) ? load<u32>(object + SLOTS_BUFFER_OFFSET) : 0;
  return blockSize(object) + (buffer ? blockSize(buffer) : 0);
}

export function typeOf(address: usize): u32 {
  return typeIdAt(address);
}

export function census(): void {
  needRoom();
  takeCensus();
}

export function isChecked(): bool {
  return CHECK;
}

// ---- Torture: without effect in the release core

export function tortureCollect(on: u32): void {
  control.collectAlways = on;
}

export function tortureFail(n: u32): void {
  control.failCountdown = n;
}
