import { lend, share } from "./adopt.js";
import { BORROWED_TEXT_SIZE } from "../../assembly/layout.js";
import { MAX_EXACT, isAtomType, readAtom } from "../object/atoms.js";
import type { Atom } from "../object/atoms.js";
import { BadKeyError, BadValueError, ContainerChangedError, describe } from "../base/errors.js";
import { addressIn, isHandle } from "./handle.js";
import type { Handle } from "./handle.js";
import type { Store } from "../state/store.js";
import { isBytes, lengthOf } from "../base/untrusted.js";
import { bytesOf, isBinary, isLiteral, noPlaceFor, placeOf } from "./places.js";
import type { BinaryData } from "./places.js";
import type { Address } from "../wasm/exports.js";
import { encodeString } from "../wasm/memory.js";
import { isWellFormed } from "../base/well-formed.js";

/**
 * What a container gives, and takes. Whole numbers and bigints are `int` (64 bits), other numbers `float`,
 * `null` is `None`, a `Uint8Array` `bytes` (a copy). An int reads as a bigint if it came as one, or is
 * too large for a number to be exact.
 */
export type Value = Handle | Atom;

/**
 * What a place for values of type `T` takes: such a value, or a container of JavaScript's that `Heap.from` makes one of.
 */
export type Given<T> = T | LiteralOf<T>;

/** What is copied to become a `T`: anything where any object may be, else an array for a list, a `Set` for a set, an `ArrayBuffer` for bytes. */
type LiteralOf<T> = T extends Handle
  ? Handle extends T
    ? object
    : T extends { popItem(): unknown }
      ? object
      : PlainOf<T> extends infer J
        ? 0 extends 1 & J
          ? never
          : J extends readonly (infer I)[]
            ? readonly I[]
            : J extends ReadonlySet<infer E>
              ? ReadonlySet<E>
              : never
        : never
  : T extends Uint8Array
    ? BinaryData
    : never;

/** What `toJS` makes of a value, as far as its type tells. */
export type PlainOf<T> = T extends { toJS(): infer J } ? J : T;

/** The type of a value, not of that one alone: `number` of 5. */
export type Widened<T> = [T] extends [never]
  ? Value
  : T extends string
    ? string
    : T extends number
      ? number
      : T extends bigint
        ? bigint
        : T extends boolean
          ? boolean
          : T;

/** A set or a frozenset: one may be equal to the other. */
type AnySet = Handle & { isSubsetOf(other: never): boolean };

/**
 * What may be equal to a key or an item of type `T`, so what a look-up takes: values of its kind, whichever number it is,
 * and objects of the heap, since a str handle is equal to its text. Handles are looked up by handles of their type.
 */
export type Sought<T> =
  | T
  | (T extends Handle
      ? T extends AnySet
        ? AnySet
        : never
      : Handle | (T extends string ? string : T extends number | bigint | boolean ? number | bigint | boolean : never));

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const TWO_TO_32 = 2 ** 32;
const NOT_WELL_FORMED = "a string has a lone surrogate, which UTF-8 cannot encode";

/** Whether a number is an int of the heap: a whole number of at most 2^53, up to where all are exact; and not -0. */
export function isInt(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= MAX_EXACT && (value !== 0 || 1 / value > 0);
}

/** Address of an object with this value, with one reference for the caller. */
export function ownedValue(store: Store, value: unknown): Address {
  switch (typeof value) {
    case "string":
      return ownedStr(store, value);
    case "number":
      return isInt(value) ? ownedInt(store, value) : ownedFloat(store, value);
    case "bigint":
      return ownedBigint(store, value);
    case "boolean":
      return store.core.bool(value ? 1 : 0) >>> 0;
    default:
      if (value === null) return store.core.none() >>> 0;
      if (isHandle(value)) {
        const address = addressIn(store, value);
        store.incref(address);
        return address;
      }
      if (typeof value === "object") return ownedCopy(store, value);
      throw noPlaceFor(value);
  }
}

