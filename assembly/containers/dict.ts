// Tables: dict and set. Entries lie side by side in the order of insertion; a small index, open
// addressing with CPython's probing, leads from a hash to the entry. The buffer of a table:
//
//     ┌ entries: key and value, or key alone ┬ hash of each entry ┬ index: 1, 2 or 4 bytes a cell ┐
//
// The entries come first and are nothing but slots. A deleted one is zeros, and its cell in the index a
// tombstone; both go when the table is rebuilt. A third of the cells, at least, are empty.
//
// Source: the compact dict of CPython 3.6 (Objects/dictobject.c), by an idea of R. Hettinger's.

import {
  BUFFER_DATA_OFFSET,
  NO_ENTRY,
  ORIGIN_MAP,
  RESULT_DONE,
  RESULT_FOUND,
  RESULT_MISSING,
  RESULT_UNHASHABLE,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TABLE_ORIGIN_OFFSET,
  TABLE_USABLE_OFFSET,
  TABLE_VERSION_OFFSET,
  TYPE_DICT,
  TYPE_STR,
} from "../layout";
import { freeBlock } from "../memory/blocks";
import { typeIdOf } from "../object/header";
import { typeAt } from "../object/type";
import { newBuffer } from "../heap/buffer";
import { createObject } from "../heap/birth";
import { kill, release } from "../death/death";
import { untrack } from "../heap/generations";
import { areEqual, hashOf, isHashable } from "../values/key";
import { ownedKey } from "../values/borrowed-key";
import { dropSlot } from "../heap/count";
import { fillSlot, takeSlot, writeSlot } from "./write";
import { shadeReordered } from "../heap/barrier";
import { trackFor } from "../values/tracking";

const MIN_LOG: u32 = 3;
/** A table with four-byte cells and eight-byte entries still fits 4 GiB. */
const MAX_LOG: u32 = 27;
const NONE: u32 = NO_ENTRY;
/** What a cell reads as when it was never used, and when its entry was deleted. */
const EMPTY: u32 = u32.MAX_VALUE;
const TOMBSTONE: u32 = u32.MAX_VALUE - 1;

// ---- The parts of a table

