// Every invariant of the heap's objects, as code. (Those of pages and blocks: verify/verify-memory.ts.)
//
// It may run whenever user code may, so also inside a finalizer or callback, in a death or a
// collection. It needs no memory: to prove refcounts it takes every slot's reference off the count of
// the object it points to, sees that outside references alone are left, and puts all back.

import {
  FLAG_COLLECTING,
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  PHASE_GATHERING,
  PHASE_SPARING,
  PHASE_SWEEPING,
  PHASE_FINALIZING,
  PHASE_WALKING,
  KIND_WEAKMAP,
  KIND_LIST,
  KIND_TABLE,
  KIND_TUPLE,
  LIST_CAPACITY_OFFSET,
  ROOTS_SATURATED,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LOG_OFFSET,
  TABLE_USABLE_OFFSET,
  TYPE_BUFFER,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_STR,
  TYPE_WEAKREF,
  WEAKMAP_SIZE_OFFSET,
} from "../layout";
import {
  INVARIANT_BIRTH,
  INVARIANT_BUFFER,
  INVARIANT_DYING,
  INVARIANT_INTERNED,
  INVARIANT_LINKS,
  INVARIANT_LIST,
  INVARIANT_MARKS,
  INVARIANT_OLD_COUNT,
  INVARIANT_REFCOUNT,
  INVARIANT_SATURATED,
  INVARIANT_SLOT,
  INVARIANT_SNAPSHOT,
  INVARIANT_TABLE,
  INVARIANT_TRACKED,
  INVARIANT_TUPLE,
  INVARIANT_TYPE_ID,
  INVARIANT_WEAKMAP,
  INVARIANT_UNTRACKED,
  INVARIANT_WEAKREFS,
} from "../invariants";
import { isMarked, isScanned } from "../memory/bits";
import { payloadCapacity } from "../memory/blocks";
import { verifyBlocks } from "./verify-memory";
import { FINALIZED, GENERATION_0, GENERATION_1, PENDING, UNREACHABLE, control } from "../control";
import {
  birthOf,
  hasFlag,
  infoOf,
  isImmortal,
  nextOf,
  prevOf,
  refcountOf,
  rootsFieldOf,
  setRefcount,
  typeIdOf,
} from "../object/header";
import { hasBuffer, slotsEnd, slotsOf } from "../object/references";
import { Type, hasLinks, typeAt, typeOf } from "../object/type";
import { isEntry, keyOf, mapOf } from "../weak/map";
import { verifyWeak } from "./verify-weak";
import { isInTable } from "../values/intern";
import { hashOf } from "../values/key";
import { rootsMapSize, rootsOf } from "../heap/count";
import { findEntry } from "../containers/dict";
import { bufferBytes, entriesOf, hashAt, keyAt, lengthOfTable, valueAt } from "../containers/entries";
import { capacityOf } from "../containers/index-cells";
import { holdsAtoms } from "../values/tracking";
import { isDead, isOfSnapshot } from "../heap/barrier";
import { waitingCount } from "../death/hooks";
import { firstBlock, firstObject, nextBlock, nextObject, typeIdAt } from "../heap/walk";

/** 0, or the first broken invariant; `control.verifyAddress` then says where. */
export function verifyHeap(): u32 {
  let broken = verifyBlocks();
  if (!broken) broken = verifyObjects();
  if (!broken) broken = verifyRefcounts();
  if (!broken) broken = verifyLists();
  if (!broken) broken = verifySideTables();
  if (!broken) broken = verifyContainers();
  if (!broken) broken = verifyWeak();
  if (!broken) broken = verifyCycle();
  return broken;
}

function broken(invariant: u32, address: usize): u32 {
  control.verifyAddress = <u32>address;
  return invariant;
}

