// Lists, tuples, dicts, sets and interned strings. Relies on slots that lead to objects, and on sound weak references,
// which may be keys.

import {
  FLAG_DYING,
  FLAG_INTERNED,
  FLAG_TRACKED,
  KIND_TABLE,
  KIND_TUPLE,
  LIST_CAPACITY_OFFSET,
  NO_ENTRY,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LOG_OFFSET,
  TABLE_USABLE_OFFSET,
  TYPE_BUFFER,
  FROZENSET_HASH_OFFSET,
  TYPE_DICT,
  TYPE_FROZENSET,
  TYPE_STR,
} from "../layout";
import { INVARIANT_INTERNED, INVARIANT_TABLE, INVARIANT_TUPLE, INVARIANT_UNTRACKED } from "../invariants";
import { payloadCapacity } from "../memory/blocks";
import { control } from "../control";
import { hasFlag, infoOf, typeIdOf } from "../object/header";
import { slotsEnd, slotsOf } from "../object/references";
import { typeOf } from "../object/type";
import { firstObject, nextObject, typeIdAt } from "../heap/walk";
import { isInTable } from "../values/intern";
import { hashOf, isHashable } from "../values/key";
import { holdsAtoms } from "../values/tracking";
import { findEntry } from "../containers/dict";
import { bufferBytes, emptyCells, entriesOf, hashAt, keyAt, lengthOfTable, valueAt } from "../containers/entries";
import { isExtentRight, isFrozen, mixedHash } from "../containers/frozen";
import { MAX_LOG, MIN_LOG, capacityOf } from "../containers/index-cells";
import { broken } from "./broken";
import { isBeingSwept } from "./verify-cycle";

/** The length and the capacity of a list fit its buffer. Relies on sound pages alone. */
export function isListSound(list: usize): bool {
  const buffer = load<u32>(list + SLOTS_BUFFER_OFFSET);
  const capacity = load<u32>(list + LIST_CAPACITY_OFFSET);
  if (load<u32>(list + SLOTS_COUNT_OFFSET) > capacity) return false;
  if (!buffer) return capacity == 0;
  return typeIdAt(buffer) == TYPE_BUFFER && capacity <= payloadCapacity(buffer) >>> 2;
}

/** The numbers of a table agree, and its entries are in its buffer. Relies on sound pages alone. */
export function isTableSound(table: usize): bool {
  const buffer = load<u32>(table + SLOTS_BUFFER_OFFSET);
  const slots = load<u32>(table + SLOTS_COUNT_OFFSET);
  const usable = load<u32>(table + TABLE_USABLE_OFFSET);
  if (!buffer) return (slots | usable | lengthOfTable(table)) == 0;
  const width: u32 = typeIdOf(table) == TYPE_DICT ? 1 : 0;
  const log = <u32>load<u8>(table + TABLE_LOG_OFFSET);
  if (typeIdAt(buffer) != TYPE_BUFFER || log < MIN_LOG || log > MAX_LOG || slots & width) return false;
  if (bufferBytes(log, width) > payloadCapacity(buffer)) return false;
  if (<u64>entriesOf(table) + usable > capacityOf(log)) return false;
  // A death leaves dropped entries as they are, and a sweep makes them zeros: neither can be counted.
  if (hasFlag(table, FLAG_DYING) || isBeingSwept(table)) return true;
  let length: u32 = 0;
  for (let entry: u32 = 0; entry < entriesOf(table); entry++) {
    const key = keyAt(table, entry);
    if (key) length++;
    if (width && (key == 0) != (valueAt(table, entry) == 0)) return false;
  }
  return length == lengthOfTable(table);
}

/** The checks that need every slot to lead to a live object. */
export function verifyContainers(): u32 {
  let interned: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const type = typeOf(object);
    const info = infoOf(object);
    if (typeIdOf(object) == TYPE_STR && info & FLAG_INTERNED) {
      if (!isInTable(object)) return broken(INVARIANT_INTERNED, object);
      interned++;
    }
    if (info & FLAG_DYING || type.kind < <u32>KIND_TUPLE || isBeingSwept(object)) continue;
    if (!(info & FLAG_TRACKED) && !holdsAtoms(object, type)) return broken(INVARIANT_UNTRACKED, object);
    if (type.kind != KIND_TABLE) {
      for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
        if (!load<u32>(slot)) return broken(INVARIANT_TUPLE, object);
      }
    } else if (!areKeysFound(object) || !isHashRight(object)) return broken(INVARIANT_TABLE, object);
  }
  return interned == control.internSize ? 0 : broken(INVARIANT_INTERNED, 0);
}

/** Whether each key of a table has the hash that is stored for it, and a search finds its entry. */
function areKeysFound(table: usize): bool {
  if (!load<u32>(table + SLOTS_BUFFER_OFFSET)) return true;
  // Each entry that can still be added has a cell that was never used, and so has a third of all: a search ends. There
  // may be more of them, since an added entry may take the cell of a deleted one.
  const log = <u32>load<u8>(table + TABLE_LOG_OFFSET);
  const filled = capacityOf(log) - load<u32>(table + TABLE_USABLE_OFFSET);
  const empty = emptyCells(table);
  if (empty == NO_ENTRY || empty < ((<u32>1) << log) - filled) return false;
  for (let entry: u32 = 0; entry < entriesOf(table); entry++) {
    const key = keyAt(table, entry);
    if (!key) continue;
    if (!isHashable(key) || hashAt(table, entry) != hashOf(key) || findEntry(table, key) != entry) return false;
  }
  return true;
}

/** Whether a frozenset has the extent and the hash of its elements. One that a collection has begun to clear keeps the hash. */
function isHashRight(set: usize): bool {
  if (typeIdOf(set) != TYPE_FROZENSET || !isFrozen(set)) return true;
  if (!isExtentRight(set)) return false;
  const length = lengthOfTable(set);
  return !length || entriesOf(set) != length || load<u32>(set, FROZENSET_HASH_OFFSET) == mixedHash(set);
}
