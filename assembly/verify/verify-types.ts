// The table of types: it lies where it should, and the fields of each type agree with each other. Relies on sound
// pages.

import {
  BUFFER_DATA_OFFSET,
  FLAG_TRACKED,
  KIND_TABLE,
  MAX_TYPES,
  TYPE_BUFFER,
  TYPE_DESCRIPTOR_SIZE,
  TYPE_HAS_FINALIZER,
  TYPE_HAS_LINKS,
  TYPE_VARIABLE_SIZE,
} from "../layout";
import { INVARIANT_TYPES } from "../invariants";
import { classForPayload, payloadCapacity, spansFor } from "../memory/blocks";
import { BLOCK_LEAF, BLOCK_LINKED } from "../memory/page";
import { control } from "../control";
import { newHeader } from "../object/header";
import { Type, hasFinalizer, hasLinks, typeAt } from "../object/type";
import { shortcutsOf } from "../heap/birth";
import { typeIdAt } from "../heap/walk";
import { broken } from "./broken";

/** Flags that are passed to `defineType`, and TYPE_HAS_LINKS, which `addType` adds. */
const GIVEN: u32 = TYPE_HAS_FINALIZER | TYPE_HAS_LINKS | TYPE_VARIABLE_SIZE;

export function verifyTypes(): u32 {
  if (!isTableInPlace()) return broken(INVARIANT_TYPES, control.types);
  for (let id: u32 = 0; id < control.typeCount; id++) {
    const type = typeAt(id);
    if (!isTypeSound(id, type)) return broken(INVARIANT_TYPES, changetype<usize>(type));
    if (hasFinalizer(type) && !control.hasHooks) return broken(INVARIANT_TYPES, changetype<usize>(type));
  }
  return 0;
}

/** The table is in a buffer; before it has grown, right in front of the mark stack. */
function isTableInPlace(): bool {
  const capacity = control.typeCapacity;
  const buffer = control.typesBuffer;
  if (capacity > <u32>MAX_TYPES || control.typeCount > capacity) return false;
  if (!buffer) return control.types + capacity * TYPE_DESCRIPTOR_SIZE == control.markStack;
  if (typeIdAt(buffer) != TYPE_BUFFER || control.types != buffer + BUFFER_DATA_OFFSET) return false;
  return capacity * TYPE_DESCRIPTOR_SIZE <= payloadCapacity(buffer);
}

/** Whether the derived fields are what `addType` computes from kind, size and slots. */
function isTypeSound(id: u32, type: Type): bool {
  const links = hasLinks(type);
  const flags = (<u32>type.flags) & GIVEN;
  if (type.kind > <u32>KIND_TABLE || type.payload & 7 || type.slots > type.payload >>> 2) return false;
  if (!links && type.slots) return false;
  if (type.blockKind != (links ? BLOCK_LINKED : BLOCK_LEAF)) return false;
  if (type.sizeClass != classForPayload(type.payload, type.blockKind)) return false;
  if (<usize>type.spans != spansFor(type.sizeClass, type.blockKind)) return false;
  if (type.header != newHeader(id, links ? FLAG_TRACKED : 0)) return false;
  return type.flags == (flags | shortcutsOf(id, type, flags));
}
