// The same to many objects at once: arrays of addresses and of values go in and out through loans.

import { PAYLOAD_OFFSET } from "./layout";
import { CHECK } from "./check";
import { typeOf } from "./object/type";
import { kill } from "./death/death";
import { decref } from "./death/fast";
import { incref } from "./heap/count";
import { createDetachedList, lengthOfList, moveToDetached, reverseItems } from "./containers/list";
import { slotAddress } from "./containers/write";
import { checkLive } from "./heap/walk";

function wordAt(array: usize, index: u32): u32 {
  return load<u32>(array + (index << 2));
}
function objectAt(objects: usize, index: u32): usize {
  const object = wordAt(objects, index);
  checkLive(object);
  return object;
}
function slotAt(objects: usize, index: u32, slot: u32): usize {
  const object = objectAt(objects, index);
  if (CHECK) assert(slot < typeOf(object).slots, "slot out of range");
  return slotAddress(object, slot);
}
/** `offset` counts from the object's address. */
function fieldAt(objects: usize, index: u32, offset: u32, shift: u32): usize {
  const object = objectAt(objects, index);
  if (CHECK) assert(offset + ((<u32>1) << shift) <= <u32>PAYLOAD_OFFSET + typeOf(object).payload, "field out of range");
  return object + offset;
}

/** Adds an outside reference to each. False = out of memory, nothing changed. */
export function increfMany(objects: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (incref(objectAt(objects, i))) continue;
    decrefMany(objects, i);
    return false;
  }
  return true;
}

export function decrefMany(objects: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) decref(objectAt(objects, i));
}

export function getRefMany(objects: usize, count: u32, slot: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(out + (i << 2), load<u32>(slotAt(objects, i, slot)));
}

/**
 * Writes a slot of each. What was there dies after all are written, the first first: until then it may be one of the
 * values. False = out of memory, nothing changed.
 */
export function setRefMany(objects: usize, count: u32, slot: u32, values: usize): bool {
  const replaced = createDetachedList(count);
  if (!replaced) return false;
  for (let i: u32 = 0; i < count; i++) {
    const value = wordAt(values, i);
    if (value) checkLive(value);
    moveToDetached(replaced, slotAt(objects, i, slot), value);
  }
  reverseItems(replaced, 0, lengthOfList(replaced));
  kill(replaced);
  return true;
}

/** Copies 2^shift bytes from `offset` in each object to an array … */
export function gather(objects: usize, count: u32, offset: u32, shift: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) copy(out + (i << shift), fieldAt(objects, i, offset, shift), shift);
}

/** … and back. */
export function scatter(objects: usize, count: u32, offset: u32, shift: u32, values: usize): void {
  for (let i: u32 = 0; i < count; i++) copy(fieldAt(objects, i, offset, shift), values + (i << shift), shift);
}

function copy(to: usize, from: usize, shift: u32): void {
  if (shift == 3) store<u64>(to, load<u64>(from));
  else if (shift == 2) store<u32>(to, load<u32>(from));
  else if (shift == 1) store<u16>(to, load<u16>(from));
  else store<u8>(to, load<u8>(from));
}
