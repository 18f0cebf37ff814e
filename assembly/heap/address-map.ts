// A hash table from an object's address to a number: open addressing, linear probing, deletion that
// shifts back (Knuth 6.4, algorithm R), so that no tombstones gather. Entries are two words; key 0 is
// an empty place. The entries lie in a buffer of the heap, which goes when the last entry does.

import { BUFFER_DATA_OFFSET } from "../layout";
import { freeBlock } from "../memory/blocks";
import { newBuffer } from "./buffer";

/** Lives in the control block. */
@unmanaged
export class AddressMap {
  buffer: u32;
  /** Power of two, or 0. */
  capacity: u32;
  size: u32;
}

const FIRST_CAPACITY: u32 = 16;

function entryAt(map: AddressMap, index: u32): usize {
  return <usize>map.buffer + BUFFER_DATA_OFFSET + (index << 3);
}
function keyAt(map: AddressMap, index: u32): u32 {
  return load<u32>(entryAt(map, index));
}
function homeOf(map: AddressMap, key: u32): u32 {
  // Fibonacci hashing; addresses are multiples of 8, so their low bits say nothing.
  return ((key >>> 3) * 0x9e3779b1) >>> (clz(map.capacity) + 1);
}

/** Index of the key, or of the empty place where it belongs. The map has an empty place. */
function find(map: AddressMap, key: u32): u32 {
  let index = homeOf(map, key);
  while (true) {
    const found = keyAt(map, index);
    if (found == key || found == 0) return index;
    index = (index + 1) & (map.capacity - 1);
  }
}

/** The value of a key, 0 if it has none. */
export function get(map: AddressMap, key: usize): u32 {
  if (map.size == 0) return 0;
  const index = find(map, <u32>key);
  return keyAt(map, index) ? load<u32>(entryAt(map, index), 4) : 0;
}

/** Makes sure that one more key fits. False = out of memory. */
export function reserve(map: AddressMap): bool {
  if ((map.size + 1) << 2 <= map.capacity * 3) return true;
  // A full table cannot end a search, so one place always stays empty.
  return resize(map, map.capacity ? map.capacity << 1 : FIRST_CAPACITY) || map.size + 2 <= map.capacity;
}

/** Sets the value of a key. A new key needs `reserve` first. */
export function put(map: AddressMap, key: usize, value: u32): void {
  const entry = entryAt(map, find(map, <u32>key));
  if (load<u32>(entry) == 0) map.size++;
  store<u32>(entry, <u32>key);
  store<u32>(entry, value, 4);
}

/** Removes a key that is there. */
export function del(map: AddressMap, key: usize): void {
  let hole = find(map, <u32>key);
  map.size--;
  if (map.size == 0) {
    freeBlock(map.buffer);
    map.buffer = map.capacity = 0;
    return;
  }
  const mask = map.capacity - 1;
  let index = hole;
  while (true) {
    index = (index + 1) & mask;
    const next = keyAt(map, index);
    if (next == 0) break;
    // Entries stay reachable from their home: only one whose home is not behind the hole moves.
    if (((index - homeOf(map, next)) & mask) < ((index - hole) & mask)) continue;
    store<u64>(entryAt(map, hole), load<u64>(entryAt(map, index)));
    hole = index;
  }
  store<u64>(entryAt(map, hole), 0);
}

function resize(map: AddressMap, capacity: u32): bool {
  const buffer = newBuffer(capacity << 3);
  if (!buffer) return false;
  memory.fill(buffer + BUFFER_DATA_OFFSET, 0, capacity << 3);
  const old = entryAt(map, 0);
  const oldBuffer = map.buffer;
  const oldCapacity = map.capacity;
  map.buffer = <u32>buffer;
  map.capacity = capacity;
  map.size = 0;
  for (let i: u32 = 0; i < oldCapacity; i++) {
    const key = load<u32>(old + (i << 3));
    if (key) put(map, key, load<u32>(old + (i << 3), 4));
  }
  if (oldBuffer) freeBlock(oldBuffer);
  return true;
}
