// Weak references: objects of their own, found from their referent through a side table.
//
// The weak references to one object form a chain through their payloads: first the one without a callback, which is
// shared, then those with callbacks, the newest first. Entries of weak maps are not in it: see map.ts.

import {
  FLAG_HAS_WEAKREFS,
  FLAG_UNREACHABLE,
  TYPE_WEAKREF,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_NEXT_OFFSET,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../layout";
import { Control, control } from "../control";
import { clearFlag, hasFlag } from "../object/header";
import { typeAt } from "../object/type";
import { HashTable, del, get, put, reserve } from "../heap/hash-table";
import { createObject } from "../heap/birth";
import { hashOf } from "../values/key";
import { hold } from "../heap/count";
import { isGone, noteWeaklyHeld } from "../heap/barrier";

/** Referent → the first weak reference of its chain. */
export function weakrefsByReferent(): HashTable {
  return changetype<HashTable>(changetype<usize>(control) + offsetof<Control>("weakrefMapBuffer"));
}
/** Key of weak maps → its first entry: see map.ts. */
export function entriesByKey(): HashTable {
  return changetype<HashTable>(changetype<usize>(control) + offsetof<Control>("entryMapBuffer"));
}

export function referentOf(weakref: usize): usize {
  return load<u32>(weakref + WEAKREF_REFERENT_OFFSET);
}
export function nextWeakref(weakref: usize): usize {
  return load<u32>(weakref + WEAKREF_NEXT_OFFSET);
}
export function setNextWeakref(weakref: usize, next: usize): void {
  store<u32>(weakref + WEAKREF_NEXT_OFFSET, <u32>next);
}
export function prevWeakref(weakref: usize): usize {
  return load<u32>(weakref + WEAKREF_PREV_OFFSET);
}
export function callbackOf(weakref: usize): u32 {
  return load<u32>(weakref + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED;
}

/** First weak reference to an object, or 0. */
export function firstWeakref(object: usize): usize {
  return hasFlag(object, FLAG_HAS_WEAKREFS) ? <usize>get(weakrefsByReferent(), object) : 0;
}

/** The weak reference without a callback to an object, if it is alive. Borrowed; 0 = there is none. */
export function sharedWeakref(object: usize): usize {
  const first = firstWeakref(object);
  return first && !callbackOf(first) && !isGone(first) ? first : 0;
}

/** A new weak reference, tracked and owned; 0 = out of memory. */
export function createWeakref(referent: usize, id: u32): usize {
  if (!reserve(weakrefsByReferent())) return 0;
  const weakref = createObject(typeAt(TYPE_WEAKREF));
  if (!weakref) return 0;
  store<u32>(weakref + WEAKREF_CALLBACK_OFFSET, id);
  let before: usize = 0;
  let after = firstWeakref(referent);
  // One with a callback goes behind those without: the shared one, and others that are dying.
  while (after && id && !callbackOf(after)) {
    before = after;
    after = nextWeakref(after);
  }
  link(weakref, before, after, referent);
  control.weakrefs++;
  return weakref;
}

/** Puts a weak reference between two others of its referent's chain (0 = the ends). The side table must have room. */
function link(weakref: usize, before: usize, after: usize, referent: usize): void {
  store<u32>(weakref + WEAKREF_REFERENT_OFFSET, <u32>referent);
  setNextWeakref(weakref, after);
  store<u32>(weakref + WEAKREF_PREV_OFFSET, <u32>before);
  if (after) store<u32>(after + WEAKREF_PREV_OFFSET, <u32>weakref);
  if (before) setNextWeakref(before, weakref);
  else put(weakrefsByReferent(), referent, <u32>weakref);
  noteWeaklyHeld(referent);
  control.hasHooks = 1;
}

/** Takes a weak reference out of its referent's chain. */
function unlink(weakref: usize): void {
  const referent = referentOf(weakref);
  const next = nextWeakref(weakref);
  const before = prevWeakref(weakref);
  if (next) store<u32>(next + WEAKREF_PREV_OFFSET, <u32>before);
  if (before) setNextWeakref(before, next);
  else if (next) put(weakrefsByReferent(), referent, <u32>next);
  else {
    del(weakrefsByReferent(), referent);
    clearFlagIfBare(referent);
  }
  store<u32>(weakref + WEAKREF_REFERENT_OFFSET, 0);
  store<u64>(weakref + WEAKREF_NEXT_OFFSET, 0);
}

/**
 * Clears HAS_WEAKREFS of an object that has lost its last weak reference or entry, if it has none of the other
 * kind.
 */
export function clearFlagIfBare(object: usize): void {
  if (!get(weakrefsByReferent(), object) && !get(entriesByKey(), object)) clearFlag(object, FLAG_HAS_WEAKREFS);
}

/**
 * Makes a weak reference dead: takes it out of its chain. Calls nothing. If it has been hashed, its hash stays the
 * same.
 */
export function detach(weakref: usize): void {
  if (!referentOf(weakref)) return;
  const hash = isHashed(weakref) ? hashOf(weakref) : 0;
  unlink(weakref);
  if (isHashed(weakref)) store<u32>(weakref + WEAKREF_PREV_OFFSET, hash);
  control.weakrefs--;
}

function isHashed(weakref: usize): bool {
  return (load<u32>(weakref + WEAKREF_CALLBACK_OFFSET) & WEAKREF_HASHED) != 0;
}

/**
 * Makes the weak references to an object dead. Returns those whose callbacks must be called, held, as a chain in the
 * order of the calls.
 *
 * For garbage of a collection (`isGarbage`): weak references without a callback stay alive until the finalizers have
 * run, unless the collection clears all at once; and callbacks of weak references that are garbage themselves are not
 * called.
 */
export function clearWeakrefs(object: usize, isGarbage: bool = false): usize {
  const keepsShared = isGarbage && !control.clearsAllWeakrefs;
  let first: usize = 0;
  let last: usize = 0;
  let next: usize = 0;
  for (let weakref = firstWeakref(object); weakref; weakref = next) {
    next = nextWeakref(weakref);
    const hasCallback = callbackOf(weakref) != 0;
    if (!hasCallback && keepsShared) continue;
    detach(weakref);
    if (!hasCallback || isGone(weakref) || (isGarbage && hasFlag(weakref, FLAG_UNREACHABLE))) continue;
    hold(weakref);
    if (last) setNextWeakref(last, weakref);
    else first = weakref;
    last = weakref;
  }
  return first;
}

/** The last weak reference of a chain. */
export function lastOfChain(weakref: usize): usize {
  while (nextWeakref(weakref)) weakref = nextWeakref(weakref);
  return weakref;
}

/** The referent, borrowed; 0 when it is dead or dying. */
export function targetOf(weakref: usize): usize {
  const referent = referentOf(weakref);
  return referent && !isGone(referent) ? referent : 0;
}

export function weakrefCount(object: usize): u32 {
  let count: u32 = 0;
  for (let weakref = weakrefAfter(object, 0); weakref; weakref = weakrefAfter(object, weakref)) count++;
  return count;
}

/** The next live weak reference to an object (0 = the first), or 0. */
export function weakrefAfter(object: usize, weakref: usize): usize {
  weakref = weakref ? nextWeakref(weakref) : firstWeakref(object);
  while (weakref && isGone(weakref)) weakref = nextWeakref(weakref);
  return weakref;
}
