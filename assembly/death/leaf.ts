// The death of a leaf: an object without references, and so without links by which it could wait on the stack.

import { FLAG_HAS_WEAKREFS, FLAG_INTERNED, TYPE_STR } from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { infoOf, typeIdOf } from "../object/header";
import { Type, hasLinks } from "../object/type";
import { forgetInterned } from "../values/intern";
import { firstEntryOf, releaseEntry } from "../weak/map";
import { clearWeakrefs } from "../weak/reference";
import { pushBelow } from "./hooks";

/** Whether an object's death is nothing but freeing its block. */
@inline
export function isPlainLeaf(info: u32, type: Type): bool {
  return !hasLinks(type) && !(info & (FLAG_HAS_WEAKREFS | FLAG_INTERNED));
}

/**
 * Kills a leaf and frees it. Entries of weak maps whose key it was are on the stack afterwards. Returns the chain of
 * callbacks that the caller must call before those entries die; 0 = none.
 */
export function killLeaf(leaf: usize): usize {
  const info = infoOf(leaf);
  if (!(info & (FLAG_HAS_WEAKREFS | FLAG_INTERNED))) {
    freeBlock(leaf);
    return 0;
  }
  if (leaf == <usize>control.partial) control.partial = 0;
  let callbacks: usize = 0;
  if (info & FLAG_HAS_WEAKREFS) {
    let last: usize = 0;
    for (let entry = firstEntryOf(leaf); entry; entry = firstEntryOf(leaf)) last = stackEntry(entry, last);
    callbacks = clearWeakrefs(leaf);
  }
  if (info & FLAG_INTERNED && typeIdOf(leaf) == TYPE_STR) forgetInterned(leaf);
  freeBlock(leaf);
  return callbacks;
}

/**
 * Removes an entry from its key and map. If it dies, it waits on the stack: below `last`, the entry pushed before it, or on
 * top if that is 0. Returns the last entry that waits.
 */
export function stackEntry(entry: usize, last: usize): usize {
  if (!releaseEntry(entry)) return last;
  pushBelow(last, entry);
  return entry;
}
