// Hashes and equality of everything except tuples, as in Python. Numbers that are equal have equal hashes, whatever
// their type. Strings and bytes are compared by their content, and everything else by identity; containers/compare.ts
// compares sets and weak references. No user code runs here, and no memory is needed.
//
// Numbers beyond 32 bits, strings and bytes hash with a seed that an attacker cannot know, so nobody can choose many
// keys with one hash. An int of 32 bits is its own hash, so no two of them collide.

import {
  FROZENSET_HASH_OFFSET,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_INT,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
  TYPE_WEAKREF,
  VALUE_OFFSET,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../layout";
import { control } from "../control";
import { typeIdOf } from "../object/header";

const TWO_TO_63: f64 = 9223372036854775808.0;

// ---- Hashability

/** Whether an object other than a tuple is hashable. If not, `control.unhashable` is its type. */
export function isAtomHashable(object: usize, type: u32): bool {
  return type == TYPE_WEAKREF ? isWeakrefHashable(object) : isOwnHashable(object, type);
}

function isOwnHashable(object: usize, type: u32): bool {
  if (type == TYPE_LIST || type == TYPE_DICT || type == TYPE_SET) return refuse(type);
  return type != TYPE_FROZENSET || hashOfFrozenset(object) != 0 || refuse(type);
}

/** Records an unhashable type. Returns false. */
export function refuse(type: u32): bool {
  control.unhashable = type;
  return false;
}

/** A weak reference is hashable if its referent is; a dead one, if it was hashed while it was alive. */
function isWeakrefHashable(weakref: usize): bool {
  const referent = load<u32>(weakref + WEAKREF_REFERENT_OFFSET);
  if (!referent) return (load<u32>(weakref + WEAKREF_CALLBACK_OFFSET) & WEAKREF_HASHED) != 0 || refuse(TYPE_WEAKREF);
  // There are no weak references to tuples, or to weak references.
  return isOwnHashable(referent, typeIdOf(referent));
}

// ---- Hashes

/** Hash of a hashable object other than a tuple. */
export function hashOfAtom(object: usize, type: u32): u32 {
  if (type == TYPE_STR || type == TYPE_BYTES) return hashOfText(object);
  if (type == TYPE_INT || type == TYPE_BOOL) return hashOfInt(load<i64>(object + VALUE_OFFSET));
  if (type == TYPE_FLOAT) return hashOfFloat(load<f64>(object + VALUE_OFFSET), object);
  if (type == TYPE_WEAKREF) return hashOfWeakref(object);
  return hashOfOwn(object, type);
}

/** Hash of what can have weak references. */
function hashOfOwn(object: usize, type: u32): u32 {
  return type == TYPE_FROZENSET ? hashOfFrozenset(object) : hashOfAddress(object);
}

function hashOfFrozenset(set: usize): u32 {
  return load<u32>(set, FROZENSET_HASH_OFFSET);
}

function hashOfAddress(object: usize): u32 {
  return (<u32>object) >>> 3;
}

/** Hash of a STR or BYTES. It is cached in the object, where 0 stands for "not computed". */
export function hashOfText(text: usize): u32 {
  let hash = load<u32>(text, STR_HASH_OFFSET);
  if (hash) return hash;
  hash = hashOfBytes(text + STR_BYTES_OFFSET, load<u32>(text, STR_LENGTH_OFFSET));
  if (!hash) hash = 1;
  store<u32>(text, hash, STR_HASH_OFFSET);
  return hash;
}

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

function seed(): u64 {
  return (<u64>control.hashSeed) << 32;
}

/** Multiplies and folds, eight bytes at a time. src/image/hash.ts does the same. */
function hashOfBytes(at: usize, length: u32): u32 {
  const end = at + length;
  let hash = seed() ^ length;
  for (; at + 8 <= end; at += 8) hash = fold(hash ^ load<u64>(at));
  let rest: u64 = 0;
  for (; at < end; at++) rest = (rest << 8) | load<u8>(at);
  return <u32>fold(fold(hash ^ rest));
}
/** Mixes a word: multiplication spreads all bits to the high half, and the shift brings them to the low half. */
function fold(value: u64): u64 {
  value *= MULTIPLIER;
  return value ^ (value >>> 32);
}

/** Neighbours have neighbouring hashes, as in CPython, so their cells lie side by side. */
function hashOfInt(value: i64): u32 {
  return <i64>(<i32>value) == value ? <u32>value : hashOfBits(<u64>value);
}
function hashOfBits(bits: u64): u32 {
  return <u32>hashOfWord(bits);
}
/** Hash of 64 bits. */
export function hashOfWord(bits: u64): u64 {
  return fold(fold(seed() ^ bits));
}

/** A whole number hashes like the equal int. A NaN equals only itself and hashes by its address. */
function hashOfFloat(value: f64, object: usize): u32 {
  if (isInt(value)) return hashOfInt(<i64>value);
  return value == value ? hashOfBits(reinterpret<u64>(value)) : hashOfAddress(object);
}

/** Whether a float equals an int of 64 bits. */
function isInt(value: f64): bool {
  return value >= -TWO_TO_63 && value < TWO_TO_63 && floor<f64>(value) == value;
}

/** The hash of the referent. A dead weak reference stores it. */
function hashOfWeakref(weakref: usize): u32 {
  const referent = load<u32>(weakref + WEAKREF_REFERENT_OFFSET);
  if (!referent) return load<u32>(weakref + WEAKREF_PREV_OFFSET);
  const callback = load<u32>(weakref + WEAKREF_CALLBACK_OFFSET);
  store<u32>(weakref + WEAKREF_CALLBACK_OFFSET, callback | WEAKREF_HASHED);
  return hashOfOwn(referent, typeIdOf(referent));
}

// ---- Equality

/** Python's `a is b or a == b`, for objects without parts. */
export function areEqualAtoms(a: usize, typeOfA: u32, b: usize, typeOfB: u32): bool {
  if (a == b) return true;
  if (isNumber(typeOfA)) return isNumber(typeOfB) && areEqualNumbers(a, typeOfA, b, typeOfB);
  if (typeOfA != typeOfB) return false;
  return (typeOfA == TYPE_STR || typeOfA == TYPE_BYTES) && areEqualTexts(a, b);
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
