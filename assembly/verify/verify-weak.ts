// Weak references, weak maps, and deferred callbacks. Relies on sound hash tables.
//
// Chains and lists are doubly linked, so a link back to an element that was met contradicts its `prev`: no walk runs in
// a circle.

import {
  EPHEMERON_KEY_PREV_OFFSET,
  EPHEMERON_PREV_OFFSET,
  FLAG_HAS_WEAKREFS,
  KIND_WEAKMAP,
  TYPE_BUFFER,
  TYPE_EPHEMERON,
  TYPE_WEAKREF,
} from "../layout";
import { INVARIANT_CALLBACKS, INVARIANT_WEAKMAP, INVARIANT_WEAKREFS } from "../invariants";
import { control } from "../control";
import { hasFlag, rootsFieldOf, typeIdOf } from "../object/header";
import { typeOf } from "../object/type";
import { isGone } from "../heap/barrier";
import { firstObject, nextObject, typeIdAt } from "../heap/walk";
import {
  entryCount,
  findEntryOf,
  firstEntry,
  firstEntryOf,
  isEntry,
  keyOf,
  mapOf,
  nextEntryOf,
  olderEntry,
  sizeOfMap,
} from "../weak/map";
import { callbackOf, firstWeakref, nextWeakref, prevWeakref, referentOf } from "../weak/reference";
import { broken } from "./broken";

/** 0, or the first broken invariant. */
export function verifyWeak(): u32 {
  let alive: u32 = 0;
  let weakrefs: u32 = 0;
  let keyed: u32 = 0;
  let listed: u32 = 0;
  let entries: u32 = 0;
  let referents: u32 = 0;
  let keys: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (typeIdOf(object) == TYPE_WEAKREF && referentOf(object)) {
      if (!isReferent(referentOf(object))) return broken(INVARIANT_WEAKREFS, object);
      alive++;
    }
    if (typeOf(object).kind == KIND_WEAKMAP) {
      if (!isListOfMapSound(object)) return broken(INVARIANT_WEAKMAP, object);
      listed += sizeOfMap(object);
    }
    if (isEntry(object)) {
      if (!isReferent(keyOf(object)) || findEntryOf(mapOf(object), keyOf(object)) != object)
        return broken(INVARIANT_WEAKMAP, object);
      entries++;
    }
    if (!hasFlag(object, FLAG_HAS_WEAKREFS)) continue;
    const first = firstWeakref(object);
    const entry = firstEntryOf(object);
    if (!first && !entry) return broken(INVARIANT_WEAKREFS, object);
    if (first) {
      referents++;
      const count = countChain(object, first);
      if (!count) return broken(INVARIANT_WEAKREFS, object);
      weakrefs += count;
    }
    if (entry) {
      keys++;
      const count = countEntries(object, entry);
      if (!count) return broken(INVARIANT_WEAKMAP, object);
      keyed += count;
    }
  }
  if (alive != weakrefs || weakrefs != control.weakrefs || referents != control.weakrefMapSize)
    return broken(INVARIANT_WEAKREFS, 0);
  if (keys != control.entryMapSize || keyed != entries || listed != entries || entries != entryCount())
    return broken(INVARIANT_WEAKMAP, 0);
  return 0;
}

/** Whether there is an object at this address that says it is referred to weakly. */
function isReferent(address: usize): bool {
  const id = typeIdAt(address);
  return id != 0 && id != TYPE_BUFFER && hasFlag(address, FLAG_HAS_WEAKREFS);
}

/**
 * Number of weak references in a sound chain: at most one live one has no callback, and it is in front of all others. 0
 * = the chain is not sound.
 */
function countChain(referent: usize, first: usize): u32 {
  let count: u32 = 0;
  let shared: u32 = 0;
  let before: usize = 0;
  for (let weakref = first; weakref; weakref = nextWeakref(weakref)) {
    if (typeIdAt(weakref) != TYPE_WEAKREF) return 0;
    if (referentOf(weakref) != referent || prevWeakref(weakref) != before) return 0;
    if (!callbackOf(weakref)) {
      if (before && callbackOf(before)) return 0;
      if (!isGone(weakref) && ++shared > 1) return 0;
    }
    before = weakref;
    count++;
  }
  return count;
}

/** Number of entries in a key's list; 0 = the list is not sound. */
function countEntries(key: usize, first: usize): u32 {
  let count: u32 = 0;
  let before: usize = 0;
  for (let entry = first; entry; entry = nextEntryOf(entry)) {
    if (typeIdAt(entry) != TYPE_EPHEMERON || keyOf(entry) != key) return 0;
    if (load<u32>(entry + EPHEMERON_KEY_PREV_OFFSET) != <u32>before) return 0;
    before = entry;
    count++;
  }
  return count;
}

/** Whether a map's list has as many entries as its size says, and all belong to the map. */
function isListOfMapSound(map: usize): bool {
  let size: u32 = 0;
  let newer: usize = 0;
  for (let entry = firstEntry(map); entry; entry = olderEntry(entry)) {
    if (typeIdAt(entry) != TYPE_EPHEMERON || mapOf(entry) != map || !isReferent(keyOf(entry))) return false;
    if (load<u32>(entry + EPHEMERON_PREV_OFFSET) != <u32>newer) return false;
    newer = entry;
    size++;
  }
  return size == sizeOfMap(map);
}

/** Weak references with a deferred callback are dead and held, and each is in the queue once. */
export function verifyCallbacks(): u32 {
  if (!control.callbacksFirst) return 0;
  // A circle is longer than there are weak references.
  let left: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) if (typeIdOf(object) == TYPE_WEAKREF) left++;
  let last: usize = 0;
  for (let weakref = <usize>control.callbacksFirst; weakref; weakref = nextWeakref(weakref)) {
    if (!left-- || typeIdAt(weakref) != TYPE_WEAKREF || referentOf(weakref))
      return broken(INVARIANT_CALLBACKS, weakref);
    if (!callbackOf(weakref) || !rootsFieldOf(weakref)) return broken(INVARIANT_CALLBACKS, weakref);
    last = weakref;
  }
  return !last || last == <usize>control.callbacksLast ? 0 : broken(INVARIANT_CALLBACKS, control.callbacksLast);
}
