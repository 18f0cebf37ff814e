// Each block by itself: its type, its state, its room, and where its slots lead. Relies on sound pages and types. All
// later checks rely on this one.

import {
  FLAG_DYING,
  KIND_LIST,
  KIND_TABLE,
  KIND_TUPLE,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  PAYLOAD_OFFSET,
  PHASE_GATHERING,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BUFFER,
  TYPE_BYTES,
  TYPE_STR,
} from "../layout";
import {
  INVARIANT_BIRTH,
  INVARIANT_FROZEN_COUNT,
  INVARIANT_LIST,
  INVARIANT_MARKS,
  INVARIANT_OLD_COUNT,
  INVARIANT_REFCOUNT,
  INVARIANT_ROOM,
  INVARIANT_SLOT,
  INVARIANT_STATE,
  INVARIANT_TABLE,
  INVARIANT_TYPE_ID,
} from "../invariants";
import { payloadCapacity } from "../memory/blocks";
import { pageOf } from "../memory/page";
import { control } from "../control";
import { birthOf, infoOf, prevOf, refcountOf } from "../object/header";
import { slotCount, slotsEnd, slotsOf } from "../object/references";
import { STATE_DYING, STATE_GARBAGE, STATE_ILLEGAL, STATE_OLD, STATE_PENDING, stateOf } from "../object/state";
import { Type, typeAt } from "../object/type";
import { isFrozen } from "../heap/generations";
import { firstBlock, nextBlock, typeIdAt } from "../heap/walk";
import { broken } from "./broken";
import { isListSound, isTableSound } from "./verify-containers";
import { mayBeShell } from "./verify-cycle";

/** Checks every block, and counts old and frozen objects. */
export function verifyObjects(): u32 {
  let old: u32 = 0;
  let frozen: u32 = 0;
  for (let object = firstBlock(); object; object = nextBlock(object)) {
    const id = typeIdAt(object);
    if (!id) return broken(INVARIANT_TYPE_ID, object);
    const type = typeAt(id);
    if (!hasRoom(object, id, type)) return broken(INVARIANT_ROOM, object);
    const state = stateOf(object);
    if (state == STATE_ILLEGAL) return broken(INVARIANT_STATE, object);
    if (id == TYPE_BUFFER) continue;
    if (state == STATE_OLD) {
      old++;
      if (isFrozen(object)) frozen++;
    }
    const bad = verifyState(object, state) || verifySlots(object, type, state);
    if (bad) return bad;
  }
  if (old != control.oldCount) return broken(INVARIANT_OLD_COUNT, 0);
  return frozen == control.frozenCount ? 0 : broken(INVARIANT_FROZEN_COUNT, 0);
}

/** The conditions of a state on the rest of the heap. */
function verifyState(object: usize, state: u32): u32 {
  if (state == STATE_OLD) {
    if (birthOf(object) >= control.births) return broken(INVARIANT_BIRTH, object);
    if (refcountOf(object) == 0 && !mayBeShell(object)) return broken(INVARIANT_REFCOUNT, object);
  }
  if (state == STATE_GARBAGE && !control.collecting) return broken(INVARIANT_MARKS, object);
  if (state == STATE_PENDING && control.phase < <u32>PHASE_GATHERING) return broken(INVARIANT_MARKS, object);
  return 0;
}

/** Whether the block has the kind and the size that the type, and the length stored in the object, need. */
function hasRoom(object: usize, id: u32, type: Type): bool {
  if (pageOf(object).kind != type.blockKind) return false;
  const room = <u64>payloadCapacity(object);
  if (type.kind == KIND_TUPLE)
    return TUPLE_ITEMS_OFFSET - PAYLOAD_OFFSET + ((<u64>load<u32>(object, TUPLE_LENGTH_OFFSET)) << 2) <= room;
  if (id == TYPE_STR || id == TYPE_BYTES)
    return STR_BYTES_OFFSET - PAYLOAD_OFFSET + <u64>load<u32>(object, STR_LENGTH_OFFSET) <= room;
  return type.payload <= room;
}

/** The slots that the object still holds lie in its room, and lead to objects that are not dying. */
function verifySlots(object: usize, type: Type, state: u32): u32 {
  if (type.kind == KIND_LIST && !isListSound(object)) return broken(INVARIANT_LIST, object);
  if (type.kind == KIND_TABLE && !isTableSound(object)) return broken(INVARIANT_TABLE, object);
  if (state == STATE_DYING && prevOf(object) > <usize>slotCount(object, type)) return broken(INVARIANT_STATE, object);
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (!child) continue;
    const id = typeIdAt(child);
    if (!id || id == TYPE_BUFFER || infoOf(child) & FLAG_DYING) return broken(INVARIANT_SLOT, object);
  }
  return 0;
}
