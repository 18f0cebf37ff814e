// How garbage dies that a cycle has found: in address order, one visit an object. (collect/cycle/walk.ts visits.)
//
// A visit drops the object's slots. The object is freed when no other garbage refers to it any more: at once, or when
// the last of those behind it is visited; until then it is a shell. So each refcount is exact between any two visits, and no slot
// leads to freed memory.
//
// No hook runs in a visit. What dies of it outside of the garbage is deferred (death/hooks.ts), and the walk runs those
// deaths before it goes on.

import {
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  KIND_WEAKMAP,
  PART_SLOTS,
  TYPE_DIES_QUIETLY,
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

/** Slots of one object that are dropped at once. */
const PART: u32 = 512;
/** Units of work of a reference dropped. */
const DROP_UNITS: i32 = 3;

/** Visits a garbage object. False if there is more to do about it: visit it again, or go on with `sweepPart`. */
export function sweep(object: usize): bool {
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  // First of all: if its value is its key, and a leaf, that dies of losing the slot, and would kill its entries.
  if ((info & TYPE_MASK) == TYPE_EPHEMERON) leaveMap(object);
  if (!(type.flags & TYPE_DIES_QUIETLY) || info & FLAG_HAS_WEAKREFS) {
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

/** Goes on with the object that is swept in parts. */
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

/** Takes a garbage entry out of its map. Key and map do not refer to it any more. */
function leaveMap(entry: usize): void {
  if (!isEntry(entry)) return;
  unlinkEntry(entry);
  dropSlot(entry);
}

/** Takes out the entries of a weak map, and those whose key the object is: one at least. False if that may not be all of them. */
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

/** An object has lost its last reference, which was the garbage object's `visited`. */
function dropDead(object: usize, visited: usize): void {
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  if (isDecidedDead(object, info)) {
    // Garbage in front of the visited object has been emptied. Garbage behind it will be visited.
    if (object < visited) freeShell(object, type);
  } else if (isPlainLeaf(info, type)) freeBlock(object);
  else if (hasLinks(type)) defer(object);
  else deferCallbacks(killLeaf(object));
}

/** Frees a garbage object that holds nothing any more, and that nothing holds. */
function freeShell(object: usize, type: Type): void {
  if (CHECK) assert(!hasFinalizer(type) || hasFlag(object, FLAG_FINALIZED), "garbage is freed without its finalizer");
  leaveOld(object, infoOf(object));
  freeBuffer(object, type);
  freeBlock(object);
}
