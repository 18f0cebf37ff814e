// Lists: a growable array of slots, in a buffer that the list owns.
//
// Cost: inserting or removing in front of n items moves n slots (4n bytes), and so does a new buffer. The buffer grows
// and shrinks in proportion to the length, so an append or pop takes constant time on average. Searching an item
// compares it with all items before it. Clearing takes constant time plus the deaths: see detached.ts.

import {
  BUFFER_DATA_OFFSET,
  INCOMPARABLE_INDEX,
  LIST_CAPACITY_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TYPE_LIST,
} from "../layout";
import { freeBlock } from "../memory/blocks";
import { firstSlot } from "../object/references";
import { typeAt, typeOf } from "../object/type";
import { newArray } from "../heap/buffer";
import { createObject } from "../heap/birth";
import { kill } from "../death/death";
import { addSlot, dropSlot, hold, unhold } from "../heap/count";
import { DIFFERENT, EQUAL, compare } from "./compare";
import { createDetached, detachAll, discard } from "./detached";
import { copySlots, fillSlot, fillSlotWithOwned, moveSlots, reorderSlots, swapSlots, writeSlot } from "./write";

/** Slots that fit below 4 GiB, so that no computation of bytes wraps. */
const MAX_CAPACITY: u32 = 0x3ff00000;

