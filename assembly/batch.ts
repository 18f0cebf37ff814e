// Doors for many objects in one call. Arrays of addresses and of values go in and out through loans.
//
// Each object is handled by the door for one object, so the heap is whole between two of them. If the checked core
// refuses an argument in the middle of the array, the call ends there, and the objects before it stay changed.

import { ROOM_FOR_DOORS } from "./layout";
import { needMoreRoom, needRoom } from "./room";
import { CHECK } from "./check";
import { createDetachedList, lengthOfList, moveToDetached, reverseItems } from "./containers/list";
import { slotAddress } from "./containers/write";
import { kill } from "./death/death";
import { giveBack as giveBackBuffer, lend as lendBuffer } from "./heap/loan";
import {
  checkAlive,
  checkAliveOrNone,
  checkField,
  checkLoan,
  checkNewType,
  checkOwned,
  checkSlot,
} from "./doors/checks";
import { alloc, decref, getRef, incref } from "./doors/objects";

/** 4 GiB hold no more objects: none is smaller than 16 bytes. And `count << 2` must not wrap. */
const MAX_OBJECTS: u32 = 1 << 28;

/**
 * Memory for the host's use; 0 = out of memory. Asks for more room than `giveBack`, so a loan can always be given back.
 */
export function lend(bytes: u32): usize {
  needMoreRoom(ROOM_FOR_DOORS);
  return lendBuffer(bytes);
}

export function giveBack(address: usize): void {
  checkLoan(address, 0, 0);
  needRoom();
  giveBackBuffer(address);
}

/** Creates objects of a type and writes their addresses to `out`. Returns how many there was memory for. */
export function allocMany(type: u32, count: u32, out: usize): u32 {
  if (count > MAX_OBJECTS) return 0;
  checkNewType(type);
  needMoreRoom(ROOM_FOR_DOORS);
  for (let i: u32 = 0; i < count; i++) {
    const object = alloc(type);
    if (!object) return i;
    store<u32>(out + (i << 2), <u32>object);
  }
  return count;
}

function wordAt(array: usize, index: u32): u32 {
  return load<u32>(array + (index << 2));
}

/** Adds a reference from outside to each. False = out of memory, nothing changed. */
export function increfMany(objects: usize, count: u32): bool {
  if (CHECK) {
    checkLoan(objects, count, 2);
    for (let i: u32 = 0; i < count; i++) checkAlive(wordAt(objects, i));
  }
  needMoreRoom(ROOM_FOR_DOORS);
  for (let i: u32 = 0; i < count; i++) {
    if (incref(wordAt(objects, i))) continue;
    while (i--) decref(wordAt(objects, i));
    return false;
  }
  return true;
}

export function decrefMany(objects: usize, count: u32): void {
  if (CHECK) {
    checkLoan(objects, count, 2);
    for (let i: u32 = 0; i < count; i++) checkOwned(wordAt(objects, i));
  }
  needMoreRoom(ROOM_FOR_DOORS);
  for (let i: u32 = 0; i < count; i++) decref(wordAt(objects, i));
}

export function getRefMany(objects: usize, count: u32, slot: u32, out: usize): void {
  checkLoan(objects, count, 2);
  for (let i: u32 = 0; i < count; i++) store<u32>(out + (i << 2), <u32>getRef(wordAt(objects, i), slot));
}

/**
 * Writes a slot of each object. The old values die after all slots are written, in the order of the objects: until then
 * an old value may be one of the new ones. False = out of memory, nothing changed.
 */
export function setRefMany(objects: usize, count: u32, slot: u32, values: usize): bool {
  if (CHECK) {
    checkLoan(objects, count, 2);
    for (let i: u32 = 0; i < count; i++) {
      checkSlot(wordAt(objects, i), slot);
      checkAliveOrNone(wordAt(values, i));
    }
  }
  needMoreRoom(ROOM_FOR_DOORS);
  const replaced = createDetachedList(count);
  if (!replaced) return false;
  for (let i: u32 = 0; i < count; i++)
    moveToDetached(replaced, slotAddress(wordAt(objects, i), slot), wordAt(values, i));
  reverseItems(replaced, 0, lengthOfList(replaced));
  kill(replaced);
  return true;
}

function checkFields(objects: usize, count: u32, offset: u32, shift: u32): void {
  if (!CHECK) return;
  checkLoan(objects, count, 2);
  for (let i: u32 = 0; i < count; i++) checkField(wordAt(objects, i), offset, shift);
}

/** Copies a field of each object to an array: 2^shift bytes at `offset` from the object's address. */
export function gather(objects: usize, count: u32, offset: u32, shift: u32, out: usize): void {
  checkFields(objects, count, offset, shift);
  for (let i: u32 = 0; i < count; i++) copy(out + (i << shift), wordAt(objects, i) + offset, shift);
}

/** Copies an array to a field of each object: the reverse of `gather`. */
export function scatter(objects: usize, count: u32, offset: u32, shift: u32, values: usize): void {
  checkFields(objects, count, offset, shift);
  for (let i: u32 = 0; i < count; i++) copy(wordAt(objects, i) + offset, values + (i << shift), shift);
}

function copy(to: usize, from: usize, shift: u32): void {
  if (shift == 3) store<u64>(to, load<u64>(from));
  else if (shift == 2) store<u32>(to, load<u32>(from));
  else if (shift == 1) store<u16>(to, load<u16>(from));
  else store<u8>(to, load<u8>(from));
}
