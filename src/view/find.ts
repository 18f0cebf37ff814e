import { TYPE_BOOL, TYPE_BYTES, TYPE_FLOAT, TYPE_STR } from "../../assembly/layout.js";
import { BadKeyError, BadValueError, describe } from "../base/errors.js";
import { hashOfText } from "../image/hash.js";
import { Budget } from "./budget.js";
import type { TextKey } from "./key-cache.js";
import { areEqual, equalsNumber, isText } from "./key-equality.js";
import { hashOfAddress, hashOfBigint, hashOfNumber, hashOfObject } from "./key-hash.js";
import { probe } from "./probe.js";
import { addressIn, isRef } from "./ref.js";
import type { Source } from "./source.js";

/**
 * Index of the word of a key in the dict or set at `at`, or -1. The keys are those of the handles: `1`, `1.0` and `true` are one.
 *
 * @throws {@link BadKeyError}, {@link BadValueError} for what cannot be a key.
 */
export function find(source: Source, at: number, width: number, key: unknown): number {
  const { seed } = source;
  switch (typeof key) {
    case "string": {
      const text = source.keys.of(key, seed);
      return probe(source, at, width, text.hash, text, isTextKey);
    }
    case "number":
      // A NaN is equal to none.
      return Number.isNaN(key) ? -1 : probe(source, at, width, hashOfNumber(key, seed), key, isNumberKey);
    case "bigint":
      if (BigInt.asIntN(64, key) !== key) throw new BadValueError(`an int has 64 bits, which ${key} does not fit`);
      return probe(source, at, width, hashOfBigint(key, seed), key, isNumberKey);
    case "boolean":
      return probe(source, at, width, Number(key), Number(key), isNumberKey);
    case "object": {
      if (key === null) return probe(source, at, width, hashOfAddress(source.none), source.none, isSameKey);
      if (key instanceof Uint8Array) return probe(source, at, width, hashOfText(key, seed), key, isBytesKey);
      if (!isRef(key)) throw new BadKeyError(`${describe(key)} cannot be a key`);
      const address = addressIn(source, key);
      const budget = new Budget();
      const hash = hashOfObject(source, address, budget);
      return probe(source, at, width, hash, address, (_, one) => areEqual(source, one, address, budget));
    }
  }
  throw new BadValueError(`${describe(key)} cannot be a key`);
}

function isTextKey(source: Source, address: number, key: TextKey): boolean {
  if (key.address === address) return true;
  const at = source.at(address);
  if (source.typeAt(at) !== TYPE_STR || !isText(source, at, key.bytes)) return false;
  key.address = address;
  return true;
}

function isNumberKey(source: Source, address: number, key: number | bigint): boolean {
  const at = source.at(address);
  const info = source.words[at + 1] as number;
  const type = info & 0xffff;
  return type >= TYPE_BOOL && type <= TYPE_FLOAT && equalsNumber(source.atom(at, type, info) as number, key);
}

function isBytesKey(source: Source, address: number, key: Uint8Array): boolean {
  const at = source.at(address);
  return source.typeAt(at) === TYPE_BYTES && isText(source, at, key);
}

function isSameKey(_: Source, address: number, key: number): boolean {
  return address === key;
}
