// Types: the size of objects and the place of their references. An id is an index into a table in linear memory, with 32
// bytes for each type. The table moves when it grows, so a variable of type Type must not be used after a hook.

import {
  TYPE_DESCRIPTOR_SIZE,
  TYPE_FROZENSET,
  TYPE_HAS_FINALIZER,
  TYPE_HAS_LINKS,
  TYPE_SET,
  TYPE_VARIABLE_SIZE,
} from "../layout";
import { control } from "../control";
import { typeIdOf } from "./header";


@unmanaged
export class Type {
  payload: u32;
  slots: u32;
  kind: u8;
  flags: u8;
  sizeClass: u8;
  blockKind: u8;
  /** The list of spans that serve the type's blocks: see memory/blocks.ts. */
  spans: u32;
  /** Header of a new object, as 64 bits. */
  header: u64;
  // Of the last census.
  count: u32;
  bytes: u32;
}
if (offsetof<Type>() != TYPE_DESCRIPTOR_SIZE) ERROR("Type must be TYPE_DESCRIPTOR_SIZE bytes");


@inline
export function typeAt(id: u32): Type {
  return changetype<Type>(<usize>control.types + id * TYPE_DESCRIPTOR_SIZE);
}


@inline
export function typeOf(object: usize): Type {
  return typeAt(typeIdOf(object));
}
export function isType(id: u32): bool {
  return id != 0 && id < control.typeCount;
}
/** Whether it is the id of one of the two types of sets. */
export function isSetType(id: u32): bool {
  return id == TYPE_SET || id == TYPE_FROZENSET;
}
/** Whether objects of the type have links in front of their header, and so can be tracked. */
@inline
export function hasLinks(type: Type): bool {
  return (type.flags & TYPE_HAS_LINKS) != 0;
}


@inline
export function hasFinalizer(type: Type): bool {
  return (type.flags & TYPE_HAS_FINALIZER) != 0;
}
export function isVariableSize(type: Type): bool {
  return (type.flags & TYPE_VARIABLE_SIZE) != 0;
}
