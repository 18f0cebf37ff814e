// Tables: dict and set. entries.ts and index-cells.ts say how they lie in memory; here keys are found, come and go.
//
// What takes long: each operation takes constant time on average (see index-cells.ts), but that a table which is full,
// or full of deleted entries, is rebuilt in proportion to its length: of n entries at most once for n that are added. A
// key takes as long as hashing and comparing it. Deleted entries keep their room until then, or until the last one is
// gone; to go over all entries takes a step for each of them once, as entries.ts tells. Clearing: see detached.ts.
//
// No function keeps an address of a slot over what may run hooks: the death of a key or value. A buffer that is made
// never collects.
//
// Source: the compact dict of CPython 3.6 (Objects/dictobject.c), by an idea of R. Hettinger's.

import {
  CHANGED_ENTRY,
  NO_ENTRY,
  ORIGIN_MAP,
  RESULT_ADDED,
  RESULT_FOUND,
  RESULT_MISSING,
  RESULT_UNHASHABLE,
  TABLE_ORIGIN_OFFSET,
  TYPE_DICT,
  TYPE_STR,
} from "../layout";
import { typeIdOf } from "../object/header";
import { dropSlot, hold, unhold } from "../heap/count";
import { areEqual, hashOf, isHashable } from "../values/key";
import { ownedKey } from "../values/borrowed-key";
import { trackFor } from "../values/tracking";
import { kill, release } from "../death/death";
import { detachAll } from "./detached";
import {
  cellsOf,
  countChange,
  entriesOf,
  entryFrom,
  hashAt,
  hashSlot,
  keyAt,
  keySlot,
  lengthOfTable,
  logOf,
  setEntries,
  setLength,
  setUsable,
  usableOf,
  valueAt,
  versionOf,
  widthOf,
} from "./entries";
import { EMPTY, TOMBSTONE, cellOf, cellShift, freeCell, readCell, writeCell } from "./index-cells";
import { ownsBuffer, makeRoom, reset } from "./table-buffer";
import { fillSlot, takeSlot, writeSlot } from "./write";

// ---- Finding

/** The entry of a hashable key, or NO_ENTRY. */
export function findEntry(table: usize, key: usize): u32 {
  if (!lengthOfTable(table)) return NO_ENTRY;
  const hash = hashOf(key);
  const log = logOf(table);
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  const cells = cellsOf(table);
  let perturb = hash;
  let cell = hash & mask;
  while (true) {
    const entry = readCell(cells, shift, cell);
    if (entry == EMPTY) return NO_ENTRY;
    if (entry != TOMBSTONE && hashAt(table, entry) == hash && areEqual(keyAt(table, entry), key)) return entry;
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
}

// ---- Adding

/** `dict[key] = value`: RESULT_*. A key that is there stays as it is. */
export function setEntry(dict: usize, key: usize, value: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  const entry = findEntry(dict, key);
  if (entry == NO_ENTRY) return addEntry(dict, key, value) ? RESULT_ADDED : 0;
  trackFor(dict, value);
  writeSlot(keySlot(dict, entry) + 4, value);
  return RESULT_FOUND;
}

/** `dict.setdefault(key, value)`: RESULT_*. The entry of a key that is there stays as it is. */
export function setDefault(dict: usize, key: usize, value: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  if (findEntry(dict, key) != NO_ENTRY) return RESULT_FOUND;
  return addEntry(dict, key, value) ? RESULT_ADDED : 0;
}

/** `set.add(key)`: RESULT_*. */
export function addKey(set: usize, key: usize): u32 {
  return setDefault(set, key, 0);
}

/** Appends an entry, whose key is not there and may be borrowed. False = out of memory, nothing changed. */
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
  writeCell(cells, log, freeCell(cells, log, hash), entry);
  setEntries(table, entry + 1);
  setUsable(table, usableOf(table) - 1);
  setLength(table, lengthOfTable(table) + 1);
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

/**
 * Adds the entries of another table to a table, from `entry` on: `dict.update(dict)`, `set.update(dict or set)`.
 * Returns the entry that there was no memory for; NO_ENTRY if all are added; CHANGED_ENTRY if the other's version is
 * not, or no longer, `version`. The caller holds both: values that are replaced may run hooks.
 */
export function addAll(table: usize, other: usize, entry: u32, version: u32): u32 {
  const isDict = typeIdOf(table) == TYPE_DICT;
  while (versionOf(other) == version) {
    entry = entryFrom(other, entry);
    if (entry == entriesOf(other)) return NO_ENTRY;
    const key = keyAt(other, entry);
    if (!(isDict ? setEntry(table, key, valueAt(other, entry)) : addKey(table, key))) return entry;
    entry++;
  }
  return CHANGED_ENTRY;
}

// ---- Deleting

/** `del table[key]`: RESULT_*. */
export function deleteKey(table: usize, key: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  const entry = findEntry(table, key);
  if (entry == NO_ENTRY) return RESULT_MISSING;
  deleteEntry(table, entry);
  return RESULT_FOUND;
}

/** Deletes an entry that is there. First its key may die of it, then its value, the table whole each time. */
export function deleteEntry(table: usize, entry: u32): void {
  const log = logOf(table);
  const width = widthOf(table);
  const cells = cellsOf(table);
  writeCell(cells, log, cellOf(cells, log, hashAt(table, entry), entry), TOMBSTONE);
  const slot = keySlot(table, entry);
  const key = load<u32>(slot);
  const value = width ? <usize>load<u32>(slot, 4) : 0;
  const isTaken = width != 0 && takeSlot(slot + 4);
  store<u32>(slot, 0);
  store<u32>(hashSlot(table, entry), entry + 1);
  setLength(table, lengthOfTable(table) - 1);
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
  // Their cells stay tombstones: what is usable does not grow, or too few cells might be left that were never used.
  setEntries(table, entries);
}

/** Deletes all entries: none is in the table when the first dies. They die first first. */
export function clearTable(table: usize): void {
  const length = lengthOfTable(table);
  if (!length) {
    if (ownsBuffer(table)) reset(table);
    return;
  }
  const detached = detachAll(table);
  if (!detached) {
    clearInPlace(table, length);
    return;
  }
  setLength(table, 0);
  setUsable(table, 0);
  countChange(table);
  kill(detached);
}

/** The same without memory: see detached.ts. The oldest entries are those that were there. */
function clearInPlace(table: usize, length: u32): void {
  hold(table);
  for (; length && lengthOfTable(table); length--) deleteEntry(table, entryFrom(table, 0));
  if (unhold(table)) kill(table);
}
