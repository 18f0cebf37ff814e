import {
  FIRST_USER_TYPE,
  FLAG_BIGINT,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_MASK,
  TYPE_NONE,
  TYPE_STR,
} from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import type { Atom } from "../object/atoms.js";
import { BUILTIN_NAMES } from "../object/types.js";
import { KeyCache } from "./key-cache.js";
import type { Names, Struct } from "./meta.js";
import type { Pages } from "./pages.js";
import { readRaw } from "./raw.js";
import { bytesAt, textAt } from "./texts.js";

/** Up to so many bytes a text is kept as a key. */
export const LONGEST_KEPT = 128;
/** Texts of keys that are kept. */
const MOST_TEXTS = 65_536;
const EXACT = 2 ** 53;

/**
 * The bytes of an image. They may be anything, and another thread may change them at any time. So an address leads only to
 * pages that the image has; what lies beyond the end reads as `undefined`, which no check lets through; and no word is read
 * once to be checked and again to be used.
 *
 * Words are signed: small integers are the numbers that engines are fast with.
 */
export class Source {
  /** `structuredClone` and `postMessage` fail with what it says, before they copy anything. */
  readonly uncloneable = Symbol("a view of heapwright (send the image, and open a view of it there)");
  readonly u8: Uint8Array;
  readonly words: Int32Array;
  readonly data: DataView;
  readonly starts: Int32Array;
  readonly seed: number;
  /** Address of None. */
  readonly none: number;
  readonly structs: readonly Struct[];
  readonly keys = new KeyCache();
  /** Texts of keys by their addresses. */
  readonly #texts = new Map<number, string>();
  /** Makes a view of an object that is no atom. */
  readonly view: (source: Source, address: number, at: number, type: number) => unknown;
  /** The last index at which an object may begin: it has words behind it. */
  readonly #end: number;

  constructor(
    u8: Uint8Array,
    { starts, hashSeed, none }: Pages,
    { structs }: Names,
    view: (source: Source, address: number, at: number, type: number) => unknown,
  ) {
    this.u8 = u8;
    this.words = new Int32Array(u8.buffer, u8.byteOffset, u8.length >>> 2);
    this.data = new DataView(u8.buffer, u8.byteOffset, u8.length);
    this.view = view;
    this.starts = starts;
    this.seed = hashSeed | 0;
    this.none = none | 0;
    this.structs = structs;
    this.#end = this.words.length - 4;
  }

  /** Index in `words` of an object. @throws {@link BadImageError} */
  at(address: number): number {
    const start = this.starts[address >>> 16] as number;
    const at = start + ((address & 0xffff) >>> 2);
    // A page without bytes starts at 0, and one that is not there at undefined.
    if (!(start > 0) || (address & 7) !== 0 || at > this.#end) throw this.nothingAt(address);
    return at;
  }

  nothingAt(address: number): BadImageError {
    return new BadImageError(`nothing is at 0x${(address >>> 0).toString(16)}`);
  }

  /** Index in `words` of `count` slots. @throws {@link BadImageError} if the image has fewer. */
  slots(first: number, count: number): number {
    if (!(count >= 0 && first + count <= this.words.length)) throw new BadImageError("an object leaves the image");
    return first;
  }

  typeAt(at: number): number {
    return (this.words[at + 1] as number) & TYPE_MASK;
  }

  /** What an object is to JavaScript: an atom, or a view. */
  value(address: number): unknown {
    const at = this.at(address);
    const info = this.words[at + 1] as number;
    const type = info & TYPE_MASK;
    return type <= TYPE_BYTES ? this.atom(at, type, info) : this.view(this, address, at, type);
  }

  /** None, a boolean, a number, a text or bytes. */
  atom(at: number, type: number, info: number): Atom {
    const { words } = this;
    switch (type) {
      case TYPE_STR:
        return textAt(this.u8, 4 * at + 16, (words[at + 2] as number) >>> 0);
      case TYPE_INT:
        return intOf(words[at + 2] as number, words[at + 3] as number, (info & FLAG_BIGINT) !== 0);
      case TYPE_FLOAT:
        return readRaw(this.data, 4 * at + 8, "getFloat64");
      case TYPE_BOOL:
        return words[at + 2] === 1;
      case TYPE_BYTES:
        return bytesAt(this.u8, 4 * at + 16, (words[at + 2] as number) >>> 0);
      case TYPE_NONE:
        return null;
    }
    throw new BadImageError(`an object has type ${type}`, 4 * at);
  }

  /** As `value`, for a key: its text is likely to be asked for again. */
  key(address: number): unknown {
    const kept = this.#texts.get(address);
    if (kept !== undefined) return kept;
    const value = this.value(address);
    if (typeof value === "string" && value.length <= LONGEST_KEPT) {
      if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
      this.#texts.set(address, value);
    }
    return value;
  }

  typeName(type: number): string {
    return BUILTIN_NAMES[type] ?? this.struct(type).name;
  }

  /** The struct of a type. @throws {@link BadImageError} if it is not that of one. */
  struct(type: number): Struct {
    const struct = this.structs[type - FIRST_USER_TYPE];
    if (struct === undefined) throw new BadImageError(`an object has type ${type}`);
    return struct;
  }
}

/** A number if that is exact, and the int was not made of a bigint. */
function intOf(low: number, high: number, isBigint: boolean): number | bigint {
  if (!isBigint) {
    const value = high * 2 ** 32 + (low >>> 0);
    // 2^53 + 1 is rounded to 2^53.
    if (Number.isSafeInteger(value) || (Math.abs(value) === EXACT && low === 0)) return value;
  }
  return (BigInt(high | 0) << 32n) | BigInt(low >>> 0);
}
