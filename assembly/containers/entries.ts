// The entries of a table (dict or set). They lie side by side in the order of insertion, in a buffer that the table
// owns:
//
//     ┌ entries: key and value, or key alone ┬ hash of each entry ┬ index: see index-cells.ts ┐
//
// The entries come first and are nothing but slots. A deleted entry is zeros until the table is rebuilt. In place of its
// hash it has the number of a later entry, with only deleted entries in between. So a walk over deleted entries takes
// one step for each of them the first time, and one step in all the next time. The last entry is never a deleted
// one.

import {
  BUFFER_DATA_OFFSET,
  NO_ENTRY,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TABLE_USABLE_OFFSET,
  TABLE_VERSION_OFFSET,
  TYPE_DICT,
} from "../layout";
import { typeIdOf } from "../object/header";
import { EMPTY, TOMBSTONE, capacityOf, cellShift, indexBytes, readCell } from "./index-cells";

/** Number of entries that are not deleted. */
export function lengthOfTable(table: usize): u32 {
  return load<u32>(table + TABLE_LENGTH_OFFSET);
}
export function setLength(table: usize, length: u32): void {
  store<u32>(table + TABLE_LENGTH_OFFSET, length);
}
/** Number of entries that can be added before the table is rebuilt. */
export function usableOf(table: usize): u32 {
  return load<u32>(table + TABLE_USABLE_OFFSET);
}
export function setUsable(table: usize, usable: u32): void {
  store<u32>(table + TABLE_USABLE_OFFSET, usable);
}
/** Log2 of the number of cells of the index. */
export function logOf(table: usize): u32 {
  return load<u8>(table + TABLE_LOG_OFFSET);
}
/** Log2 of the slots of an entry. */
export function widthOf(table: usize): u32 {
  return typeIdOf(table) == TYPE_DICT ? 1 : 0;
}
export function bufferBytes(log: u32, width: u32): u32 {
  return capacityOf(log) * ((4 << width) + 4) + indexBytes(log);
}

/** Number of entries, deleted ones included. */
export function entriesOf(table: usize): u32 {
  return load<u32>(table + SLOTS_COUNT_OFFSET) >>> widthOf(table);
}
export function setEntries(table: usize, entries: u32): void {
  store<u32>(table + SLOTS_COUNT_OFFSET, entries << widthOf(table));
}

function dataOf(table: usize): usize {
  return <usize>load<u32>(table + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}
/** Address of the slot with an entry's key. A dict's value lies right behind it. */
export function keySlot(table: usize, entry: u32): usize {
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
export function hashSlot(table: usize, entry: u32): usize {
  return dataOf(table) + (capacityOf(logOf(table)) << (2 + widthOf(table))) + (entry << 2);
}
/** Hash of an entry's key. For a deleted entry: the number of an entry behind it. */
export function hashAt(table: usize, entry: u32): u32 {
  return load<u32>(hashSlot(table, entry));
}
export function cellsOf(table: usize): usize {
  return hashSlot(table, capacityOf(logOf(table)));
}

/** The first entry from `entry` on that is not deleted, or `entriesOf`. Shortens the links for the next call. */
export function entryFrom(table: usize, entry: u32): u32 {
  const end = entriesOf(table);
  let found = entry;
  while (found < end && !keyAt(table, found)) found = hashAt(table, found);
  if (entry < found) store<u32>(hashSlot(table, entry), found);
  return found;
}

/** A number that changes when an entry is added or deleted. Iterators compare it. */
export function versionOf(table: usize): u32 {
  return load<u32>(table + TABLE_VERSION_OFFSET);
}
export function countChange(table: usize): void {
  store<u32>(table + TABLE_VERSION_OFFSET, versionOf(table) + 1);
}

/** Number of cells of the index that were never used; NO_ENTRY if a cell leads to an entry that does not exist. */
export function emptyCells(table: usize): u32 {
  const log = logOf(table);
  const cells = cellsOf(table);
  let empty: u32 = 0;
  for (let cell: u32 = 0; cell < (<u32>1) << log; cell++) {
    const entry = readCell(cells, cellShift(log), cell);
    if (entry == EMPTY) empty++;
    else if (entry != TOMBSTONE && (entry >= entriesOf(table) || !keyAt(table, entry))) return NO_ENTRY;
  }
  return empty;
}
