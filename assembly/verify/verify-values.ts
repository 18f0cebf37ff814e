// Objects that the control block leads to: the immortals, and `gc.garbage`. Relies on sound objects.

import {
  SMALL_INT_MAX,
  SMALL_INT_MIN,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_INT,
  TYPE_LIST,
  TYPE_NONE,
  TYPE_TUPLE,
  VALUE_OFFSET,
} from "../layout";
import { INVARIANT_GARBAGE, INVARIANT_IMMORTALS } from "../invariants";
import { blockSize } from "../memory/blocks";
import { control } from "../control";
import { isImmortal, rootsFieldOf } from "../object/header";
import { typeIdAt } from "../heap/walk";
import { broken } from "./broken";

export function verifyValues(): u32 {
  const garbage = control.garbage;
  if (garbage && (typeIdAt(garbage) != TYPE_LIST || !rootsFieldOf(garbage))) return broken(INVARIANT_GARBAGE, garbage);
  if (!isValue(control.none, TYPE_NONE, 0)) return broken(INVARIANT_IMMORTALS, control.none);
  if (!isValue(control.falseObject, TYPE_BOOL, 0)) return broken(INVARIANT_IMMORTALS, control.falseObject);
  if (!isValue(control.trueObject, TYPE_BOOL, 1)) return broken(INVARIANT_IMMORTALS, control.trueObject);
  const tuple = control.emptyTuple;
  if (!isImmortalOf(tuple, TYPE_TUPLE) || load<u32>(tuple, TUPLE_LENGTH_OFFSET))
    return broken(INVARIANT_IMMORTALS, tuple);
  let int = <usize>control.smallInts;
  for (let value = <i64>SMALL_INT_MIN; value <= SMALL_INT_MAX; value++) {
    if (!isValue(int, TYPE_INT, value)) return broken(INVARIANT_IMMORTALS, int);
    int += blockSize(int);
  }
  return 0;
}

function isImmortalOf(object: usize, type: u32): bool {
  return typeIdAt(object) == type && isImmortal(object);
}

function isValue(object: usize, type: u32, value: i64): bool {
  return isImmortalOf(object, type) && load<i64>(object, VALUE_OFFSET) == value;
}
