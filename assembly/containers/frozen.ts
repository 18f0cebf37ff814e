// Frozensets: sets that are filled once and never change afterwards, so they can be keys. A frozenset is a table like a
// set, with one more word for its hash. Until it is frozen it has no hash and cannot be a key: code that runs while it is
// being filled may meet it.
//
// In Python, looking up a set in a set finds the frozenset that equals it.

import { FROZENSET_HASH_OFFSET, TYPE_SET } from "../layout";
import { typeIdOf } from "../object/header";
import { isSetType } from "../object/type";
import { hashOfWord } from "../values/atom-key";
import { arePartsHashable, hashOf, isHashable } from "../values/key";
import { entriesOf, hashAt, keyAt, lengthOfTable } from "./entries";

/** Gives a frozenset its hash, unless its elements are nested beyond a limit. */
export function freeze(set: usize): void {
  store<u32>(set, hashOfSet(set), FROZENSET_HASH_OFFSET);
}

/** Whether a frozenset is complete, and never changes again. */
export function isFrozen(set: usize): bool {
  return load<u32>(set, FROZENSET_HASH_OFFSET) != 0;
}

/** The hash of a frozenset, or the one that a set would have if it were frozen. 0 = none, because it is nested beyond a limit. */
export function hashOfSet(set: usize): u32 {
  return arePartsHashable(set) ? mixedHash(set) : 0;
}

/** A hash that does not depend on the order of the elements: a sum. Never 0. */
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
