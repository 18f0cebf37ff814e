import {
  FLAG_BIGINT,
  INFO_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_LIST,
  TYPE_STR,
  VALUE_OFFSET,
} from "../../assembly/layout.js";
import type { Reader } from "./reader.js";
import type { Address } from "../wasm/exports.js";

/** The JavaScript value of an object without references. */
export type Atom = string | number | bigint | boolean | null | Uint8Array;

/** All integers up to this size are exact in JavaScript. */
export const MAX_EXACT = 2 ** 53;

/** Value of an atom: None, a boolean, a number, a string or bytes. */
export function readAtom(reader: Reader, address: Address, type: number): Atom {
  switch (type) {
    case TYPE_STR:
      return reader.memory.readString(address);
    case TYPE_INT:
      return readInt(reader, address);
    case TYPE_FLOAT:
      return reader.memory.data.getFloat64(address + VALUE_OFFSET, true);
    case TYPE_BOOL:
      return reader.memory.word(address + VALUE_OFFSET) === 1;
    case TYPE_BYTES:
      return reader.memory.readBytes(address);
    default:
      return null;
  }
}

/** Value of an int: a number if that is exact and the int was not created from a bigint. */
function readInt(reader: Reader, address: Address): number | bigint {
  const { memory } = reader;
  if ((memory.word(address + INFO_OFFSET) & FLAG_BIGINT) === 0) {
    const low = memory.word(address + VALUE_OFFSET);
    const value = (memory.word(address + VALUE_OFFSET + 4) | 0) * 2 ** 32 + low;
    // 2^53 + 1 is rounded to 2^53.
    if (Number.isSafeInteger(value) || (Math.abs(value) === MAX_EXACT && low === 0)) return value;
  }
  return memory.data.getBigInt64(address + VALUE_OFFSET, true);
}

/** Whether objects of a type read as JavaScript values instead of handles. */
export function isAtomType(type: number): boolean {
  return type < TYPE_LIST;
}
