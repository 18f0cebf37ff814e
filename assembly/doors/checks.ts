// The checks of the doors. A door is a function that index.ts exports.
//
//   export function listAppend(list: usize, item: usize): bool {
//     checkList(list);                  arguments: the checked core refuses wrong ones
//     checkAlive(item);
//     needRoom();                       the stack: the engine throws if it has no room
//     return appendItem(list, item);    the change: from here on nothing throws
//   }
//
// Nothing has changed before `needRoom` returns. So whatever is thrown until then is an error like any other, and the
// heap goes on. Behind it only a fault of the core can throw, by a trap, which ends the heap.
//
// A door that changes no objects needs no room; tests/architecture/doors.test.ts lists those. `decref`, `setRef`,
// `incref` and `alloc` ask only on their long paths: their short paths change nothing before the last call that they
// make.
//
// The release core has none of the checks, so they cost it nothing.

import {
  BUFFER_DATA_OFFSET,
  FIRST_USER_TYPE,
  FLAG_OLD,
  FLAG_UNREACHABLE,
  GENERATIONS,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  BORROWED_TEXT_SIZE,
  TUPLE_ITEMS_OFFSET,
  TYPE_BUFFER,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_FROZENSET,
  TYPE_LIST,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKMAP,
  TYPE_WEAKREF,
  TYPE_WEAKSET,
} from "../layout";
import { CHECK } from "../check";
import { control } from "../control";
import * as host from "../host";
import { payloadCapacity } from "../memory/blocks";
import { hasFlag, isTracked, refcountOf, rootsFieldOf } from "../object/header";
import { slotCount } from "../object/references";
import { isSetType, isType, isVariableSize, typeAt, typeOf } from "../object/type";
import { typeIdAt } from "../heap/walk";
import { isBorrowed } from "../values/borrowed-key";
import { mapOf } from "../weak/map";
import { referentOf } from "../weak/reference";
import { entriesOf, keyAt } from "../containers/entries";
import { isFrozen } from "../containers/frozen";

/** Rejects a call with wrong arguments with an error of the host. Call it only when the heap is consistent. */
export function refuseUnless(isRight: bool, message: string): void {
  if (isRight) return;
  host.refuse(message);
  unreachable();
}

/** The heap has not been started. */
export function checkStart(): void {
  if (CHECK) refuseUnless(control.endPage == 0, "this heap has been started already");
}

// ---- Objects

/** The address of an object, whose death may have begun. */
export function checkObject(object: usize): void {
  if (!CHECK) return;
  refuseUnless(
    typeIdAt(object) > <u32>TYPE_BUFFER,
    "this is not the address of a live object: it was freed, or never was one",
  );
}

/** The address of an object whose death has not begun, so that it can be given references. */
export function checkAlive(object: usize): void {
  if (!CHECK) return;
  checkObject(object);
  refuseUnless(refcountOf(object) != 0, "this object is dying");
}

/** 0, or an object as in `checkAlive`. */
export function checkAliveOrNone(object: usize): void {
  if (CHECK && object) checkAlive(object);
}

/** A borrowed key, or an object as in `checkAlive`. */
export function checkKey(key: usize): void {
  if (CHECK && !isBorrowed(key)) checkAlive(key);
}

/** An object that has a reference from outside. */
export function checkOwned(object: usize): void {
  if (!CHECK) return;
  checkObject(object);
  refuseUnless(rootsFieldOf(object) != 0, "decref of an object that has no outside reference");
}

export function checkNewType(type: u32): void {
  if (!CHECK) return;
  const isKnown = isType(type) && !isVariableSize(typeAt(type));
  refuseUnless(
    isKnown && (type >= <u32>FIRST_USER_TYPE || type == TYPE_WEAKMAP || type == TYPE_WEAKSET),
    "unknown type, or one whose objects are not made so",
  );
}

export function checkStruct(object: usize): void {
  if (!CHECK) return;
  checkObject(object);
  refuseUnless(typeIdAt(object) >= <u32>FIRST_USER_TYPE, "this is not the address of a struct");
}

export function checkSlot(struct: usize, slot: u32): void {
  if (!CHECK) return;
  checkStruct(struct);
  refuseUnless(slot < typeOf(struct).slots, "slot out of range");
}

/** A field of a struct: `1 << shift` bytes at `offset` from the object's address. */
export function checkField(struct: usize, offset: u32, shift: u32): void {
  if (!CHECK) return;
  checkStruct(struct);
  const end = <u64>offset + ((<u64>1) << (shift & 31));
  const isInside = offset >= <u32>PAYLOAD_OFFSET && end <= <u64>PAYLOAD_OFFSET + typeOf(struct).payload;
  refuseUnless(shift <= 3 && isInside, "field out of range");
}

function checkTypeOf(object: usize, type: u32, message: string): void {
  if (!CHECK) return;
  checkAlive(object);
  refuseUnless(typeIdAt(object) == type, message);
}

export function checkStr(object: usize): void {
  checkTypeOf(object, TYPE_STR, "this is not the address of a str");
}

/** Length in bytes of the text of a borrowed key. */
export function checkBorrowedLength(byteLength: u32): void {
  if (CHECK) refuseUnless(byteLength <= <u32>BORROWED_TEXT_SIZE, "too long for a borrowed key");
}

// ---- Containers

export function checkList(list: usize): void {
  checkTypeOf(list, TYPE_LIST, "this is not the address of a list");
}

function checkTuple(tuple: usize): void {
  checkTypeOf(tuple, TYPE_TUPLE, "this is not the address of a tuple");
}

function checkSequence(sequence: usize): void {
  if (!CHECK) return;
  checkAlive(sequence);
  const type = typeIdAt(sequence);
  refuseUnless(type == TYPE_LIST || type == TYPE_TUPLE, "this is not the address of a list or tuple");
}

