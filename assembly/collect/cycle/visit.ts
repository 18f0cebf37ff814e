// What each of a cycle's walks does at an object.

import {
  DEBUG_SAVEALL,
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  KIND_LIST,
  KIND_STRUCT,
  KIND_TABLE,
  PHASE_GATHERING,
  PHASE_WALKING,
} from "../../layout";
import { isMarked, mark } from "../../alloc/bitmap";
import { control } from "../../control";
import { callback } from "../../host";
import { ONE_OUTSIDE, headerOf, infoOf, refcountOf, rootsFieldOf, setHeader } from "../../object/header";
import { slotsEnd, slotsOf } from "../../object/slots";
import { hasFinalizer, typeOf } from "../../object/type";
import { decref } from "../../heap/death";
import { isFrozen } from "../../heap/generations";
import { appendItem, dropLast, lengthOfList } from "../../heap/list";
import { writeSlot } from "../../heap/reference";
import { isDecidedDead, isOfSnapshot } from "../../heap/snapshot";
import { dropLastEntries, lengthOfTable } from "../../heap/table";
import { callbackOf, clearWeakrefs, nextWeakref, setNextWeakref } from "../../heap/weak";
import { addPending, sortPending } from "./pending";
import { scan, scanSlots } from "./scan";

/** What a visit answers: nothing happened; pages may have changed; it is to go on at the same object. */
export const VISIT_DONE: u32 = 0;
export const VISIT_CHANGED: u32 = 1;
export const VISIT_UNFINISHED: u32 = 2;

/** Items of a dead container that are dropped at once. */
const PART: u32 = 256;
/** Units of work of a reference dropped, a callback called. */
const DROP_UNITS: i32 = 4;
const CALL_UNITS: i32 = 100;

export function visit(object: usize): u32 {
  const phase = control.phase;
  if (phase == PHASE_WALKING) return visitRoot(object);
  if (!isDecidedDead(object, infoOf(object))) return VISIT_DONE;
  return phase == PHASE_GATHERING ? gather(object) : sweep(object);
}

/** Marks what is held from outside, and scans what is marked. */
function visitRoot(object: usize): u32 {
  const info = infoOf(object);
  if (info & FLAG_DYING) scanSlots(object);
  else if (isOfSnapshot(object, info)) {
    if (isFrozen(object)) {
      control.frozenMet++;
      mark(object);
    } else {
      control.cycleCandidates++;
      if (rootsFieldOf(object)) mark(object);
    }
    if (isMarked(object)) scan(object);
  }
  return control.partial ? VISIT_CHANGED : VISIT_DONE;
}

/** Of a dead object the weak references die, and are called if they live themselves; its finalizer is put down. */
function gather(object: usize): u32 {
  const info = infoOf(object);
  if (hasFinalizer(typeOf(object)) && !(info & FLAG_FINALIZED)) addPending(object);
  else control.cycleCollected++;
  if (!(info & FLAG_HAS_WEAKREFS)) return VISIT_DONE;
  let weakref = clearWeakrefs(object);
  if (!weakref) return VISIT_DONE;
  // Whatever the callbacks do finds lists that are whole.
  sortPending();
  while (weakref) {
    const next = nextWeakref(weakref);
    setNextWeakref(weakref, 0);
    callback(weakref, callbackOf(weakref));
    // As CPython counts.
    if (refcountOf(weakref) == 1) control.cycleCollected++;
    decref(weakref);
    control.work -= CALL_UNITS;
    weakref = next;
  }
  return VISIT_CHANGED;
}

/** Clears a dead object, some at a time if it is large. It dies when the last other dead one has let go of it. */
function sweep(object: usize): u32 {
  setHeader(object, headerOf(object) + ONE_OUTSIDE);
  if (control.debug & DEBUG_SAVEALL && control.garbage) {
    mark(object);
    appendItem(control.garbage, object);
  } else if (!clear(object)) {
    decref(object);
    return VISIT_UNFINISHED;
  }
  decref(object);
  return VISIT_CHANGED;
}

/** Drops what an object holds, but for tuples, which never change. False if some is left. */
function clear(object: usize): bool {
  const type = typeOf(object);
  if (type.kind == KIND_STRUCT) {
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      control.work -= DROP_UNITS;
      writeSlot(slot, 0);
    }
    return true;
  }
  if (type.kind == KIND_LIST) {
    dropLast(object, PART);
    control.work -= PART * DROP_UNITS;
    return lengthOfList(object) == 0;
  }
  if (type.kind == KIND_TABLE) {
    dropLastEntries(object, PART);
    control.work -= 2 * PART * DROP_UNITS;
    return lengthOfTable(object) == 0;
  }
  return true;
}
