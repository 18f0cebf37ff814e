// Borrowed keys: keys that are not objects. To look up a value, the host writes it into one of two static areas, which
// look like an object to the functions of key.ts. So a lookup creates no object that dies at once.
//
// A borrowed key is valid until the next one is made. Nothing refers to it: a container that keeps the key keeps an
// object with the same value (`ownedKey`).

import {
  BORROWED_TEXT_SIZE,
  FLAG_BIGINT,
  IMMORTAL_REFCOUNT,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_INT,
  VALUE_OFFSET,
} from "../layout";
import { infoOf, setInfo, setRefcount, typeIdOf } from "../object/header";
import { createBytes, createFloat, createInt } from "./atoms";
import { intern } from "./intern";
import { incref } from "../heap/count";

const NUMBER: usize = memory.data(16, 8);
const TEXT: usize = memory.data(STR_BYTES_OFFSET + BORROWED_TEXT_SIZE, 8);

/** Address where the host writes the bytes of a text before it calls `borrowText`. At most BORROWED_TEXT_SIZE bytes. */
export function borrowedBytes(): usize {
  return TEXT + STR_BYTES_OFFSET;
}

function shape(key: usize, type: u32, flags: u32): usize {
  setRefcount(key, IMMORTAL_REFCOUNT);
  setInfo(key, type | flags | (ROOTS_SATURATED << ROOTS_SHIFT));
  return key;
}

/** A borrowed STR or BYTES, with the bytes at `borrowedBytes`. */
export function borrowText(type: u32, length: u32): usize {
  store<u32>(TEXT, length, STR_LENGTH_OFFSET);
  store<u32>(TEXT, 0, STR_HASH_OFFSET);
  return shape(TEXT, type, 0);
}
export function borrowInt(value: i64, flags: u32): usize {
  store<i64>(NUMBER, value, VALUE_OFFSET);
  return shape(NUMBER, TYPE_INT, flags);
}
export function borrowFloat(value: f64): usize {
  store<f64>(NUMBER, value, VALUE_OFFSET);
  return shape(NUMBER, TYPE_FLOAT, 0);
}

export function isBorrowed(key: usize): bool {
  return key == NUMBER || key == TEXT;
}

/**
 * The object that a container keeps for a key, owned: the key itself, or a new object if the key is borrowed. Strings
 * are interned. 0 = out of memory.
 */
export function ownedKey(key: usize): usize {
  if (!isBorrowed(key)) return incref(key) ? key : 0;
  switch (typeIdOf(key)) {
    case TYPE_INT:
      return createInt(load<i64>(key, VALUE_OFFSET), infoOf(key) & FLAG_BIGINT);
    case TYPE_FLOAT:
      return createFloat(load<f64>(key, VALUE_OFFSET));
    case TYPE_BYTES:
      return createBytes(key + STR_BYTES_OFFSET, load<u32>(key, STR_LENGTH_OFFSET));
    default:
      return intern(key);
  }
}
