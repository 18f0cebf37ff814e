import { TYPE_LIST, VALUE_OFFSET } from "../assembly/layout.js";
import { BadValueError } from "./errors.js";
import { Handle, addressIn, describe } from "./handle.js";
import type { Store } from "./store.js";
import type { Address } from "./wasm/exports.js";
import { encodeString } from "./wasm/memory.js";

/**
 * What a list takes. Whole numbers and bigints become `int` (64 bits), other numbers `float`, `null`
 * becomes `None`.
 */
export type Value = Handle | string | number | bigint | boolean | null;

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** Address of an object with this value, with one reference for the caller. */
export function ownedValue(store: Store, value: unknown): Address {
  switch (typeof value) {
    case "string":
      return ownedStr(store, value);
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? ownedInt(store, value) : ownedFloat(store, value);
    case "bigint":
      return ownedInt(store, value);
    case "boolean":
      return store.core.bool(value ? 1 : 0) >>> 0;
    default:
      if (value === null) return store.core.none() >>> 0;
      if (!(value instanceof Handle)) throw new BadValueError(`a heap has no place for ${describe(value)}`);
      const address = addressIn(store, value);
      store.incref(address);
      return address;
  }
}

/** @throws {@link BadValueError} for a text that is not well-formed. */
export function ownedStr(store: Store, text: unknown): Address {
  if (typeof text !== "string") throw new BadValueError(`expected a string, got ${describe(text)}`);
  checkWellFormed(text);
  const bytes = encodeString(text);
  const address = store.require(() => store.core.newStr(bytes.length), `a string of ${bytes.length} bytes`);
  store.memory.writeString(address, bytes);
  return address;
}

/** Half of a surrogate pair alone is no character, and has no UTF-8. */
export function checkWellFormed(text: string): void {
  if (/\p{Surrogate}/u.test(text))
    throw new BadValueError("a string has half of a surrogate pair, which UTF-8 cannot hold");
}

/** @throws {@link BadValueError} if it is not whole, or does not fit 64 bits. */
export function ownedInt(store: Store, value: unknown): Address {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new BadValueError(`expected a whole number or a bigint, got ${value}`);
  }
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new BadValueError(`expected a whole number or a bigint, got ${describe(value)}`);
  }
  const big = BigInt(value);
  if (big < MIN_INT || big > MAX_INT) throw new BadValueError(`an int has 64 bits, which ${value} does not fit`);
  const low = Number(BigInt.asIntN(32, big));
  const high = Number(BigInt.asIntN(32, big >> 32n));
  return store.require(() => store.core.newInt(low, high), "an int");
}

export function ownedFloat(store: Store, value: unknown): Address {
  if (typeof value !== "number") throw new BadValueError(`expected a number, got ${describe(value)}`);
  return store.require(() => store.core.newFloat(value), "a float");
}

/** Value of an int object: a number where that is exact, else a bigint. */
export function readInt(store: Store, address: Address): number | bigint {
  const value = store.memory.data.getBigInt64(address + VALUE_OFFSET, true);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Value of an atom, or a new handle for anything else. */
export function borrowedValue(store: Store, address: Address): Value {
  if (store.typeIdAt(address) >= TYPE_LIST) return store.share(address);
  return store.typeAt(address).shell(store, address).value as Value;
}