export function lengthOfTable(table: usize): u32 {
  return load<u32>(table + TABLE_LENGTH_OFFSET);
}
function logOf(table: usize): u32 {
  return load<u8>(table + TABLE_LOG_OFFSET);
}
/** Log2 of an entry's slots. */
function widthOf(table: usize): u32 {
  return typeIdOf(table) == TYPE_DICT ? 1 : 0;
}
/** Entries that an index of 2^log cells serves. */
export function capacityOf(log: u32): u32 {
  return ((<u32>2) << log) / 3;
}
/** Log2 of the bytes of a cell: entries are below the two values that mean something else. */
function cellShift(log: u32): u32 {
  return log <= 8 ? 0 : log <= 16 ? 1 : 2;
}
export function bufferBytes(log: u32, width: u32): u32 {
  return capacityOf(log) * ((4 << width) + 4) + ((<u32>1) << (log + cellShift(log)));
}
/** Entries, deleted ones included. */
export function entriesOf(table: usize): u32 {
  return load<u32>(table + SLOTS_COUNT_OFFSET) >>> widthOf(table);
}
function dataOf(table: usize): usize {
  return <usize>load<u32>(table + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}
function keySlot(table: usize, entry: u32): usize {
  return dataOf(table) + (entry << (2 + widthOf(table)));
}
/** Key of an entry; 0 = deleted. */
export function keyAt(table: usize, entry: u32): usize {
  return load<u32>(keySlot(table, entry));
}
/** Value of an entry of a dict. */
export function valueAt(table: usize, entry: u32): usize {
  return load<u32>(keySlot(table, entry), 4);
}
function hashSlot(table: usize, entry: u32): usize {
  return dataOf(table) + (capacityOf(logOf(table)) << (2 + widthOf(table))) + (entry << 2);
}
export function hashAt(table: usize, entry: u32): u32 {
  return load<u32>(hashSlot(table, entry));
}
function cellsOf(table: usize): usize {
  return hashSlot(table, capacityOf(logOf(table)));
}
function readCell(cells: usize, shift: u32, cell: u32): u32 {
  if (shift == 0) {
    const value = <u32>load<u8>(cells + cell);
    return value < 0xfe ? value : value | 0xffffff00;
  }
  if (shift == 1) {
    const value = <u32>load<u16>(cells + (cell << 1));
    return value < 0xfffe ? value : value | 0xffff0000;
  }
  return load<u32>(cells + (cell << 2));
}
function writeCell(cells: usize, shift: u32, cell: u32, value: u32): void {
  if (shift == 0) store<u8>(cells + cell, <u8>value);
  else if (shift == 1) store<u16>(cells + (cell << 1), <u16>value);
  else store<u32>(cells + (cell << 2), value);
}

// ---- Finding

/** The entry of a hashable key, or NONE. */
export function findEntry(table: usize, key: usize): u32 {
  if (!lengthOfTable(table)) return NONE;
  const hash = hashOf(key);
  const log = logOf(table);
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  const cells = cellsOf(table);
  let perturb = hash;
  let cell = hash & mask;
  while (true) {
    const entry = readCell(cells, shift, cell);
    if (entry == EMPTY) return NONE;
    if (entry != TOMBSTONE && hashAt(table, entry) == hash && areEqual(keyAt(table, entry), key)) return entry;
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
}

/** The cell that leads to this entry, which is there. */
function cellOfEntry(table: usize, entry: u32): u32 {
  const log = logOf(table);
  const mask = (1 << log) - 1;
  const cells = cellsOf(table);
  let perturb = hashAt(table, entry);
  let cell = perturb & mask;
  while (readCell(cells, cellShift(log), cell) != entry) {
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
  return cell;
}

// ---- Changing

/** An empty dict or set with room for `expected` entries, owned; 0 = out of memory. */
export function createTable(type: u32, expected: u32): usize {
  const table = createObject(typeAt(type));
  if (!table) return 0;
  if (type == TYPE_DICT) untrack(table);
  if (expected && !reserveEntries(table, expected)) {
    release(table);
    return 0;
  }
  return table;
}

/** Room for `expected` entries in all. */
function reserveEntries(table: usize, expected: u32): bool {
  let log = MIN_LOG;
  while (log <= MAX_LOG && capacityOf(log) < expected) log++;
  return rebuild(table, log);
}

/** Moves the entries to a new buffer, without those that were deleted. */
function rebuild(table: usize, log: u32): bool {
  if (log > MAX_LOG) return false;
  const width = widthOf(table);
  const buffer = newBuffer(bufferBytes(log, width));
  if (!buffer) return false;
  shadeReordered(table);
  const old = <usize>load<u32>(table + SLOTS_BUFFER_OFFSET);
  const oldHashes = old ? hashSlot(table, 0) : 0;
  const oldEntries = entriesOf(table);
  store<u32>(table + SLOTS_BUFFER_OFFSET, <u32>buffer);
  store<u8>(table + TABLE_LOG_OFFSET, <u8>log);
  const cells = cellsOf(table);
  memory.fill(cells, 0xff, (<usize>1) << (log + cellShift(log)));
  let entries: u32 = 0;
  for (let i: u32 = 0; i < oldEntries; i++) {
    const from = old + BUFFER_DATA_OFFSET + (i << (2 + width));
    if (!load<u32>(from)) continue;
    const to = keySlot(table, entries);
    if (width) store<u64>(to, load<u64>(from));
    else store<u32>(to, load<u32>(from));
    const hash = load<u32>(oldHashes + (i << 2));
    store<u32>(hashSlot(table, entries), hash);
    writeCell(cells, cellShift(log), emptyCell(cells, log, hash), entries);
    entries++;
  }
  store<u32>(table + SLOTS_COUNT_OFFSET, entries << width);
  store<u32>(table + TABLE_USABLE_OFFSET, capacityOf(log) - entries);
  if (old) freeBlock(old);
  return true;
}

function emptyCell(cells: usize, log: u32, hash: u32): u32 {
  const mask = (1 << log) - 1;
  let perturb = hash;
  let cell = hash & mask;
  while (readCell(cells, cellShift(log), cell) != EMPTY) {
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
  return cell;
}

/** Room for one more, as CPython grows: three cells for each entry that is there. */
function makeRoom(table: usize): bool {
  if (load<u32>(table + TABLE_USABLE_OFFSET)) return true;
  const wanted = lengthOfTable(table) * 3;
  let log = MIN_LOG;
  while ((<u32>1) << log < wanted) log++;
  return rebuild(table, log);
}

/** Appends an entry, whose key is not there and may be a probe. False = out of memory, nothing changed. */
function addEntry(table: usize, key: usize, value: usize): bool {
  const owned = ownedKey(key);
  if (!owned) return false;
  // Last of what can fail: it moves the entries, which an iterator must not see if nothing comes of it.
  if (!makeRoom(table)) {
    release(owned);
    return false;
  }
  // Of the key that stays: a NaN hashes by its address.
  const hash = hashOf(owned);
  const entry = entriesOf(table);
  const width = widthOf(table);
  const log = logOf(table);
  const cells = cellsOf(table);
  const slot = keySlot(table, entry);
  fillSlot(slot, owned);
  if (width) fillSlot(slot + 4, value);
  store<u32>(hashSlot(table, entry), hash);
  writeCell(cells, cellShift(log), emptyCell(cells, log, hash), entry);
  store<u32>(table + SLOTS_COUNT_OFFSET, (entry + 1) << width);
  store<u32>(table + TABLE_USABLE_OFFSET, load<u32>(table + TABLE_USABLE_OFFSET) - 1);
  store<u32>(table + TABLE_LENGTH_OFFSET, lengthOfTable(table) + 1);
  countChange(table);
  release(owned);
  if (width) {
    // What came in as an object has strings for keys; from now on it is a Map.
    if (load<u8>(table + TABLE_ORIGIN_OFFSET) && typeIdOf(owned) != TYPE_STR) {
      store<u8>(table + TABLE_ORIGIN_OFFSET, ORIGIN_MAP);
    }
    trackFor(table, owned);
    trackFor(table, value);
  }
  return true;
}

function versionOf(table: usize): u32 {
  return load<u32>(table + TABLE_VERSION_OFFSET);
}
function countChange(table: usize): void {
  store<u32>(table + TABLE_VERSION_OFFSET, versionOf(table) + 1);
}

/** `dict[key] = value`: RESULT_*. A key that is there stays as it is. */
export function setEntry(dict: usize, key: usize, value: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  const entry = findEntry(dict, key);
  if (entry == NONE) return addEntry(dict, key, value) ? RESULT_DONE : 0;
  trackFor(dict, value);
  writeSlot(keySlot(dict, entry) + 4, value);
  return RESULT_FOUND;
}

/** `set.add(key)`: RESULT_*. */
export function addKey(set: usize, key: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  if (findEntry(set, key) != NONE) return RESULT_FOUND;
  return addEntry(set, key, 0) ? RESULT_DONE : 0;
}

/** `del table[key]`: RESULT_*. */
export function deleteKey(table: usize, key: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  const entry = findEntry(table, key);
  if (entry == NONE) return RESULT_MISSING;
  deleteEntry(table, entry);
  return RESULT_DONE;
}

/** Deletes an entry that is there. First its key may die of it, then its value, the table whole each time. */
export function deleteEntry(table: usize, entry: u32): void {
  const log = logOf(table);
  const width = widthOf(table);
  writeCell(cellsOf(table), cellShift(log), cellOfEntry(table, entry), TOMBSTONE);
  const slot = keySlot(table, entry);
  const key = load<u32>(slot);
  const value = width ? <usize>load<u32>(slot, 4) : 0;
  const isTaken = width != 0 && takeSlot(slot + 4);
  store<u32>(slot, 0);
  store<u32>(table + TABLE_LENGTH_OFFSET, lengthOfTable(table) - 1);
  countChange(table);
  trim(table);
  if (dropSlot(key)) kill(key);
  if (isTaken) release(value);
}

/** Forgets deleted entries at the end, so that popping from there stays cheap, and all of an empty table. */
function trim(table: usize): void {
  if (!lengthOfTable(table)) {
    reset(table);
    return;
  }
  let entries = entriesOf(table);
  while (!keyAt(table, entries - 1)) entries--;
  // Their cells stay tombstones, so what is usable does not grow.
  store<u32>(table + SLOTS_COUNT_OFFSET, entries << widthOf(table));
}

/** An empty table starts anew; a large one gives its memory back. */
function reset(table: usize): void {
  const isSmall = logOf(table) == MIN_LOG;
  if (isSmall) memory.fill(cellsOf(table), 0xff, 1 << MIN_LOG);
  else {
    freeBlock(load<u32>(table + SLOTS_BUFFER_OFFSET));
    store<u32>(table + SLOTS_BUFFER_OFFSET, 0);
  }
  store<u32>(table + SLOTS_COUNT_OFFSET, 0);
  store<u32>(table + TABLE_USABLE_OFFSET, isSmall ? capacityOf(MIN_LOG) : 0);
}

/** Deletes up to `count` entries, the last first, of a table that nobody can change meanwhile. */
export function dropLastEntries(table: usize, count: u32): void {
  for (; count && lengthOfTable(table); count--) deleteEntry(table, entriesOf(table) - 1);
}

/** Deletes all entries, the first first. Whatever the deaths do to the table meanwhile, it ends. */
export function clearTable(table: usize): void {
  let entry: u32 = 0;
  for (let left = lengthOfTable(table); left && lengthOfTable(table); left--) {
    while (!keyAt(table, entry)) entry++;
    const version = versionOf(table);
    deleteEntry(table, entry);
    if (versionOf(table) != version + 1) entry = 0;
  }
}
