// Equality: Python's `a is b or a == b`. Exception: lists and dicts equal only themselves.
//
// Tuples and sets are compared part by part. The stack of the walk is KEY_STACK, with a frame of four words for each
// level around the innermost:
//
//     tuple: the next item of one, the end of its items, the next item of the other
//     set:   one set, with its lowest bit set; number of the element looked for; the other set; the state of the search
//            for it there, which leads to the entry that it is being compared with: see `nextOfHash`
//
// Elements are found by the hashes stored in their set: nothing is hashed. If two elements have one hash and differ,
// the search continues where it was. See values/key.ts for the limits.

import {
  FROZENSET_HASH_OFFSET,
  MAX_KEY_PARTS,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_FROZENSET,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../layout";
import { KEY_FRAME, KEY_STACK, KEY_STACK_END } from "../control";
import { typeIdOf } from "../object/header";
import { isSetType } from "../object/type";
import { areEqualAtoms } from "../values/atom-key";
import { referentOf } from "../weak/reference";
import { cellsOf, entryFrom, entriesOf, hashAt, keyAt, lengthOfTable, logOf } from "./entries";
import { isFrozen } from "./frozen";
import { EMPTY, TOMBSTONE, cellShift, readCell } from "./index-cells";

/** Results of a comparison. INCOMPARABLE = beyond a limit. */
export const DIFFERENT: u32 = 0;
export const EQUAL: u32 = 1;
export const INCOMPARABLE: u32 = 2;
/** Result of `compareHeads`: the parts decide. */
const BY_PARTS: u32 = 3;

/** The state of a search: a cell, below 2^MAX_LOG, and the number of steps. From ALL_STEPS on the hash has no influence. */
const STEPS_SHIFT: u32 = 29;
const CELL_MASK: u32 = (1 << STEPS_SHIFT) - 1;
const ALL_STEPS: u32 = 7;
const NO_CELL: u32 = u32.MAX_VALUE;

/**
 * Whether two hashable objects are equal. Each is within the limits, so this ends. It may visit more parts than either
 * has: an element is compared with each element of the other set that has its hash.
 */
export function areEqual(a: usize, b: usize): bool {
  const result = compareHeads(a, b);
  return (result == BY_PARTS ? compareParts(a, b, u32.MAX_VALUE) : result) == EQUAL;
}

/** Compares any two objects. */
export function compare(a: usize, b: usize): u32 {
  const result = compareHeads(a, b);
  return result == BY_PARTS ? compareParts(a, b, MAX_KEY_PARTS) : result;
}

/** The referent of a live weak reference, which decides about its equality; any other object itself. */
function compared(object: usize): usize {
  return typeIdOf(object) == TYPE_WEAKREF ? referentOf(object) || object : object;
}

/** Compares two objects without comparing their parts. */
function compareHeads(a: usize, b: usize): u32 {
  if (a == b) return EQUAL;
  let typeOfA = typeIdOf(a);
  let typeOfB = typeIdOf(b);
  if (typeOfA <= <u32>TYPE_BYTES) return areEqualAtoms(a, typeOfA, b, typeOfB) ? EQUAL : DIFFERENT;
  if (typeOfA == TYPE_WEAKREF && typeOfB == TYPE_WEAKREF) {
    a = referentOf(a);
    b = referentOf(b);
    if (!a || !b) return DIFFERENT;
    if (a == b) return EQUAL;
    typeOfA = typeIdOf(a);
    typeOfB = typeIdOf(b);
  }
  if (typeOfA == TYPE_TUPLE && typeOfB == TYPE_TUPLE) {
    return load<u32>(a + TUPLE_LENGTH_OFFSET) == load<u32>(b + TUPLE_LENGTH_OFFSET) ? BY_PARTS : DIFFERENT;
  }
  if (isSetType(typeOfA) && isSetType(typeOfB)) {
    const length = lengthOfTable(a);
    if (haveOtherHashes(a, typeOfA, b, typeOfB)) return DIFFERENT;
    return length != lengthOfTable(b) ? DIFFERENT : length ? BY_PARTS : EQUAL;
  }
  return DIFFERENT;
}

/** Whether two sets are frozensets with hashes that differ. */
function haveOtherHashes(a: usize, typeOfA: u32, b: usize, typeOfB: u32): bool {
  if (typeOfA != TYPE_FROZENSET || typeOfB != TYPE_FROZENSET || !isFrozen(a) || !isFrozen(b)) return false;
  return load<u32>(a, FROZENSET_HASH_OFFSET) != load<u32>(b, FROZENSET_HASH_OFFSET);
}

/** Compares two tuples of equal length, or two sets of equal length that are not empty. Visits so many pairs at most. */
function compareParts(a: usize, b: usize, limit: u32): u32 {
  let top = KEY_STACK;
  let visited: u32 = 0;
  // The innermost level.
  let one: usize = 0;
  let position: usize = 0;
  let other: usize = 0;
  let search: u32 = 0;
  let result: u32 = BY_PARTS;
  while (true) {
    if (result == BY_PARTS) {
      // Begins a level. The first has none around it.
      if (visited++ == limit) return INCOMPARABLE;
      if (visited > 1) {
        if (top + KEY_FRAME == KEY_STACK_END) return INCOMPARABLE;
        store<u32>(top, <u32>one);
        store<u32>(top, <u32>position, 4);
        store<u32>(top, <u32>other, 8);
        store<u32>(top, search, 12);
        top += KEY_FRAME;
      }
      a = compared(a);
      b = compared(b);
      if (typeIdOf(a) == TYPE_TUPLE) {
        one = a + TUPLE_ITEMS_OFFSET;
        position = one + (load<u32>(a + TUPLE_LENGTH_OFFSET) << 2);
        other = b + TUPLE_ITEMS_OFFSET;
      } else {
        one = a | 1;
        position = entryFrom(a, 0);
        other = b;
        search = NO_CELL;
      }
    } else if (one & 1) {
      // The candidate has been compared with the element.
      if (result == EQUAL) {
        position = entryFrom(one & ~1, <u32>position + 1);
        search = NO_CELL;
      }
    } else if (result == DIFFERENT) position = 0;

    // The next two objects to compare, or the end of the level.
    if (one & 1) {
      const set = one & ~1;
      if (<u32>position == entriesOf(set)) result = EQUAL;
      else {
        search = nextOfHash(other, hashAt(set, <u32>position), search);
        if (search != NO_CELL) {
          a = keyAt(set, <u32>position);
          b = foundKey(other, search);
          result = compareHeads(a, b);
          continue;
        }
        result = DIFFERENT;
      }
    } else if (position && one != position) {
      a = load<u32>(one);
      b = load<u32>(other);
      one += 4;
      other += 4;
      result = compareHeads(a, b);
      continue;
    } else result = position ? EQUAL : DIFFERENT;

    if (top == KEY_STACK) return result;
    top -= KEY_FRAME;
    one = load<u32>(top);
    position = load<u32>(top, 4);
    other = load<u32>(top, 8);
    search = load<u32>(top, 12);
  }
}

/**
 * The next cell with an entry of this hash, or NO_CELL, as a state of the search: the cell, and above STEPS_SHIFT the
 * number of steps that led to it, of which later ones are not counted. `state` = NO_CELL begins the search.
 *
 * A search may visit a cell twice while the hash has an influence. So only its state, not the entry last found, says how
 * it goes on.
 */
function nextOfHash(table: usize, hash: u32, state: u32): u32 {
  const log = logOf(table);
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  const cells = cellsOf(table);
  let isNew = state == NO_CELL;
  let steps: u32 = isNew ? 0 : state >>> STEPS_SHIFT;
  let cell: u32 = isNew ? hash & mask : state & CELL_MASK;
  while (true) {
    if (!isNew) {
      if (steps < ALL_STEPS) steps++;
      const perturb = steps < ALL_STEPS ? hash >>> (5 * steps) : 0;
      cell = (cell * 5 + perturb + 1) & mask;
    }
    isNew = false;
    const entry = readCell(cells, shift, cell);
    if (entry == EMPTY) return NO_CELL;
    if (entry != TOMBSTONE && hashAt(table, entry) == hash) return (steps << STEPS_SHIFT) | cell;
  }
}

/** The key of the entry that a search has found. */
function foundKey(table: usize, state: u32): usize {
  return keyAt(table, readCell(cellsOf(table), cellShift(logOf(table)), state & CELL_MASK));
}
