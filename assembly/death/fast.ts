// Dropping a reference from outside: `decref`, with the short paths that most deaths take.
//
// Two thirds of all deaths are of young structs that hold nothing, and of leaves. Their death is a few stores. Entering
// the loop of death.ts takes longer: 9 ns instead of 3. So these paths call nothing, ask for no room on the stack, and
// are inlined into programs that are linked with the core.

import {
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  PAYLOAD_OFFSET,
  TYPE_DIES_AT_ONCE,
  TYPE_MASK,
} from "../layout";
import { needRoom } from "../room";
import { freeBlock, freeQuickly } from "../memory/blocks";
import { control } from "../control";
import { ONE_ROOT, SATURATED, infoOf, refcountOf, setInfo, setRefcount } from "../object/header";
import { remove } from "../object/links";
import { Type, typeAt } from "../object/type";
import { dropOutside } from "../heap/count";
import { kill, killFrom } from "./death";
import { countDeath, freeObject } from "./end";
import { isPlainLeaf } from "./leaf";
import { isStruct, leaveAndDropSlots } from "./struct";

/** Flags that decide how an object dies. Most objects have TRACKED alone. */
const KNOWN: u32 = FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS | FLAG_DYING;

/** Drops a reference from outside; the object dies if it was the last reference. */
@inline
export function decref(object: usize): void {
  const info = infoOf(object);
  const count = refcountOf(object);
  if (count == 1) {
    const type = typeAt(info & TYPE_MASK);
    if (isEmptyStruct(object, info, type)) {
      // Freeing writes the header alone: the links can still be read.
      if (freeQuickly(object)) {
        remove(object);
        countDeath();
        return;
      }
    } else if (isPlainLeaf(info, type) && freeQuickly(object)) return;
    dropLast(object);
  } else if (info >= SATURATED || control.marking) dropOneOfMany(object);
  else {
    setInfo(object, info - ONE_ROOT);
    setRefcount(object, count - 1);
  }
}

/** Whether an object is a young struct that holds nothing and that nothing refers to weakly. */
@inline
function isEmptyStruct(object: usize, info: u32, type: Type): bool {
  return (
    (info & KNOWN) == FLAG_TRACKED && (type.flags & TYPE_DIES_AT_ONCE) != 0 && load<u64>(object, PAYLOAD_OFFSET) == 0
  );
}

/** `decref` for one of several references, if it takes more than counting. */
function dropOneOfMany(object: usize): void {
  needRoom();
  dropOutside(object);
}

/** `decref` for the last reference, if the death is more than a few stores. */
function dropLast(object: usize): void {
  needRoom();
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  if (isStruct(info, type)) {
    const slot = leaveAndDropSlots(object, info, type);
    if (slot) killFrom(object, slot);
    else freeObject(object);
  } else if (isPlainLeaf(info, type)) freeBlock(object);
  else kill(object);
}
