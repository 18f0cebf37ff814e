// The death of a leaf: an object without references, so without links by which it could wait.

import { FLAG_DYING, FLAG_HAS_WEAKREFS, FLAG_INTERNED, PHASE_SWEEPING, TYPE_STR } from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { SATURATED, infoOf, setInfo, setRefcount, typeIdOf } from "../object/header";
import { Type, hasLinks } from "../object/type";
import { isDead } from "../heap/barrier";
import { dropSlot } from "../heap/count";
import { forgetInterned } from "../values/intern";
import { firstEntryOf, unlinkEntry } from "../weak/map";
import { clearWeakrefs } from "../weak/reference";
import { pushBelow } from "./hooks";
/** Whether an object's death is nothing but giving its memory back. */
@inline
export function isPlainLeaf(info: u32, type: Type): bool {
  return !hasLinks(type) && !(info & (FLAG_HAS_WEAKREFS | FLAG_INTERNED));
}

/**
 * The death of an object that refers to nothing, and has no links to wait with. Entries of weak maps whose key it was
 * wait on the stack in its place. Returns the chain of callbacks that are due: they are called before the entries die.
 */
export function killLeaf(leaf: usize): usize {
  const info = infoOf(leaf);
  if (!(info & (FLAG_HAS_WEAKREFS | FLAG_INTERNED))) {
    freeBlock(leaf);
    return 0;
  }
  if (leaf == <usize>control.partial) control.partial = 0;
  setInfo(leaf, (info & ~SATURATED) | FLAG_DYING);
  setRefcount(leaf, 0);
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
 * Takes an entry away from key and map. If it dies of it, it waits on the stack, below the one that was put there before
 * (`last`, 0 = on top). Returns the last one that waits.
 */
export function stackEntry(entry: usize, last: usize): usize {
  unlinkEntry(entry);
  // An entry that is garbage of the cycle under way is freed by its own visit.
  if (!dropSlot(entry) || (control.phase == PHASE_SWEEPING && isDead(entry))) return last;
  pushBelow(last, entry);
  return entry;
}
