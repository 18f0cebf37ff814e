// Scanning: marking what an object refers to. Large ones are scanned in parts, one at a time, while the
// program goes on to change them: heap/snapshot.ts sees to what moves meanwhile.

import { FLAG_DYING, FLAG_HAS_WEAKREFS, KIND_WEAKMAP, PHASE_SPARING, TYPE_MASK } from "../../layout";
import { isMarked, markScanned } from "../../alloc/bitmap";
import { control } from "../../control";
import { infoOf } from "../../object/header";
import { allSlots, allSlotsEnd, firstSlot, isPlain, slotCount, slotsEnd, slotsOf } from "../../object/slots";
import { Type, hasLinks, typeAt, typeOf } from "../../object/type";
import { firstEntry, firstEntryOf, keyOf, mapOf, nextEntryOf, olderEntry } from "../../heap/ephemeron";
import { isOfSnapshot, reach } from "../../heap/snapshot";
import { untrackIfAtoms } from "../../heap/tracking";

/** Slots, or entries of a weak map, that are scanned at once. */
const PART: u32 = 512;
/** Units of work that an object costs besides its slots. */
const OBJECT_UNITS: i32 = 2;

/**
 * Scans a marked object, unless that was done. What was born after the snapshot needs no scanning, nor does what has
 * become free since it was marked.
 */
export function scan(object: usize): void {
  if (!markScanned(object)) return;
  control.work -= OBJECT_UNITS;
  const info = infoOf(object);
  const type = typeAt(info & TYPE_MASK);
  if (!(info & TYPE_MASK) || !hasLinks(type)) return;
  const isOld = isOfSnapshot(object, info);
  // It was counted as dead, and is spared.
  if (isOld && control.phase == PHASE_SPARING) control.cycleCollected--;
  if (isOld && isPlain(type) && !(info & (FLAG_DYING | FLAG_HAS_WEAKREFS)) && type.slots <= PART)
    scanStruct(object, type);
  else if (isOld || info & FLAG_DYING) scanSlots(object);
}

/** What `scanSlots` does for most objects, in fewer steps. */
@inline
function scanStruct(object: usize, type: Type): void {
  control.work -= type.slots;
  for (let slot = allSlots(object, type), end = allSlotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) reach(child);
  }
}

/** Scans an object whatever it is. */
export function scanSlots(object: usize): void {
  const type = typeOf(object);
  if (infoOf(object) & FLAG_HAS_WEAKREFS) scanEntriesOf(object);
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
  control.work -= slots;
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) reach(child);
  }
  if (!isPlain(type) && isOfSnapshot(object, infoOf(object))) untrackIfAtoms(object, type);
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
  control.work -= PART;
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
