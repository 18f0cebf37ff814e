// Reference counts, exactly, and the owner of each buffer. Relies on slots that lead to objects, and on a sound side
// table.
//
// To check them without memory, it takes each reference off the count of the object that it leads to, compares what is
// left with the references from outside, and puts all back. A buffer has the count 1, which its owner takes off; what
// is left are loans.

import { IMMORTAL_REFCOUNT, ROOTS_SATURATED, SLOTS_BUFFER_OFFSET, TYPE_BUFFER } from "../layout";
import { INVARIANT_BUFFER, INVARIANT_REFCOUNT, INVARIANT_SATURATED } from "../invariants";
import { control } from "../control";
import { refcountOf, rootsFieldOf, setRefcount, typeIdOf } from "../object/header";
import { hasBuffer, slotsEnd, slotsOf } from "../object/references";
import { typeOf } from "../object/type";
import { rootsMapSize, rootsOf } from "../heap/count";
import { firstBlock, firstObject, nextBlock, nextObject } from "../heap/walk";
import { isEntry } from "../weak/map";
import { broken } from "./broken";

/** refcount == slots that lead here + outside references, for all but immortals. Each buffer has one owner. */
export function verifyRefcounts(): u32 {
  countReferences(-1);
  const bad = verifyRest();
  countReferences(1);
  return bad;
}

/** Compares the counts while no slot counts: what is left are references from outside, and loans. */
function verifyRest(): u32 {
  let loans: u32 = 0;
  let saturated: u32 = 0;
  for (let object = firstBlock(); object; object = nextBlock(object)) {
    const count = refcountOf(object);
    if (typeIdOf(object) == TYPE_BUFFER) {
      if (count > 1) return broken(INVARIANT_BUFFER, object);
      loans += count;
    } else if (!isImmortal(object)) {
      if (rootsFieldOf(object) == ROOTS_SATURATED) saturated++;
      if (count != rootsOf(object)) return broken(INVARIANT_REFCOUNT, object);
    }
  }
  if (loans != control.loans) return broken(INVARIANT_BUFFER, 0);
  return saturated == rootsMapSize() ? 0 : broken(INVARIANT_SATURATED, 0);
}

/** Adds `step` to the count of the object of each reference, and of each buffer that has an owner. */
function countReferences(step: i32): void {
  for (let object = firstObject(); object; object = nextObject(object)) {
    const type = typeOf(object);
    if (hasBuffer(type)) count(load<u32>(object + SLOTS_BUFFER_OFFSET), step);
    // Key and map own their entry together: one reference.
    if (isEntry(object)) count(object, step);
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      count(load<u32>(slot), step);
    }
  }
  count(control.rootsMapBuffer, step);
  count(control.weakrefMapBuffer, step);
  count(control.entryMapBuffer, step);
  count(control.entryIndexBuffer, step);
  count(control.typesBuffer, step);
  count(control.internBuffer, step);
}

function count(object: usize, step: i32): void {
  if (object && !isImmortal(object)) setRefcount(object, refcountOf(object) + step);
}

/**
 * Compares with the exact number, because references may have been taken off other counts. No object has 2^30
 * references.
 */
function isImmortal(object: usize): bool {
  return refcountOf(object) == IMMORTAL_REFCOUNT && rootsFieldOf(object) == ROOTS_SATURATED;
}
