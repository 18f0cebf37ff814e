// The end of a reference from outside: `decref`, and the short ways that most deaths take.
//
// Two thirds of all deaths are of young structs that hold nothing and of leaves. Entering the loop of death.ts for them
// takes longer than their death: 9 ns instead of 5.

import {
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  PAYLOAD_OFFSET,
  TYPE_DIES_AT_ONCE,
  TYPE_MASK,
} from "../layout";
import { freeBlock } from "../memory/blocks";
import { CHECK } from "../check";
import { control } from "../control";
import { ONE_ROOT, SATURATED, infoOf, refcountOf, rootsFieldOf, setInfo, setRefcount } from "../object/header";
import { remove } from "../object/links";
import { typeAt } from "../object/type";
import { dropOutside } from "../heap/count";
import { checkLive } from "../heap/walk";
import { freeObject, isPlainLeaf, isStruct, kill, killFrom, leaveAndDropSlots } from "./death";

/** Flags that decide how an object dies. Most objects have TRACKED alone. */
const KNOWN: u32 = FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS | FLAG_DYING;

/** Takes a reference from outside away; the object dies if it was the last reference. */
export function decref(object: usize): void {
  checkLive(object);
  const info = infoOf(object);
  if (CHECK) assert(rootsFieldOf(object) != 0, "decref of an object that has no outside reference");
  const count = refcountOf(object);
  if (count != 1) {
    if (info >= SATURATED || control.marking) dropOutside(object);
    else {
      setInfo(object, info - ONE_ROOT);
      setRefcount(object, count - 1);
    }
    return;
  }
  const type = typeAt(info & TYPE_MASK);
  if ((info & KNOWN) == FLAG_TRACKED && type.flags & TYPE_DIES_AT_ONCE && load<u64>(object, PAYLOAD_OFFSET) == 0) {
    remove(object);
    freeObject(object);
  } else if (isStruct(info, type)) {
    const slot = leaveAndDropSlots(object, info, type);
    if (slot) killFrom(object, slot);
    else freeObject(object);
  } else if (isPlainLeaf(info, type)) freeBlock(object);
  else kill(object);
}
