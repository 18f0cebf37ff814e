// Weak references: objects of their own, found from their referent through a side table by address.
//
// What refers weakly to one object forms a chain through the payloads. First come the entries of weak maps
// whose key it is (ephemeron.ts), then the weak reference without a callback, which all who ask for one
// share, then those with callbacks, newest first.

import {
  FLAG_HAS_WEAKREFS,
  TYPE_EPHEMERON,
  TYPE_WEAKREF,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_NEXT_OFFSET,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../layout";
import { Control, control } from "../control";
import { clearFlag, hasFlag, setFlag, typeIdOf } from "../object/header";
import { typeAt } from "../object/type";
import { AddressMap, del, get, put, reserve } from "../heap/address-map";
import { createObject } from "../heap/birth";
import { hashOf } from "../values/key";
import { hold } from "../heap/count";
import { isGone } from "../heap/barrier";

/** Referent → first of its chain. */
function chains(): AddressMap {
  return changetype<AddressMap>(changetype<usize>(control) + offsetof<Control>("weakMapBuffer"));
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
export function isEphemeron(object: usize): bool {
  return typeIdOf(object) == TYPE_EPHEMERON;
}

/** First of an object's chain, or 0. */
export function firstOfChain(object: usize): usize {
  return hasFlag(object, FLAG_HAS_WEAKREFS) ? <usize>get(chains(), object) : 0;
}
/** First of an object's chain that is a weak reference, or 0. */
export function firstWeakref(object: usize): usize {
  let first = firstOfChain(object);
  while (first && isEphemeron(first)) first = nextWeakref(first);
  return first;
}

/** The weak reference without callback to an object, if it is alive. Borrowed. */
export function sharedWeakref(object: usize): usize {
  const first = firstWeakref(object);
  return first && !callbackOf(first) && !isGone(first) ? first : 0;
}

/** A new weak reference, tracked, owned; 0 = out of memory. */
export function createWeakref(referent: usize, id: u32): usize {
  if (!reserveChain(referent)) return 0;
  const weakref = createObject(typeAt(TYPE_WEAKREF));
  if (!weakref) return 0;
  store<u32>(weakref + WEAKREF_CALLBACK_OFFSET, id);
  let before: usize = 0;
  let after = firstOfChain(referent);
  // Behind the one without a callback, whether it is shared or on its way out.
  while (after && (isEphemeron(after) || (id && !callbackOf(after)))) {
    before = after;
    after = nextWeakref(after);
  }
  link(weakref, before, after, referent);
  control.weakrefs++;
  return weakref;
}

/** Room for a first one to refer weakly to an object. False = out of memory. */
export function reserveChain(referent: usize): bool {
  return hasFlag(referent, FLAG_HAS_WEAKREFS) || reserve(chains());
}

/** Puts a weak reference, or an entry, between two of its referent's chain (0 = the ends). There is room. */
export function link(weakref: usize, before: usize, after: usize, referent: usize): void {
  store<u32>(weakref + WEAKREF_REFERENT_OFFSET, <u32>referent);
  setNextWeakref(weakref, after);
  store<u32>(weakref + WEAKREF_PREV_OFFSET, <u32>before);
  if (after) store<u32>(after + WEAKREF_PREV_OFFSET, <u32>weakref);
  if (before) setNextWeakref(before, weakref);
  else put(chains(), referent, <u32>weakref);
  setFlag(referent, FLAG_HAS_WEAKREFS);
  control.hasHooks = 1;
}

/** Takes one out of its referent's chain. */
export function unlink(weakref: usize): void {
  const referent = referentOf(weakref);
  const next = nextWeakref(weakref);
  const before = prevWeakref(weakref);
  if (next) store<u32>(next + WEAKREF_PREV_OFFSET, <u32>before);
  if (before) setNextWeakref(before, next);
  else if (next) put(chains(), referent, <u32>next);
  else {
    del(chains(), referent);
    clearFlag(referent, FLAG_HAS_WEAKREFS);
  }
  store<u32>(weakref + WEAKREF_REFERENT_OFFSET, 0);
  store<u64>(weakref + WEAKREF_NEXT_OFFSET, 0);
}

/** Makes a weak reference dead: out of its chain, without a call. Its hash stays what it was, if anyone knows it. */
export function detach(weakref: usize): void {
  const referent = referentOf(weakref);
  if (!referent) return;
  unlink(weakref);
  if (isHashed(weakref)) store<u32>(weakref + WEAKREF_PREV_OFFSET, hashOf(referent));
  control.weakrefs--;
}

function isHashed(weakref: usize): bool {
  return (load<u32>(weakref + WEAKREF_CALLBACK_OFFSET) & WEAKREF_HASHED) != 0;
}

/** Makes all weak references to an object dead. Those to be called, held, as a chain in calling order. */
export function clearWeakrefs(object: usize): usize {
  let first: usize = 0;
  let last: usize = 0;
  for (let weakref = firstWeakref(object); weakref;) {
    const next = nextWeakref(weakref);
    detach(weakref);
    if (callbackOf(weakref) && !isGone(weakref)) {
      hold(weakref);
      if (last) setNextWeakref(last, weakref);
      else first = weakref;
      last = weakref;
    }
    weakref = next;
  }
  return first;
}

/** The referent, or 0 when it is dead or dying. Borrowed. */
export function targetOf(weakref: usize): usize {
  const referent = referentOf(weakref);
  return referent && !isGone(referent) ? referent : 0;
}

export function weakrefCount(object: usize): u32 {
  let count: u32 = 0;
  for (let weakref = weakrefAfter(object, 0); weakref; weakref = weakrefAfter(object, weakref)) count++;
  return count;
}

/** The next live weak reference to an object behind this one (0 = the first), or 0. */
export function weakrefAfter(object: usize, weakref: usize): usize {
  weakref = weakref ? nextWeakref(weakref) : firstWeakref(object);
  while (weakref && isGone(weakref)) weakref = nextWeakref(weakref);
  return weakref;
}
