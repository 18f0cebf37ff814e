// The ABI: what `src/wasm/exports.ts` describes, and what another AssemblyScript program imports. Casts
// and the counting of births; no logic of its own.

import { FLAG_FINALIZED, LIST_BUFFER_OFFSET, TYPE_LIST, KIND_STRUCT } from "./layout";
import { CHECK } from "./check";
import { control } from "./control";
import { blockSize, classRecord } from "./alloc/block";
import { CLASS_COUNT } from "./alloc/size-class";
import { collect as collectGeneration, countBirth, uncountBirth } from "./collect/collect";
import { createFloat, createInt, createStr } from "./heap/atoms";
import { statisticOf, takeCensus } from "./heap/census";
import { addType, createObject } from "./heap/create";
import { decref as decrefObject } from "./heap/death";
import { nextYoung, trackedCount as countTracked } from "./heap/generations";
import { appendItem, createList, itemAt, popItem, setItem } from "./heap/list";
import { incref as increfObject, rootsOf } from "./heap/refcount";
import { slotAddress, writeSlot } from "./heap/reference";
import { startHeap } from "./heap/start";
import { verifyHeap } from "./heap/verify";
import { firstObject, nextObject as objectAfter, nextOld, typeIdAt } from "./heap/walk";
import { createWeakref, sharedWeakref, targetOf, weakrefCount as countWeakrefs } from "./heap/weak";
import { hasFlag, isTracked as isObjectTracked, refcountOf, typeIdOf } from "./object/header";
import { hasLinks, isVariableSize, isType, typeAt, typeOf as typeOfObject } from "./object/type";

function checkObject(object: usize): void {
  if (CHECK) assert(typeIdAt(object) != 0, "this is not the address of a live object: it was freed, or never was one");
}
function checkSlot(object: usize, slot: u32): void {
  if (!CHECK) return;
  checkObject(object);
  assert(slot < typeOfObject(object).slots, "slot out of range");
}

export function heapBase(): usize {
  return __heap_base;
}
export function init(base: usize, limit: usize): bool {
  return startHeap(base, limit);
}

// ---- Types and objects
export function defineType(payloadBytes: u32, slotCount: u32, flags: u32): u32 {
  return addType(payloadBytes, slotCount, KIND_STRUCT, flags);
}
export function alloc(type: u32): usize {
  if (CHECK) assert(isType(type) && !isVariableSize(typeAt(type)), "unknown type, or one without a fixed size");
  const tracked = hasLinks(typeAt(type));
  if (tracked) countBirth();
  const object = createObject(typeAt(type), type);
  if (!object && tracked) uncountBirth();
  return object;
}
export function incref(object: usize): bool {
  checkObject(object);
  return increfObject(object);
}
export function decref(object: usize): void {
  checkObject(object);
  decrefObject(object);
}
export function refcount(object: usize): u32 {
  checkObject(object);
  return refcountOf(object);
}
export function roots(object: usize): u32 {
  checkObject(object);
  return rootsOf(object);
}
export function getRef(object: usize, slot: u32): usize {
  checkSlot(object, slot);
  return load<u32>(slotAddress(object, slot));
}
export function setRef(object: usize, slot: u32, value: usize): void {
  checkSlot(object, slot);
  if (value) checkObject(value);
  writeSlot(slotAddress(object, slot), value);
}

// ---- Atoms
export function newInt(low: u32, high: u32): usize {
  return createInt(((<i64>high) << 32) | low);
}
export function newFloat(value: f64): usize {
  return createFloat(value);
}
export function newStr(byteLength: u32): usize {
  return createStr(byteLength);
}
export function none(): usize {
  return control.none;
}
function boolObject(value: u32): usize {
  return value ? control.trueObject : control.falseObject;
}

export { boolObject as bool };

// ---- Lists
export function newList(capacity: u32): usize {
  countBirth();
  const list = createList(capacity);
  if (!list) uncountBirth();
  return list;
}
export function listAppend(list: usize, item: usize): bool {
  checkObject(list);
  checkObject(item);
  return appendItem(list, item);
}
export function listGet(list: usize, index: u32): usize {
  checkObject(list);
  return itemAt(list, index);
}
export function listSet(list: usize, index: u32, item: usize): void {
  checkObject(list);
  checkObject(item);
  setItem(list, index, item);
}
export function listPop(list: usize): usize {
  checkObject(list);
  return popItem(list);
}

