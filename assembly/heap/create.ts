// Birth: a block gets a header and zeroed payload, and is tracked if its kind is.

import {
  FLAG_TRACKED,
  MAX_TYPES,
  PAYLOAD_OFFSET,
  TYPE_DESCRIPTOR_SIZE,
  TYPE_HAS_FINALIZER,
  TYPE_HAS_LINKS,
  BUFFER_DATA_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_TUPLE,
} from "../layout";
import { allocBlock, classForPayload, freeBlock } from "../alloc/block";
import { BLOCK_LEAF, BLOCK_LINKED } from "../alloc/page";
import { GENERATION_0, control } from "../control";
import { newHeader, setHeader } from "../object/header";
import { append } from "../object/list";
import { Type, hasLinks, typeAt } from "../object/type";
import { newBuffer } from "./buffer";

const MAX_TUPLE_LENGTH: u32 = 0x3ff00000;

/** A zeroed object of a fixed-size type with one outside reference; 0 = out of memory, nothing changed. */
export function createObject(type: Type, id: u32): usize {
  const object = allocBlock(type.payload, type.sizeClass, type.blockKind);
  if (!object) return 0;
  const end = object + PAYLOAD_OFFSET + type.payload;
  for (let at = object + PAYLOAD_OFFSET; at < end; at += 8) store<u64>(at, 0);
  if (hasLinks(type)) {
    setHeader(object, newHeader(id, FLAG_TRACKED));
    append(GENERATION_0, object);
  } else {
    setHeader(object, newHeader(id, 0));
  }
  return object;
}

/** A leaf object of a variable-size type with `payload` bytes, zeroed; 0 = out of memory. */
export function createLeaf(id: u32, payload: u32): usize {
  const object = allocBlock(payload, classForPayload(payload, BLOCK_LEAF), BLOCK_LEAF);
  if (!object) return 0;
  memory.fill(object + PAYLOAD_OFFSET, 0, payload);
  setHeader(object, newHeader(id, 0));
  return object;
}

/** A tuple of `length` empty slots, for the caller to fill before anyone sees it; 0 = out of memory. */
export function createTuple(length: u32): usize {
  const payload = TUPLE_ITEMS_OFFSET - PAYLOAD_OFFSET + (length << 2);
  if (length > MAX_TUPLE_LENGTH) return 0;
  const tuple = allocBlock(payload, classForPayload(payload, BLOCK_LINKED), BLOCK_LINKED);
  if (!tuple) return 0;
  memory.fill(tuple + PAYLOAD_OFFSET, 0, payload);
  store<u32>(tuple + TUPLE_LENGTH_OFFSET, length);
  setHeader(tuple, newHeader(TYPE_TUPLE, FLAG_TRACKED));
  append(GENERATION_0, tuple);
  return tuple;
}

/** Adds a type to the table. `payload` counts the slots. The new id; 0 = out of memory, or of ids. */
export function addType(payload: u32, slots: u32, kind: u32, flags: u32): u32 {
  const id = control.typeCount;
  if (id == control.typeCapacity && !growTypes()) return 0;
  control.typeCount++;
  const links = slots != 0 || (flags & (TYPE_HAS_FINALIZER | TYPE_HAS_LINKS)) != 0;
  const type = typeAt(id);
  const rounded = (payload + 7) & ~7;
  type.payload = rounded;
  type.slots = slots;
  type.kind = kind;
  type.flags = links ? flags | TYPE_HAS_LINKS : flags;
  type.blockKind = links ? BLOCK_LINKED : BLOCK_LEAF;
  type.sizeClass = classForPayload(rounded, type.blockKind);
  type.count = 0;
  type.bytes = 0;
  return id;
}

function growTypes(): bool {
  const capacity = control.typeCapacity << 1;
  if (capacity > <u32>MAX_TYPES) return false;
  const buffer = newBuffer(capacity * TYPE_DESCRIPTOR_SIZE);
  if (!buffer) return false;
  memory.copy(buffer + BUFFER_DATA_OFFSET, control.types, control.typeCapacity * TYPE_DESCRIPTOR_SIZE);
  if (control.typesBuffer) freeBlock(control.typesBuffer);
  control.typesBuffer = <u32>buffer;
  control.types = <u32>buffer + BUFFER_DATA_OFFSET;
  control.typeCapacity = capacity;
  return true;
}
