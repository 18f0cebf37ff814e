// The ABI: what `src/wasm/exports.ts` describes, and what another AssemblyScript program imports. Casts
// and the counting of births; no logic of its own.

import {
  EPHEMERON_VALUE_OFFSET,
  FLAG_BIGINT,
  FLAG_FINALIZED,
  KIND_STRUCT,
  KIND_WEAKMAP,
  RESULT_ADDED,
  RESULT_FOUND,
  RESULT_MISSING,
  SLOTS_BUFFER_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
  TYPE_WEAKMAP,
  TYPE_WEAKSET,
  UNHASHABLE_ENTRY,
} from "./layout";
import { CHECK } from "./check";
import { UNREACHABLE, control } from "./control";
import { blockSize } from "./memory/blocks";
import { alloc as allocObject } from "./alloc";
import { collect as collectGeneration } from "./collect/collect";
import { setLimits } from "./collect/limits";
import { settleAll, step as stepCycle } from "./collect/cycle/cycle";
import { beginIfWorthIt, countBirth, setBounded as setBoundedPauses, uncountBirth } from "./collect/trigger";
import { codePointsOf, copyStr, createFloat, createInt, createText } from "./values/atoms";
import { takeCensus } from "./heap/census";
import { addType, createTuple } from "./heap/birth";
import { clearWeakMap, deleteWeakEntry } from "./death/death";
import { decref } from "./death/fast";
import { waitingCount } from "./death/hooks";
import { createEntry, findEntryOf, liveEntryAfter } from "./weak/map";
import { frozenCount, nextTracked, trackedCount as countTracked } from "./heap/generations";
import { intern as internText, shrinkInterned as shrinkInternedTo } from "./values/intern";
import { isHashable } from "./values/key";
import {
  appendItem,
  appendItems,
  clearItems,
  createList,
  indexOfItem,
  insertItem,
  lengthOfList,
  permuteItems,
  removeItem,
  removeItems,
  reverseItems,
  setItem,
} from "./containers/list";
import { giveBack as giveBackBuffer, lend as lendBuffer } from "./heap/loan";
import {
  borrowFloat as borrowedFloat,
  borrowInt as borrowedInt,
  borrowText,
  borrowedBytes,
  isBorrowed,
} from "./values/borrowed-key";
import { incref, rootsOf } from "./heap/count";
import { fillSlot, replaceSlot, slotAddress, writeSlot } from "./containers/write";
import { startHeap } from "./start";
import {
  addAll,
  addKey,
  clearTable,
  deleteEntry,
  deleteKey,
  findEntry,
  setDefault,
  setEntry,
} from "./containers/dict";
import { entryFrom } from "./containers/entries";
import { createTable } from "./containers/table-buffer";
import { checkLive, firstObject, nextObject as objectAfter, typeIdAt } from "./heap/walk";
import {
  createWeakref,
  sharedWeakref,
  targetOf,
  weakrefAfter as weakrefBehind,
  weakrefCount as countWeakrefs,
} from "./weak/reference";
import { hasFlag, isTracked as isObjectTracked, nextOf, refcountOf, typeIdOf } from "./object/header";
import { hasBuffer, slotCount } from "./object/references";
import { isVariableSize, isType, typeAt, typeOf as typeOfObject } from "./object/type";

function checkSlot(object: usize, slot: u32): void {
  if (!CHECK) return;
  checkLive(object);
  assert(slot < typeOfObject(object).slots, "slot out of range");
}

/** A live object, or a borrowed key. */
function checkKey(key: usize): void {
  if (CHECK && !isBorrowed(key)) checkLive(key);
}
function checkTable(table: usize, type: u32): void {
  if (CHECK) assert(typeIdAt(table) == type, "this is not the address of a live table of this type");
}
/** `beyond` = 1 allows the place behind the last item. */
function checkIndex(sequence: usize, index: u32, beyond: u32): void {
  if (!CHECK) return;
  checkLive(sequence);
  assert(index < slotCount(sequence, typeOfObject(sequence)) + beyond, "index out of range");
}
function checkRange(sequence: usize, start: u32, end: u32): void {
  if (!CHECK) return;
  checkLive(sequence);
  assert(start <= end && end <= slotCount(sequence, typeOfObject(sequence)), "range out of bounds");
}

