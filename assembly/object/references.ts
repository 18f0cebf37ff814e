// The references of one object. Every kind keeps them in one contiguous range, so that marking,
// subtraction, death and `verify` need no callback:
//
//     for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) …
//
// A DYING object no longer holds the slots that it has dropped: lists and tuples drop from their end, all others from
// their start.

import {
  BUFFER_DATA_OFFSET,
  FLAG_DYING,
  KIND_LIST,
  KIND_STRUCT,
  KIND_TUPLE,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
} from "../layout";
import { hasFlag, prevOf } from "./header";
import { Type } from "./type";

/** Address of the object's slot 0, dropped or not. */
export function firstSlot(object: usize, type: Type): usize {
  const kind = type.kind;
  if (kind <= <u32>KIND_WEAKMAP) return object + PAYLOAD_OFFSET;
  if (kind == KIND_TUPLE) return object + TUPLE_ITEMS_OFFSET;
  return <usize>load<u32>(object + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}

/** Number of slots of the object, dropped or not. */
export function slotCount(object: usize, type: Type): u32 {
  const kind = type.kind;
  if (kind <= <u32>KIND_WEAKMAP) return type.slots;
  return kind == KIND_TUPLE ? load<u32>(object + TUPLE_LENGTH_OFFSET) : load<u32>(object + SLOTS_COUNT_OFFSET);
}

/** Whether death drops the last slot first, as Python's lists and tuples do. */
@inline
export function dropsLastFirst(type: Type): bool {
  return type.kind == KIND_LIST || type.kind == KIND_TUPLE;
}

/** Whether the slots lie in a buffer. It may move, and an empty object may have none. */
@inline
export function hasBuffer(type: Type): bool {
  return type.kind >= <u32>KIND_LIST;
}

/** Whether the type is a struct, or has no slots of its own. Most objects are, so this is asked first. */
@inline
export function isPlain(type: Type): bool {
  return type.kind <= <u32>KIND_STRUCT;
}

/** `firstSlot`, inlined for most objects. */
@inline
export function allSlots(object: usize, type: Type): usize {
  return isPlain(type) ? object + PAYLOAD_OFFSET : firstSlot(object, type);
}

/** End of all slots, dropped or not: for callers that never meet a DYING object. */
@inline
export function allSlotsEnd(object: usize, type: Type): usize {
  return isPlain(type) ? object + PAYLOAD_OFFSET + ((<usize>type.slots) << 2) : endOfSlots(object, type);
}

function endOfSlots(object: usize, type: Type): usize {
  return firstSlot(object, type) + ((<usize>slotCount(object, type)) << 2);
}

/** First slot that the object still holds. */
export function slotsOf(object: usize, type: Type): usize {
  if (!isPlain(type)) return slotsOfContainer(object, type);
  const first = object + PAYLOAD_OFFSET;
  return type.slots && hasFlag(object, FLAG_DYING) ? first + (prevOf(object) << 2) : first;
}

/** End of the slots that the object still holds. */
export function slotsEnd(object: usize, type: Type): usize {
  return isPlain(type) ? object + PAYLOAD_OFFSET + ((<usize>type.slots) << 2) : slotsEndOfContainer(object, type);
}

function slotsOfContainer(object: usize, type: Type): usize {
  const first = firstSlot(object, type);
  return hasFlag(object, FLAG_DYING) && !dropsLastFirst(type) ? first + (prevOf(object) << 2) : first;
}

function slotsEndOfContainer(object: usize, type: Type): usize {
  const count: usize =
    dropsLastFirst(type) && hasFlag(object, FLAG_DYING) ? prevOf(object) : <usize>slotCount(object, type);
  return firstSlot(object, type) + (count << 2);
}
