// Scanning: marking the objects that an object refers to.
//
// An object with more than PART slots, or entries of weak maps, is scanned in parts, one such object at a time. The
// program may change it between two parts: heap/barrier.ts shades slots that move past the point reached, and
// `unlinkEntry` in weak/map.ts moves on from an entry that is removed. A death removes all entries that way.

import {
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  KIND_WEAKMAP,
  PART_ENTRIES_OF_KEY,
  PART_ENTRIES_OF_MAP,
  PART_SLOTS,
  TYPE_MASK,
} from "../../layout";
import { isMarked, markScanned } from "../../memory/bits";
import { control } from "../../control";
import { hasFlag, infoOf } from "../../object/header";
import { firstSlot, isPlain, slotCount, slotsEnd, slotsOf } from "../../object/references";
import { Type, typeAt, typeOf } from "../../object/type";
import { isOfSnapshot, reach, reachAll } from "../../heap/barrier";
import { untrack } from "../../heap/generations";
import { isAtomicPart, untrackIfAtoms } from "../../values/tracking";
import { firstEntry, firstEntryOf, keyOf, mapOf, nextEntryOf, olderEntry } from "../../weak/map";

/** Slots, or entries of weak maps, that are scanned at once. */
export const PART: u32 = 512;
/** Units of work that an object costs besides its slots. */
export const OBJECT_UNITS: i32 = 2;
/** Additional units for an object reached through a reference, because it is not in the cache. */
export const JUMP_UNITS: i32 = 11;
/** Pages of a heap whose bitmaps fit a cache: log2. Beyond them a slot of a large object takes longer. */
const NEAR_PAGES_SHIFT: u32 = 11;
const MOST_SLOT_UNITS: u32 = 3;

/** Scans a grey object, unless it has been scanned already. */
export function scan(object: usize): void {
  if (!markScanned(object)) return;
  control.work -= JUMP_UNITS;
  scanSlots(object);
}

/**
 * Scans an object of any kind, or begins to scan it in parts. A tracked object born after the snapshot needs no
 * scanning, except a PENDING one, which is in no generation. Free memory that was an object when it was marked looks
 * like one without slots.
 */
export function scanSlots(object: usize): void {
  const info = infoOf(object);
  if (!(info & FLAG_HAS_WEAKREFS)) {
    scanOwn(object, info);
    return;
  }
  startPart(object, PART_ENTRIES_OF_KEY, firstEntryOf(object));
  scanEntriesOfKey(object);
}

/** Scans the slots and entries of an object, except entries with the object as key. */
function scanOwn(object: usize, info: u32): void {
  if ((info & (FLAG_TRACKED | FLAG_UNREACHABLE)) == FLAG_TRACKED && !isOfSnapshot(object, info)) return;
  if (info & FLAG_OLD) control.markedOld++;
  const type = typeAt(info & TYPE_MASK);
  if (type.kind == KIND_WEAKMAP) startPart(object, PART_ENTRIES_OF_MAP, firstEntry(object));
  else if (slotCount(object, type) > PART) startPart(object, PART_SLOTS, 0);
  else scanAll(object, info, type);
}

function scanAll(object: usize, info: u32, type: Type): void {
  const first = slotsOf(object, type);
  const end = slotsEnd(object, type);
  control.work -= OBJECT_UNITS + ((<i32>(end - first)) >>> 2);
  reachAll(first, end);
  if (!isPlain(type) && info & FLAG_OLD) untrackIfAtoms(object, type);
}

function startPart(object: usize, stage: u32, entry: usize): void {
  control.partial = <u32>object;
  control.partialStage = stage;
  control.partialSlot = 0;
  control.partialEntry = <u32>entry;
  control.partialIsAtomic = 1;
}

/** Units that the slots take which are left of the object that is being scanned in parts. */
export function unitsOfPartsLeft(): u64 {
  const object = <usize>control.partial;
  if (!object || control.partialStage != PART_SLOTS) return 0;
  const slots = slotCount(object, typeOf(object));
  return slots > control.partialSlot ? <u64>(slots - control.partialSlot) * slotUnits() : 0;
}

/** Units for a slot of a large object, whose referent may be anywhere. */
function slotUnits(): u32 {
  return min(1 + ((control.endPage - control.firstPage) >>> NEAR_PAGES_SHIFT), MOST_SLOT_UNITS);
}

/** Continues with the object that is scanned in parts. */
export function scanPart(): void {
  const object = <usize>control.partial;
  const stage = control.partialStage;
  if (stage == PART_ENTRIES_OF_KEY) scanEntriesOfKey(object);
  else if (stage == PART_ENTRIES_OF_MAP) scanEntriesOfMap();
  else scanPartOfSlots(object);
}

function scanPartOfSlots(object: usize): void {
  const type = typeOf(object);
  const first = firstSlot(object, type);
  const start = first + ((<usize>control.partialSlot) << 2);
  const all = slotsEnd(object, type);
  const end = min(all, start + (PART << 2));
  // A dying object has dropped some of its slots.
  const held = max(start, slotsOf(object, type));
  reachAll(held, end);
  if (control.partialIsAtomic && !isAtomicPart(object, held, end)) control.partialIsAtomic = 0;
  control.work -= PART * slotUnits();
  control.partialSlot += PART;
  if (start + (PART << 2) < all) return;
  control.partial = 0;
  if (control.partialIsAtomic && hasFlag(object, FLAG_OLD)) untrack(object);
}

/** Scans a part of the entries whose key an object is: each is reached if its map is. The object itself follows. */
function scanEntriesOfKey(key: usize): void {
  let entry = <usize>control.partialEntry;
  for (let left = PART; left && entry; left--) {
    if (isMarked(mapOf(entry))) reach(entry);
    entry = nextEntryOf(entry);
    control.work--;
  }
  control.partialEntry = <u32>entry;
  if (entry) return;
  control.partial = 0;
  scanOwn(key, infoOf(key));
}

/**
 * Scans a part of the entries of a map: those whose key is reached. The others are reached through their key, if it is.
 */
function scanEntriesOfMap(): void {
  let entry = <usize>control.partialEntry;
  for (let left = PART; left && entry; left--) {
    if (isMarked(keyOf(entry))) reach(entry);
    entry = olderEntry(entry);
    control.work--;
  }
  control.partialEntry = <u32>entry;
  if (!entry) control.partial = 0;
}