export function itemsOf(list: usize): usize {
  return <usize>load<u32>(list + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}
export function lengthOfList(list: usize): u32 {
  return load<u32>(list + SLOTS_COUNT_OFFSET);
}

/** An empty list, owned; 0 = out of memory. */
export function createList(capacity: u32): usize {
  const list = createObject(typeAt(TYPE_LIST));
  if (list && capacity && !resize(list, capacity)) {
    discard(list);
    return 0;
  }
  return list;
}

/** Gives the list a buffer of exactly `capacity` slots, at least its length. False = out of memory, nothing changed. */
function resize(list: usize, capacity: u32): bool {
  if (capacity > MAX_CAPACITY) return false;
  const buffer = newArray(capacity, 2);
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

/** CPython's growth: an eighth more and six, rounded down to a multiple of four. */
function grownCapacity(length: u32): u32 {
  return (length + (length >>> 3) + 6) & ~3;
}

/** Room for `extra` more items. */
export function makeRoom(list: usize, extra: u32): bool {
  const length = lengthOfList(list);
  if (extra > MAX_CAPACITY - length) return false;
  const wanted = length + extra;
  if (wanted <= load<u32>(list + LIST_CAPACITY_OFFSET)) return true;
  const grown = grownCapacity(wanted);
  // When more is added at once than the growth would leave unused, nothing is left unused, as in CPython.
  return resize(list, extra > grown - wanted ? (wanted + 3) & ~3 : grown);
}

export function appendItem(list: usize, item: usize): bool {
  const length = lengthOfList(list);
  if (length == load<u32>(list + LIST_CAPACITY_OFFSET) && !makeRoom(list, 1)) return false;
  fillSlot(itemsOf(list) + (length << 2), item);
  store<u32>(list + SLOTS_COUNT_OFFSET, length + 1);
  return true;
}

/** The same for an item that the caller owns: the list takes over that reference. False = out of memory, nothing changed. */
export function appendOwned(list: usize, item: usize): bool {
  const length = lengthOfList(list);
  if (length == load<u32>(list + LIST_CAPACITY_OFFSET) && !makeRoom(list, 1)) return false;
  fillSlotWithOwned(itemsOf(list) + (length << 2), item);
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

/**
 * Appends `count` slots of `source`, from `from` on. `source` may be the list itself. False = out of memory, nothing
 * changed.
 */
export function appendItems(list: usize, source: usize, from: u32, count: u32): bool {
  // A list without a buffer gets as many slots as it needs and no more, as in CPython.
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

/** Removes an item. The list is whole when the item dies. */
export function removeItem(list: usize, index: u32): void {
  const item = itemAt(list, index);
  const length = lengthOfList(list) - 1;
  const at = itemsOf(list) + (index << 2);
  moveSlots(at, at + 4, length - index);
  store<u32>(list + SLOTS_COUNT_OFFSET, length);
  shrinkIfEmpty(list);
  if (dropSlot(item)) kill(item);
}

/** Shrinks the buffer if it is less than half full, as CPython does, and if there is memory to move to. */
export function shrinkIfEmpty(list: usize): void {
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

/** Removes all items before the first of them dies. They die last first. */
export function clearItems(list: usize): void {
  const length = lengthOfList(list);
  if (!length) {
    shrink(list);
    return;
  }
  const detached = detachAll(list);
  if (!detached) {
    removeInPlace(list, 0, length);
    return;
  }
  store<u32>(list + LIST_CAPACITY_OFFSET, 0);
  kill(detached);
}

/** Removes the items of `[start, end)` before the first of them dies. They die last first. */
export function removeItems(list: usize, start: u32, end: u32): void {
  const count = end - start;
  const length = lengthOfList(list);
  if (count == length) clearItems(list);
  else if (count == 1) removeItem(list, start);
  else if (count) {
    const detached = copyDetached(list, start, count);
    if (!detached) {
      removeInPlace(list, start, end);
      return;
    }
    const at = itemsOf(list) + (start << 2);
    moveSlots(at, at + (count << 2), length - end);
    store<u32>(list + SLOTS_COUNT_OFFSET, length - count);
    shrinkIfEmpty(list);
    kill(detached);
  }
}

/**
 * A detached list that takes over the references of items that are about to leave a list. 0 = out of memory, nothing
 * changed.
 */
export function copyDetached(list: usize, start: u32, count: u32): usize {
  const detached = createDetachedList(count);
  if (!detached) return 0;
  copySlots(itemsOf(detached), itemsOf(list) + (start << 2), count);
  store<u32>(detached + SLOTS_COUNT_OFFSET, count);
  return detached;
}

/** A detached list with room for `capacity` items. 0 = out of memory. */
export function createDetachedList(capacity: u32): usize {
  const detached = createDetached(typeAt(TYPE_LIST));
  if (!detached) return 0;
  if (!resize(detached, capacity)) {
    discard(detached);
    return 0;
  }
  return detached;
}

/** Writes a slot. The old value becomes the last item of a detached list, which has room for it. */
export function moveToDetached(detached: usize, slot: usize, value: usize): void {
  if (value) addSlot(value);
  const old = load<u32>(slot);
  store<u32>(slot, <u32>value);
  if (!old) return;
  const length = lengthOfList(detached);
  store<u32>(itemsOf(detached) + (length << 2), old);
  store<u32>(detached + SLOTS_COUNT_OFFSET, length + 1);
}

/** `removeItems` without memory: see detached.ts. Three reversals bring the items to the end, in their order. */
function removeInPlace(list: usize, start: u32, end: u32): void {
  const first = lengthOfList(list) - (end - start);
  let index = lengthOfList(list);
  reverseItems(list, start, end);
  reverseItems(list, end, index);
  reverseItems(list, start, index);
  hold(list);
  for (; index > first; index = min(index - 1, lengthOfList(list))) removeItem(list, index - 1);
  if (unhold(list)) kill(list);
}

/** Reverses the items of `[start, end)`. */
export function reverseItems(list: usize, start: u32, end: u32): void {
  let low = itemsOf(list) + (start << 2);
  let high = itemsOf(list) + (end << 2);
  for (high -= 4; low < high; low += 4, high -= 4) swapSlots(low, high);
}

/**
 * Puts the item at `order[i]` to place i, for each i. `order` must have room for as many words again, which are
 * overwritten.
 */
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

/**
 * The first place in `[start, end)` of a list or tuple with an item equal to `value`; `end` = none; INCOMPARABLE_INDEX
 * = an item and `value` are tuples that cannot be compared.
 */
export function indexOfItem(sequence: usize, value: usize, start: u32, end: u32): u32 {
  const items = firstSlot(sequence, typeOf(sequence));
  for (let i = start; i < end; i++) {
    const result = compare(load<u32>(items + (i << 2)), value);
    if (result != DIFFERENT) return result == EQUAL ? i : INCOMPARABLE_INDEX;
  }
  return end;
}
