// Doors: lists and tuples, dicts and sets.

import { TUPLE_ITEMS_OFFSET, TYPE_DICT, TYPE_FROZENSET, TYPE_LIST, TYPE_SET } from "../layout";
import { control } from "../control";
import { needRoom } from "../room";
import { typeIdOf } from "../object/header";
import { createTuple } from "../heap/birth";
import { fillSlot } from "../containers/write";
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
} from "../containers/list";
import { replaceEach, replaceItems } from "../containers/slices";
import { addAll, addKey, clearTable, deleteEntry, deleteKey, lookUp, setDefault, setEntry } from "../containers/dict";
import { entryFrom } from "../containers/entries";
import { freeze } from "../containers/frozen";
import { createTable } from "../containers/table-buffer";
import { countBirth, uncountBirth } from "../collect/trigger";
import {
  checkAlive,
  checkChanging,
  checkContainer,
  checkDict,
  checkEmptyPlace,
  checkEntry,
  checkFrozenset,
  checkIndex,
  checkKey,
  checkList,
  checkPlaces,
  checkOrder,
  checkRange,
  checkSet,
  checkTable,
} from "./checks";

// ---- Lists and tuples

export function newList(capacity: u32): usize {
  needRoom();
  countBirth();
  const list = createList(capacity);
  if (!list) uncountBirth();
  return list;
}

export function listAppend(list: usize, item: usize): bool {
  checkList(list);
  checkAlive(item);
  needRoom();
  return appendItem(list, item);
}

export function listInsert(list: usize, index: u32, item: usize): bool {
  checkList(list);
  checkIndex(list, index, 1);
  checkAlive(item);
  needRoom();
  return insertItem(list, index, item);
}

export function listExtend(list: usize, source: usize, start: u32, end: u32): bool {
  checkList(list);
  checkRange(source, start, end);
  needRoom();
  return appendItems(list, source, start, end - start);
}

export function listSet(list: usize, index: u32, item: usize): void {
  checkList(list);
  checkIndex(list, index);
  checkAlive(item);
  needRoom();
  setItem(list, index, item);
}

export function listRemove(list: usize, index: u32): void {
  checkList(list);
  checkIndex(list, index);
  needRoom();
  removeItem(list, index);
}

export function listRemoveRange(list: usize, start: u32, end: u32): void {
  checkList(list);
  checkRange(list, start, end);
  needRoom();
  removeItems(list, start, end);
}

/** `source` is another object than the list. */
export function listReplace(list: usize, start: u32, end: u32, source: usize): bool {
  checkList(list);
  checkRange(list, start, end);
  checkRange(source, 0, 0);
  needRoom();
  return replaceItems(list, start, end, source);
}

/** There must be as many places as `source` has items. `source` is another object. */
export function listReplaceEach(list: usize, start: u32, step: i32, source: usize): bool {
  checkList(list);
  checkPlaces(list, start, step, source);
  needRoom();
  return replaceEach(list, start, step, source);
}

export function listReverse(list: usize): void {
  checkList(list);
  needRoom();
  reverseItems(list, 0, lengthOfList(list));
}

export function listPermute(list: usize, order: usize): void {
  checkList(list);
  checkOrder(order, lengthOfList(list));
  needRoom();
  permuteItems(list, order);
}

export function sequenceIndex(sequence: usize, value: usize, start: u32, end: u32): u32 {
  checkRange(sequence, start, end);
  checkKey(value);
  return indexOfItem(sequence, value, start, end);
}

export function newTuple(length: u32): usize {
  if (!length) return control.emptyTuple;
  needRoom();
  countBirth();
  const tuple = createTuple(length);
  if (!tuple) uncountBirth();
  return tuple;
}

export function tupleInit(tuple: usize, index: u32, item: usize): void {
  checkEmptyPlace(tuple, index);
  checkAlive(item);
  needRoom();
  fillSlot(tuple + TUPLE_ITEMS_OFFSET + (index << 2), item);
}

// ---- Dicts and sets

export function newDict(expected: u32): usize {
  needRoom();
  return newTable(TYPE_DICT, expected);
}

export function newSet(expected: u32): usize {
  needRoom();
  return newTable(TYPE_SET, expected);
}

/** An empty frozenset, to be filled by `setAdd` and `tableAddAll`, and then frozen. */
export function newFrozenset(expected: u32): usize {
  needRoom();
  return newTable(TYPE_FROZENSET, expected);
}

/** Completes a frozenset, so that it can be a key. */
export function freezeSet(set: usize): void {
  checkFrozenset(set);
  needRoom();
  freeze(set);
}

function newTable(type: u32, expected: u32): usize {
  countBirth();
  const table = createTable(type, expected);
  if (!table) uncountBirth();
  return table;
}

export function dictSet(dict: usize, key: usize, value: usize): u32 {
  checkDict(dict);
  checkKey(key);
  checkAlive(value);
  needRoom();
  return setEntry(dict, key, value);
}

export function dictSetDefault(dict: usize, key: usize, value: usize): u32 {
  checkDict(dict);
  checkKey(key);
  checkAlive(value);
  needRoom();
  return setDefault(dict, key, value);
}

export function setAdd(set: usize, key: usize): u32 {
  checkSet(set);
  checkKey(key);
  needRoom();
  return addKey(set, key);
}

export function tableAddAll(table: usize, other: usize, entry: u32, version: u32): u32 {
  checkChanging(table);
  checkTable(other);
  needRoom();
  return addAll(table, other, entry, version);
}

export function tableEntryFrom(table: usize, entry: u32): u32 {
  checkTable(table);
  return entryFrom(table, entry);
}

export function tableFind(table: usize, key: usize): u32 {
  checkTable(table);
  checkKey(key);
  return lookUp(table, key);
}

export function tableDelete(table: usize, key: usize): u32 {
  checkChanging(table);
  checkKey(key);
  needRoom();
  return deleteKey(table, key);
}

export function tableDeleteAt(table: usize, entry: u32): void {
  checkEntry(table, entry);
  needRoom();
  deleteEntry(table, entry);
}

export function containerClear(container: usize): void {
  checkContainer(container);
  needRoom();
  if (typeIdOf(container) == TYPE_LIST) clearItems(container);
  else clearTable(container);
}
