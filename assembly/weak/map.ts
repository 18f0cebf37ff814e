// Weak maps, whose entries are ephemerons (Hayes 1997): an entry keeps its value alive only while its key
// and its map are alive, even if the value leads back to either.
//
// An entry is an object with one slot, the value. It hangs in a list of its key's entries and in a list of its map's,
// and is owned by both together: one reference is counted that no slot holds. It goes when key or map dies. The
// collectors reach an entry from a key if its map is reached, and from a map if its key is: the one that is reached
// second finds the other there. So one look at each suffices, and no iteration to a fixed point.
//
// An index by map and key finds an entry in constant time, in however many maps the key is.

import {
  EPHEMERON_KEY_NEXT_OFFSET,
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_KEY_PREV_OFFSET,
  EPHEMERON_MAP_OFFSET,
  EPHEMERON_NEXT_OFFSET,
  EPHEMERON_PREV_OFFSET,
  FLAG_HAS_WEAKREFS,
  FLAG_UNREACHABLE,
  PART_ENTRIES_OF_MAP,
  PART_SLOTS,
  TYPE_EPHEMERON,
  WEAKMAP_FIRST_OFFSET,
  WEAKMAP_SIZE_OFFSET,
} from "../layout";
import { Control, control } from "../control";
import { ONE_ROOT, hasFlag, infoOf, setInfo, typeIdOf } from "../object/header";
import { hasLinks, typeAt, typeOf } from "../object/type";
import { createObject } from "../heap/birth";
import { greyAgain, isGone, noteWeaklyHeld } from "../heap/barrier";
import {
  HashTable,
  del,
  firstCell,
  get,
  insert,
  nextCell,
  put,
  remove,
  reserve,
  trim,
  valueOf,
} from "../heap/hash-table";
import { clearFlagIfBare, entriesByKey, weakrefsByReferent } from "./reference";

export function keyOf(entry: usize): usize {
  return load<u32>(entry + EPHEMERON_KEY_OFFSET);
}
export function mapOf(entry: usize): usize {
  return load<u32>(entry + EPHEMERON_MAP_OFFSET);
}
/** Whether the entry is in a map: if so, key and map own one reference to it. */
export function isEntry(object: usize): bool {
  return typeIdOf(object) == TYPE_EPHEMERON && keyOf(object) != 0;
}

export function sizeOfMap(map: usize): u32 {
  return load<u32>(map + WEAKMAP_SIZE_OFFSET);
}

/** The newest entry of a map, or 0; and the next older one. */
export function firstEntry(map: usize): usize {
  return load<u32>(map + WEAKMAP_FIRST_OFFSET);
}
export function olderEntry(entry: usize): usize {
  return load<u32>(entry + EPHEMERON_NEXT_OFFSET);
}
/** The newest entry of which an object is the key, or 0; and the next older one. */
export function firstEntryOf(key: usize): usize {
  return hasFlag(key, FLAG_HAS_WEAKREFS) ? <usize>get(entriesByKey(), key) : 0;
}
export function nextEntryOf(entry: usize): usize {
  return load<u32>(entry + EPHEMERON_KEY_NEXT_OFFSET);
}
/** Chains entries that are in no map. */
export function setNextEntryOf(entry: usize, next: usize): void {
  store<u32>(entry + EPHEMERON_KEY_NEXT_OFFSET, <u32>next);
}

// ---- The index

function index(): HashTable {
  return changetype<HashTable>(changetype<usize>(control) + offsetof<Control>("entryIndexBuffer"));
}
function hashOfPair(map: usize, key: usize): u32 {
  return (((<u32>map) >>> 3) * 0x85ebca6b) ^ ((<u32>key) >>> 3);
}

/** The index's cell of an entry, or 0. */
function cellOf(map: usize, key: usize): usize {
  if (!hasFlag(key, FLAG_HAS_WEAKREFS)) return 0;
  const hash = hashOfPair(map, key);
  let cell = firstCell(index(), hash);
  while (cell && (mapOf(valueOf(cell)) != map || keyOf(valueOf(cell)) != key)) cell = nextCell(index(), hash, cell);
  return cell;
}

/** The entry of a key in a map, or 0. */
export function findEntryOf(map: usize, key: usize): usize {
  const cell = cellOf(map, key);
  return cell ? <usize>valueOf(cell) : 0;
}

