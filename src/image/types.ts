import {
  FIRST_USER_TYPE,
  KIND_LEAF,
  KIND_LIST,
  KIND_STRUCT,
  KIND_TABLE,
  KIND_TUPLE,
  KIND_WEAKMAP,
  LINKS_SIZE,
  PAYLOAD_OFFSET,
  TYPE_BUFFER,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKMAP,
  TYPE_WEAKREF,
  TYPE_WEAKSET,
} from "../../assembly/layout.js";
import { GUARD_SIZE, classOf } from "../wasm/core-layout.js";
import type { TypePlan } from "./meta.js";

/** The facts about a type that are needed to walk its objects. */
export interface TypeShape {
  readonly kind: number;
  /** Bytes of payload, rounded like in the core; the minimum if the size varies. */
  readonly payload: number;
  readonly slots: number;
  readonly hasLinks: boolean;
  readonly isVariableSize: boolean;
  readonly hasFinalizer: boolean;
  /** Whether weak references to it are allowed. */
  readonly isWeakrefable: boolean;
}

/** Shape of id 0, which marks free blocks. No object has it. */
const NONE = shape(0, 0, KIND_LEAF, false, true);

function shape(payload: number, slots: number, kind: number, hasLinks: boolean, isVariableSize = false): TypeShape {
  const isWeakrefable = kind === KIND_WEAKMAP;
  return { payload: (payload + 7) & ~7, slots, kind, hasLinks, isVariableSize, hasFinalizer: false, isWeakrefable };
}

/** The built-in types, in the order of `addBuiltinTypes` of assembly/start.ts. */
const BUILTINS: readonly TypeShape[] = Array.from({ length: FIRST_USER_TYPE }, (_, id) => {
  switch (id) {
    case TYPE_LIST:
      return shape(12, 0, KIND_LIST, true);
    case TYPE_TUPLE:
      return shape(4, 0, KIND_TUPLE, true, true);
    case TYPE_DICT:
      return shape(24, 0, KIND_TABLE, true);
    case TYPE_SET:
      return { ...shape(24, 0, KIND_TABLE, true), isWeakrefable: true };
    case TYPE_FROZENSET:
      return { ...shape(32, 0, KIND_TABLE, true), isWeakrefable: true };
    case TYPE_WEAKREF:
      return shape(16, 0, KIND_LEAF, true);
    case TYPE_WEAKMAP:
    case TYPE_WEAKSET:
      return shape(8, 0, KIND_WEAKMAP, true);
    case TYPE_EPHEMERON:
      return shape(28, 1, KIND_STRUCT, true);
    case TYPE_STR:
    case TYPE_BYTES:
      return shape(8, 0, KIND_LEAF, false, true);
    case TYPE_BUFFER:
      return shape(0, 0, KIND_LEAF, false, true);
    default:
      return id > 1 && id <= TYPE_FLOAT ? shape(8, 0, KIND_LEAF, false) : NONE;
  }
});

/** The shapes of all types, by id. */
export function shapesOf(plans: readonly TypePlan[]): TypeShape[] {
  const structs = plans.map(({ bytes, slots, record: { hasFinalizer } }): TypeShape => {
    const hasLinks = slots !== 0 || hasFinalizer;
    return { ...shape(bytes, slots, KIND_STRUCT, hasLinks), hasFinalizer, isWeakrefable: true };
  });
  return [...BUILTINS, ...structs];
}

/** Bytes between the start of a block and the address of the object in it. */
export function prefixOf(hasLinks: boolean | number): number {
  return hasLinks ? LINKS_SIZE : 0;
}

/** Size class of the objects of a type of fixed size. */
export function sizeClassOf({ payload, hasLinks }: TypeShape, isChecked: boolean): number {
  return classOf(payload + PAYLOAD_OFFSET + prefixOf(hasLinks) + (isChecked ? GUARD_SIZE : 0));
}
