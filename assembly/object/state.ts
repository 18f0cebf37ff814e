// The legal states of an object. `verify` checks each object against them whenever it may run: between any two
// operations of the program, and inside any hook.
//
//   state       flags      refcount  roots   kinds             where
//   FREE        type id 0                                      on the free list of its span
//   BUFFER      none       1         0       buffers           one container, one table or one loan has it
//   LEAF        -          > 0       any     without links     nowhere: no collection knows it
//   UNTRACKED   none       > 0       any     tuple, dict       nowhere: all that it holds is atoms
//   YOUNG       T          > 0       any     with links        GENERATION_0 or GENERATION_1
//   OLD         T O        > 0 (1)   any     with links        generation 2, which has no list
//   GARBAGE     T C U      > 0       any     with links        UNREACHABLE or FINALIZED, while a collection runs
//   PENDING     T U        > 0       any     with links        PENDING, once a cycle has decided what is dead
//   DYING       D          0         0       with links        the stack of dying objects, or the queue (DEFERRED)
//
// An immortal object has the refcount IMMORTAL_REFCOUNT and saturated roots. It may be a LEAF, UNTRACKED, YOUNG, OLD or
// GARBAGE that a finalizer has saved.
//
// (1) Two facts about OLD objects are not in the header. Frozen are those born before `frozenUpTo`. DEAD are those that
// a bounded cycle has decided to be garbage: born before its snapshot, not frozen then, and not marked (`isDead` in
// heap/barrier.ts). The sweep empties DEAD objects one by one. An object that is emptied, or is going to be, and that
// no other DEAD object refers to any more, has the refcount 0 without DYING: a shell, which its own visit frees. So has,
// from the decision on, a DEAD entry whose key or map has died since.
//
// "Dying" is one fact: FLAG_DYING is set if and only if the refcount is 0, except for shells. A leaf is freed as soon
// as it dies, so no dying leaf is ever met.
//
// Flags that exclude each other:
//
//   O, C, U need T.  D excludes T, O, C and U.  O excludes C and U.  C without U exists only while a young collection
//   examines a list, when no hook can run.
//   F needs a type with a finalizer; on a container that is DYING it means DETACHED (containers/detached.ts).
//   W means that the side table has a chain for it.
//   On kinds without links U means INTERNED, of a str, or BIGINT, of an int; T, O, C, D and F are clear.

import {
  FLAG_COLLECTING,
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  IMMORTAL_REFCOUNT,
  ROOTS_SATURATED,
  TYPE_BUFFER,
  TYPE_DICT,
  TYPE_INT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
} from "../layout";
import { infoOf, refcountOf, rootsFieldOf } from "./header";
import { hasBuffer } from "./references";
import { Type, hasFinalizer, hasLinks, typeAt } from "./type";

/** Flags, or refcount and roots, that no object may have. */
export const STATE_ILLEGAL: u32 = 0;
export const STATE_FREE: u32 = 1;
export const STATE_BUFFER: u32 = 2;
export const STATE_LEAF: u32 = 3;
export const STATE_UNTRACKED: u32 = 4;
export const STATE_YOUNG: u32 = 5;
export const STATE_OLD: u32 = 6;
export const STATE_GARBAGE: u32 = 7;
export const STATE_PENDING: u32 = 8;
export const STATE_DYING: u32 = 9;

/** The flags that distinguish the states of kinds with links. */
const LIFE: u32 = FLAG_TRACKED | FLAG_OLD | FLAG_COLLECTING | FLAG_UNREACHABLE | FLAG_DYING;

/** The state of a block. Its type must exist. */
export function stateOf(object: usize): u32 {
  const info = infoOf(object);
  const id = info & TYPE_MASK;
  if (!id) return STATE_FREE;
  if (id == TYPE_BUFFER) return info == TYPE_BUFFER && refcountOf(object) == 1 ? STATE_BUFFER : STATE_ILLEGAL;
  const type = typeAt(id);
  const state = hasLinks(type) ? stateOfLinked(info & LIFE, id) : stateOfLeaf(info & LIFE, id);
  if (info & FLAG_FINALIZED && !hasFinalizer(type) && !(state == STATE_DYING && hasBuffer(type))) return STATE_ILLEGAL;
  return isCountLegal(object, state) ? state : STATE_ILLEGAL;
}

function stateOfLeaf(flags: u32, id: u32): u32 {
  if (!flags) return STATE_LEAF;
  return flags == FLAG_UNREACHABLE && (id == TYPE_STR || id == TYPE_INT) ? STATE_LEAF : STATE_ILLEGAL;
}

function stateOfLinked(flags: u32, id: u32): u32 {
  if (!flags) return id == TYPE_TUPLE || id == TYPE_DICT ? STATE_UNTRACKED : STATE_ILLEGAL;
  if (flags == FLAG_TRACKED) return STATE_YOUNG;
  if (flags == (FLAG_TRACKED | FLAG_OLD)) return STATE_OLD;
  if (flags == (FLAG_TRACKED | FLAG_COLLECTING | FLAG_UNREACHABLE)) return STATE_GARBAGE;
  if (flags == (FLAG_TRACKED | FLAG_UNREACHABLE)) return STATE_PENDING;
  return flags == FLAG_DYING ? STATE_DYING : STATE_ILLEGAL;
}

/**
 * Whether refcount and roots are what the state allows. An OLD object's may be 0: whether it is a shell is asked
 * elsewhere.
 */
function isCountLegal(object: usize, state: u32): bool {
  const count = refcountOf(object);
  const roots = rootsFieldOf(object);
  if (state == STATE_DYING) return (count | roots) == 0;
  if (<i32>count < 0) return count == IMMORTAL_REFCOUNT && roots == ROOTS_SATURATED;
  return (count != 0 || state == STATE_OLD) && roots <= count;
}
