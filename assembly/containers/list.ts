// Lists: a growable array of slots, in a buffer that the list owns.

import {
  BUFFER_DATA_OFFSET,
  LIST_CAPACITY_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TYPE_LIST,
} from "../layout";
import { freeBlock } from "../memory/blocks";
import { firstSlot } from "../object/references";
import { typeAt, typeOf } from "../object/type";
import { newBuffer } from "../heap/buffer";
import { createObject } from "../heap/birth";
import { kill, release } from "../death/death";
import { areEqual } from "../values/key";
import { dropSlot } from "../heap/count";
import { copySlots, fillSlot, moveSlots, reorderSlots, swapSlots, writeSlot } from "./write";

/** Slots that fit below 4 GiB, with room to compute. */
const MAX_CAPACITY: u32 = 0x3ff00000;

function itemsOf(list: usize): usize {
  return <usize>load<u32>(list + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}
export function lengthOfList(list: usize): u32 {
  return load<u32>(list + SLOTS_COUNT_OFFSET);
}

/** An empty list, owned; 0 = out of memory. */
export function createList(capacity: u32): usize {
  const list = createObject(typeAt(TYPE_LIST));
  if (list && capacity && !resize(list, capacity)) {
    release(list);
    return 0;
  }
  return list;
}

/** Gives the list room for exactly `capacity` slots, at least its length. */
function resize(list: usize, capacity: u32): bool {
  if (capacity > MAX_CAPACITY) return false;
  const buffer = newBuffer(capacity << 2);
  if (!buffer) return false;
  const old = load<u32>(list + SLOTS_BUFFER_OFFSET);
  if (old) {
    copySlots(buffer + BUFFER_DATA_OFFSET, old + BUFFER_DATA_OFFSET, lengthOfList(list));
    freeBlock(old);
  }
  store<u32>(list + SLOTS_BUFFER_OFFSET, <u32>buffer);
  store<u32>(list + LIST_CAPACITY_OFFSET, capacity);
  return true;
}

/** CPython's growth: an eighth more and a little, in steps of four. */
function grownCapacity(length: u32): u32 {
  return (length + (length >>> 3) + 6) & ~3;
}

/** Room for `extra` more items. */
function makeRoom(list: usize, extra: u32): bool {
  const length = lengthOfList(list);
  if (extra > MAX_CAPACITY - length) return false;
  const wanted = length + extra;
  if (wanted <= load<u32>(list + LIST_CAPACITY_OFFSET)) return true;
  const grown = grownCapacity(wanted);
  // More at once than there would be to spare: then nothing is spare, as in CPython.
  return resize(list, extra > grown - wanted ? (wanted + 3) & ~3 : grown);
}

export function appendItem(list: usize, item: usize): bool {
  const length = lengthOfList(list);
  if (length == load<u32>(list + LIST_CAPACITY_OFFSET) && !makeRoom(list, 1)) return false;
  fillSlot(itemsOf(list) + (length << 2), item);
  store<u32>(list + SLOTS_COUNT_OFFSET, length + 1);
  return true;
}

/** Inserts before `index`, which is at most the length. */
export function insertItem(list: usize, index: u32, item: usize): bool {
  if (!makeRoom(list, 1)) return false;
  const at = itemsOf(list) + (index << 2);
  const length = lengthOfList(list);
  moveSlots(at + 4, at, length - index);
  fillSlot(at, item);
  store<u32>(list + SLOTS_COUNT_OFFSET, length + 1);
  return true;
}

/** Appends copies of `count` slots that start at `from` in the buffer of `source` (perhaps the list itself). */
export function appendItems(list: usize, source: usize, from: u32, count: u32): bool {
  // A list without a buffer gets no more than it needs, as in CPython.
  const isBare = !load<u32>(list + SLOTS_BUFFER_OFFSET) && count;
  if (!(isBare ? resize(list, (count + 1) & ~1) : makeRoom(list, count))) return false;
  const type = typeOf(source);
  const length = lengthOfList(list);
  for (let i: u32 = 0; i < count; i++) {
    fillSlot(itemsOf(list) + ((length + i) << 2), load<u32>(firstSlot(source, type) + ((from + i) << 2)));
  }
  store<u32>(list + SLOTS_COUNT_OFFSET, length + count);
  return true;
}

export function itemAt(list: usize, index: u32): usize {
  return load<u32>(itemsOf(list) + (index << 2));
}

export function setItem(list: usize, index: u32, item: usize): void {
  writeSlot(itemsOf(list) + (index << 2), item);
}

/** Removes an item, which may die of it; by then the list is whole. */
export function removeItem(list: usize, index: u32): void {
  const item = itemAt(list, index);
  const length = lengthOfList(list) - 1;
  const at = itemsOf(list) + (index << 2);
  moveSlots(at, at + 4, length - index);
  store<u32>(list + SLOTS_COUNT_OFFSET, length);
  shrinkIfEmpty(list);
  if (dropSlot(item)) kill(item);
}

/** As CPython: below half full it gives memory back; if there is none to move to, it stays. */
function shrinkIfEmpty(list: usize): void {
  if (lengthOfList(list) < load<u32>(list + LIST_CAPACITY_OFFSET) >>> 1) shrink(list);
}

function shrink(list: usize): void {
  const length = lengthOfList(list);
  if (length) {
    resize(list, grownCapacity(length));
    return;
  }
  const buffer = load<u32>(list + SLOTS_BUFFER_OFFSET);
  if (!buffer) return;
  freeBlock(buffer);
  store<u64>(list + SLOTS_BUFFER_OFFSET, 0);
  store<u32>(list + LIST_CAPACITY_OFFSET, 0);
}

/**
 * Removes the last `count` items, the last first, and keeps their room. Reads the list anew for each, since a death
 * may change it; whatever happens, it ends.
 */
export function dropLast(list: usize, count: u32): void {
  for (; count && lengthOfList(list); count--) {
    const length = lengthOfList(list) - 1;
    const item = itemAt(list, length);
    store<u32>(list + SLOTS_COUNT_OFFSET, length);
    if (dropSlot(item)) kill(item);
  }
}

export function clearItems(list: usize): void {
  dropLast(list, lengthOfList(list));
  shrinkIfEmpty(list);
}

/** Removes the items of `[start, end)`, the last first. */
export function removeItems(list: usize, start: u32, end: u32): void {
  // Three reversals bring them to the end, in order, without memory.
  reverseItems(list, start, end);
  reverseItems(list, end, lengthOfList(list));
  reverseItems(list, start, lengthOfList(list));
  dropLast(list, end - start);
  shrinkIfEmpty(list);
}

/** Turns round the items of `[start, end)`. */
export function reverseItems(list: usize, start: u32, end: u32): void {
  let low = itemsOf(list) + (start << 2);
  let high = itemsOf(list) + (end << 2);
  for (high -= 4; low < high; low += 4, high -= 4) swapSlots(low, high);
}

/** Puts at each place i the item that is at `order[i]` now. `order` has room for as many words again. */
export function permuteItems(list: usize, order: usize): void {
  const length = lengthOfList(list);
  const items = itemsOf(list);
  const sorted = order + (length << 2);
  for (let i: u32 = 0; i < length; i++) {
    const from = load<u32>(order + (i << 2));
    store<u32>(sorted + (i << 2), load<u32>(items + (from << 2)));
  }
  reorderSlots(list, items, sorted, length);
}

/** The first place in `[start, end)` of a list or tuple with an item equal to `value`; `end` = none. */
export function indexOfItem(sequence: usize, value: usize, start: u32, end: u32): u32 {
  const items = firstSlot(sequence, typeOf(sequence));
  for (let i = start; i < end; i++) if (areEqual(load<u32>(items + (i << 2)), value)) return i;
  return end;
}
