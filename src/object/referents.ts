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
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import { isTableType } from "./types.js";
import type { Reader } from "./reader.js";
import type { Address } from "../wasm/exports.js";

/** The referents of an object, with duplicates, in the order in which its death drops them. */
export function referentsOf(reader: Reader, object: Address): Address[] {
  const { memory } = reader;
  const type = reader.typeIdAt(object);
  if (type === TYPE_TUPLE)
    return wordsAt(reader, object + TUPLE_ITEMS_OFFSET, memory.word(object + TUPLE_LENGTH_OFFSET)).reverse();
  if (type === TYPE_LIST) return bufferOf(reader, object).reverse();
  if (isTableType(type)) return bufferOf(reader, object);
  if (type === TYPE_EPHEMERON) return wordsAt(reader, object + EPHEMERON_VALUE_OFFSET, 1);
  const fields = reader.typeAt(object).fields?.values() ?? [];
  return [...fields].flatMap((field) => (field.codec === undefined ? wordsAt(reader, object + field.offset, 1) : []));
}

/** The referents in the order of CPython's traversal: in a dict, values before keys, and no keys if all are strings. */
export function visitedBy(reader: Reader, object: Address): Address[] {
  const referents = referentsOf(reader, object);
  if (reader.typeIdAt(object) !== TYPE_DICT) return referents;
  const hasOtherKeys = referents.some((key, i) => i % 2 === 0 && reader.typeIdAt(key) !== TYPE_STR);
  return referents.flatMap((value, i) =>
    i % 2 === 0 ? [] : hasOtherKeys ? [value, referents[i - 1] as Address] : [value],
  );
}

function bufferOf(reader: Reader, object: Address): Address[] {
  const buffer = reader.memory.word(object + SLOTS_BUFFER_OFFSET);
  return buffer === 0
    ? []
    : wordsAt(reader, buffer + BUFFER_DATA_OFFSET, reader.memory.word(object + SLOTS_COUNT_OFFSET));
}

/** The words from `start` on, without empty slots. */
function wordsAt(reader: Reader, start: Address, count: number): Address[] {
  const at = start >>> 2;
  return Array.from(reader.memory.u32.subarray(at, at + count)).filter((address) => address !== 0);
}