/** Each object by itself. */
function verifyObjects(): u32 {
  let old: u32 = 0;
  let dying: u32 = 0;
  // Buffers less those who own one.
  let buffers =
    0 -
    <u32>(control.rootsMapBuffer != 0) -
    <u32>(control.weakrefMapBuffer != 0) -
    <u32>(control.entryMapBuffer != 0) -
    <u32>(control.entryIndexBuffer != 0) -
    <u32>(control.typesBuffer != 0) -
    <u32>(control.internBuffer != 0) -
    control.loans;
  for (let object = firstBlock(); object; object = nextBlock(object)) {
    const id = typeIdAt(object);
    if (!id) return broken(INVARIANT_TYPE_ID, object);
    if (id == TYPE_BUFFER) {
      buffers++;
      continue;
    }
    const type = typeAt(id);
    const info = infoOf(object);
    if (info & FLAG_OLD) {
      old++;
      if (birthOf(object) >= control.births) return broken(INVARIANT_BIRTH, object);
    }
    if (!hasLinks(type) && info & (FLAG_TRACKED | FLAG_OLD)) return broken(INVARIANT_TRACKED, object);
    if (info & FLAG_OLD && !(info & FLAG_TRACKED)) return broken(INVARIANT_TRACKED, object);
    if (hasLinks(type) && info & (FLAG_COLLECTING | FLAG_UNREACHABLE) && !(control.collecting | control.phase))
      return broken(INVARIANT_MARKS, object);
    if (info & FLAG_DYING) {
      if (info & FLAG_TRACKED) return broken(INVARIANT_DYING, object);
      dying++;
    }
    const swept = isBeingSwept(object);
    if (refcountOf(object) == 0 && !(info & FLAG_DYING) && hasLinks(type) && !swept)
      return broken(INVARIANT_REFCOUNT, object);
    if (hasBuffer(type)) {
      if (type.kind == KIND_LIST && !isListSound(object)) return broken(INVARIANT_LIST, object);
      if (type.kind == KIND_TABLE && !swept && !isTableSound(object)) return broken(INVARIANT_TABLE, object);
      if (load<u32>(object + SLOTS_BUFFER_OFFSET)) buffers--;
    }
    const bad = verifySlots(object, type);
    if (bad) return bad;
  }
  if (control.nesting == 0 && !control.collecting && dying != waitingCount()) return broken(INVARIANT_DYING, 0);
  if (buffers) return broken(INVARIANT_BUFFER, buffers);
  return old == control.oldCount ? 0 : broken(INVARIANT_OLD_COUNT, old);
}

/** A dead object that a cycle is about to empty, or has emptied: until the last other dead one lets go of it, it is a shell. */
function isBeingSwept(object: usize): bool {
  return control.phase == PHASE_SWEEPING && isDead(object);
}

function isListSound(list: usize): bool {
  const buffer = load<u32>(list + SLOTS_BUFFER_OFFSET);
  const capacity = load<u32>(list + LIST_CAPACITY_OFFSET);
  if (load<u32>(list + SLOTS_COUNT_OFFSET) > capacity) return false;
  if (!buffer) return capacity == 0;
  return typeIdAt(buffer) == TYPE_BUFFER && capacity <= payloadCapacity(buffer) >>> 2;
}

/** The numbers of a table agree, and its entries are in its buffer. */
function isTableSound(table: usize): bool {
  const buffer = load<u32>(table + SLOTS_BUFFER_OFFSET);
  const slots = load<u32>(table + SLOTS_COUNT_OFFSET);
  const usable = load<u32>(table + TABLE_USABLE_OFFSET);
  if (!buffer) return (slots | usable | lengthOfTable(table)) == 0;
  const width: u32 = typeIdOf(table) == TYPE_DICT ? 1 : 0;
  const log = <u32>load<u8>(table + TABLE_LOG_OFFSET);
  if (typeIdAt(buffer) != TYPE_BUFFER || log > 27 || slots & width) return false;
  if (bufferBytes(log, width) > payloadCapacity(buffer)) return false;
  if (entriesOf(table) + usable > capacityOf(log)) return false;
  let length: u32 = 0;
  // A death under way has dropped entries that are still written there.
  const dying = hasFlag(table, FLAG_DYING);
  for (let entry: u32 = 0; entry < entriesOf(table); entry++) {
    const key = keyAt(table, entry);
    if (key) length++;
    if (width && (key == 0) != (valueAt(table, entry) == 0)) return false;
  }
  return dying || length == lengthOfTable(table);
}

/** What can only be told once every slot is known to lead to a live object. */
function verifyContainers(): u32 {
  let interned: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const type = typeOf(object);
    const info = infoOf(object);
    if (typeIdOf(object) == TYPE_STR && info & FLAG_INTERNED) {
      if (!isInTable(object)) return broken(INVARIANT_INTERNED, object);
      interned++;
    }
    if (info & FLAG_DYING || type.kind < <u32>KIND_TUPLE || isBeingSwept(object)) continue;
    if (!(info & FLAG_TRACKED) && !holdsAtoms(object, type)) return broken(INVARIANT_UNTRACKED, object);
    if (type.kind == KIND_TUPLE) {
      for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
        if (!load<u32>(slot)) return broken(INVARIANT_TUPLE, object);
      }
    }
    if (type.kind != KIND_TABLE) continue;
    for (let entry: u32 = 0; entry < entriesOf(object); entry++) {
      const key = keyAt(object, entry);
      if (key && (hashAt(object, entry) != hashOf(key) || findEntry(object, key) != entry)) {
        return broken(INVARIANT_TABLE, object);
      }
    }
  }
  return interned == control.internSize ? 0 : broken(INVARIANT_INTERNED, 0);
}

