import {
  TYPE_BOOL,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_LIST,
  TYPE_NONE,
  TYPE_STR,
  TYPE_WEAKREF,
  VALUE_OFFSET,
} from "../assembly/layout.js";
import { Handle } from "./handle.js";
import { ListHandle } from "./list.js";
import type { Shell, Store, TypeInfo } from "./store.js";
import { readInt } from "./values.js";
import { WeakrefHandle } from "./weakref.js";
import type { Address } from "./wasm/exports.js";

/** A type whose objects refer to nothing: handles are plain, the value is read at once. */
function atom(id: number, name: string, read: (store: Store, address: Address) => unknown): TypeInfo {
  return {
    id,
    name,
    isWeakrefable: false,
    wrap: (store, address, lent) => new Handle(store, address, lent),
    shell: (store, address) => ({ value: read(store, address) }),
  };
}

function listShell(store: Store, address: Address): Shell {
  const value: unknown[] = [];
  return {
    value,
    fill: (convert) => {
      const length = ListHandle.lengthAt(store, address);
      for (let i = 0; i < length; i++) value.push(convert(store.core.listGet(address, i) >>> 0));
    },
  };
}

/** The types that every heap has, by Python's names. */
export const BUILTIN_TYPES: readonly TypeInfo[] = [
  atom(TYPE_NONE, "NoneType", () => null),
  atom(TYPE_BOOL, "bool", (store, address) => store.memory.word(address + VALUE_OFFSET) === 1),
  atom(TYPE_INT, "int", readInt),
  atom(TYPE_FLOAT, "float", (store, address) => store.memory.data.getFloat64(address + VALUE_OFFSET, true)),
  atom(TYPE_STR, "str", (store, address) => store.memory.readString(address)),
  {
    id: TYPE_LIST,
    name: "list",
    isWeakrefable: false,
    wrap: (store, address, lent) => new ListHandle(store, address, lent),
    shell: listShell,
  },
  {
    id: TYPE_WEAKREF,
    name: "weakref",
    isWeakrefable: false,
    wrap: (store, address, lent) => new WeakrefHandle(store, address, lent),
    shell: () => ({ value: null }),
  },
];