export function heapBase(): usize {
  return __heap_base;
}
export function init(base: usize, limit: usize): bool {
  return startHeap(base, limit);
}
/** Where all state begins: for whoever saves it. */
export function controlBlock(): usize {
  return changetype<usize>(control);
}

// ---- Types and objects
export function defineType(payloadBytes: u32, slotCount: u32, flags: u32): u32 {
  return addType(payloadBytes, slotCount, KIND_STRUCT, flags);
}
export function alloc(type: u32): usize {
  if (CHECK) assert(isType(type) && !isVariableSize(typeAt(type)), "unknown type, or one without a fixed size");
  return allocObject(type);
}
export { decref, incref };
export function refcount(object: usize): u32 {
  checkLive(object);
  return refcountOf(object);
}
export function roots(object: usize): u32 {
  checkLive(object);
  return rootsOf(object);
}
export function getRef(object: usize, slot: u32): usize {
  checkSlot(object, slot);
  return load<u32>(slotAddress(object, slot));
}
export function setRef(object: usize, slot: u32, value: usize): void {
  checkSlot(object, slot);
  if (value) checkLive(value);
  replaceSlot(slotAddress(object, slot), value);
}

// ---- Atoms
function int64(low: u32, high: u32): i64 {
  return ((<i64>high) << 32) | low;
}
export function newInt(low: u32, high: u32, isBigint: u32): usize {
  return createInt(int64(low, high), isBigint ? FLAG_BIGINT : 0);
}
export function newFloat(value: f64): usize {
  return createFloat(value);
}
export function newStr(byteLength: u32): usize {
  return createText(TYPE_STR, byteLength);
}
export function newBytes(byteLength: u32): usize {
  return createText(TYPE_BYTES, byteLength);
}
export function strFromBorrowed(byteLength: u32): usize {
  return copyStr(borrowText(TYPE_STR, byteLength));
}
export function strLength(string: usize): u32 {
  checkLive(string);
  return codePointsOf(string);
}
export function intern(text: usize): usize {
  checkKey(text);
  return internText(text);
}
export function shrinkInterned(capacity: u32): void {
  shrinkInternedTo(capacity);
}

// ---- Keys that are not objects
export function borrowedText(): usize {
  return borrowedBytes();
}
export function borrowStr(byteLength: u32): usize {
  return borrowText(TYPE_STR, byteLength);
}
export function borrowBytes(byteLength: u32): usize {
  return borrowText(TYPE_BYTES, byteLength);
}
export function borrowInt(low: u32, high: u32, isBigint: u32): usize {
  return borrowedInt(int64(low, high), isBigint ? FLAG_BIGINT : 0);
}
export function borrowFloat(value: f64): usize {
  return borrowedFloat(value);
}
export function setHashSeed(seed: u32): void {
  control.hashSeed = seed;
}

// ---- Lists and tuples
export function newList(capacity: u32): usize {
  countBirth();
  const list = createList(capacity);
  if (!list) uncountBirth();
  return list;
}
export function listAppend(list: usize, item: usize): bool {
  checkLive(list);
  checkLive(item);
  return appendItem(list, item);
}
export function listInsert(list: usize, index: u32, item: usize): bool {
  checkIndex(list, index, 1);
  checkLive(item);
  return insertItem(list, index, item);
}
export function listExtend(list: usize, source: usize, start: u32, end: u32): bool {
  checkRange(source, start, end);
  checkLive(list);
  return appendItems(list, source, start, end - start);
}
export function listSet(list: usize, index: u32, item: usize): void {
  checkIndex(list, index, 0);
  checkLive(item);
  setItem(list, index, item);
}
export function listRemove(list: usize, index: u32): void {
  checkIndex(list, index, 0);
  removeItem(list, index);
}
export function listRemoveRange(list: usize, start: u32, end: u32): void {
  checkRange(list, start, end);
  removeItems(list, start, end);
}
export function listReverse(list: usize): void {
  checkLive(list);
  reverseItems(list, 0, lengthOfList(list));
}
export function listPermute(list: usize, order: usize): void {
  checkLive(list);
  permuteItems(list, order);
}
export function sequenceIndex(sequence: usize, value: usize, start: u32, end: u32): u32 {
  checkRange(sequence, start, end);
  checkKey(value);
  return indexOfItem(sequence, value, start, end);
}
export function newTuple(length: u32): usize {
  if (!length) return control.emptyTuple;
  countBirth();
  const tuple = createTuple(length);
  if (!tuple) uncountBirth();
  return tuple;
}
export function tupleInit(tuple: usize, index: u32, item: usize): void {
  checkIndex(tuple, index, 0);
  checkLive(item);
  fillSlot(tuple + TUPLE_ITEMS_OFFSET + (index << 2), item);
}

