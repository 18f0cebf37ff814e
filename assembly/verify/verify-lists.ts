// Everything that links objects through their link words: the five lists, the stack of dying objects, the queue of
// deferred ones. Each object is where its state says, once, or nowhere. Relies on legal states.
//
// No walk can run in a circle. The lists are doubly linked, so a link back to an object that was met contradicts its
// `prev`. The stack and the queue are followed for as many steps as there are DYING objects.

import { INVARIANT_DYING, INVARIANT_LINKS, INVARIANT_TRACKED } from "../invariants";
import { FINALIZED, GENERATION_0, GENERATION_1, PENDING, UNREACHABLE, control } from "../control";
import { nextOf, prevOf } from "../object/header";
import { lengthOf } from "../object/links";
import { dropsLastFirst, slotCount } from "../object/references";
import { STATE_DYING, STATE_GARBAGE, STATE_PENDING, STATE_YOUNG, stateOf } from "../object/state";
import { typeOf } from "../object/type";
import { firstObject, nextObject, typeIdAt } from "../heap/walk";
import { broken } from "./broken";

export function verifyLists(): u32 {
  // Number of objects in each state, to compare with the number met in the place for it.
  let young: u32 = 0;
  let garbage: u32 = 0;
  let pending: u32 = 0;
  let dying: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const state = stateOf(object);
    if (state == STATE_YOUNG) young++;
    else if (state == STATE_GARBAGE) garbage++;
    else if (state == STATE_PENDING) pending++;
    else if (state == STATE_DYING) dying++;
  }
  const bad =
    verifyList(GENERATION_0, STATE_YOUNG) ||
    verifyList(GENERATION_1, STATE_YOUNG) ||
    verifyList(UNREACHABLE, STATE_GARBAGE) ||
    verifyList(FINALIZED, STATE_GARBAGE) ||
    verifyList(PENDING, STATE_PENDING) ||
    verifyDying(dying);
  if (bad) return bad;
  if (lengthOf(GENERATION_0) + lengthOf(GENERATION_1) != young) return broken(INVARIANT_TRACKED, GENERATION_0);
  if (lengthOf(UNREACHABLE) + lengthOf(FINALIZED) != garbage) return broken(INVARIANT_TRACKED, UNREACHABLE);
  return lengthOf(PENDING) == pending ? 0 : broken(INVARIANT_TRACKED, PENDING);
}

/** The links of a list agree, and its objects are in the state that belongs there. */
function verifyList(list: usize, state: u32): u32 {
  let last = list;
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    if (!typeIdAt(object) || prevOf(object) != last) return broken(INVARIANT_LINKS, object);
    if (stateOf(object) != state) return broken(INVARIANT_TRACKED, object);
    last = object;
  }
  return prevOf(list) == last ? 0 : broken(INVARIANT_LINKS, list);
}

/** Each DYING object, of which there are `count`, is on the stack or in the queue. */
function verifyDying(count: u32): u32 {
  let left = count;
  let isAboveFloor = true;
  for (let object = <usize>control.dyingTop; object; object = nextOf(object)) {
    if (!left-- || !isDying(object)) return broken(INVARIANT_DYING, object);
    if (object == <usize>control.dyingFloor) isAboveFloor = false;
  }
  // The floor is on the stack, or below all of it.
  if (isAboveFloor && control.dyingFloor) return broken(INVARIANT_DYING, control.dyingFloor);
  let last: usize = 0;
  for (let object = <usize>control.waitingFirst; object; object = nextOf(object)) {
    if (!left-- || !isDying(object) || !holdsAll(object)) return broken(INVARIANT_DYING, object);
    last = object;
  }
  if (last && last != <usize>control.waitingLast) return broken(INVARIANT_DYING, control.waitingLast);
  return left ? broken(INVARIANT_DYING, 0) : 0;
}

function isDying(object: usize): bool {
  return typeIdAt(object) != 0 && stateOf(object) == STATE_DYING;
}

/** Whether a dying object has dropped nothing yet. */
function holdsAll(object: usize): bool {
  const type = typeOf(object);
  return prevOf(object) == (dropsLastFirst(type) ? <usize>slotCount(object, type) : 0);
}