/** The next older entry that a listing of the map has (0 = from the newest), or 0. */
export function liveEntryAfter(map: usize, entry: usize): usize {
  do {
    entry = entry ? olderEntry(entry) : firstEntry(map);
  } while (entry && !isListed(keyOf(entry)));
  return entry;
}

/**
 * Whether the key is neither gone nor garbage that is being cleared: the entry of such a key may have lost its value.
 */
function isListed(key: usize): bool {
  return !isGone(key) && !(control.clearing && hasLinks(typeOf(key)) && hasFlag(key, FLAG_UNREACHABLE));
}

/**
 * A new entry, still without a value, for a key that has none in this map, which has it. 0 = out of memory, nothing
 * changed.
 */
export function createEntry(map: usize, key: usize): usize {
  if (!reserve(entriesByKey()) || !reserve(index())) return 0;
  const entry = createObject(typeAt(TYPE_EPHEMERON));
  if (!entry) return 0;
  // Its one reference is not an outside one.
  setInfo(entry, infoOf(entry) - ONE_ROOT);
  const keyed = firstEntryOf(key);
  const older = firstEntry(map);
  store<u32>(entry + EPHEMERON_KEY_OFFSET, <u32>key);
  setNextEntryOf(entry, keyed);
  if (keyed) store<u32>(keyed + EPHEMERON_KEY_PREV_OFFSET, <u32>entry);
  store<u32>(entry + EPHEMERON_MAP_OFFSET, <u32>map);
  store<u32>(entry + EPHEMERON_NEXT_OFFSET, <u32>older);
  if (older) store<u32>(older + EPHEMERON_PREV_OFFSET, <u32>entry);
  store<u32>(map + WEAKMAP_FIRST_OFFSET, <u32>entry);
  store<u32>(map + WEAKMAP_SIZE_OFFSET, sizeOfMap(map) + 1);
  put(entriesByKey(), key, <u32>entry);
  insert(index(), hashOfPair(map, key), <u32>entry);
  noteWeaklyHeld(key);
  control.hasHooks = 1;
  return entry;
}

/** Gives back what the tables of weak references and entries can do without. */
export function trimWeak(): void {
  trim(weakrefsByReferent());
  trim(entriesByKey());
  trim(index());
}

/** How many entries there are in all weak maps. */
export function entryCount(): u32 {
  return index().size;
}

function passEntry(entry: usize): void {
  const isOfMap = control.partialStage == PART_ENTRIES_OF_MAP;
  control.partialEntry = <u32>(isOfMap ? olderEntry(entry) : nextEntryOf(entry));
  // A key without entries may die like any other object.
  if (!isOfMap && !control.partialEntry) greyAgain(keyOf(entry));
}

/** Takes an entry away from key and map. Their reference to it goes to the caller. */
export function unlinkEntry(entry: usize): void {
  // A marking that stands at this entry goes on with the next one.
  if (entry == <usize>control.partialEntry && control.partial && control.partialStage != PART_SLOTS) passEntry(entry);
  const map = mapOf(entry);
  const key = keyOf(entry);
  remove(index(), cellOf(map, key));
  const older = olderEntry(entry);
  const newer = load<u32>(entry + EPHEMERON_PREV_OFFSET);
  if (older) store<u32>(older + EPHEMERON_PREV_OFFSET, <u32>newer);
  if (newer) store<u32>(newer + EPHEMERON_NEXT_OFFSET, <u32>older);
  else store<u32>(map + WEAKMAP_FIRST_OFFSET, <u32>older);
  store<u32>(map + WEAKMAP_SIZE_OFFSET, sizeOfMap(map) - 1);
  const next = nextEntryOf(entry);
  const before = load<u32>(entry + EPHEMERON_KEY_PREV_OFFSET);
  if (next) store<u32>(next + EPHEMERON_KEY_PREV_OFFSET, before);
  if (before) setNextEntryOf(before, next);
  else if (next) put(entriesByKey(), key, <u32>next);
  else {
    del(entriesByKey(), key);
    clearFlagIfBare(key);
  }
  store<u32>(entry + EPHEMERON_KEY_OFFSET, 0);
  store<u64>(entry + EPHEMERON_KEY_NEXT_OFFSET, 0);
  store<u32>(entry + EPHEMERON_MAP_OFFSET, 0);
  store<u64>(entry + EPHEMERON_NEXT_OFFSET, 0);
}