/** A copy of an object of JavaScript's, with one reference for the caller. */
function ownedCopy(store: Store, value: object): Address {
  const place = placeOf(value);
  if (place === undefined) throw noPlaceFor(value);
  return place === "bytes" ? ownedBytes(store, bytesOf(value as BinaryData)) : store.copyIn(value);
}

/** Refuses what `ownedValue` would, before anything is made. @throws {@link BadValueError}, {@link ForeignHandleError} */
export function checkValue(store: Store, value: unknown): void {
  if (isHandle(value)) addressIn(store, value);
  else if (typeof value !== "object" || value === null) checkAtom(value);
  else if (placeOf(value) === undefined) throw noPlaceFor(value);
}

/** As `checkValue`, for what is no object. @throws {@link BadValueError} */
export function checkAtom(value: unknown): void {
  if (typeof value === "string") checkWellFormed(value);
  else if (typeof value === "bigint") checkBigint(value);
  else if (typeof value !== "number" && typeof value !== "boolean" && value !== null) throw noPlaceFor(value);
}

/** @throws {@link BadValueError} for a text that is not well-formed. */
export function ownedStr(store: Store, text: unknown): Address {
  if (typeof text !== "string") throw new BadValueError(`expected a string, got ${describe(text)}`);
  if (text.length * 3 > BORROWED_TEXT_SIZE) return ownedLongStr(store, text);
  const address = store.core.strFromBorrowed(writeBorrowed(store, text));
  // A collection may run code that writes other texts there.
  return address !== 0
    ? address >>> 0
    : store.require(() => store.core.strFromBorrowed(writeBorrowed(store, text)), "a string");
}

function ownedLongStr(store: Store, text: string): Address {
  checkWellFormed(text);
  const bytes = encodeString(text);
  const address = store.require(() => store.core.newStr(bytes.length), `a string of ${bytes.length} bytes`);
  store.memory.writeBytes(address, bytes);
  store.countLarge(bytes.length);
  return address;
}

/** Writes a short text to where the core looks for it. Its length in bytes. */
function writeBorrowed(store: Store, text: string): number {
  const length = store.memory.writeText(text, store.core.borrowedText() >>> 0);
  if (length < 0) throw new BadValueError(NOT_WELL_FORMED);
  return length;
}

/** @throws {@link BadValueError} */
export function checkWellFormed(text: string): void {
  if (!isWellFormed(text)) throw new BadValueError(NOT_WELL_FORMED);
}

/** An int of Python's, to which it is all one whether it came as a number or a bigint. */
export function ownedInt(store: Store, value: unknown): Address {
  if (typeof value === "bigint") return makeInt(store, checkBigint(value), false);
  if (typeof value !== "number" || !Number.isInteger(value))
    throw new BadValueError(`expected a whole number or a bigint, got ${describe(value)}`);
  if (Math.abs(value) > MAX_EXACT)
    throw new BadValueError(`numbers beyond 2^53 are not exact, and ${describe(value)} is: give the int as a bigint`);
  const high = Math.floor(value / TWO_TO_32);
  const low = value - high * TWO_TO_32;
  const address = store.core.newInt(low, high, 0);
  return address !== 0 ? address >>> 0 : store.require(() => store.core.newInt(low, high, 0), "an int");
}

/** An int that reads as a bigint again. */
function ownedBigint(store: Store, value: bigint): Address {
  return makeInt(store, checkBigint(value), true);
}

/** @throws {@link BadValueError} if it does not fit 64 bits. */
function checkBigint(value: bigint): bigint {
  if (value < MIN_INT || value > MAX_INT)
    throw new BadValueError(`an int has 64 bits, which ${String(value)} does not fit`);
  return value;
}

function makeInt(store: Store, value: bigint, isBigint: boolean): Address {
  const [low, high] = halvesOf(value);
  return store.require(() => store.core.newInt(low, high, isBigint ? 1 : 0), "an int");
}