function verifySlots(object: usize, type: Type): u32 {
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (!child) continue;
    const id = typeIdAt(child);
    if (!id || id == TYPE_BUFFER || infoOf(child) & FLAG_DYING) return broken(INVARIANT_SLOT, object);
  }
  return 0;
}

/** refcount == slots that point here + outside references, for all but immortals. */
function verifyRefcounts(): u32 {
  addToTargets(-1);
  let bad: u32 = 0;
  for (let object = firstObject(); object && !bad; object = nextObject(object)) {
    if (isImmortalNow(object)) continue;
    if (refcountOf(object) != rootsOf(object)) bad = broken(INVARIANT_REFCOUNT, object);
  }
  addToTargets(1);
  return bad;
}

/** Immortality shows in `roots` as well, so it can be told while counts are changed. */
function isImmortalNow(object: usize): bool {
  return rootsFieldOf(object) == ROOTS_SATURATED && isImmortal(object);
}

function addToTargets(step: i32): void {
  for (let object = firstObject(); object; object = nextObject(object)) {
    const type = typeOf(object);
    // What key and map hold of it together.
    if (isEntry(object)) setRefcount(object, refcountOf(object) + step);
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      const child = load<u32>(slot);
      if (child && !isImmortalNow(child)) setRefcount(child, refcountOf(child) + step);
    }
  }
}

/** Every tracked object that is not old is in exactly one list, whose links agree. */
function verifyLists(): u32 {
  let listed: u32 = 0;
  for (let i: u32 = 0; i < 5; i++) {
    const list = i == 0 ? GENERATION_0 : i == 1 ? GENERATION_1 : i == 2 ? UNREACHABLE : i == 3 ? FINALIZED : PENDING;
    if (i >= 2 && !(i == 4 ? control.phase : control.collecting) && nextOf(list) != list)
      return broken(INVARIANT_MARKS, nextOf(list));
    let last = list;
    for (let object = nextOf(list); object != list; object = nextOf(object)) {
      if (!typeIdAt(object) || prevOf(object) != last) return broken(INVARIANT_LINKS, object);
      const info = infoOf(object);
      if (!(info & FLAG_TRACKED) || info & FLAG_OLD) return broken(INVARIANT_TRACKED, object);
      last = object;
      listed++;
    }
    if (prevOf(list) != last) return broken(INVARIANT_LINKS, list);
  }
  for (let object = firstObject(); object; object = nextObject(object)) {
    if ((infoOf(object) & (FLAG_TRACKED | FLAG_OLD)) == FLAG_TRACKED) listed--;
  }
  return listed ? broken(INVARIANT_TRACKED, 0) : 0;
}

/** Saturated counts: table and objects tell the same. */
function verifySideTables(): u32 {
  let saturated: u32 = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (rootsFieldOf(object) != ROOTS_SATURATED || isImmortal(object)) continue;
    if (rootsOf(object) < <u32>ROOTS_SATURATED) return broken(INVARIANT_SATURATED, object);
    saturated++;
  }
  return saturated == rootsMapSize() ? 0 : broken(INVARIANT_SATURATED, 0);
}

/**
 * While a cycle marks: what is scanned is marked, and so is what is held from outside, once the walk has passed it. When
 * it is decided who is dead: nothing else refers to them, and no entry of a weak map is among them whose map and key are not.
 */
function verifyCycle(): u32 {
  if (!control.marking && control.phase < <u32>PHASE_GATHERING) return 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const info = infoOf(object);
    if (control.marking) {
      if (isScanned(object) && !isMarked(object)) return broken(INVARIANT_SNAPSHOT, object);
      const passed = control.phase != PHASE_WALKING || object < <usize>control.cursor;
      if (passed && rootsFieldOf(object) && isOfSnapshot(object, info) && !isMarked(object))
        return broken(INVARIANT_SNAPSHOT, object);
      continue;
    }
    if (isDead(object)) {
      if (rootsFieldOf(object) && !control.collecting) return broken(INVARIANT_SNAPSHOT, object);
      const isKept = isEntry(object) && isMarked(keyOf(object)) && isMarked(mapOf(object));
      if (isKept && control.phase != PHASE_SPARING) return broken(INVARIANT_SNAPSHOT, object);
      continue;
    }
    if (!hasLinks(typeOf(object)) || info & FLAG_UNREACHABLE || control.phase < <u32>PHASE_FINALIZING) continue;
    const type = typeOf(object);
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      const child = load<u32>(slot);
      if (child && isDead(child) && !control.savesGarbage) return broken(INVARIANT_SNAPSHOT, object);
    }
  }
  return 0;
}
