// The same to many objects at once: arrays of addresses and of values go in and out through loans.

import { decref } from "./death";
import { incref } from "./refcount";
import { slotAddress, writeSlot } from "./reference";

function objectAt(objects: usize, index: u32): usize {
  return load<u32>(objects + (index << 2));
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
  for (let i: u32 = 0; i < count; i++) store<u32>(out + (i << 2), load<u32>(slotAddress(objectAt(objects, i), slot)));
}

export function setRefMany(objects: usize, count: u32, slot: u32, values: usize): void {
  for (let i: u32 = 0; i < count; i++) writeSlot(slotAddress(objectAt(objects, i), slot), objectAt(values, i));
}

/** Copies 2^shift bytes from `offset` in each object to an array … */
export function gather(objects: usize, count: u32, offset: u32, shift: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) copy(out + (i << shift), objectAt(objects, i) + offset, shift);
}

/** … and back. */
export function scatter(objects: usize, count: u32, offset: u32, shift: u32, values: usize): void {
  for (let i: u32 = 0; i < count; i++) copy(objectAt(objects, i) + offset, values + (i << shift), shift);
}

function copy(to: usize, from: usize, shift: u32): void {
  if (shift == 3) store<u64>(to, load<u64>(from));
  else if (shift == 2) store<u32>(to, load<u32>(from));
  else if (shift == 1) store<u16>(to, load<u16>(from));
  else store<u8>(to, load<u8>(from));
}
