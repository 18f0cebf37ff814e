// Probes: keys that are not objects. Whoever looks something up with a value of its own writes the value
// into one of these static areas, which look like objects, instead of creating one and letting it die.
// A probe is good until the next call that makes one. Nothing ever refers to it.

import {
  FLAG_BIGINT,
  IMMORTAL_REFCOUNT,
  PROBE_TEXT_SIZE,
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
import { hasFlag, infoOf, setInfo, setRefcount, typeIdOf } from "../object/header";
import { createBytes, createFloat, createInt } from "./atoms";
import { intern } from "./intern";
import { incref } from "../heap/count";

const NUMBER: usize = memory.data(16, 8);
const TEXT: usize = memory.data(STR_BYTES_OFFSET + PROBE_TEXT_SIZE, 8);

/** Where the bytes of a text go before `probeText`. At most PROBE_TEXT_SIZE of them. */
export function probeBytes(): usize {
  return TEXT + STR_BYTES_OFFSET;
}

function shape(probe: usize, type: u32, flags: u32): usize {
  setRefcount(probe, IMMORTAL_REFCOUNT);
  setInfo(probe, type | flags | (ROOTS_SATURATED << ROOTS_SHIFT));
  return probe;
}

/** The string, or bytes, whose bytes lie at `probeBytes`. */
export function probeText(type: u32, length: u32): usize {
  store<u32>(TEXT, length, STR_LENGTH_OFFSET);
  store<u32>(TEXT, 0, STR_HASH_OFFSET);
  return shape(TEXT, type, 0);
}
export function probeInt(value: i64, flags: u32): usize {
  store<i64>(NUMBER, value, VALUE_OFFSET);
  return shape(NUMBER, TYPE_INT, flags);
}
export function probeFloat(value: f64): usize {
  store<f64>(NUMBER, value, VALUE_OFFSET);
  return shape(NUMBER, TYPE_FLOAT, 0);
}

export function isProbe(object: usize): bool {
  return object == NUMBER || object == TEXT;
}

/** The object that a key stands for, owned: a new one for a probe. Strings are interned. 0 = out of memory. */
export function ownedKey(key: usize): usize {
  if (!isProbe(key)) return incref(key) ? key : 0;
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
