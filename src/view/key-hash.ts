import {
  FIRST_USER_TYPE,
  FROZENSET_HASH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_INT,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../../assembly/layout.js";
import { BadKeyError } from "../base/errors.js";
import { hashOfText, hashOfWord } from "../image/hash.js";
import { BUILTIN_NAMES } from "../object/types.js";
import type { Budget } from "./budget.js";
import type { Source } from "./source.js";
import { mustContain } from "./texts.js";

// The core's hashes: assembly/values/key.ts and assembly/values/atom-key.ts.

const TWO_TO_32 = 2 ** 32;
const TWO_TO_63 = 2 ** 63;
const double = /* @__PURE__ */ new Float64Array(1);
const halves = /* @__PURE__ */ new Int32Array(/* @__PURE__ */ double.buffer);

/** Hash of a number. A whole one is hashed as the int that it is equal to. */
export function hashOfNumber(value: number, seed: number): number {
  if (value === (value | 0)) return value | 0;
  if (Number.isInteger(value) && value >= -TWO_TO_63 && value < TWO_TO_63) {
    const high = Math.floor(value / TWO_TO_32);
    return hashOfWord(value - high * TWO_TO_32, high, seed);
  }
  double[0] = value;
  return hashOfWord(halves[0] as number, halves[1] as number, seed);
}

/** Hash of an int of 64 bits. */
export function hashOfBigint(value: bigint, seed: number): number {
  const low = Number(BigInt.asIntN(32, value));
  return BigInt(low) === value ? low : hashOfWord(low, Number(BigInt.asIntN(32, value >> 32n)), seed);
}

/** Hash of what is equal to itself alone. */
export function hashOfAddress(address: number): number {
  return address >>> 3;
}

/** Hash of an object of the image. @throws {@link BadKeyError} if it cannot be a key. */
export function hashOfObject(source: Source, address: number, budget: Budget, depth = 1): number {
  const at = source.at(address);
  const type = source.typeAt(at);
  const { words, seed } = source;
  switch (type) {
    case TYPE_STR:
    case TYPE_BYTES: {
      const start = 4 * at + 16;
      const length = (words[at + 2] as number) >>> 0;
      mustContain(source.u8, start, length);
      budget.spend(1 + (length >>> 3), 0);
      return hashOfText(source.u8.subarray(start, start + length), seed);
    }
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_FLOAT: {
      const value = source.atom(at, type, words[at + 1] as number);
      if (typeof value === "bigint") return hashOfBigint(value, seed);
      return Number.isNaN(value) ? hashOfAddress(address) : hashOfNumber(Number(value), seed);
    }
    case TYPE_TUPLE:
      return hashOfTuple(source, at, budget, depth);
    case TYPE_FROZENSET: {
      const hash = words[at + FROZENSET_HASH_OFFSET / 4];
      if (hash) return hash;
      break;
    }
    case TYPE_WEAKREF:
    case TYPE_LIST:
    case TYPE_DICT:
    case TYPE_SET:
      break;
    default:
      if (type >= FIRST_USER_TYPE) source.struct(type);
      return hashOfAddress(address);
  }
  throw new BadKeyError(`unhashable type: '${BUILTIN_NAMES[type] as string}'`);
}

function hashOfTuple(source: Source, at: number, budget: Budget, depth: number): number {
  const { words } = source;
  const length = (words[at + 2] as number) >>> 0;
  const first = source.slots(at + 3, length);
  budget.spend(1 + length, depth);
  let hash = source.seed + 0x165667b1 + length;
  for (let slot = first; slot < first + length; slot++) {
    const item = hashOfObject(source, words[slot] as number, budget, depth + 1);
    const sum = (hash + Math.imul(item, 0x85ebca77)) | 0;
    hash = Math.imul((sum << 13) | (sum >>> 19), 0x9e3779b1);
  }
  return hash ^ (hash >>> 15);
}