function halvesOf(value: bigint): [low: number, high: number] {
  return [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
}

export function ownedFloat(store: Store, value: unknown): Address {
  if (typeof value !== "number") throw new BadValueError(`expected a number, got ${describe(value)}`);
  const address = store.core.newFloat(value);
  return address !== 0 ? address >>> 0 : store.require(() => store.core.newFloat(value), "a float");
}

export function ownedBytes(store: Store, bytes: unknown): Address {
  if (!isBytes(bytes)) throw new BadValueError(`expected a Uint8Array, got ${describe(bytes)}`);
  const length = lengthOf(bytes);
  const address = store.require(() => store.core.newBytes(length), `${length} bytes`);
  // To make room may run code that resizes or detaches what the bytes lie in.
  if (lengthOf(bytes) !== length) {
    store.core.decref(address);
    throw new ContainerChangedError("a Uint8Array changed its length while it was copied");
  }
  if (length > 0) store.memory.writeBytes(address, bytes);
  store.countLarge(length);
  return address;
}

/** Whether a key cannot be borrowed, being too long or other binary data than a `Uint8Array`, so that `withKey` makes an object of it first, which may collect. */
export function needsObject(key: unknown): boolean {
  if (typeof key === "string") return key.length * 3 > BORROWED_TEXT_SIZE;
  return isBytes(key) ? lengthOf(key) > BORROWED_TEXT_SIZE : isBinary(key);
}

/**
 * Runs a core function with the address of a key: the object itself, or a borrowed key, so that a lookup creates nothing
 * (see `assembly/values/borrowed-key.ts`); or a new object, if `needsObject`. Returns what the function returns.
 */
export function withKey(store: Store, key: unknown, run: (key: Address) => number): number {
  const { core } = store;
  switch (typeof key) {
    case "string":
      if (!needsObject(key)) return run(core.borrowStr(writeBorrowed(store, key)) >>> 0);
      break;
    case "number": {
      if (!isInt(key)) return run(core.borrowFloat(key) >>> 0);
      const high = Math.floor(key / TWO_TO_32);
      return run(core.borrowInt(key - high * TWO_TO_32, high, 0) >>> 0);
    }
    case "bigint":
      return run(core.borrowInt(...halvesOf(checkBigint(key)), 1) >>> 0);
    case "object":
      if (isHandle(key)) return run(addressIn(store, key));
      if (isBytes(key) && !needsObject(key)) {
        const length = lengthOf(key);
        if (length > 0) store.memory.u8.set(key, core.borrowedText() >>> 0);
        return run(core.borrowBytes(length) >>> 0);
      }
      if (isLiteral(key)) throw unhashableLiteral(key);
  }
  store.askForRoom();
  const owned = ownedValue(store, key);
  try {
    return run(owned);
  } finally {
    store.core.decref(owned);
  }
}

/** As `ownedValue`, for a key: JavaScript's containers would become lists, dicts and sets, which Python cannot hash. @throws {@link BadKeyError} */
export function ownedKey(store: Store, key: unknown): Address {
  if (isLiteral(key)) throw unhashableLiteral(key);
  return ownedValue(store, key);
}

/** The error for a container of JavaScript's as a key: in the heap it would be a list, dict or set. */
function unhashableLiteral(literal: object): BadKeyError {
  const place = placeOf(literal);
  const type = place === "set" ? "set" : place === "array" ? "list" : "dict";
  return new BadKeyError(`unhashable type: '${type}'`);
}

/** Value of an atom, or a new handle for anything else. */
export function borrowedValue(store: Store, address: Address): Value {
  const type = store.typeIdAt(address);
  return isAtomType(type) ? readAtom(store, address, type) : share<Handle>(store, address);
}

/** Value of an atom, or a handle for anything else that counts no reference: for the length of a call. */
export function lentValue(store: Store, address: Address): Value {
  const type = store.typeIdAt(address);
  return isAtomType(type) ? readAtom(store, address, type) : lend<Handle>(store, address);
}

/** Runs what makes more to go with a value. If that fails, nobody gets the value, so a handle is released. */
export function withRest<T>(value: unknown, rest: () => T): T {
  try {
    return rest();
  } catch (error) {
    if (isHandle(value)) value.release();
    throw error;
  }
}
