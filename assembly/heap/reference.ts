// Writing references: every kind of slot write there is. A barrier, when there is one, goes here.

import { PAYLOAD_OFFSET } from "../layout";
import { destroy } from "./death";
import { addSlot, dropSlot } from "./refcount";

export function slotAddress(object: usize, slot: u32): usize {
  return object + PAYLOAD_OFFSET + (slot << 2);
}

/** Writes one slot, at its address. Counts the new object before the old one may die of it. */
export function writeSlot(slot: usize, value: usize): void {
  if (value) addSlot(value);
  const old = load<u32>(slot);
  store<u32>(slot, <u32>value);
  if (old && dropSlot(old)) destroy(old);
}
