import {
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_LIST,
  TYPE_NONE,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKMAP,
  TYPE_WEAKREF,
  TYPE_WEAKSET,
} from "../assembly/layout.js";
import { DictHandle } from "./containers/dict.js";
import { ListHandle } from "./containers/list.js";
import { SetHandle } from "./containers/set.js";
import { TupleHandle } from "./containers/tuple.js";
import { Handle } from "./handle.js";
import type { Store, TypeInfo } from "./store.js";
import { BytesHandle, StrHandle } from "./text.js";
import type { Address } from "./wasm/exports.js";
import { WeakKeyMapHandle, WeakSetHandle } from "./weakref/maps.js";
import { WeakrefHandle } from "./weakref/weakref.js";

type HandleClass = new (store: Store, address: Address, lent: boolean) => Handle;

function builtin(id: number, name: string, handleClass: HandleClass, isWeakrefable = false): TypeInfo {
  return { id, name, isWeakrefable, wrap: (store, address, lent) => new handleClass(store, address, lent) };
}

/** The types that every heap has, by Python's names. */
export const BUILTIN_TYPES: readonly TypeInfo[] = [
  builtin(TYPE_NONE, "NoneType", Handle),
  builtin(TYPE_BOOL, "bool", Handle),
  builtin(TYPE_INT, "int", Handle),
  builtin(TYPE_FLOAT, "float", Handle),
  builtin(TYPE_STR, "str", StrHandle),
  builtin(TYPE_BYTES, "bytes", BytesHandle),
  builtin(TYPE_LIST, "list", ListHandle),
  builtin(TYPE_TUPLE, "tuple", TupleHandle),
  builtin(TYPE_DICT, "dict", DictHandle),
  builtin(TYPE_SET, "set", SetHandle, true),
  builtin(TYPE_WEAKREF, "weakref", WeakrefHandle),
  builtin(TYPE_WEAKMAP, "WeakKeyDictionary", WeakKeyMapHandle, true),
  builtin(TYPE_WEAKSET, "WeakSet", WeakSetHandle, true),
  builtin(TYPE_EPHEMERON, "ephemeron", Handle),
];
