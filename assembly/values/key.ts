// Keys: hashing and equality, as Python has them. Numbers that are equal hash alike whatever their type,
// strings, bytes and tuples by their content, weak references by what they refer to, lists, dicts and sets
// not at all, and everything else by identity. No user code runs here.

import {
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
  VALUE_OFFSET,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../layout";
import { control } from "../control";
import { typeIdOf } from "../object/header";

/** Tuples in tuples, beyond which a key is refused; Python's limit on recursion, in its place. */
const MAX_DEPTH: u32 = 500;

const TWO_TO_63: f64 = 9223372036854775808.0;

/** Whether the object can be a key. If not, `control.unhashable` is the type that cannot. */
export function isHashable(object: usize, depth: u32 = 0): bool {
  const type = typeIdOf(object);
  if (type == TYPE_LIST || type == TYPE_DICT || type == TYPE_SET || depth == MAX_DEPTH) {
    control.unhashable = type;
    return false;
  }
  if (type == TYPE_WEAKREF) return isHashableWeakref(object, depth);
  if (type != TYPE_TUPLE) return true;
  for (let slot = object + TUPLE_ITEMS_OFFSET, end = itemsEnd(object); slot < end; slot += 4) {
    if (!isHashable(load<u32>(slot), depth + 1)) return false;
  }
  return true;
}

function itemsEnd(tuple: usize): usize {
  return tuple + TUPLE_ITEMS_OFFSET + (load<u32>(tuple + TUPLE_LENGTH_OFFSET) << 2);
}

/** Hash of a hashable object. */
export function hashOf(object: usize): u32 {
  const type = typeIdOf(object);
  if (type == TYPE_STR || type == TYPE_BYTES) return hashOfText(object);
  if (type == TYPE_INT || type == TYPE_BOOL) return hashOfInt(load<i64>(object + VALUE_OFFSET));
  if (type == TYPE_FLOAT) return hashOfFloat(load<f64>(object + VALUE_OFFSET), object);
  if (type == TYPE_TUPLE) return hashOfTuple(object);
  if (type == TYPE_WEAKREF) return hashOfWeakref(object);
  return (<u32>object) >>> 3;
}

/** Cached in the object, where 0 stands for "not yet". */
function hashOfText(text: usize): u32 {
  let hash = load<u32>(text, STR_HASH_OFFSET);
  if (hash) return hash;
  hash = hashOfBytes(text + STR_BYTES_OFFSET, load<u32>(text, STR_LENGTH_OFFSET));
  if (!hash) hash = 1;
  store<u32>(text, hash, STR_HASH_OFFSET);
  return hash;
}

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** Multiply and fold, eight bytes at a time, from a seed that an attacker cannot know. */
function hashOfBytes(at: usize, length: u32): u32 {
  const end = at + length;
  let hash = ((<u64>control.hashSeed) << 32) ^ length;
  for (; at + 8 <= end; at += 8) hash = fold(hash ^ load<u64>(at));
  let rest: u64 = 0;
  for (; at < end; at++) rest = (rest << 8) | load<u8>(at);
  return <u32>fold(fold(hash ^ rest));
}
/** The high half, which all bits have gone into, comes down to the low one. */
function fold(value: u64): u64 {
  value *= MULTIPLIER;
  return value ^ (value >>> 32);
}

/** Neighbours stay neighbours, as in CPython: their cells lie side by side. */
function hashOfInt(value: i64): u32 {
  return (<u32>value) ^ (<u32>(value >>> 32) * 0x85ebca6b);
}

/** A NaN, equal to none but itself, has a hash of its own. */
function hashOfFloat(value: f64, object: usize): u32 {
  if (isInt(value)) return hashOfInt(<i64>value);
  if (value != value) return (<u32>object) >>> 3;
  return <u32>fold(reinterpret<u64>(value));
}

/** Whether a float is the equal of an int of 64 bits. */
function isInt(value: f64): bool {
  return value >= -TWO_TO_63 && value < TWO_TO_63 && floor<f64>(value) == value;
}

function hashOfTuple(tuple: usize): u32 {
  let hash: u32 = 0x165667b1 + load<u32>(tuple + TUPLE_LENGTH_OFFSET);
  for (let slot = tuple + TUPLE_ITEMS_OFFSET, end = itemsEnd(tuple); slot < end; slot += 4) {
    hash = rotl<u32>(hash + hashOf(load<u32>(slot)) * 0x85ebca77, 13) * 0x9e3779b1;
  }
  return hash ^ (hash >>> 15);
}

/** A dead one only if it was hashed while it lived. */
function isHashableWeakref(weakref: usize, depth: u32): bool {
  const referent = load<u32>(weakref + WEAKREF_REFERENT_OFFSET);
  if (referent) return isHashable(referent, depth + 1);
  if (load<u32>(weakref + WEAKREF_CALLBACK_OFFSET) & WEAKREF_HASHED) return true;
  control.unhashable = TYPE_WEAKREF;
  return false;
}

function hashOfWeakref(weakref: usize): u32 {
  const referent = load<u32>(weakref + WEAKREF_REFERENT_OFFSET);
  if (!referent) return load<u32>(weakref + WEAKREF_PREV_OFFSET);
  const callback = load<u32>(weakref + WEAKREF_CALLBACK_OFFSET);
  store<u32>(weakref + WEAKREF_CALLBACK_OFFSET, callback | WEAKREF_HASHED);
  return hashOf(referent);
}

/** Equal while both live if their referents are. */
function areEqualWeakrefs(a: usize, b: usize): bool {
  const referent = load<u32>(a + WEAKREF_REFERENT_OFFSET);
  const other = load<u32>(b + WEAKREF_REFERENT_OFFSET);
  return referent != 0 && other != 0 && areEqual(referent, other);
}

/** Python's `a is b or a == b`, but that what can change its value is equal to itself alone. */
export function areEqual(a: usize, b: usize): bool {
  if (a == b) return true;
  const typeOfA = typeIdOf(a);
  const typeOfB = typeIdOf(b);
  if (isNumber(typeOfA)) return isNumber(typeOfB) && areEqualNumbers(a, typeOfA, b, typeOfB);
  if (typeOfA != typeOfB) return false;
  if (typeOfA == TYPE_STR || typeOfA == TYPE_BYTES) return areEqualTexts(a, b);
  if (typeOfA == TYPE_WEAKREF) return areEqualWeakrefs(a, b);
  return typeOfA == TYPE_TUPLE && areEqualTuples(a, b);
}

function isNumber(type: u32): bool {
  return type == TYPE_INT || type == TYPE_FLOAT || type == TYPE_BOOL;
}

function areEqualNumbers(a: usize, typeOfA: u32, b: usize, typeOfB: u32): bool {
  if (typeOfA == TYPE_FLOAT) {
    const value = load<f64>(a + VALUE_OFFSET);
    if (typeOfB == TYPE_FLOAT) return value == load<f64>(b + VALUE_OFFSET);
    return isInt(value) && <i64>value == load<i64>(b + VALUE_OFFSET);
  }
  return typeOfB == TYPE_FLOAT
    ? areEqualNumbers(b, typeOfB, a, typeOfA)
    : load<i64>(a + VALUE_OFFSET) == load<i64>(b + VALUE_OFFSET);
}

export function areEqualTexts(a: usize, b: usize): bool {
  const length = load<u32>(a, STR_LENGTH_OFFSET);
  if (length != load<u32>(b, STR_LENGTH_OFFSET)) return false;
  return memory.compare(a + STR_BYTES_OFFSET, b + STR_BYTES_OFFSET, length) == 0;
}

/** Depth is bounded where keys are: a tuple that is deeper is equal to itself alone. */
function areEqualTuples(a: usize, b: usize, depth: u32 = 0): bool {
  const length = load<u32>(a + TUPLE_LENGTH_OFFSET);
  if (length != load<u32>(b + TUPLE_LENGTH_OFFSET) || depth == MAX_DEPTH) return false;
  for (let i: u32 = 0; i < length; i++) {
    const x = load<u32>(a + TUPLE_ITEMS_OFFSET + (i << 2));
    const y = load<u32>(b + TUPLE_ITEMS_OFFSET + (i << 2));
    if (x == y) continue;
    if (typeIdOf(x) == TYPE_TUPLE && typeIdOf(y) == TYPE_TUPLE) {
      if (!areEqualTuples(x, y, depth + 1)) return false;
    } else if (!areEqual(x, y)) return false;
  }
  return true;
}