// ---- Dicts and sets
export function newDict(expected: u32): usize {
  return newTable(TYPE_DICT, expected);
}
export function newSet(expected: u32): usize {
  return newTable(TYPE_SET, expected);
}
function newTable(type: u32, expected: u32): usize {
  countBirth();
  const table = createTable(type, expected);
  if (!table) uncountBirth();
  return table;
}
export function dictSet(dict: usize, key: usize, value: usize): u32 {
  checkTable(dict, TYPE_DICT);
  checkKey(key);
  checkLive(value);
  return setEntry(dict, key, value);
}
export function dictSetDefault(dict: usize, key: usize, value: usize): u32 {
  checkTable(dict, TYPE_DICT);
  checkKey(key);
  checkLive(value);
  return setDefault(dict, key, value);
}
export function setAdd(set: usize, key: usize): u32 {
  checkTable(set, TYPE_SET);
  checkKey(key);
  return addKey(set, key);
}
export function tableAddAll(table: usize, other: usize, entry: u32, version: u32): u32 {
  checkLive(table);
  checkLive(other);
  return addAll(table, other, entry, version);
}
export function tableEntryFrom(table: usize, entry: u32): u32 {
  checkLive(table);
  return entryFrom(table, entry);
}
export function tableFind(table: usize, key: usize): u32 {
  checkKey(key);
  return isHashable(key) ? findEntry(table, key) : UNHASHABLE_ENTRY;
}
export function tableDelete(table: usize, key: usize): u32 {
  checkLive(table);
  checkKey(key);
  return deleteKey(table, key);
}
export function tableDeleteAt(table: usize, entry: u32): void {
  checkLive(table);
  deleteEntry(table, entry);
}
export function containerClear(container: usize): void {
  checkLive(container);
  if (typeIdOf(container) == TYPE_LIST) clearItems(container);
  else clearTable(container);
}

// ---- Loading
export { endLoad, loadResult, runLoad, startLoad } from "./load";

// ---- Many at once
export function lend(bytes: u32): usize {
  return lendBuffer(bytes);
}
export function giveBack(address: usize): void {
  giveBackBuffer(address);
}
export function allocMany(type: u32, count: u32, out: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const object = alloc(type);
    if (!object) return i;
    store<u32>(out + (i << 2), <u32>object);
  }
  return count;
}
export { decrefMany, gather, getRefMany, increfMany, scatter, setRefMany } from "./batch";

// ---- Weak references
export function newWeakref(referent: usize, callback: u32): usize {
  checkLive(referent);
  if (!callback) {
    const shared = sharedWeakref(referent);
    if (shared) return incref(shared) ? shared : 0;
  }
  // The birth may collect, and what runs then may let go of the referent.
  if (!incref(referent)) return 0;
  countBirth();
  // Or make the one that all share.
  let weakref = callback ? 0 : sharedWeakref(referent);
  if (weakref) {
    uncountBirth();
    if (!incref(weakref)) weakref = 0;
  } else {
    weakref = createWeakref(referent, callback);
    if (!weakref) uncountBirth();
  }
  decref(referent);
  return weakref;
}
export function weakrefTarget(weakref: usize): usize {
  checkLive(weakref);
  const target = targetOf(weakref);
  return target && incref(target) ? target : 0;
}
export function weakrefCount(object: usize): u32 {
  checkLive(object);
  return countWeakrefs(object);
}
export function weakrefAfter(object: usize, weakref: usize): usize {
  checkLive(object);
  return weakrefBehind(object, weakref);
}
export function setClearsAllWeakrefs(on: u32): void {
  control.clearsAllWeakrefs = on;
}

