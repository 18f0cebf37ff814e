// Keys: whether an object is hashable, its hash, and which keys are equal, as in Python. Lists, dicts and sets are
// unhashable. This file walks tuples; atom-key.ts handles the other objects.
//
// A walk keeps its way back on TUPLE_STACK, a static area: it takes no room on the stack of WebAssembly, and no memory.
// It visits a tuple as often as it is met, as Python does, so tuples that share parts can take 2^n steps at a depth of
// n. Hence two limits: 1,000 levels, and 2^24 tuples visited, a tenth of a second. Beyond them a tuple is neither
// hashed nor compared, and the host throws a named error. (Python raises RecursionError for the first, and hangs for
// the second.)
//
// A tuple that `isHashable` accepts is within both limits, and so is its comparison with another such tuple, which
// visits no more tuples than either has.

import { MAX_TUPLES, MAX_TUPLE_DEPTH, TUPLE_ITEMS_OFFSET, TUPLE_LENGTH_OFFSET, TYPE_TUPLE } from "../layout";
import { TUPLE_STACK, TUPLE_STACK_END, control } from "../control";
import { typeIdOf } from "../object/header";
import { areEqualAtoms, hashOfAtom, isAtomHashable, refuse } from "./atom-key";

/** Bytes of one level of the stack. */
const FRAME: usize = (TUPLE_STACK_END - TUPLE_STACK) / MAX_TUPLE_DEPTH;

/** Results of comparing two tuples. */
export const DIFFERENT: u32 = 0;
export const EQUAL: u32 = 1;
export const INCOMPARABLE: u32 = 2;

function itemsOf(tuple: usize): usize {
  return tuple + TUPLE_ITEMS_OFFSET;
}
function itemsEnd(tuple: usize): usize {
  return itemsOf(tuple) + (load<u32>(tuple + TUPLE_LENGTH_OFFSET) << 2);
}

/**
 * Whether the object is hashable. If not, `control.unhashable` is the unhashable type; TYPE_TUPLE = beyond a limit.
 */
export function isHashable(object: usize): bool {
  const type = typeIdOf(object);
  return type == TYPE_TUPLE ? isTupleHashable(object) : isAtomHashable(object, type);
}

function isTupleHashable(tuple: usize): bool {
  let top = TUPLE_STACK;
  let visited: u32 = 1;
  let slot = itemsOf(tuple);
  let end = itemsEnd(tuple);
  while (true) {
    while (slot == end) {
      if (top == TUPLE_STACK) return true;
      top -= FRAME;
      slot = load<u32>(top);
      end = load<u32>(top, 4);
    }
    const item = <usize>load<u32>(slot);
    const type = typeIdOf(item);
    slot += 4;
    if (type != TYPE_TUPLE) {
      if (!isAtomHashable(item, type)) return false;
      continue;
    }
    if (top + FRAME == TUPLE_STACK_END || visited++ == <u32>MAX_TUPLES) return refuse(TYPE_TUPLE);
    store<u32>(top, <u32>slot);
    store<u32>(top, <u32>end, 4);
    top += FRAME;
    slot = itemsOf(item);
    end = itemsEnd(item);
  }
}

/** Hash of a hashable object. */
export function hashOf(object: usize): u32 {
  const type = typeIdOf(object);
  return type == TYPE_TUPLE ? hashOfTuple(object) : hashOfAtom(object, type);
}

function hashOfTuple(tuple: usize): u32 {
  let top = TUPLE_STACK;
  let slot = itemsOf(tuple);
  let end = itemsEnd(tuple);
  let hash = firstHash(tuple);
  while (true) {
    while (slot == end) {
      hash ^= hash >>> 15;
      if (top == TUPLE_STACK) return hash;
      top -= FRAME;
      slot = load<u32>(top);
      end = load<u32>(top, 4);
      hash = mix(load<u32>(top, 8), hash);
    }
    const item = <usize>load<u32>(slot);
    const type = typeIdOf(item);
    slot += 4;
    // The stack is full only in a damaged heap, which `verify` may be looking at.
    if (type != TYPE_TUPLE || top + FRAME == TUPLE_STACK_END) {
      hash = mix(hash, hashOfAtom(item, type));
      continue;
    }
    store<u32>(top, <u32>slot);
    store<u32>(top, <u32>end, 4);
    store<u32>(top, hash, 8);
    top += FRAME;
    slot = itemsOf(item);
    end = itemsEnd(item);
    hash = firstHash(item);
  }
}

function firstHash(tuple: usize): u32 {
  return control.hashSeed + 0x165667b1 + load<u32>(tuple + TUPLE_LENGTH_OFFSET);
}
function mix(hash: u32, item: u32): u32 {
  return rotl<u32>(hash + item * 0x85ebca77, 13) * 0x9e3779b1;
}

/** Whether two keys are equal. */
export function areEqual(a: usize, b: usize): bool {
  return compare(a, b) == EQUAL;
}

/**
 * Python's `a is b or a == b`. Exception: lists, dicts and sets equal only themselves. INCOMPARABLE = beyond a
 * limit.
 */
export function compare(a: usize, b: usize): u32 {
  if (a == b) return EQUAL;
  const typeOfA = typeIdOf(a);
  const typeOfB = typeIdOf(b);
  if (typeOfA == TYPE_TUPLE && typeOfB == TYPE_TUPLE) return compareTuples(a, b);
  return areEqualAtoms(a, typeOfA, b, typeOfB) ? EQUAL : DIFFERENT;
}

function compareTuples(a: usize, b: usize): u32 {
  if (load<u32>(a + TUPLE_LENGTH_OFFSET) != load<u32>(b + TUPLE_LENGTH_OFFSET)) return DIFFERENT;
  let top = TUPLE_STACK;
  let visited: u32 = 1;
  let slot = itemsOf(a);
  let end = itemsEnd(a);
  let other = itemsOf(b);
  while (true) {
    while (slot == end) {
      if (top == TUPLE_STACK) return EQUAL;
      top -= FRAME;
      slot = load<u32>(top);
      end = load<u32>(top, 4);
      other = load<u32>(top, 8);
    }
    const x = <usize>load<u32>(slot);
    const y = <usize>load<u32>(other);
    slot += 4;
    other += 4;
    if (x == y) continue;
    const typeOfX = typeIdOf(x);
    const typeOfY = typeIdOf(y);
    if (typeOfX != TYPE_TUPLE || typeOfY != TYPE_TUPLE) {
      if (!areEqualAtoms(x, typeOfX, y, typeOfY)) return DIFFERENT;
      continue;
    }
    if (load<u32>(x + TUPLE_LENGTH_OFFSET) != load<u32>(y + TUPLE_LENGTH_OFFSET)) return DIFFERENT;
    if (top + FRAME == TUPLE_STACK_END || visited++ == <u32>MAX_TUPLES) return INCOMPARABLE;
    store<u32>(top, <u32>slot);
    store<u32>(top, <u32>end, 4);
    store<u32>(top, <u32>other, 8);
    top += FRAME;
    slot = itemsOf(x);
    end = itemsEnd(x);
    other = itemsOf(y);
  }
}
