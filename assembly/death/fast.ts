// Dropping a reference from outside: `decref`, with the short paths that most deaths take.
//
// Two thirds of all deaths are of young structs that hold nothing, and of leaves. Entering the loop of death.ts takes
// longer than such a death: 9 ns instead of 5.

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
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { ONE_ROOT, SATURATED, infoOf, refcountOf, setInfo, setRefcount } from "../object/header";
import { remove } from "../object/links";
import { typeAt } from "../object/type";
import { dropOutside } from "../heap/count";
import { kill, killFrom } from "./death";
import { freeObject } from "./end";
import { isPlainLeaf } from "./leaf";
import { isStruct, leaveAndDropSlots } from "./struct";

/** Flags that decide how an object dies. Most objects have TRACKED alone. */
const KNOWN: u32 = FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS | FLAG_DYING;

/** Drops a reference from outside; the object dies if it was the last reference. */
@inline
export function decref(object: usize): void {
  const info = infoOf(object);
  const count = refcountOf(object);
  if (count != 1) {
    if (info >= SATURATED || control.marking) {
      needRoom();
      dropOutside(object);
    } else {
      setInfo(object, info - ONE_ROOT);
      setRefcount(object, count - 1);
    }
    return;
  }
  needRoom();
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
