import {
  BUFFER_DATA_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";

/** What an object refers to, in the order in which its death would drop it, duplicates and all. */
export function referentsOf(store: Store, object: Address): Address[] {
  const { memory } = store;
  const type = store.typeIdAt(object);
  if (type === TYPE_TUPLE)
    return wordsAt(store, object + TUPLE_ITEMS_OFFSET, memory.word(object + TUPLE_LENGTH_OFFSET)).reverse();
  if (type === TYPE_LIST) return bufferOf(store, object).reverse();
  if (type === TYPE_DICT || type === TYPE_SET) return bufferOf(store, object);
  if (type === TYPE_EPHEMERON) return wordsAt(store, object + EPHEMERON_VALUE_OFFSET, 1);
  const fields = store.typeAt(object).fields?.values() ?? [];
  return [...fields].flatMap((field) => (field.codec === undefined ? wordsAt(store, object + field.offset, 1) : []));
}

/** The same in the order in which CPython's traversal visits it: of a dict, values before keys, and no keys if all are strings. */
export function visitedBy(store: Store, object: Address): Address[] {
  const referents = referentsOf(store, object);
  if (store.typeIdAt(object) !== TYPE_DICT) return referents;
  const hasOtherKeys = referents.some((key, i) => i % 2 === 0 && store.typeIdAt(key) !== TYPE_STR);
  return referents.flatMap((value, i) =>
    i % 2 === 0 ? [] : hasOtherKeys ? [value, referents[i - 1] as Address] : [value],
  );
}

function bufferOf(store: Store, object: Address): Address[] {
  const buffer = store.memory.word(object + SLOTS_BUFFER_OFFSET);
  return buffer === 0
    ? []
    : wordsAt(store, buffer + BUFFER_DATA_OFFSET, store.memory.word(object + SLOTS_COUNT_OFFSET));
}

/** Empty slots are left out. */
function wordsAt(store: Store, start: Address, count: number): Address[] {
  const at = start >>> 2;
  return Array.from(store.memory.u32.subarray(at, at + count)).filter((address) => address !== 0);
}
