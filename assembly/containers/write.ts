// Writes references. Every kind of slot write is in this file, so the write barrier (heap/barrier.ts) is in one place.

import { PAYLOAD_OFFSET } from "../layout";
import { refcountOf, setRefcount } from "../object/header";
import { kill } from "../death/death";
import { addSlot, dropSlot, giveSlot, incref } from "../heap/count";
import { control } from "../control";
import { shadeMoved, shadeReordered, shadeSwapped } from "../heap/barrier";


@inline
export function slotAddress(object: usize, slot: u32): usize {
  return object + PAYLOAD_OFFSET + (slot << 2);
}

/** Writes the slot at an address. Counts the new object before the old one may die. */
export function writeSlot(slot: usize, value: usize): void {
  if (value) addSlot(value);
  const old = load<u32>(slot);
  store<u32>(slot, <u32>value);
  if (old && dropSlot(old)) kill(old);
}

/**
 * Writes the slot at an address if that is nothing but counting, as most writes are: then this calls nothing, and needs
 * no room on the stack. False = it may be more, nothing changed.
 */
@inline
export function writeQuickly(slot: usize, value: usize): bool {
  const old = <usize>load<u32>(slot);
  // A count of 2 to 2^31 - 1 remains a count when it goes down, and one of 1 to 2^31 - 2 when it goes up. The write
  // barrier is about old values alone.
  if (old && (<i32>refcountOf(old) <= 1 || control.marking)) return false;
  if (value) {
    const count = refcountOf(value);
    if (<i32>(count + 1) <= 0) return false;
    setRefcount(value, count + 1);
  }
  if (old) setRefcount(old, refcountOf(old) - 1);
  store<u32>(slot, <u32>value);
  return true;
}

/** Writes a slot that holds nothing. */
export function fillSlot(slot: usize, value: usize): void {
  addSlot(value);
  store<u32>(slot, <u32>value);
}

/** Writes a slot that holds nothing. The caller's reference from outside becomes the slot's. */
@inline
export function fillSlotWithOwned(slot: usize, value: usize): void {
  giveSlot(value);
  store<u32>(slot, <u32>value);
}

/** Moves slots within one object. The ranges may overlap. */
export function moveSlots(to: usize, from: usize, count: u32): void {
  if (control.partial && to < from) shadeMoved(to, from, count);
  memory.copy(to, from, (<usize>count) << 2);
}

/** Copies slots to another buffer of their object, each to the same place. */
export function copySlots(to: usize, from: usize, count: u32): void {
  memory.copy(to, from, (<usize>count) << 2);
}

/** Overwrites all slots of an object with a permutation of them, which lies at `from`. */
export function reorderSlots(object: usize, slots: usize, from: usize, count: u32): void {
  shadeReordered(object);
  memory.copy(slots, from, (<usize>count) << 2);
}

/** Swaps two slots. `low` has the lower address. */
export function swapSlots(low: usize, high: usize): void {
  if (control.partial) shadeSwapped(low, high);
  const value = load<u32>(low);
  store<u32>(low, load<u32>(high));
  store<u32>(high, value);
}

/**
 * Empties a slot. The caller takes over its reference as an outside reference. False = the caller gets none, because
 * there is no memory to count it. The object does not die of that, because it has more than 254.
 */
export function takeSlot(slot: usize): bool {
  const value = load<u32>(slot);
  const isTaken = incref(value);
  store<u32>(slot, 0);
  dropSlot(value);
  return isTaken;
}
