// The hash table that the core uses for itself: from a key of 32 bits to a word that is not 0.
//
// Keys are addresses, which are unique, or hashes of something larger, which are not: then the caller searches the
// cells with the key (`firstCell`, `nextCell`). Open addressing, linear probing, deletion that shifts back (Knuth 6.4,
// algorithm R), so there are no tombstones. A cell is two words, key and value; an empty cell has the value 0. At most
// three quarters of the cells are in use, unless there is no memory to grow. They lie in a buffer, which is freed with
// the last key and which a full collection shrinks.
//
// Every operation takes constant time on average, even if all keys are multiples of a number. An operation that makes the
// table grow takes time proportional to its size.

import { BUFFER_DATA_OFFSET } from "../layout";
import { freeBlock } from "../memory/blocks";
import { newBuffer } from "./buffer";

/** A part of the control block. */
@unmanaged
export class HashTable {
  buffer: u32;
  /** Power of two, or 0. */
  capacity: u32;
  size: u32;
}

const FIRST_CAPACITY: u32 = 16;
const CELL_SHIFT = 3;

function cellAt(table: HashTable, index: u32): usize {
  return <usize>table.buffer + BUFFER_DATA_OFFSET + (index << CELL_SHIFT);
}
function indexOf(table: HashTable, cell: usize): u32 {
  return (<u32>(cell - table.buffer) - BUFFER_DATA_OFFSET) >>> CELL_SHIFT;
}
function keyOf(cell: usize): u32 {
  return load<u32>(cell);
}
export function valueOf(cell: usize): u32 {
  return load<u32>(cell, 4);
}
export function setValue(cell: usize, value: u32): void {
  store<u32>(cell, value, 4);
}

/**
 * The cell where the search for a key begins. Fibonacci hashing, of folded bits, because addresses share their low
 * ones.
 */
function homeOf(table: HashTable, key: u32): u32 {
  return ((key ^ (key >>> 15)) * 0x9e3779b1) >>> (clz(table.capacity) + 1);
}

/** The first cell with this key, at or behind `index`, or 0. The table has an empty cell. */
function search(table: HashTable, key: u32, index: u32): usize {
  while (true) {
    const cell = cellAt(table, index);
    if (!valueOf(cell)) return 0;
    if (keyOf(cell) == key) return cell;
    index = (index + 1) & (table.capacity - 1);
  }
}

/** The first cell with this key, or 0. */
export function firstCell(table: HashTable, key: u32): usize {
  return table.size ? search(table, key, homeOf(table, key)) : 0;
}

/** The next cell with the same key, or 0. */
export function nextCell(table: HashTable, key: u32, cell: usize): usize {
  return search(table, key, (indexOf(table, cell) + 1) & (table.capacity - 1));
}

/** Makes room for one more key. False = out of memory, nothing changed. */
export function reserve(table: HashTable): bool {
  if ((table.size + 1) << 2 <= table.capacity * 3) return true;
  // A full table cannot end a search, so one cell always stays empty.
  return resize(table, table.capacity ? table.capacity << 1 : FIRST_CAPACITY) || table.size + 2 <= table.capacity;
}

/** Adds a cell, even if there is one with this key. `reserve` must have been called. */
export function insert(table: HashTable, key: u32, value: u32): void {
  let index = homeOf(table, key);
  while (valueOf(cellAt(table, index))) index = (index + 1) & (table.capacity - 1);
  const cell = cellAt(table, index);
  store<u32>(cell, key);
  setValue(cell, value);
  table.size++;
}

/**
 * Removes a cell; other cells may move. The table keeps its memory until it is empty or trimmed, because rehashing
 * would be a pause.
 */
export function remove(table: HashTable, cell: usize): void {
  table.size--;
  if (table.size == 0) {
    freeBlock(table.buffer);
    table.buffer = table.capacity = 0;
    return;
  }
  const mask = table.capacity - 1;
  let hole = indexOf(table, cell);
  let index = hole;
  while (true) {
    index = (index + 1) & mask;
    const next = cellAt(table, index);
    if (!valueOf(next)) break;
    // Each cell must stay reachable from its home. So a cell moves only if its home is not behind the hole.
    if (((index - homeOf(table, keyOf(next))) & mask) < ((index - hole) & mask)) continue;
    store<u64>(cellAt(table, hole), load<u64>(next));
    hole = index;
  }
  store<u64>(cellAt(table, hole), 0);
}

/** Shrinks the table, if the keys fit and there is memory to move to. */
export function shrinkTo(table: HashTable, capacity: u32): void {
  if (capacity >= FIRST_CAPACITY && capacity < table.capacity && table.size << 2 <= capacity * 3)
    resize(table, capacity);
}

/** Shrinks a table of which less than an eighth is in use. */
export function trim(table: HashTable): void {
  if (table.size << 3 < table.capacity) shrinkTo(table, max(FIRST_CAPACITY, (<u32>1) << (32 - clz(table.size << 1))));
}

function resize(table: HashTable, capacity: u32): bool {
  if (capacity > 1 << 28) return false;
  const buffer = newBuffer(capacity << CELL_SHIFT);
  if (!buffer) return false;
  memory.fill(buffer + BUFFER_DATA_OFFSET, 0, capacity << CELL_SHIFT);
  const old = cellAt(table, 0);
  const oldBuffer = table.buffer;
  const oldCapacity = table.capacity;
  table.buffer = <u32>buffer;
  table.capacity = capacity;
  table.size = 0;
  for (let cell = old, end = old + (oldCapacity << CELL_SHIFT); cell < end; cell += 1 << CELL_SHIFT) {
    if (valueOf(cell)) insert(table, keyOf(cell), valueOf(cell));
  }
  if (oldBuffer) freeBlock(oldBuffer);
  return true;
}

// ---- Unique keys

/** The value of a key, 0 if it has none. */
export function get(table: HashTable, key: usize): u32 {
  const cell = firstCell(table, <u32>key);
  return cell ? valueOf(cell) : 0;
}

/** Sets the value of a key. A new key needs `reserve` first. */
export function put(table: HashTable, key: usize, value: u32): void {
  const cell = firstCell(table, <u32>key);
  if (cell) setValue(cell, value);
  else insert(table, <u32>key, value);
}

/** Removes a key that is there. */
export function del(table: HashTable, key: usize): void {
  remove(table, firstCell(table, <u32>key));
}
