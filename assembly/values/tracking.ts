// Which containers the collector need not look at, by the rules of CPython 3.12: a tuple is tracked at
// first, until a collection finds that nothing in it can be part of a cycle; a dict is not, until
// something is put in that could be, and no longer when a full collection finds that nothing is.

import { TYPE_DICT, TYPE_TUPLE } from "../layout";
import { isTracked, typeIdOf } from "../object/header";
import { slotsEnd, slotsOf } from "../object/references";
import { Type, hasLinks, typeOf } from "../object/type";
import { track, untrack } from "../heap/generations";
import { shadeSlots } from "../heap/barrier";

/** Whether the object could be part of a cycle, now or later. */
export function mayBeTracked(object: usize): bool {
  return hasLinks(typeOf(object)) && (typeIdOf(object) != TYPE_TUPLE || isTracked(object));
}

/** Sees to it that a dict which now refers to `object` is tracked if it must be. */
export function trackFor(dict: usize, object: usize): void {
  if (isTracked(dict) || !mayBeTracked(object)) return;
  shadeSlots(dict);
  track(dict);
}

/** Whether an object holds nothing that could be part of a cycle. */
export function holdsAtoms(object: usize, type: Type): bool {
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && mayBeTracked(child)) return false;
  }
  return true;
}

/** Stops tracking a tracked tuple or dict that holds atoms alone: in a full collection. True if it did. */
export function untrackIfAtoms(object: usize, type: Type): bool {
  const id = typeIdOf(object);
  if (id == TYPE_TUPLE ? !holdsAtoms(object, type) : id != TYPE_DICT || !holdsAtomsOrTuples(object, type)) return false;
  untrack(object);
  return true;
}

/** As `holdsAtoms`, but tuples of atoms are as good: the same collection stops tracking them. */
function holdsAtomsOrTuples(dict: usize, type: Type): bool {
  for (let slot = slotsOf(dict, type), end = slotsEnd(dict, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (!child || !mayBeTracked(child)) continue;
    if (typeIdOf(child) != TYPE_TUPLE || !holdsAtoms(child, typeOf(child))) return false;
  }
  return true;
}
