// Doors: weak references, weak maps and weak sets.

import {
  EPHEMERON_VALUE_OFFSET,
  RESULT_ADDED,
  RESULT_FOUND,
  RESULT_MISSING,
  TYPE_WEAKMAP,
  TYPE_WEAKSET,
  ROOM_FOR_DOORS,
} from "../layout";
import { control } from "../control";
import { needMoreRoom, needRoom } from "../room";
import { incref } from "../heap/count";
import {
  createWeakref,
  sharedWeakref,
  targetOf,
  weakrefAfter as weakrefBehind,
  weakrefCount as countWeakrefs,
} from "../weak/reference";
import { createEntry, findEntryOf, liveEntryAfter } from "../weak/map";
import { release } from "../death/death";
import { clearWeakMap, deleteWeakEntry } from "../death/entries";
import { fillSlot, writeSlot } from "../containers/write";
import { countBirth, uncountBirth } from "../collect/trigger";
import { alloc } from "./objects";
import { checkAlive, checkEntryOf, checkObject, checkWeakMap, checkWeakref, checkWeakrefTo } from "./checks";

export function newWeakref(referent: usize, callback: u32): usize {
  checkAlive(referent);
  needRoom();
  if (!callback) {
    const shared = sharedWeakref(referent);
    if (shared) return incref(shared) ? shared : 0;
  }
  // Held, because counting the birth may collect, and a hook may release the referent.
  if (!incref(referent)) return 0;
  countBirth();
  // A hook may also have created the shared weak reference.
  let weakref: usize = callback ? 0 : sharedWeakref(referent);
  if (weakref) {
    uncountBirth();
    if (!incref(weakref)) weakref = 0;
  } else {
    weakref = createWeakref(referent, callback);
    if (!weakref) uncountBirth();
  }
  release(referent);
  return weakref;
}

/** Borrowed. The caller can then distinguish a dead referent from a lack of memory for a reference to it. */
export function weakrefTarget(weakref: usize): usize {
  checkWeakref(weakref);
  return targetOf(weakref);
}

export function weakrefCount(object: usize): u32 {
  checkObject(object);
  return countWeakrefs(object);
}

export function weakrefAfter(object: usize, weakref: usize): usize {
  checkObject(object);
  checkWeakrefTo(object, weakref);
  return weakrefBehind(object, weakref);
}

export function setClearsAllWeakrefs(on: u32): void {
  control.clearsAllWeakrefs = on;
}

export function newWeakMap(isSet: u32): usize {
  needMoreRoom(ROOM_FOR_DOORS);
  return alloc(isSet ? TYPE_WEAKSET : TYPE_WEAKMAP);
}

export function weakMapSet(map: usize, key: usize, value: usize): u32 {
  checkWeakMap(map);
  checkAlive(key);
  checkAlive(value);
  needRoom();
  let entry = findEntryOf(map, key);
  if (entry) {
    writeSlot(entry + EPHEMERON_VALUE_OFFSET, value);
    return RESULT_FOUND;
  }
  entry = createEntry(map, key);
  if (!entry) return 0;
  fillSlot(entry + EPHEMERON_VALUE_OFFSET, value);
  // The birth is counted last: it may collect, and a hook could release key or value.
  countBirth();
  return RESULT_ADDED;
}

export function weakMapFind(map: usize, key: usize): usize {
  checkWeakMap(map);
  checkAlive(key);
  return findEntryOf(map, key);
}

export function weakMapDelete(map: usize, key: usize): u32 {
  checkWeakMap(map);
  checkAlive(key);
  needRoom();
  const entry = findEntryOf(map, key);
  if (!entry) return RESULT_MISSING;
  deleteWeakEntry(entry);
  return RESULT_FOUND;
}

export function weakMapClear(map: usize): void {
  checkWeakMap(map);
  needRoom();
  clearWeakMap(map);
}

export function weakMapEntryAfter(map: usize, entry: usize): usize {
  checkWeakMap(map);
  checkEntryOf(map, entry);
  return liveEntryAfter(map, entry);
}
