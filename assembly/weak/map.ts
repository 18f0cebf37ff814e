// Weak maps, whose entries are ephemerons (Hayes 1997): an entry keeps its value alive only while its key
// and its map are alive, even if the value leads back to either.
//
// An entry is an object with one slot, the value. It hangs in its key's chain of weak references and in a
// list of its map's, and is owned by both together: one reference is counted that no slot holds. It goes
// when key or map dies. The collectors reach an entry from a key if its map is reached, and from a map if
// its key is: whichever comes second finds the other there. So one look at each suffices, and no
// iteration to a fixed point.

import {
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_MAP_OFFSET,
  EPHEMERON_NEXT_OFFSET,
  EPHEMERON_PREV_OFFSET,
  PART_ENTRIES_OF_MAP,
  TYPE_EPHEMERON,
  WEAKMAP_FIRST_OFFSET,
  WEAKMAP_SIZE_OFFSET,
} from "../layout";
import { control } from "../control";
import { ONE_ROOT, infoOf, setInfo } from "../object/header";
import { typeAt } from "../object/type";
import { createObject } from "../heap/birth";
import { greyAgain, isGone } from "../heap/barrier";
import { firstOfChain, isEphemeron, link, nextWeakref, reserveChain, unlink } from "./reference";

export function keyOf(entry: usize): usize {
  return load<u32>(entry + EPHEMERON_KEY_OFFSET);
}
export function mapOf(entry: usize): usize {
  return load<u32>(entry + EPHEMERON_MAP_OFFSET);
}
/** Whether the entry is in a map: if so, key and map own one reference to it. */
export function isEntry(object: usize): bool {
  return isEphemeron(object) && keyOf(object) != 0;
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
/** The first entry of which an object is the key, or 0; and the next. */
export function firstEntryOf(key: usize): usize {
  return entryOrNone(firstOfChain(key));
}
export function nextEntryOf(entry: usize): usize {
  return entryOrNone(nextWeakref(entry));
}
function entryOrNone(link: usize): usize {
  return link && isEphemeron(link) ? link : 0;
}

export function findEntryOf(map: usize, key: usize): usize {
  let entry = firstEntryOf(key);
  while (entry && mapOf(entry) != map) entry = nextEntryOf(entry);
  return entry;
}

/** The next older entry whose key is not dying (0 = from the newest), or 0. */
export function liveEntryAfter(map: usize, entry: usize): usize {
  do {
    entry = entry ? olderEntry(entry) : firstEntry(map);
  } while (entry && isGone(keyOf(entry)));
  return entry;
}

/** A new entry, still without a value, for a key that has none in this map, which has it. 0 = out of memory, nothing changed. */
export function createEntry(map: usize, key: usize): usize {
  if (!reserveChain(key)) return 0;
  const entry = createObject(typeAt(TYPE_EPHEMERON));
  if (!entry) return 0;
  // Its one reference is not an outside one.
  setInfo(entry, infoOf(entry) - ONE_ROOT);
  link(entry, 0, firstOfChain(key), key);
  const older = firstEntry(map);
  store<u32>(entry + EPHEMERON_MAP_OFFSET, <u32>map);
  store<u32>(entry + EPHEMERON_NEXT_OFFSET, <u32>older);
  if (older) store<u32>(older + EPHEMERON_PREV_OFFSET, <u32>entry);
  store<u32>(map + WEAKMAP_FIRST_OFFSET, <u32>entry);
  store<u32>(map + WEAKMAP_SIZE_OFFSET, load<u32>(map + WEAKMAP_SIZE_OFFSET) + 1);
  control.entries++;
  return entry;
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
  if (entry == <usize>control.partialEntry) passEntry(entry);
  const map = mapOf(entry);
  const older = olderEntry(entry);
  const newer = load<u32>(entry + EPHEMERON_PREV_OFFSET);
  if (older) store<u32>(older + EPHEMERON_PREV_OFFSET, <u32>newer);
  if (newer) store<u32>(newer + EPHEMERON_NEXT_OFFSET, <u32>older);
  else store<u32>(map + WEAKMAP_FIRST_OFFSET, <u32>older);
  store<u32>(map + WEAKMAP_SIZE_OFFSET, load<u32>(map + WEAKMAP_SIZE_OFFSET) - 1);
  control.entries--;
  store<u32>(entry + EPHEMERON_MAP_OFFSET, 0);
  store<u64>(entry + EPHEMERON_NEXT_OFFSET, 0);
  unlink(entry);
}
