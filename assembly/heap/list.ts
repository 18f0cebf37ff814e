// Lists: a growable array of slots, in a buffer that the list owns.

import { BUFFER_DATA_OFFSET, LIST_BUFFER_OFFSET, LIST_CAPACITY_OFFSET, LIST_LENGTH_OFFSET, TYPE_LIST } from "../layout";
import { freeBlock } from "../alloc/block";
import { typeAt } from "../object/type";
import { newBuffer } from "./buffer";
import { createObject } from "./create";
import { decref, destroy } from "./death";
import { addSlot, dropSlot, incref } from "./refcount";
import { writeSlot } from "./reference";

/** Slots that fit below 4 GiB, with room to compute. */
const MAX_CAPACITY: u32 = 0x3ff00000;

function itemsOf(list: usize): usize {
  return <usize>load<u32>(list + LIST_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}
export function lengthOfList(list: usize): u32 {
  return load<u32>(list + LIST_LENGTH_OFFSET);
}

/** An empty list, owned; 0 = out of memory. */
export function createList(capacity: u32): usize {
  const list = createObject(typeAt(TYPE_LIST), TYPE_LIST);
  if (list && capacity && !resize(list, capacity)) {
    decref(list);
    return 0;
  }
  return list;
}

/** Gives the list room for exactly `capacity` slots, at least its length. */
function resize(list: usize, capacity: u32): bool {
  if (capacity > MAX_CAPACITY) return false;
  const buffer = newBuffer(capacity << 2);
  if (!buffer) return false;
  const old = load<u32>(list + LIST_BUFFER_OFFSET);
  if (old) {
    memory.copy(buffer + BUFFER_DATA_OFFSET, old + BUFFER_DATA_OFFSET, lengthOfList(list) << 2);
    freeBlock(old);
  }
  store<u32>(list + LIST_BUFFER_OFFSET, <u32>buffer);
  store<u32>(list + LIST_CAPACITY_OFFSET, capacity);
  return true;
}

/** CPython's growth: an eighth more and a little, in steps of four. */
function grownCapacity(length: u32): u32 {
  return (length + (length >>> 3) + 6) & ~3;
}

export function appendItem(list: usize, item: usize): bool {
  const length = lengthOfList(list);
  if (length == load<u32>(list + LIST_CAPACITY_OFFSET) && !resize(list, grownCapacity(length + 1))) return false;
  addSlot(item);
  store<u32>(itemsOf(list) + (length << 2), <u32>item);
  store<u32>(list + LIST_LENGTH_OFFSET, length + 1);
  return true;
}

export function itemAt(list: usize, index: u32): usize {
  return load<u32>(itemsOf(list) + (index << 2));
}

export function setItem(list: usize, index: u32, item: usize): void {
  writeSlot(itemsOf(list) + (index << 2), item);
}

/** Removes the last item, which becomes an outside reference. 0 = empty, or out of memory. */
export function popItem(list: usize): usize {
  const length = lengthOfList(list);
  if (!length) return 0;
  const item = itemAt(list, length - 1);
  if (!incref(item)) return 0;
  store<u32>(list + LIST_LENGTH_OFFSET, length - 1);
  dropSlot(item);
  // As CPython: below half full it gives memory back; if there is none to move to, it stays.
  if (length - 1 < load<u32>(list + LIST_CAPACITY_OFFSET) >>> 1) shrink(list);
  return item;
}

function shrink(list: usize): void {
  const length = lengthOfList(list);
  if (length) {
    resize(list, grownCapacity(length));
    return;
  }
  freeBlock(load<u32>(list + LIST_BUFFER_OFFSET));
  store<u64>(list + LIST_BUFFER_OFFSET, 0);
  store<u32>(list + LIST_CAPACITY_OFFSET, 0);
}

/** Removes all items, last first. Reads the list anew for each, since a death may change it. */
export function clearItems(list: usize): void {
  while (true) {
    const length = lengthOfList(list);
    if (!length) break;
    const item = itemAt(list, length - 1);
    store<u32>(list + LIST_LENGTH_OFFSET, length - 1);
    if (dropSlot(item)) destroy(item);
  }
  if (load<u32>(list + LIST_BUFFER_OFFSET)) shrink(list);
}
