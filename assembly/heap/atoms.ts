// Atoms: None, the booleans, numbers and strings. Leaf objects; the small ones immortal, as in CPython.

import {
  SMALL_INT_MAX,
  SMALL_INT_MIN,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_NONE,
  TYPE_STR,
  VALUE_OFFSET,
} from "../layout";
import { blockSize } from "../alloc/block";
import { control } from "../control";
import { typeAt } from "../object/type";
import { createLeaf, createObject } from "./create";
import { makeImmortal } from "./refcount";

/** None, False, True, then the small ints lie one after another from the first block of their class on. */
export function createImmortals(): bool {
  control.none = <u32>createImmortal(TYPE_NONE, 0);
  control.falseObject = <u32>createImmortal(TYPE_BOOL, 0);
  control.trueObject = <u32>createImmortal(TYPE_BOOL, 1);
  for (let value = <i64>SMALL_INT_MIN; value <= SMALL_INT_MAX; value++) {
    const object = createImmortal(TYPE_INT, value);
    if (!object) return false;
    if (value == SMALL_INT_MIN) control.smallInts = <u32>object;
  }
  return true;
}

function createImmortal(type: u32, value: i64): usize {
  const object = createObject(typeAt(type), type);
  if (!object) return 0;
  store<i64>(object + VALUE_OFFSET, value);
  makeImmortal(object);
  return object;
}

/** Owned; 0 = out of memory. */
export function createInt(value: i64): usize {
  if (value >= SMALL_INT_MIN && value <= SMALL_INT_MAX) {
    return control.smallInts + <u32>(value - SMALL_INT_MIN) * blockSize(control.smallInts);
  }
  const object = createObject(typeAt(TYPE_INT), TYPE_INT);
  if (object) store<i64>(object + VALUE_OFFSET, value);
  return object;
}

export function createFloat(value: f64): usize {
  const object = createObject(typeAt(TYPE_FLOAT), TYPE_FLOAT);
  if (object) store<f64>(object + VALUE_OFFSET, value);
  return object;
}

export function createStr(length: u32): usize {
  if (length > 0xfff00000) return 0;
  const object = createLeaf(TYPE_STR, STR_BYTES_OFFSET - VALUE_OFFSET + length);
  if (object) store<u32>(object + STR_LENGTH_OFFSET, length);
  return object;
}