// ---- Weak references
export function newWeakref(referent: usize, callback: u32): usize {
  checkObject(referent);
  if (!callback) {
    const shared = sharedWeakref(referent);
    if (shared) return increfObject(shared) ? shared : 0;
  }
  // The birth may collect, and what runs then may let go of the referent.
  if (!increfObject(referent)) return 0;
  countBirth();
  const weakref = createWeakref(referent, callback);
  if (!weakref) uncountBirth();
  decrefObject(referent);
  return weakref;
}
export function weakrefTarget(weakref: usize): usize {
  checkObject(weakref);
  const target = targetOf(weakref);
  return target && increfObject(target) ? target : 0;
}
export function weakrefCount(object: usize): u32 {
  checkObject(object);
  return countWeakrefs(object);
}

// ---- Collection
export function collect(generation: u32): u32 {
  return collectGeneration(generation);
}
export function isCollecting(): bool {
  return control.collecting != 0;
}
export function setEnabled(enabled: u32): void {
  control.enabled = enabled ? 1 : 0;
}
export function isEnabled(): bool {
  return control.enabled != 0;
}
export function setThresholds(t0: i32, t1: i32, t2: i32): void {
  control.threshold0 = t0;
  control.threshold1 = t1;
  control.threshold2 = t2;
}
export function threshold(generation: u32): i32 {
  return generation == 0 ? control.threshold0 : generation == 1 ? control.threshold1 : control.threshold2;
}
export function count(generation: u32): i32 {
  return generation == 0 ? control.count0 : generation == 1 ? control.count1 : control.count2;
}
export function collections(generation: u32): u32 {
  return generation == 0 ? control.collections0 : generation == 1 ? control.collections1 : control.collections2;
}
export function collected(generation: u32): u32 {
  return generation == 0 ? control.collected0 : generation == 1 ? control.collected1 : control.collected2;
}
export function trackedCount(generation: u32): u32 {
  return countTracked(generation);
}
export function trackedAfter(generation: u32, object: usize): usize {
  return generation == 2 ? nextOld(object) : nextYoung(generation, object);
}
export function isTracked(object: usize): bool {
  checkObject(object);
  return isObjectTracked(object);
}
export function isFinalized(object: usize): bool {
  checkObject(object);
  return hasFlag(object, FLAG_FINALIZED);
}

// ---- Looking at the heap
export function nextObject(object: usize): usize {
  return object ? objectAfter(object) : firstObject();
}
export function sizeOf(object: usize): u32 {
  checkObject(object);
  const buffer = typeIdOf(object) == TYPE_LIST ? load<u32>(object + LIST_BUFFER_OFFSET) : 0;
  return blockSize(object) + (buffer ? blockSize(buffer) : 0);
}
export function typeOf(address: usize): u32 {
  return typeIdAt(address);
}
export function census(): void {
  takeCensus();
}
export function statistic(which: u32): f64 {
  return statisticOf(which);
}
export function typeCount(type: u32): u32 {
  return typeAt(type).count;
}
export function typeBytes(type: u32): u32 {
  return typeAt(type).bytes;
}
export function classCount(): u32 {
  return CLASS_COUNT;
}
export function classSize(index: u32): u32 {
  return classRecord(index).size;
}
export function classPages(index: u32): u32 {
  return classRecord(index).pages;
}
export function classUsed(index: u32): u32 {
  return classRecord(index).used;
}
export function classFree(index: u32): u32 {
  return classRecord(index).free;
}
export function isChecked(): bool {
  return CHECK;
}
export function verify(): u32 {
  return verifyHeap();
}
export function verifyAddress(): usize {
  return control.verifyAddress;
}

// ---- Torture: nothing in the release build
export function tortureCollect(on: u32): void {
  if (CHECK) control.collectAlways = on;
}
export function tortureFail(n: u32): void {
  if (CHECK) control.failCountdown = n;
}
