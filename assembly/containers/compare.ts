// Equality: Python's `a is b or a == b`. Exception: lists and dicts equal only themselves.
//
// Tuples and sets are compared part by part. The stack of the walk is KEY_STACK, with a frame of four words for each
// level around the innermost:
//
//     tuple: the next item of one, the end of its items, the next item of the other
//     set:   one set, with its lowest bit set; number of the element looked for; the other set; the entry of the other
//            that the element is being compared with, or NO_ENTRY
//
// Elements are found by the hashes stored in their set: nothing is hashed. If two elements have one hash and differ,
// the search continues behind the one compared. See values/key.ts for the limits.

import {
  MAX_KEY_PARTS,
  NO_ENTRY,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../layout";
import { KEY_FRAME, KEY_STACK, KEY_STACK_END } from "../control";
import { typeIdOf } from "../object/header";
import { isSetType } from "../object/type";
import { areEqualAtoms } from "../values/atom-key";
import { referentOf } from "../weak/reference";
import { cellsOf, entryFrom, entriesOf, hashAt, keyAt, lengthOfTable, logOf } from "./entries";
import { EMPTY, TOMBSTONE, cellShift, readCell } from "./index-cells";

/** Results of a comparison. INCOMPARABLE = beyond a limit. */
export const DIFFERENT: u32 = 0;
export const EQUAL: u32 = 1;
export const INCOMPARABLE: u32 = 2;
/** Result of `compareHeads`: the parts decide. */
const BY_PARTS: u32 = 3;

/** Whether two keys are equal. */
export function areEqual(a: usize, b: usize): bool {
  return compare(a, b) == EQUAL;
}

/** Compares any two objects. */
export function compare(a: usize, b: usize): u32 {
  const result = compareHeads(a, b);
  return result == BY_PARTS ? compareParts(a, b) : result;
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
    return length != lengthOfTable(b) ? DIFFERENT : length ? BY_PARTS : EQUAL;
  }
  return DIFFERENT;
}

/** Compares two tuples of equal length, or two sets of equal length that are not empty. */
function compareParts(a: usize, b: usize): u32 {
  let top = KEY_STACK;
  let visited: u32 = 0;
  // The innermost level.
  let one: usize = 0;
  let position: usize = 0;
  let other: usize = 0;
  let candidate: u32 = 0;
  let result: u32 = BY_PARTS;
  while (true) {
    if (result == BY_PARTS) {
      // Begins a level. The first has none around it.
      if (visited++ == <u32>MAX_KEY_PARTS) return INCOMPARABLE;
      if (visited > 1) {
        if (top + KEY_FRAME == KEY_STACK_END) return INCOMPARABLE;
        store<u32>(top, <u32>one);
        store<u32>(top, <u32>position, 4);
        store<u32>(top, <u32>other, 8);
        store<u32>(top, candidate, 12);
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
        candidate = NO_ENTRY;
      }
    } else if (one & 1) {
      // The candidate has been compared with the element.
      if (result == EQUAL) {
        position = entryFrom(one & ~1, <u32>position + 1);
        candidate = NO_ENTRY;
      }
    } else if (result == DIFFERENT) position = 0;

    // The next two objects to compare, or the end of the level.
    if (one & 1) {
      const set = one & ~1;
      if (<u32>position == entriesOf(set)) result = EQUAL;
      else {
        candidate = entryOfHash(other, hashAt(set, <u32>position), candidate);
        if (candidate != NO_ENTRY) {
          a = keyAt(set, <u32>position);
          b = keyAt(other, candidate);
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
    candidate = load<u32>(top, 12);
  }
}

/** The first entry with this hash; behind `after`, in the order of a search, unless that is NO_ENTRY. */
function entryOfHash(table: usize, hash: u32, after: u32): u32 {
  const log = logOf(table);
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  const cells = cellsOf(table);
  let perturb = hash;
  let cell = hash & mask;
  while (true) {
    const entry = readCell(cells, shift, cell);
    if (entry == EMPTY) return NO_ENTRY;
    if (after != NO_ENTRY) {
      if (entry == after) after = NO_ENTRY;
    } else if (entry != TOMBSTONE && hashAt(table, entry) == hash) return entry;
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
}
