import {
  TABLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import type { Budget } from "./budget.js";
import { hashOfObject } from "./key-hash.js";
import { probe } from "./probe.js";
import { firstSlot, slotCount } from "./slots.js";
import type { Source } from "./source.js";

/** Python's `a is b or a == b`, for two objects that are keys, or parts of keys. */
export function areEqual(source: Source, a: number, b: number, budget: Budget, depth = 1): boolean {
  if (a === b) return true;
  const [at, other] = [source.at(a), source.at(b)];
  const [type, otherType] = [source.typeAt(at), source.typeAt(other)];
  const { words } = source;
  budget.spend(1, depth);
  if (isNumber(type) && isNumber(otherType)) {
    const value = source.atom(at, type, words[at + 1] as number) as number;
    return equalsNumber(value, source.atom(other, otherType, words[other + 1] as number) as number);
  }
  if (type !== otherType) return false;
  if (type === TYPE_STR || type === TYPE_BYTES) {
    const bytes = textOf(source, at);
    budget.spend(bytes.length >>> 3, depth);
    return isText(source, other, bytes);
  }
  if (type === TYPE_TUPLE) {
    const count = slotCount(source, at, type);
    if (count !== slotCount(source, other, type)) return false;
    const first = firstSlot(source, at, type, count);
    const start = firstSlot(source, other, type, count);
    for (let i = 0; i < count; i++)
      if (!areEqual(source, words[first + i] as number, words[start + i] as number, budget, depth + 1)) return false;
    return true;
  }
  return type === TYPE_FROZENSET && areEqualSets(source, at, other, budget, depth);
}

function areEqualSets(source: Source, at: number, other: number, budget: Budget, depth: number): boolean {
  const { words } = source;
  if (words[at + TABLE_LENGTH_OFFSET / 4] !== words[other + TABLE_LENGTH_OFFSET / 4]) return false;
  const count = slotCount(source, at, TYPE_FROZENSET);
  const first = firstSlot(source, at, TYPE_FROZENSET, count);
  for (let slot = first; slot < first + count; slot++) {
    const key = words[slot] as number;
    if (key === 0) continue;
    const hash = hashOfObject(source, key, budget, depth);
    const isKey = (_: Source, address: number): boolean => areEqual(source, key, address, budget, depth + 1);
    if (probe(source, other, 1, hash, key, isKey) < 0) return false;
  }
  return true;
}

function isNumber(type: number): boolean {
  return type >= TYPE_BOOL && type <= TYPE_FLOAT;
}

/** Whether two numbers, booleans or bigints are equal, as exactly as JavaScript compares bigints with numbers. */
export function equalsNumber(a: number | bigint | boolean, b: number | bigint | boolean): boolean {
  return a <= b && a >= b;
}

/** Bytes of a text; not copied, so they may lie in shared memory. */
function textOf(source: Source, at: number): Uint8Array {
  const start = 4 * at + 16;
  return source.u8.subarray(start, start + ((source.words[at + 2] as number) >>> 0));
}

/** Whether a text, or bytes, of the image are these. */
export function isText({ u8, words }: Source, at: number, bytes: Uint8Array): boolean {
  const { length } = bytes;
  if ((words[at + 2] as number) >>> 0 !== length) return false;
  const start = 4 * at + 16;
  for (let i = 0; i < length; i++) if (u8[start + i] !== bytes[i]) return false;
  return true;
}
