// Weak maps. Their entries are ephemerons (Hayes 1997): an entry keeps its value alive only while its key and its map
// are alive, even if the value leads back to either.
//
// An entry is an object with one slot, the value. It is in a list of its key's entries and in a list of its map's
// entries, and both own it together: one reference is counted that no slot holds. The entry is removed when key or map
// dies. Collections reach an entry from its key if the map is reached, and from its map if the key is reached: the
// second of the two to be reached finds the other there. So each entry is looked at twice at most, and nothing is
// repeated until it stops changing.
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
import { greyAgain, isDead, isGone, noteWeaklyHeld } from "../heap/barrier";
import { dropSlot } from "../heap/count";
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
/** Whether an object is an entry that is in a map: then key and map own one reference to it. */
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

/** The next older entry in a listing of the map (0 = the newest), or 0. */
export function liveEntryAfter(map: usize, entry: usize): usize {
  do {
    entry = entry ? olderEntry(entry) : firstEntry(map);
  } while (entry && !isListed(keyOf(entry)));
  return entry;
}

/**
 * Whether a listing may include an entry with this key. It must not if the key is gone, or is garbage that is being
 * cleared: then the entry may have lost its value.
 */
function isListed(key: usize): bool {
  return !isGone(key) && !(control.clearing && hasLinks(typeOf(key)) && hasFlag(key, FLAG_UNREACHABLE));
}

/**
 * Creates an entry without a value, for a key that has none in this map, and adds it. 0 = out of memory, nothing
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
  store<u32>(entry + EPHEMERON_KEY_NEXT_OFFSET, <u32>keyed);
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

/** Shrinks the tables of weak references and entries if most of their cells are unused. */
export function trimWeak(): void {
  trim(weakrefsByReferent());
  trim(entriesByKey());
  trim(index());
}

/** Number of entries of all weak maps. */
export function entryCount(): u32 {
  return index().size;
}

/** Moves a scan in parts from an entry that is about to leave to the next one. */
function passEntry(entry: usize): void {
  const isOfMap = control.partialStage == PART_ENTRIES_OF_MAP;
  control.partialEntry = <u32>(isOfMap ? olderEntry(entry) : nextEntryOf(entry));
  // A key without entries may die without looking at `partial`.
  if (!isOfMap && !control.partialEntry) greyAgain(keyOf(entry));
}

/**
 * Removes an entry from its key and map, and drops their reference to it. True if it dies: the caller kills it.
 *
 * An entry that a cycle has found to be garbage, because its key or its map is, is left to the sweep even if the other
 * of the two is alive. Until then its value may have a finalizer, which could make garbage reachable that the cycle is
 * going to empty.
 */
export function releaseEntry(entry: usize): bool {
  unlinkEntry(entry);
  return dropSlot(entry) && !isDead(entry);
}

/** Removes an entry from key and map. The caller takes over their reference to it. */
export function unlinkEntry(entry: usize): void {
  // A scan that would continue at this entry continues at the next one.
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
  if (before) store<u32>(<usize>before + EPHEMERON_KEY_NEXT_OFFSET, <u32>next);
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
