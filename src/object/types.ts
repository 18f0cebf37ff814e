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

/** Names of the built-in types, as in Python. */
export const BUILTIN_NAMES: Readonly<Record<number, string>> = {
  [TYPE_NONE]: "NoneType",
  [TYPE_BOOL]: "bool",
  [TYPE_INT]: "int",
  [TYPE_FLOAT]: "float",
  [TYPE_STR]: "str",
  [TYPE_BYTES]: "bytes",
  [TYPE_LIST]: "list",
  [TYPE_TUPLE]: "tuple",
  [TYPE_DICT]: "dict",
  [TYPE_SET]: "set",
  [TYPE_FROZENSET]: "frozenset",
  [TYPE_WEAKREF]: "weakref",
  [TYPE_WEAKMAP]: "WeakKeyDictionary",
  [TYPE_WEAKSET]: "WeakSet",
  [TYPE_EPHEMERON]: "ephemeron",
};

/** Whether it is the id of one of the two types of sets. */
export function isSetType(type: number): boolean {
  return type === TYPE_SET || type === TYPE_FROZENSET;
}

/** Whether it is the id of a type whose objects are hash tables: dict, set or frozenset. */
export function isTableType(type: number): boolean {
  return type === TYPE_DICT || isSetType(type);
}
