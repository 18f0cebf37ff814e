// The end of a reference from outside: `decref`, and the short ways that most deaths take.
//
// Two thirds of all deaths are of young structs that hold nothing and of leaves. Entering the loop of death.ts for them
// takes longer than their death: 9 ns instead of 5.

import { TYPE_MASK } from "../layout";
import { freeBlock } from "../memory/blocks";
import { CHECK } from "../check";
import { ONE_ROOT, SATURATED, infoOf, refcountOf, rootsFieldOf, setInfo, setRefcount } from "../object/header";
import { typeAt } from "../object/type";
import { shade } from "../heap/barrier";
import { dropOutside } from "../heap/count";
import { checkLive } from "../heap/walk";
import { freeObject, isPlainLeaf, isStruct, kill, killFrom, leaveAndDropSlots } from "./death";

/** Takes a reference from outside away; the object dies if it was the last reference. */
export function decref(object: usize): void {
  checkLive(object);
  const info = infoOf(object);
  if (info >= SATURATED) {
    dropOutside(object);
    return;
  }
  if (CHECK) assert(rootsFieldOf(object) != 0, "decref of an object that has no outside reference");
  const count = refcountOf(object);
  if (count != 1) {
    setInfo(object, info - ONE_ROOT);
    setRefcount(object, count - 1);
    shade(object);
    return;
  }
  const type = typeAt(info & TYPE_MASK);
  if (isStruct(info, type)) {
    const slot = leaveAndDropSlots(object, info, type);
    if (slot) killFrom(object, slot);
    else freeObject(object);
  } else if (isPlainLeaf(info, type)) freeBlock(object);
  else kill(object);
}
