// The entries of a table, which is what a dict or set consists of. They lie side by side in the order of insertion, in
// a buffer that the table owns:
//
//     ┌ entries: key and value, or key alone ┬ hash of each entry ┬ index: see index-cells.ts ┐
//
// The entries come first and are nothing but slots. A deleted one is zeros until the table is rebuilt. What stands in
// the place of its hash is the number of an entry behind it, with nothing but deleted ones in between: so walking over
// deleted entries takes one step for each the first time, and one in all the next time. The last entry is never a
// deleted one.

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

/** Entries that are there. */
export function lengthOfTable(table: usize): u32 {
  return load<u32>(table + TABLE_LENGTH_OFFSET);
}
export function setLength(table: usize, length: u32): void {
  store<u32>(table + TABLE_LENGTH_OFFSET, length);
}
/** Entries that can be added before the table is rebuilt. */
export function usableOf(table: usize): u32 {
  return load<u32>(table + TABLE_USABLE_OFFSET);
}
export function setUsable(table: usize, usable: u32): void {
  store<u32>(table + TABLE_USABLE_OFFSET, usable);
}
/** Log2 of the cells of the index. */
export function logOf(table: usize): u32 {
  return load<u8>(table + TABLE_LOG_OFFSET);
}
/** Log2 of an entry's slots. */
export function widthOf(table: usize): u32 {
  return typeIdOf(table) == TYPE_DICT ? 1 : 0;
}
export function bufferBytes(log: u32, width: u32): u32 {
  return capacityOf(log) * ((4 << width) + 4) + indexBytes(log);
}

/** Entries, deleted ones included. */
export function entriesOf(table: usize): u32 {
  return load<u32>(table + SLOTS_COUNT_OFFSET) >>> widthOf(table);
}
export function setEntries(table: usize, entries: u32): void {
  store<u32>(table + SLOTS_COUNT_OFFSET, entries << widthOf(table));
}

function dataOf(table: usize): usize {
  return <usize>load<u32>(table + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}
/** Address of an entry's key; the value of a dict's lies behind it. */
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
/** Hash of an entry's key. Of a deleted entry: see above. */
export function hashAt(table: usize, entry: u32): u32 {
  return load<u32>(hashSlot(table, entry));
}
export function cellsOf(table: usize): usize {
  return hashSlot(table, capacityOf(logOf(table)));
}

/** The first entry from `entry` on that is there, or `entriesOf`. */
export function entryFrom(table: usize, entry: u32): u32 {
  const end = entriesOf(table);
  let found = entry;
  while (found < end && !keyAt(table, found)) found = hashAt(table, found);
  if (entry < found) store<u32>(hashSlot(table, entry), found);
  return found;
}

/** How often entries came or went: iterators watch it. */
export function versionOf(table: usize): u32 {
  return load<u32>(table + TABLE_VERSION_OFFSET);
}
export function countChange(table: usize): void {
  store<u32>(table + TABLE_VERSION_OFFSET, versionOf(table) + 1);
}

/** How many cells of the index were never used; NO_ENTRY if one leads to an entry that is not there. */
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
