// Scanning: marking what an object refers to. Large ones are scanned in parts, one at a time, between which the
// program may change them: heap/barrier.ts sees to what moves meanwhile.

import { FLAG_HAS_WEAKREFS, FLAG_OLD, FLAG_TRACKED, FLAG_UNREACHABLE, KIND_WEAKMAP, TYPE_MASK } from "../../layout";
import { isMarked, markScanned } from "../../memory/bits";
import { control } from "../../control";
import { infoOf } from "../../object/header";
import { firstSlot, isPlain, slotCount, slotsEnd, slotsOf } from "../../object/references";
import { typeAt, typeOf } from "../../object/type";
import { firstEntry, firstEntryOf, keyOf, mapOf, nextEntryOf, olderEntry } from "../../weak/map";
import { isOfSnapshot, reach } from "../../heap/barrier";
import { untrackIfAtoms } from "../../values/tracking";

/** Slots, or entries of a weak map, that are scanned at once. */
export const PART: u32 = 512;
/** Units of work that an object costs besides its slots. */
export const OBJECT_UNITS: i32 = 2;
/** … and of one that is met by the way, and so is not in the cache. */
export const JUMP_UNITS: i32 = 11;
/** A slot of a large object: what it leads to may be anywhere. */
const FAR_SLOT_UNITS: i32 = 2;

/** Scans a marked object, unless that was done. */
export function scan(object: usize): void {
  if (!markScanned(object)) return;
  control.work -= JUMP_UNITS;
  scanSlots(object);
}

/**
 * Scans an object of any kind. A tracked one that was born after the snapshot needs no scanning (one whose finalizer is
 * to run is tracked, and in no generation). Free memory that was an object when it was marked looks like one without slots.
 */
export function scanSlots(object: usize): void {
  const info = infoOf(object);
  if (info & FLAG_HAS_WEAKREFS) scanEntriesOf(object);
  if ((info & (FLAG_TRACKED | FLAG_UNREACHABLE)) == FLAG_TRACKED && !isOfSnapshot(object, info)) return;
  if (info & FLAG_OLD) control.markedOld++;
  const type = typeAt(info & TYPE_MASK);
  if (type.kind == KIND_WEAKMAP) {
    control.partial = <u32>object;
    control.partialSlot = 0;
    control.partialEntry = <u32>firstEntry(object);
    return;
  }
  const slots = slotCount(object, type);
  if (slots > PART) {
    control.partial = <u32>object;
    control.partialSlot = 0;
    return;
  }
  control.work -= OBJECT_UNITS + slots;
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) reach(child);
  }
  if (!isPlain(type) && info & FLAG_OLD) untrackIfAtoms(object, type);
}

/** Goes on with the object that is scanned in parts. */
export function scanPart(): void {
  const object = <usize>control.partial;
  const type = typeOf(object);
  if (type.kind == KIND_WEAKMAP) {
    scanEntriesPart();
    return;
  }
  const first = firstSlot(object, type);
  const start = first + ((<usize>control.partialSlot) << 2);
  const end = min(slotsEnd(object, type), start + (PART << 2));
  // A dying one has let go of some.
  for (let slot = max(start, slotsOf(object, type)); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) reach(child);
  }
  control.work -= PART * FAR_SLOT_UNITS;
  control.partialSlot += PART;
  if (start + (PART << 2) >= slotsEnd(object, type)) control.partial = 0;
}

/** The entries of which an object is the key, if their map is reached as well. */
function scanEntriesOf(key: usize): void {
  for (let entry = firstEntryOf(key); entry; entry = nextEntryOf(entry)) {
    control.work--;
    if (isMarked(mapOf(entry))) reach(entry);
  }
}

/** The entries of a map whose key is reached. The others their key will find, if it is. */
function scanEntriesPart(): void {
  let entry = <usize>control.partialEntry;
  for (let left = PART; left && entry; left--) {
    if (isMarked(keyOf(entry))) reach(entry);
    entry = olderEntry(entry);
    control.work--;
  }
  control.partialEntry = <u32>entry;
  if (!entry) control.partial = 0;
}
