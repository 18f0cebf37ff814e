// What the walks of a cycle do at each dead object.

import {
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  KIND_WEAKMAP,
  PHASE_GATHERING,
  TYPE_DIES_QUIETLY,
  TYPE_MASK,
  TYPE_WEAKREF,
} from "../../layout";
import { mark } from "../../memory/bits";
import { control } from "../../control";
import { callback } from "../../host";
import { ONE_OUTSIDE, hasFlag, headerOf, infoOf, refcountOf, setHeader } from "../../object/header";
import { firstSlot, slotCount, slotsEnd, slotsOf } from "../../object/references";
import { Type, hasFinalizer, hasLinks, typeAt, typeOf } from "../../object/type";
import { decref, destroy, endLeaf, endOdd, tellWeakrefs } from "../../death/death";
import { firstEntry } from "../../weak/map";
import { appendItem } from "../../containers/list";
import { freeDead } from "../../death/bulk";
import { takeCount } from "../../heap/count";
import { isDecidedDead } from "../../heap/barrier";
import { callbackOf, clearWeakrefs, nextWeakref, referentOf, setNextWeakref } from "../../weak/reference";
import { addPending, sortPending } from "./pending";

/** What a visit answers: nothing happened; pages may have changed; it is to go on at the same object. */
export const VISIT_DONE: u32 = 0;
export const VISIT_CHANGED: u32 = 1;
export const VISIT_UNFINISHED: u32 = 2;

/** Slots of a dead object that are dropped at once. */
const PART: u32 = 512;
/** Units of work of a reference dropped, a callback called. */
const DROP_UNITS: i32 = 3;
const CALL_UNITS: i32 = 100;

export function visit(object: usize): u32 {
  return control.phase == PHASE_GATHERING ? gather(object) : sweep(object);
}

/** Of a dead object the weak references die, and are called if they live themselves; its finalizer is put down. */
function gather(object: usize): u32 {
  const info = infoOf(object);
  if (hasFinalizer(typeAt(info & TYPE_MASK)) && !(info & FLAG_FINALIZED)) addPending(object);
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

/**
 * Drops what a dead object holds. It goes when no other dead one holds it any more: at once, or when the last of those
 * behind it is visited. So refcounts are exact all the time, and no slot leads to what is gone.
 */
function sweep(object: usize): u32 {
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  if (control.savesGarbage) {
    save(object);
    return VISIT_DONE;
  }
  if (!(type.flags & TYPE_DIES_QUIETLY) || info & FLAG_HAS_WEAKREFS) {
    if (isOdd(object, info, type)) return endSpecially(object, type);
    if (slotCount(object, type) > PART) {
      control.partial = <u32>object;
      control.partialSlot = 0;
      return VISIT_UNFINISHED;
    }
  }
  if (dropSlots(object, slotsOf(object, type), slotsEnd(object, type))) return VISIT_UNFINISHED;
  if (refcountOf(object) == 0) reclaim(object, type);
  return VISIT_DONE;
}

/** What comes before dropping the slots of one that refers weakly, is referred to weakly, or is a weak map. */
function endSpecially(object: usize, type: Type): u32 {
  setHeader(object, headerOf(object) + ONE_OUTSIDE);
  if (hasFlag(object, FLAG_HAS_WEAKREFS)) tellWeakrefs(object);
  endOdd(object, type);
  decref(object);
  return VISIT_UNFINISHED;
}

/** Goes on with the object that is swept in parts. */
export function sweepPart(): void {
  const object = <usize>control.partial;
  const type = typeOf(object);
  const first = firstSlot(object, type);
  const slots = slotCount(object, type);
  const from = control.partialSlot;
  const to = min(from + PART, slots);
  if (dropSlots(object, first + ((<usize>from) << 2), first + ((<usize>to) << 2))) return;
  control.partialSlot = to;
  if (to < slots) return;
  control.partial = 0;
  control.cursor = <u32>object + 8;
  if (refcountOf(object) == 0) reclaim(object, type);
}

/** Whether there is more to its end than dropping slots. */
@inline
function isOdd(object: usize, info: u32, type: Type): bool {
  if (info & FLAG_HAS_WEAKREFS) return true;
  if (type.kind == KIND_WEAKMAP) return firstEntry(object) != 0;
  return (info & TYPE_MASK) == TYPE_WEAKREF && (referentOf(object) | callbackOf(object)) != 0;
}

/** Drops slots of a dead object. True if something died of it whose death may have changed anything. */
function dropSlots(object: usize, slot: usize, end: usize): bool {
  control.work -= ((<i32>(end - slot)) >>> 2) * DROP_UNITS;
  for (; slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (!child) continue;
    store<u32>(slot, 0);
    if (!takeCount(child)) continue;
    const info = infoOf(child);
    const type = typeAt(info & TYPE_MASK);
    if (isDecidedDead(child, info)) {
      // One in front of this has been visited. One behind it will be.
      if (child < object) reclaim(child, type);
    } else if (!hasLinks(type) && !(info & FLAG_HAS_WEAKREFS)) endLeaf(child);
    else {
      setHeader(object, headerOf(object) + ONE_OUTSIDE);
      destroy(child);
      decref(object);
      return true;
    }
  }
  return false;
}

/** Gives back the memory of a dead object that holds nothing any more, and that nothing holds. */
function reclaim(object: usize, type: Type): void {
  control.oldCount--;
  control.cycleCollected++;
  freeDead(object, type);
}

/** A dead object becomes one that lives, in `gc.garbage`. */
function save(object: usize): void {
  mark(object);
  control.cycleCollected++;
  appendItem(control.garbage, object);
}
