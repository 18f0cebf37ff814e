// Frozensets: sets that are filled once and never change afterwards, so they can be keys. A frozenset is a table like a
// set, and also stores its hash, its depth and the number of its parts. Until it is frozen it has no hash and cannot be a
// key: code that runs while it is being filled may meet it.
//
// In Python, looking up a set in a set finds the frozenset that equals it.

import {
  FROZENSET_DEPTH_OFFSET,
  FROZENSET_HASH_OFFSET,
  FROZENSET_PARTS_OFFSET,
  MAX_KEY_DEPTH,
  MAX_KEY_PARTS,
  TYPE_SET,
} from "../layout";
import { typeIdOf } from "../object/header";
import { isSetType } from "../object/type";
import { hashOfWord } from "../values/atom-key";
import { DEPTH_SHIFT, arePartsHashable, hashOf, isHashable, measure } from "../values/key";
import { entriesOf, hashAt, keyAt, lengthOfTable } from "./entries";

/** Gives a frozenset its hash, unless its elements are nested beyond a limit. */
export function freeze(set: usize): void {
  const extent = measure(set);
  if (!extent) return;
  store<u16>(set, <u16>(extent >> DEPTH_SHIFT), FROZENSET_DEPTH_OFFSET);
  store<u32>(set, <u32>extent, FROZENSET_PARTS_OFFSET);
  store<u32>(set, mixedHash(set), FROZENSET_HASH_OFFSET);
}

/** Whether a frozenset is complete, and never changes again. */
export function isFrozen(set: usize): bool {
  return load<u32>(set, FROZENSET_HASH_OFFSET) != 0;
}

/** Whether a frozenset with a hash is measured right. Weak references in it may have died since, so it may be smaller. */
export function isExtentRight(set: usize): bool {
  const depth: u32 = load<u16>(set, FROZENSET_DEPTH_OFFSET);
  const parts = load<u32>(set, FROZENSET_PARTS_OFFSET);
  if (depth > <u32>MAX_KEY_DEPTH || parts > <u32>MAX_KEY_PARTS) return false;
  const extent = measure(set);
  return extent != 0 && <u32>(extent >> DEPTH_SHIFT) <= depth && <u32>extent <= parts;
}

/**
 * The hash of a frozenset, or the one that a set would have if it were frozen. It does not depend on the order of the
 * elements: a sum. Never 0.
 */
export function mixedHash(set: usize): u32 {
  let sum: u64 = lengthOfTable(set);
  for (let entry: u32 = 0, end = entriesOf(set); entry < end; entry++) {
    if (keyAt(set, entry)) sum += hashOfWord(hashAt(set, entry));
  }
  return <u32>hashOfWord(sum) || 1;
}

/** Whether a key can be looked up in a table. If not, `control.unhashable` is the unhashable type. */
export function canLookUp(table: usize, key: usize): bool {
  return isHashable(key) || (isSetInSet(table, key) && arePartsHashable(key));
}

/** The hash by which a key is looked up. */
export function hashToLookUp(key: usize): u32 {
  return typeIdOf(key) == TYPE_SET ? mixedHash(key) : hashOf(key);
}

function isSetInSet(table: usize, key: usize): bool {
  return typeIdOf(key) == TYPE_SET && isSetType(typeIdOf(table));
}
