// The core's own hash tables: outside references beyond 254, weak references, entries of weak maps, interned strings. A
// search in one of them ends, and finds an object of the right kind. Relies on sound objects. That a table contains
// every object that belongs in it is checked where those objects are.

import {
  BUFFER_DATA_OFFSET,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  ROOTS_SATURATED,
  TYPE_BUFFER,
  TYPE_EPHEMERON,
  TYPE_STR,
  TYPE_WEAKREF,
} from "../layout";
import { INVARIANT_INTERNED, INVARIANT_SATURATED, INVARIANT_WEAKMAP, INVARIANT_WEAKREFS } from "../invariants";
import { payloadCapacity } from "../memory/blocks";
import { Control, control } from "../control";
import { hasFlag, isImmortal, rootsFieldOf } from "../object/header";
import { HashTable, get, valueOf } from "../heap/hash-table";
import { typeIdAt } from "../heap/walk";
import { isInTable } from "../values/intern";
import { broken } from "./broken";

export function verifyTables(): u32 {
  return (
    verifyRootsMap() ||
    verifyReferents(offsetof<Control>("weakrefMapBuffer"), TYPE_WEAKREF, INVARIANT_WEAKREFS) ||
    verifyReferents(offsetof<Control>("entryMapBuffer"), TYPE_EPHEMERON, INVARIANT_WEAKMAP) ||
    verifyEntryIndex() ||
    verifyInterned()
  );
}

function tableAt(field: usize): HashTable {
  return changetype<HashTable>(changetype<usize>(control) + field);
}

/** Whether the cells fit the buffer, as many are in use as the size says, and at least one is empty. */
function isSound(table: HashTable): bool {
  const capacity = table.capacity;
  if (!capacity) return (table.buffer | table.size) == 0;
  if (capacity & (capacity - 1) || table.size >= capacity) return false;
  if (typeIdAt(table.buffer) != TYPE_BUFFER || capacity > payloadCapacity(table.buffer) >>> 3) return false;
  let used: u32 = 0;
  for (let cell = firstCell(table), end = endOfCells(table); cell < end; cell += 8) if (valueOf(cell)) used++;
  return used == table.size;
}

function firstCell(table: HashTable): usize {
  return <usize>table.buffer + BUFFER_DATA_OFFSET;
}
function endOfCells(table: HashTable): usize {
  return firstCell(table) + ((<usize>table.capacity) << 3);
}

function isObject(address: usize): bool {
  const id = typeIdAt(address);
  return id != 0 && id != TYPE_BUFFER;
}

/** Each cell has a saturated object, and the number of its outside references. */
function verifyRootsMap(): u32 {
  const table = tableAt(offsetof<Control>("rootsMapBuffer"));
  if (!isSound(table)) return broken(INVARIANT_SATURATED, table.buffer);
  for (let cell = firstCell(table), end = endOfCells(table); cell < end; cell += 8) {
    const roots = valueOf(cell);
    if (!roots) continue;
    const object = <usize>load<u32>(cell);
    if (roots < <u32>ROOTS_SATURATED || !isObject(object) || isImmortal(object))
      return broken(INVARIANT_SATURATED, object);
    if (rootsFieldOf(object) != ROOTS_SATURATED || get(table, object) != roots)
      return broken(INVARIANT_SATURATED, object);
  }
  return 0;
}

/** Each cell has an object that is referred to weakly, and its first weak reference or entry. */
function verifyReferents(field: usize, type: u32, invariant: u32): u32 {
  const table = tableAt(field);
  if (!isSound(table) || (table.size && !control.hasHooks)) return broken(invariant, table.buffer);
  for (let cell = firstCell(table), end = endOfCells(table); cell < end; cell += 8) {
    const first = valueOf(cell);
    if (!first) continue;
    const object = <usize>load<u32>(cell);
    if (typeIdAt(first) != type || !isObject(object)) return broken(invariant, object);
    if (!hasFlag(object, FLAG_HAS_WEAKREFS) || get(table, object) != first) return broken(invariant, object);
  }
  return 0;
}

/** Each cell has a hash of map and key, and their entry. */
function verifyEntryIndex(): u32 {
  const table = tableAt(offsetof<Control>("entryIndexBuffer"));
  if (!isSound(table)) return broken(INVARIANT_WEAKMAP, table.buffer);
  for (let cell = firstCell(table), end = endOfCells(table); cell < end; cell += 8) {
    if (valueOf(cell) && typeIdAt(valueOf(cell)) != TYPE_EPHEMERON) return broken(INVARIANT_WEAKMAP, valueOf(cell));
  }
  return 0;
}

/** Each cell has the hash of an interned string, and the string. */
function verifyInterned(): u32 {
  const table = tableAt(offsetof<Control>("internBuffer"));
  if (!isSound(table)) return broken(INVARIANT_INTERNED, table.buffer);
  const first = firstCell(table);
  const end = endOfCells(table);
  for (let cell = first; cell < end; cell += 8) {
    const string = <usize>valueOf(cell);
    if (string && (typeIdAt(string) != TYPE_STR || !hasFlag(string, FLAG_INTERNED)))
      return broken(INVARIANT_INTERNED, string);
  }
  // A search compares strings, so all cells must be known to have strings first.
  for (let cell = first; cell < end; cell += 8) {
    if (valueOf(cell) && !isInTable(valueOf(cell))) return broken(INVARIANT_INTERNED, valueOf(cell));
  }
  return 0;
}