// ---- Weak maps and sets
function checkWeakMap(map: usize): void {
  if (CHECK)
    assert(typeIdAt(map) != 0 && typeOfObject(map).kind == KIND_WEAKMAP, "this is not the address of a weak map");
}
export function newWeakMap(isSet: u32): usize {
  return alloc(isSet ? TYPE_WEAKSET : TYPE_WEAKMAP);
}
export function weakMapSet(map: usize, key: usize, value: usize): u32 {
  checkWeakMap(map);
  checkLive(key);
  checkLive(value);
  let entry = findEntryOf(map, key);
  if (entry) {
    writeSlot(entry + EPHEMERON_VALUE_OFFSET, value);
    return RESULT_FOUND;
  }
  entry = createEntry(map, key);
  if (!entry) return 0;
  fillSlot(entry + EPHEMERON_VALUE_OFFSET, value);
  // Only now, since what a collection runs could let go of key or value.
  countBirth();
  return RESULT_ADDED;
}
export function weakMapFind(map: usize, key: usize): usize {
  checkWeakMap(map);
  checkLive(key);
  return findEntryOf(map, key);
}
export function weakMapDelete(map: usize, key: usize): u32 {
  const entry = weakMapFind(map, key);
  if (!entry) return RESULT_MISSING;
  deleteWeakEntry(entry);
  return RESULT_FOUND;
}
export function weakMapClear(map: usize): void {
  checkWeakMap(map);
  clearWeakMap(map);
}
export function weakMapEntryAfter(map: usize, entry: usize): usize {
  checkWeakMap(map);
  return liveEntryAfter(map, entry);
}

// ---- Collection
export function collect(generation: u32): u32 {
  return collectGeneration(generation);
}
/** Does about so many units of what waits; begins a cycle if there is reason to. False if nothing is left. */
export function step(units: i32): bool {
  beginIfWorthIt();
  return stepCycle(units);
}
/** Ends, or gives up, all that goes in steps. */
export function settle(): void {
  if (control.collecting) return;
  settleAll();
}
export function setBounded(on: u32): bool {
  return setBoundedPauses(on != 0);
}
/** Objects that are known to wait for their death. */
export function waiting(): u32 {
  return waitingCount();
}
export function setEnabled(enabled: u32): void {
  control.enabled = enabled ? 1 : 0;
  setLimits();
}
export function addPause(by: i32): void {
  control.pauses += by;
  setLimits();
}
export function setByteThreshold(bytes: u32): void {
  control.byteThreshold = bytes;
  control.pagesAfter = control.pagesInUse;
  setLimits();
}
export function setThresholds(t0: i32, t1: i32, t2: i32): void {
  control.threshold0 = t0;
  control.threshold1 = t1;
  control.threshold2 = t2;
  setLimits();
}
export function trackedCount(generation: u32): u32 {
  return countTracked(generation);
}
export function trackedAfter(generation: u32, object: usize): usize {
  return nextTracked(generation, object);
}
/** Of a collection under way: the next object that it found to be garbage. */
export function unreachableAfter(object: usize): usize {
  const next = nextOf(object ? object : UNREACHABLE);
  return next == UNREACHABLE ? 0 : next;
}
export { nextReferrer } from "./collect/referrers";

export { freeze, unfreeze } from "./heap/generations";
export function freezeCount(): u32 {
  return frozenCount();
}
export function setDebug(flags: u32): void {
  control.debug = flags;
}
export function garbage(): usize {
  if (!control.garbage) control.garbage = <u32>createList(0);
  return control.garbage;
}
/** Lets go of the list of garbage. */
export function forgetGarbage(): void {
  const list = control.garbage;
  control.garbage = 0;
  if (list) decref(list);
}
export function isTracked(object: usize): bool {
  checkLive(object);
  return isObjectTracked(object);
}
export function isFinalized(object: usize): bool {
  checkLive(object);
  return hasFlag(object, FLAG_FINALIZED);
}

// ---- Looking at the heap
export function nextObject(object: usize): usize {
  return object ? objectAfter(object) : firstObject();
}
export function sizeOf(object: usize): u32 {
  checkLive(object);
  const buffer = hasBuffer(typeOfObject(object)) ? load<u32>(object + SLOTS_BUFFER_OFFSET) : 0;
  return blockSize(object) + (buffer ? blockSize(buffer) : 0);
}
export function typeOf(address: usize): u32 {
  return typeIdAt(address);
}
export function census(): void {
  takeCensus();
}
export function isChecked(): bool {
  return CHECK;
}

// ---- Torture: nothing in the release build
export function tortureCollect(on: u32): void {
  if (CHECK) control.collectAlways = on;
}
export function tortureFail(n: u32): void {
  if (CHECK) control.failCountdown = n;
}
