// Atoms: None, the booleans, numbers, strings and bytes. They are leaf objects. None, the booleans, the ints from -5 to
// 256 and the empty tuple are immortal, as in CPython.

import {
  SMALL_INT_MAX,
  SMALL_INT_MIN,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_NONE,
  TYPE_STR,
  VALUE_OFFSET,
} from "../layout";
import { blockSize } from "../memory/blocks";
import { control } from "../control";
import { setFlag } from "../object/header";
import { typeAt } from "../object/type";
import { createLeaf, createObject, createTuple } from "../heap/birth";
import { untrack } from "../heap/generations";
import { makeImmortal } from "../heap/count";

/** None, False, True, then the small ints: one after another, from the first block of their size class on. */
export function createImmortals(): bool {
  control.none = <u32>createImmortal(TYPE_NONE, 0);
  control.falseObject = <u32>createImmortal(TYPE_BOOL, 0);
  control.trueObject = <u32>createImmortal(TYPE_BOOL, 1);
  for (let value = <i64>SMALL_INT_MIN; value <= SMALL_INT_MAX; value++) {
    const object = createImmortal(TYPE_INT, value);
    if (!object) return false;
    if (value == SMALL_INT_MIN) control.smallInts = <u32>object;
  }
  control.emptyTuple = <u32>createTuple(0);
  if (!control.emptyTuple) return false;
  untrack(control.emptyTuple);
  makeImmortal(control.emptyTuple);
  return true;
}

function createImmortal(type: u32, value: i64): usize {
  const object = createObject(typeAt(type));
  if (!object) return 0;
  store<i64>(object + VALUE_OFFSET, value);
  makeImmortal(object);
  return object;
}

/**
 * An int, owned; 0 = out of memory. `flags`: 0, or FLAG_BIGINT, with which even a small int is an object of its own.
 */
export function createInt(value: i64, flags: u32 = 0): usize {
  if (value >= SMALL_INT_MIN && value <= SMALL_INT_MAX && !flags) {
    return control.smallInts + <u32>(value - SMALL_INT_MIN) * blockSize(control.smallInts);
  }
  const object = createObject(typeAt(TYPE_INT));
  if (!object) return 0;
  if (flags) setFlag(object, flags);
  store<i64>(object + VALUE_OFFSET, value);
  return object;
}

export function createFloat(value: f64): usize {
  const object = createObject(typeAt(TYPE_FLOAT));
  if (object) store<f64>(object + VALUE_OFFSET, value);
  return object;
}

/**
 * A STR or BYTES of `length` undefined bytes, which the caller fills at once; 0 = out of memory. Clearing them would
 * write them twice.
 */
export function createText(type: u32, length: u32): usize {
  if (length > 0xfff00000) return 0;
  const object = createLeaf(type, STR_BYTES_OFFSET - VALUE_OFFSET + length);
  if (!object) return 0;
  store<u32>(object, length, STR_LENGTH_OFFSET);
  store<u32>(object, 0, STR_HASH_OFFSET);
  return object;
}

export function createBytes(from: usize, length: u32): usize {
  const bytes = createText(TYPE_BYTES, length);
  if (bytes) memory.copy(bytes + STR_BYTES_OFFSET, from, length);
  return bytes;
}

/** A new string with the same text. */
export function copyStr(text: usize): usize {
  const length = load<u32>(text, STR_LENGTH_OFFSET);
  const string = createText(TYPE_STR, length);
  if (!string) return 0;
  memory.copy(string + STR_BYTES_OFFSET, text + STR_BYTES_OFFSET, length);
  store<u32>(string, load<u32>(text, STR_HASH_OFFSET), STR_HASH_OFFSET);
  return string;
}

/** Number of code points of a string: its bytes less those that continue a code point. */
export function codePointsOf(string: usize): u32 {
  const bytes = load<u32>(string, STR_LENGTH_OFFSET);
  let at = string + STR_BYTES_OFFSET;
  const end = at + bytes;
  let continuing: u32 = 0;
  // 10xxxxxx: the top bit is set and the one below it is not.
  for (; at + 8 <= end; at += 8) {
    const word = load<u64>(at);
    continuing += <u32>popcnt<u64>(word & ~(word << 1) & 0x8080808080808080);
  }
  for (; at < end; at++) if ((load<u8>(at) & 0xc0) == 0x80) continuing++;
  return bytes - continuing;
}