/** A place in a list or tuple. `beyond` = 1 also allows the place behind the last item. */
export function checkIndex(sequence: usize, index: u32, beyond: u32 = 0): void {
  if (!CHECK) return;
  checkSequence(sequence);
  refuseUnless(index < slotCount(sequence, typeOf(sequence)) + beyond, "index out of range");
}

/** A place in a tuple that holds nothing yet. */
export function checkEmptyPlace(tuple: usize, index: u32): void {
  if (!CHECK) return;
  checkTuple(tuple);
  checkIndex(tuple, index);
  refuseUnless(load<u32>(tuple + TUPLE_ITEMS_OFFSET + (index << 2)) == 0, "a tuple never changes");
}

export function checkRange(sequence: usize, start: u32, end: u32): void {
  if (!CHECK) return;
  checkSequence(sequence);
  refuseUnless(start <= end && end <= slotCount(sequence, typeOf(sequence)), "range out of bounds");
}

/** Whether there is a place for each item of `source`: every `step`-th from `start` on. */
export function checkPlaces(list: usize, start: u32, step: i32, source: usize): void {
  if (!CHECK) return;
  checkSequence(source);
  const count = slotCount(source, typeOf(source));
  if (!count) return;
  const last = <i64>start + <i64>(count - 1) * step;
  const length = <i64>slotCount(list, typeOf(list));
  refuseUnless(step != 0 && start < <u32>length && last >= 0 && last < length, "a place is out of bounds");
}

export function checkDict(dict: usize): void {
  checkTypeOf(dict, TYPE_DICT, "this is not the address of a dict");
}

/** A set, or a frozenset that is being filled. */
export function checkSet(set: usize): void {
  if (!CHECK) return;
  checkAlive(set);
  refuseUnless(isSetType(typeIdAt(set)), "this is not the address of a set");
  checkChanging(set);
}

export function checkFrozenset(set: usize): void {
  checkTypeOf(set, TYPE_FROZENSET, "this is not the address of a frozenset");
  checkChanging(set);
}

export function checkTable(table: usize): void {
  if (!CHECK) return;
  checkAlive(table);
  const type = typeIdAt(table);
  refuseUnless(type == TYPE_DICT || isSetType(type), "this is not the address of a dict or set");
}

/** A table that is to change. */
export function checkChanging(table: usize): void {
  if (!CHECK) return;
  checkTable(table);
  refuseUnless(typeIdAt(table) != TYPE_FROZENSET || !isFrozen(table), "a frozenset never changes");
}

export function checkEntry(table: usize, entry: u32): void {
  if (!CHECK) return;
  checkChanging(table);
  refuseUnless(entry < entriesOf(table) && keyAt(table, entry) != 0, "no such entry");
}

export function checkContainer(container: usize): void {
  if (CHECK && typeIdAt(container) != TYPE_LIST) checkChanging(container);
}

// ---- Weak references

export function checkWeakref(weakref: usize): void {
  checkTypeOf(weakref, TYPE_WEAKREF, "this is not the address of a weak reference");
}

/** A weak reference to an object, or 0. */
export function checkWeakrefTo(object: usize, weakref: usize): void {
  if (!CHECK || !weakref) return;
  checkWeakref(weakref);
  refuseUnless(referentOf(weakref) == object, "this weak reference is to another object");
}

export function checkWeakMap(map: usize): void {
  if (!CHECK) return;
  checkAlive(map);
  refuseUnless(typeOf(map).kind == KIND_WEAKMAP, "this is not the address of a weak map");
}

/** An entry of a weak map, or 0. */
export function checkEntryOf(map: usize, entry: usize): void {
  if (!CHECK || !entry) return;
  checkObject(entry);
  refuseUnless(typeIdAt(entry) == TYPE_EPHEMERON && mapOf(entry) == map, "this entry is of another weak map");
}

// ---- The rest

export function checkGeneration(generation: u32): void {
  if (CHECK) refuseUnless(generation < <u32>GENERATIONS, "no such generation");
}

/** The object at which a walk over a generation stands, or 0. */
export function checkTracked(generation: u32, object: usize): void {
  if (!CHECK) return;
  checkGeneration(generation);
  if (!object) return;
  checkObject(object);
  const isThere = generation == 2 || (isTracked(object) && !hasFlag(object, FLAG_OLD));
  refuseUnless(isThere, "this object is not in the generation");
}

/** An object that the collection under way has found to be garbage, or 0. */
export function checkGarbage(object: usize): void {
  if (!CHECK || !object) return;
  checkObject(object);
  refuseUnless(hasFlag(object, FLAG_UNREACHABLE), "this object is not garbage");
}

/** A loan with room for `count` elements of `1 << shift` bytes. */
export function checkLoan(address: usize, count: u32, shift: u32): void {
  if (!CHECK) return;
  const buffer = address - BUFFER_DATA_OFFSET;
  refuseUnless(typeIdAt(buffer) == TYPE_BUFFER, "this is not the address of a loan");
  refuseUnless((<u64>count) << shift <= payloadCapacity(buffer), "this loan is too small");
}

/** A loan with a permutation: each number below `length` once. The core overwrites the second half of the loan. */
export function checkOrder(order: usize, length: u32): void {
  if (!CHECK) return;
  checkLoan(order, length, 3);
  const seen = order + (length << 2);
  memory.fill(seen, 0, length << 2);
  for (let i: u32 = 0; i < length; i++) {
    const place = load<u32>(order + (i << 2));
    refuseUnless(place < length && load<u32>(seen + (place << 2)) == 0, "this order is no permutation");
    store<u32>(seen + (place << 2), 1);
  }
}
