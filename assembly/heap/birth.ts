// Birth: a block gets a header and a zeroed payload, and joins generation 0 if its kind has links.
//
// Nothing here collects: callers call `countBirth` (collect/trigger.ts) first.

import {
  FLAG_TRACKED,
  KIND_STRUCT,
  KIND_WEAKMAP,
  MAX_PLAIN_SLOTS,
  MAX_TYPES,
  PAYLOAD_OFFSET,
  TYPE_DESCRIPTOR_SIZE,
  TYPE_BORN_AT_ONCE,
  TYPE_DIES_AT_ONCE,
  TYPE_DIES_PLAINLY,
  TYPE_HAS_NO_HOOKS,
  TYPE_EPHEMERON,
  TYPE_HAS_FINALIZER,
  TYPE_HAS_LINKS,
  BUFFER_DATA_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../layout";
import { allocBlock, classForPayload, freeBlock, spansFor, takeBlock } from "../memory/blocks";
import { BLOCK_LEAF, BLOCK_LINKED } from "../memory/page";
import { CHECK } from "../check";
import { GENERATION_0, control } from "../control";
import { newHeader, setHeader } from "../object/header";
import { append } from "../object/links";
import { Type, hasLinks, typeAt } from "../object/type";
import { newBuffer } from "./buffer";

/** Above this size `memory.fill` clears faster than a loop of stores. */
const MAX_CLEARED_BY_WORDS: u32 = 128;
const MAX_TUPLE_LENGTH: u32 = 0x3ff00000;

/** A zeroed object of a fixed-size type with one outside reference; 0 = out of memory, nothing changed. */
export function createObject(type: Type): usize {
  const object = bearLeaf(type);
  if (object && hasLinks(type)) append(GENERATION_0, object);
  return object;
}

function bearLeaf(type: Type): usize {
  // The checked build does not take this path, so that it can make any request for memory fail.
  let object: usize = CHECK ? 0 : takeBlock(type.spans);
  if (!object) {
    object = allocBlock(type.payload, type.sizeClass, type.blockKind);
    if (!object) return 0;
  }
  clear(object + PAYLOAD_OFFSET, type.payload);
  setHeader(object, type.header);
  return object;
}

/**
 * Makes a block an object of a type that is BORN_AT_ONCE. It has no loop, because V8 checks its stack at each turn of
 * one.
 */
@inline
export function bearSmall(object: usize, type: Type): void {
  const payload = type.payload;
  store<u64>(object, 0, PAYLOAD_OFFSET);
  if (payload > 8) {
    store<u64>(object, 0, PAYLOAD_OFFSET + 8);
    if (payload > 16) {
      store<u64>(object, 0, PAYLOAD_OFFSET + 16);
      if (payload > 24) store<u64>(object, 0, PAYLOAD_OFFSET + 24);
    }
  }
  setHeader(object, type.header);
}

function clear(start: usize, bytes: u32): void {
  if (bytes <= MAX_CLEARED_BY_WORDS) for (let at = start, end = start + bytes; at < end; at += 8) store<u64>(at, 0);
  else memory.fill(start, 0, bytes);
}

/**
 * A leaf object of a variable-size type. Its `payload` bytes are undefined: the caller fills them. 0 = out of memory.
 */
export function createLeaf(id: u32, payload: u32): usize {
  const object = allocBlock(payload, classForPayload(payload, BLOCK_LEAF), BLOCK_LEAF);
  if (!object) return 0;
  setHeader(object, newHeader(id, 0));
  return object;
}

/** A tuple of `length` empty slots, which the caller fills before user code runs. 0 = out of memory. */
export function createTuple(length: u32): usize {
  if (length > MAX_TUPLE_LENGTH) return 0;
  const payload = TUPLE_ITEMS_OFFSET - PAYLOAD_OFFSET + (length << 2);
  const tuple = allocBlock(payload, classForPayload(payload, BLOCK_LINKED), BLOCK_LINKED);
  if (!tuple) return 0;
  memory.fill(tuple + PAYLOAD_OFFSET, 0, payload);
  store<u32>(tuple + TUPLE_LENGTH_OFFSET, length);
  setHeader(tuple, newHeader(TYPE_TUPLE, FLAG_TRACKED));
  append(GENERATION_0, tuple);
  return tuple;
}

/** Adds a type to the table. `payload` includes the slots. Returns the new id; 0 = out of memory, or of ids. */
export function addType(payload: u32, slots: u32, kind: u32, flags: u32): u32 {
  const id = control.typeCount;
  if (id == control.typeCapacity && !growTypes()) return 0;
  control.typeCount++;
  const links = slots != 0 || (flags & (TYPE_HAS_FINALIZER | TYPE_HAS_LINKS)) != 0;
  const type = typeAt(id);
  const rounded = (payload + 7) & ~7;
  type.payload = rounded;
  type.slots = slots;
  type.kind = <u8>kind;
  if (links) flags |= TYPE_HAS_LINKS;
  if (flags & TYPE_HAS_FINALIZER) control.hasHooks = 1;
  type.flags = <u8>(flags | shortcutsOf(id, type, flags));
  type.blockKind = links ? BLOCK_LINKED : BLOCK_LEAF;
  type.sizeClass = <u8>classForPayload(rounded, type.blockKind);
  type.spans = <u32>spansFor(type.sizeClass, type.blockKind);
  type.header = newHeader(id, links ? FLAG_TRACKED : 0);
  type.count = 0;
  type.bytes = 0;
  return id;
}

/** Derives the flags for the short paths that births and deaths of the type may take. */
export function shortcutsOf(id: u32, type: Type, flags: u32): u32 {
  const payload = type.payload;
  const links = (flags & TYPE_HAS_LINKS) != 0;
  const hasFinalizer = (flags & TYPE_HAS_FINALIZER) != 0;
  const isWeak = id == TYPE_WEAKREF || id == TYPE_EPHEMERON || type.kind == KIND_WEAKMAP;
  const isPlain =
    type.kind <= <u32>KIND_STRUCT && type.slots <= <u32>MAX_PLAIN_SLOTS && !hasFinalizer && id != TYPE_WEAKREF;
  let shortcuts: u32 = 0;
  if (isPlain) shortcuts |= TYPE_DIES_PLAINLY;
  if (!isWeak && !hasFinalizer) shortcuts |= TYPE_HAS_NO_HOOKS;
  if (links && isPlain && payload == 8) shortcuts |= TYPE_DIES_AT_ONCE;
  if (links && payload >= 8 && payload <= 32) shortcuts |= TYPE_BORN_AT_ONCE;
  return shortcuts;
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
