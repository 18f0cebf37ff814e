// How the garbage of a bounded cycle dies: in address order, one visit for each object (collect/cycle/walk.ts makes the
// visits).
//
// A visit drops the object's slots. The object is freed when no other garbage refers to it any more: at once, or when
// the last garbage that refers to it is visited. Until then it is a shell. So each refcount is exact between any two
// visits, and no slot leads to freed memory.
//
// No hook runs during a visit. Objects outside of the garbage that lose their last reference are deferred (hooks.ts),
// and the walk runs their deaths before it continues.

import {
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  KIND_WEAKMAP,
  PART_SLOTS,
  TYPE_DIES_PLAINLY,
  TYPE_EPHEMERON,
  TYPE_MASK,
  TYPE_WEAKREF,
} from "../layout";
import { freeBlock } from "../memory/blocks";
import { CHECK } from "../check";
import { control } from "../control";
import { hasFlag, infoOf, refcountOf, typeIdOf } from "../object/header";
import { firstSlot, slotCount, slotsEnd, slotsOf } from "../object/references";
import { Type, hasFinalizer, hasLinks, typeAt, typeOf } from "../object/type";
import { isDecidedDead } from "../heap/barrier";
import { dropSlot } from "../heap/count";
import { leaveOld } from "../heap/generations";
import { firstEntry, firstEntryOf, isEntry, unlinkEntry } from "../weak/map";
import { endWeakref, freeBuffer } from "./end";
import { isPlainLeaf, killLeaf } from "./leaf";
import { defer, deferCallbacks } from "./hooks";

/** Slots of one object that one visit drops. */
const PART: u32 = 512;
/** Units of work: a word of the bitmap, a block that is not marked, and a slot of a garbage object. */
export const WORD_UNITS: i32 = 1;
export const UNMARKED_UNITS: i32 = 2;
export const DROP_UNITS: i32 = 3;

/** Visits a garbage object. False = it is not finished: visit it again, or continue with `sweepPart`. */
export function sweep(object: usize): bool {
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  // An entry leaves its map first. If its value is its own key, and a leaf, dropping the slot kills that key, which
  // would then remove this entry.
  if ((info & TYPE_MASK) == TYPE_EPHEMERON) leaveMap(object);
  if (!(type.flags & TYPE_DIES_PLAINLY) || info & FLAG_HAS_WEAKREFS) {
    if (!dropEntries(object, type)) return false;
    if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);
    if (slotCount(object, type) > PART) {
      control.partial = <u32>object;
      control.partialStage = PART_SLOTS;
      control.partialSlot = 0;
      return false;
    }
  }
  dropDeadSlots(object, slotsOf(object, type), slotsEnd(object, type));
  if (refcountOf(object) == 0) freeShell(object, type);
  return true;
}

/** Continues with the object that is swept in parts. */
export function sweepPart(): void {
  const object = <usize>control.partial;
  const type = typeOf(object);
  const first = firstSlot(object, type);
  const slots = slotCount(object, type);
  const from = control.partialSlot;
  const to = min(from + PART, slots);
  dropDeadSlots(object, first + ((<usize>from) << 2), first + ((<usize>to) << 2));
  control.partialSlot = to;
  if (to < slots) return;
  control.partial = 0;
  control.cursor = <u32>object + 8;
  if (refcountOf(object) == 0) freeShell(object, type);
}

/** Takes a garbage entry out of its map, and drops the reference of key and map. */
function leaveMap(entry: usize): void {
  if (!isEntry(entry)) return;
  unlinkEntry(entry);
  dropSlot(entry);
}

/** Removes entries of a weak map, and entries whose key the object is: at least one. False = some may be left. */
function dropEntries(object: usize, type: Type): bool {
  while (true) {
    let entry = firstEntryOf(object);
    if (!entry && type.kind == KIND_WEAKMAP) entry = firstEntry(object);
    if (!entry) return true;
    control.work -= DROP_UNITS;
    unlinkEntry(entry);
    if (dropSlot(entry)) dropDead(entry, object);
    if (control.work <= 0) return false;
  }
}

/** Drops slots of a garbage object. */
function dropDeadSlots(object: usize, slot: usize, end: usize): void {
  control.work -= ((<i32>(end - slot)) >>> 2) * DROP_UNITS;
  for (; slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (!child) continue;
    store<u32>(slot, 0);
    if (dropSlot(child)) dropDead(child, object);
  }
}

/** Handles an object that has lost its last reference, which the garbage object `visited` held. */
export function dropDead(object: usize, visited: usize): void {
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  if (isDecidedDead(object, info)) {
    // Garbage in front of the visited object has been emptied. Garbage behind it will be visited.
    if (object < visited) freeShell(object, type);
  } else if (isPlainLeaf(info, type)) freeBlock(object);
  else if (hasLinks(type)) defer(object);
  else deferCallbacks(killLeaf(object));
}

/** Frees a garbage object that holds no references and has none to it. */
function freeShell(object: usize, type: Type): void {
  if (CHECK) assert(!hasFinalizer(type) || hasFlag(object, FLAG_FINALIZED), "garbage is freed without its finalizer");
  leaveOld(object, infoOf(object));
  freeBuffer(object, type);
  freeBlock(object);
}
