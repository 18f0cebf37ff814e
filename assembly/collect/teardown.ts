// How garbage with hooks is torn down: weak references with callbacks, finalizers, resurrection, the other weak
// references, clearing. The order is CPython's (that of 3.15 for weak references without callbacks, which stay alive
// during the finalizers).
//
// User code runs in between. It may release garbage, which then leaves its list by its own death; make it reachable
// again; allocate; and throw. It cannot start another collection.

import { DEBUG_SAVEALL, FLAG_FINALIZED, KIND_LIST, KIND_STRUCT, KIND_TABLE, TYPE_WEAKREF } from "../layout";
import { FINALIZED, control } from "../control";
import { hasFlag, nextOf, setFlag, typeIdOf } from "../object/header";
import { append, moveAll, remove } from "../object/links";
import { slotsEnd, slotsOf } from "../object/references";
import { hasFinalizer, typeOf } from "../object/type";
import { hold, unhold } from "../heap/count";
import { kill } from "../death/death";
import { callEach, finalize } from "../death/hooks";
import { appendItem, clearItems } from "../containers/list";
import { writeSlot } from "../containers/write";
import { clearTable } from "../containers/dict";
import { clearWeakrefs, detach, firstWeakref, lastOfChain, setNextWeakref } from "../weak/reference";

/**
 * Clears the weak references to garbage that have a callback, and calls those that are not garbage themselves. Returns
 * how many weak references died after their call: CPython counts them as collected.
 */
export function callWeakrefs(unreachable: usize, generation: u32): u32 {
  let first: usize = 0;
  let last: usize = 0;
  for (let object = nextOf(unreachable); object != unreachable; object = nextOf(object)) {
    if (control.clearsAllWeakrefs && typeIdOf(object) == TYPE_WEAKREF) detach(object);
    const chain = clearWeakrefs(object, true);
    if (!chain) continue;
    if (last) setNextWeakref(last, chain);
    else first = chain;
    last = lastOfChain(chain);
  }
  return first ? callEach(first, min<i32>(generation + 1, 2)) : 0;
}

/** Runs the finalizer of each object that has one, once. A finalizer may free or resurrect any object. */
export function finalizeGarbage(unreachable: usize): void {
  while (nextOf(unreachable) != unreachable) {
    const object = nextOf(unreachable);
    remove(object);
    append(FINALIZED, object);
    if (!hasFinalizer(typeOf(object)) || hasFlag(object, FLAG_FINALIZED)) continue;
    setFlag(object, FLAG_FINALIZED);
    if (finalize(object)) kill(object);
  }
  moveAll(FINALIZED, unreachable);
}

/** Clears all remaining weak references to garbage, and those that are garbage, without a call. */
export function clearWeakrefsOf(unreachable: usize): void {
  for (let object = nextOf(unreachable); object != unreachable; object = nextOf(object)) {
    for (let weakref = firstWeakref(object); weakref; weakref = firstWeakref(object)) detach(weakref);
    if (typeIdOf(object) == TYPE_WEAKREF) detach(object);
  }
}

/**
 * Clears the slots of each object, except those of tuples, which never change; reference counting frees. With
 * DEBUG_SAVEALL, appends the objects to `gc.garbage` instead. Objects that are alive afterwards are in `survivors`.
 */
export function clearGarbage(unreachable: usize, survivors: usize, clearing: u32): void {
  control.clearing = clearing;
  while (nextOf(unreachable) != unreachable) {
    const object = nextOf(unreachable);
    hold(object);
    if (control.debug & DEBUG_SAVEALL && control.garbage) appendItem(control.garbage, object);
    else clearSlots(object);
    if (unhold(object)) kill(object);
    if (nextOf(unreachable) != object) continue; // it died
    remove(object);
    append(survivors, object);
  }
  control.clearing = 0;
}

function clearSlots(object: usize): void {
  const type = typeOf(object);
  if (type.kind == KIND_LIST) clearItems(object);
  else if (type.kind == KIND_TABLE) clearTable(object);
  else if (type.kind == KIND_STRUCT)
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) writeSlot(slot, 0);
}
