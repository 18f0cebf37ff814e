import type { HandleType } from "./adopt.js";
import {
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_INT,
  TYPE_LIST,
  TYPE_NONE,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKMAP,
  TYPE_WEAKREF,
  TYPE_WEAKSET,
} from "../../assembly/layout.js";
import { DictHandle } from "./containers/dict.js";
import { FrozensetHandle } from "./containers/frozenset.js";
import { ListHandle } from "./containers/list.js";
import { SetHandle } from "./containers/set.js";
import { TupleHandle } from "./containers/tuple.js";
import { Handle } from "./handle.js";
import { BUILTIN_NAMES } from "../object/types.js";
import type { Store } from "../state/store.js";
import { BytesHandle, StrHandle } from "./text.js";
import type { Address } from "../wasm/exports.js";
import { WeakKeyMapHandle, WeakSetHandle } from "./weak/maps.js";
import { WeakrefHandle } from "./weak/weakref.js";

type HandleClass = new (store: Store, address: Address, lent: boolean) => Handle;

function builtin(id: number, handleClass: HandleClass, isWeakrefable = false): HandleType<Handle> {
  const name = BUILTIN_NAMES[id] as string;
  return { id, name, isWeakrefable, wrap: (store, address, lent) => new handleClass(store, address, lent) };
}

/** The types that every heap has, by Python's names. */
export const BUILTIN_TYPES: readonly HandleType<Handle>[] = [
  builtin(TYPE_NONE, Handle),
  builtin(TYPE_BOOL, Handle),
  builtin(TYPE_INT, Handle),
  builtin(TYPE_FLOAT, Handle),
  builtin(TYPE_STR, StrHandle),
  builtin(TYPE_BYTES, BytesHandle),
  builtin(TYPE_LIST, ListHandle),
  builtin(TYPE_TUPLE, TupleHandle),
  builtin(TYPE_DICT, DictHandle),
  builtin(TYPE_SET, SetHandle, true),
  builtin(TYPE_FROZENSET, FrozensetHandle, true),
  builtin(TYPE_WEAKREF, WeakrefHandle),
  builtin(TYPE_WEAKMAP, WeakKeyMapHandle, true),
  builtin(TYPE_WEAKSET, WeakSetHandle, true),
  builtin(TYPE_EPHEMERON, Handle),
];
