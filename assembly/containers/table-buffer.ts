// The buffer of a table: creating, rebuilding and freeing it. entries.ts describes its contents. A rebuild takes time
// in proportion to the table's length, at once.

import { BUFFER_DATA_OFFSET, SLOTS_BUFFER_OFFSET, TABLE_LOG_OFFSET, TYPE_DICT } from "../layout";
import { freeBlock } from "../memory/blocks";
import { typeAt } from "../object/type";
import { newBuffer } from "../heap/buffer";
import { createObject } from "../heap/birth";
import { untrack } from "../heap/generations";
import { shadeReordered } from "../heap/barrier";
import { discard } from "./detached";
import {
  bufferBytes,
  cellsOf,
  entriesOf,
  hashSlot,
  keySlot,
  lengthOfTable,
  logOf,
  setEntries,
  setUsable,
  usableOf,
  widthOf,
} from "./entries";
import { MAX_LOG, MIN_LOG, capacityOf, clearCells, freeCell, logFor, writeCell } from "./index-cells";

export function ownsBuffer(table: usize): bool {
  return load<u32>(table + SLOTS_BUFFER_OFFSET) != 0;
}

/** An empty dict or set with room for `expected` entries, owned; 0 = out of memory. */
export function createTable(type: u32, expected: u32): usize {
  const table = createObject(typeAt(type));
  if (!table) return 0;
  if (expected && !reserve(table, expected)) {
    discard(table);
    return 0;
  }
  if (type == TYPE_DICT) untrack(table);
  return table;
}

/** Makes room for `expected` entries in all. False = out of memory, nothing changed. */
function reserve(table: usize, expected: u32): bool {
  let log = MIN_LOG;
  while (log <= MAX_LOG && capacityOf(log) < expected) log++;
  return rebuild(table, log);
}

/** Moves the entries that are not deleted to a new buffer. False = out of memory, nothing changed. */
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
  clearCells(cells, log);
  let entries: u32 = 0;
  for (let i: u32 = 0; i < oldEntries; i++) {
    const from = old + BUFFER_DATA_OFFSET + (i << (2 + width));
    if (!load<u32>(from)) continue;
    const to = keySlot(table, entries);
    if (width) store<u64>(to, load<u64>(from));
    else store<u32>(to, load<u32>(from));
    const hash = load<u32>(oldHashes + (i << 2));
    store<u32>(hashSlot(table, entries), hash);
    writeCell(cells, log, freeCell(cells, log, hash), entries);
    entries++;
  }
  setEntries(table, entries);
  setUsable(table, capacityOf(log) - entries);
  if (old) freeBlock(old);
  return true;
}

/**
 * Makes room for one more entry. Grows as CPython does: three cells for each entry. False = out of memory, nothing
 * changed.
 */
export function makeRoom(table: usize): bool {
  return usableOf(table) != 0 || rebuild(table, logFor(lengthOfTable(table) * 3));
}

/** Starts an empty table anew. A large one gives its memory back. */
export function reset(table: usize): void {
  const isSmall = logOf(table) == MIN_LOG;
  if (isSmall) clearCells(cellsOf(table), MIN_LOG);
  else {
    freeBlock(load<u32>(table + SLOTS_BUFFER_OFFSET));
    store<u32>(table + SLOTS_BUFFER_OFFSET, 0);
  }
  setEntries(table, 0);
  setUsable(table, isSmall ? capacityOf(MIN_LOG) : 0);
}
