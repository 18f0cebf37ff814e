// Tables: dict and set. Their memory is described in entries.ts and index-cells.ts; here keys are found, added and
// deleted.
//
// Cost: an operation takes constant time on average, besides hashing and comparing the key. A table that is full, or
// full of deleted entries, is rebuilt in proportion to its length: a table of n entries at most once for every n that
// are added. Deleted entries take room until then, or until the table is empty. Walking over all entries takes one step
// for each deleted one once (entries.ts). For clearing see detached.ts.
//
// No function keeps the address of a slot over the death of a key or value, which may run hooks. Creating a buffer
// never collects.
//
// Source: the compact dict of CPython 3.6 (Objects/dictobject.c), an idea of R. Hettinger's.

import {
  CHANGED_ENTRY,
  NO_ENTRY,
  ORIGIN_MAP,
  RESULT_ADDED,
  RESULT_FOUND,
  RESULT_MISSING,
  RESULT_UNHASHABLE,
  SLOTS_COUNT_OFFSET,
  TABLE_ORIGIN_OFFSET,
  TYPE_DICT,
  TYPE_STR,
  UNHASHABLE_ENTRY,
} from "../layout";
import { typeIdOf } from "../object/header";
import { dropSlot, hold, unhold } from "../heap/count";
import { hashOfText } from "../values/atom-key";
import { hashOf, isHashable } from "../values/key";
import { ownedKey } from "../values/borrowed-key";
import { trackFor } from "../values/tracking";
import { kill, release } from "../death/death";
import { areEqual } from "./compare";
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
import { canLookUp, hashToLookUp } from "./frozen";
import { EMPTY, TOMBSTONE, capacityOf, cellOf, cellShift, freeCell, readCell, writeCell } from "./index-cells";
import { ownsBuffer, makeRoom, reset } from "./table-buffer";
import { fillSlot, fillSlotWithOwned, takeSlot, writeSlot } from "./write";

// ---- Finding

/** The entry of a hashable key, or NO_ENTRY. */
export function findEntry(table: usize, key: usize): u32 {
  return lengthOfTable(table) ? findHashed(table, key, hashOf(key)) : NO_ENTRY;
}

/** The entry of a key, as `table[key]` looks it up; NO_ENTRY; UNHASHABLE_ENTRY. */
export function lookUp(table: usize, key: usize): u32 {
  if (!canLookUp(table, key)) return UNHASHABLE_ENTRY;
  return lengthOfTable(table) ? findHashed(table, key, hashToLookUp(key)) : NO_ENTRY;
}

/** The entry of a key with this hash in a table that is not empty, or NO_ENTRY. */
function findHashed(table: usize, key: usize, hash: u32): u32 {
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

/**
 * `dict[key] = value`. Returns RESULT_*. If the key exists, the dict keeps the old key object and replaces the value. As in
 * CPython the dict is tracked because of the given key, even if it keeps the other one.
 */
export function setEntry(dict: usize, key: usize, value: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  const entry = findEntry(dict, key);
  if (entry == NO_ENTRY) return addEntry(dict, key, value) ? RESULT_ADDED : 0;
  trackFor(dict, key);
  trackFor(dict, value);
  writeSlot(keySlot(dict, entry) + 4, value);
  return RESULT_FOUND;
}

/** `dict.setdefault(key, value)`. Returns RESULT_*. If the key is there, its entry stays as it is. */
export function setDefault(dict: usize, key: usize, value: usize): u32 {
  if (!isHashable(key)) return RESULT_UNHASHABLE;
  if (findEntry(dict, key) != NO_ENTRY) return RESULT_FOUND;
  return addEntry(dict, key, value) ? RESULT_ADDED : 0;
}

/** `set.add(key)`. Returns RESULT_*. */
export function addKey(set: usize, key: usize): u32 {
  return setDefault(set, key, 0);
}

/** Appends an entry for a key that does not exist, and may be borrowed. False = out of memory, nothing changed. */
function addEntry(table: usize, key: usize, value: usize): bool {
  const owned = ownedKey(key);
  if (!owned) return false;
  // The last step that can fail. It moves the entries, which iterators may only see together with an added entry.
  if (!makeRoom(table)) {
    release(owned);
    return false;
  }
  // The hash of the object that is kept, not of the borrowed key: a NaN hashes by its address.
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
    // A dict that was a JavaScript object, whose keys are strings, becomes a Map with its first other key.
    if (load<u8>(table + TABLE_ORIGIN_OFFSET) && typeIdOf(owned) != TYPE_STR) {
      store<u8>(table + TABLE_ORIGIN_OFFSET, ORIGIN_MAP);
    }
    trackFor(table, owned);
    trackFor(table, value);
  }
  return true;
}

/**
 * `dict[key] = value` for a str that the dict has not, in one search for both the key and its cell; takes over the
 * caller's reference to the value. False = the dict has the key, or must be rebuilt first, or has had keys deleted;
 * nothing changed: call `setEntry`.
 */
export function addText(dict: usize, key: usize, value: usize): bool {
  const usable = usableOf(dict);
  if (!usable || !ownsBuffer(dict)) return false;
  const hash = hashOfText(key);
  const log = logOf(dict);
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  const slots = keySlot(dict, 0);
  const hashes = slots + (capacityOf(log) << 3);
  const cells = hashes + (capacityOf(log) << 2);
  let perturb = hash;
  let cell = hash & mask;
  while (true) {
    const found = readCell(cells, shift, cell);
    if (found == EMPTY) break;
    if (
      found == TOMBSTONE ||
      (load<u32>(hashes + (found << 2)) == hash && areEqual(load<u32>(slots + (found << 3)), key))
    )
      return false;
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
  const entry = load<u32>(dict + SLOTS_COUNT_OFFSET) >>> 1;
  fillSlot(slots + (entry << 3), key);
  fillSlotWithOwned(slots + (entry << 3) + 4, value);
  store<u32>(hashes + (entry << 2), hash);
  writeCell(cells, log, cell, entry);
  store<u32>(dict + SLOTS_COUNT_OFFSET, (entry + 1) << 1);
  setUsable(dict, usable - 1);
  setLength(dict, lengthOfTable(dict) + 1);
  countChange(dict);
  trackFor(dict, value);
  return true;
}

/**
 * Adds the entries of another table, from `entry` on: `dict.update(dict)`, `set.update(dict or set)`. Returns NO_ENTRY
 * if all are added; CHANGED_ENTRY if the version of the other table is not, or no longer, `version`; or the entry that
 * there was no memory for. The caller holds both tables, because values that are replaced may run hooks.
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

/** `del table[key]`. Returns RESULT_*. */
export function deleteKey(table: usize, key: usize): u32 {
  const entry = lookUp(table, key);
  if (entry == UNHASHABLE_ENTRY) return RESULT_UNHASHABLE;
  if (entry == NO_ENTRY) return RESULT_MISSING;
  deleteEntry(table, entry);
  return RESULT_FOUND;
}

/** Deletes an entry. Its key may die, then its value; the table is whole each time. */
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

/** Removes deleted entries from the end, so that popping from there takes constant time. Resets an empty table. */
function trim(table: usize): void {
  if (!lengthOfTable(table)) {
    reset(table);
    return;
  }
  let entries = entriesOf(table);
  while (!keyAt(table, entries - 1)) entries--;
  // Their cells stay tombstones. So `usable` must not grow: else too few cells might be left that were never used.
  setEntries(table, entries);
}

/** Deletes all entries before the first of them dies. They die in the order of insertion. */
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

/** `clearTable` without memory: see detached.ts. Deletes as many entries as there were, the oldest first. */
function clearInPlace(table: usize, length: u32): void {
  hold(table);
  for (; length && lengthOfTable(table); length--) deleteEntry(table, entryFrom(table, 0));
  if (unhold(table)) kill(table);
}
