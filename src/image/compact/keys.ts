/**
 * The hashes of keys after a compaction. Structs, None, NaN and weak maps hash by their address, so the keys that contain
 * them get new hashes, and the indexes of their tables are built anew. The order of the entries stays.
 */
import {
  BUFFER_DATA_OFFSET,
  FROZENSET_HASH_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_INT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
  VALUE_OFFSET,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../../../assembly/layout.js";
import { tableCapacity } from "../../wasm/core-layout.js";
import { hashOfText, hashOfWord, highHalf } from "../hash.js";
import { cellsAt, unusedCell } from "../check/cells.js";
import type { Forwards } from "./forwards.js";
import type { BlockSource } from "./source.js";

const MULTIPLIER = 0x9e3779b1;
const TWO_TO_63 = 2 ** 63;

export class Keys {
  readonly #words: Uint32Array;
  readonly #u8: Uint8Array;
  readonly #pageStart: Uint32Array;
  readonly #seed: number;
  readonly #forwards: Forwards;
  /** New hashes of tuples and frozensets: keys can share parts. */
  readonly #known = new Map<number, number>();
  readonly #float = new DataView(new ArrayBuffer(8));

  constructor(source: BlockSource, forwards: Forwards) {
    const { words } = source;
    this.#words = words;
    this.#u8 = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    this.#pageStart = source.pageStart;
    this.#seed = source.control.hashSeed;
    this.#forwards = forwards;
  }

  #at(address: number): number {
    return (this.#pageStart[address >>> 16] as number) + ((address & 0xffff) >>> 2);
  }

  /** The new hash of a key whose hash is stored. */
  hashOf(key: number, stored: number): number {
    const at = this.#at(key);
    const type = (this.#words[at + 1] as number) & TYPE_MASK;
    if (type === TYPE_STR || type === TYPE_INT || type === TYPE_BYTES || type === TYPE_BOOL) return stored;
    if (type === TYPE_FLOAT && !this.#isNaN(at)) return stored;
    return this.#hash(key, at, type);
  }

  #hash(key: number, at: number, type: number): number {
    switch (type) {
      case TYPE_STR:
      case TYPE_BYTES: {
        const start = 4 * at + STR_BYTES_OFFSET;
        const length = this.#words[at + STR_LENGTH_OFFSET / 4] as number;
        return hashOfText(this.#u8.subarray(start, start + length), this.#seed);
      }
      case TYPE_INT:
      case TYPE_BOOL:
        return this.#hashOfInt(this.#words[at + VALUE_OFFSET / 4] as number, this.#words[at + 3] as number);
      case TYPE_FLOAT:
        return this.#hashOfFloat(key, at);
      case TYPE_WEAKREF: {
        const referent = this.#words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
        if (referent === 0) return this.#words[at + WEAKREF_PREV_OFFSET / 4] as number;
        const own = this.#at(referent);
        return this.#hash(referent, own, (this.#words[own + 1] as number) & TYPE_MASK);
      }
      case TYPE_TUPLE:
      case TYPE_FROZENSET: {
        let hash = this.#known.get(key);
        if (hash === undefined) {
          hash = type === TYPE_TUPLE ? this.#hashOfTuple(at) : this.hashOfFrozenset(at);
          this.#known.set(key, hash);
        }
        return hash;
      }
      default:
        return this.#forwards.to(key) >>> 3;
    }
  }

  #isNaN(at: number): boolean {
    const high = (this.#words[at + 3] as number) & 0x7fffffff;
    return high > 0x7ff00000 || (high === 0x7ff00000 && this.#words[at + 2] !== 0);
  }

  #hashOfInt(low: number, high: number): number {
    return high === ((low | 0) >> 31) >>> 0 ? low : hashOfWord(low, high, this.#seed);
  }

  #hashOfFloat(key: number, at: number): number {
    const low = this.#words[at + 2] as number;
    const high = this.#words[at + 3] as number;
    if (this.#isNaN(at)) return this.#forwards.to(key) >>> 3;
    this.#float.setUint32(0, high);
    this.#float.setUint32(4, low);
    const value = this.#float.getFloat64(0);
    if (value < -TWO_TO_63 || value >= TWO_TO_63 || Math.floor(value) !== value)
      return hashOfWord(low, high, this.#seed);
    this.#float.setBigInt64(0, BigInt(value));
    return this.#hashOfInt(this.#float.getUint32(4), this.#float.getUint32(0));
  }

  /** As `hashOfTuple` of assembly/values/key.ts. Keys are nested at most 1,000 levels deep. */
  #hashOfTuple(at: number): number {
    const length = this.#words[at + TUPLE_LENGTH_OFFSET / 4] as number;
    let hash = (this.#seed + 0x165667b1 + length) | 0;
    const first = at + TUPLE_ITEMS_OFFSET / 4;
    for (let slot = first; slot < first + length; slot++) {
      const item = this.#words[slot] as number;
      const own = this.#at(item);
      const part = this.#hash(item, own, (this.#words[own + 1] as number) & TYPE_MASK);
      hash = (hash + Math.imul(part, 0x85ebca77)) | 0;
      hash = Math.imul((hash << 13) | (hash >>> 19), MULTIPLIER);
    }
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  /**
   * The new hash of the frozenset at a word, as `mixedHash` of assembly/containers/frozen.ts. One without a hash has none
   * afterwards either.
   */
  hashOfFrozenset(at: number): number {
    const words = this.#words;
    const stored = words[at + FROZENSET_HASH_OFFSET / 4] as number;
    const buffer = words[at + SLOTS_BUFFER_OFFSET / 4] as number;
    if (buffer === 0 || stored === 0) return stored;
    const first = this.#at(buffer) + BUFFER_DATA_OFFSET / 4;
    const entries = words[at + SLOTS_COUNT_OFFSET / 4] as number;
    const hashes = first + tableCapacity((words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff);
    let low = words[at + TABLE_LENGTH_OFFSET / 4] as number;
    let high = 0;
    let isChanged = false;
    for (let entry = 0; entry < entries; entry++) {
      const key = words[first + entry] as number;
      if (key === 0) continue;
      const before = words[hashes + entry] as number;
      const hash = this.hashOf(key, before);
      isChanged ||= hash !== before;
      low += hashOfWord(hash, 0, this.#seed);
      high = (high + highHalf() + (low > 0xffffffff ? 1 : 0)) >>> 0;
      low >>>= 0;
    }
    return isChanged ? hashOfWord(low, high, this.#seed) || 1 : stored;
  }
}

/** The place of a table in the compacted pages. */
export interface MovedTable {
  /** Where its entries, and the hashes of these, begin in the words. */
  readonly first: number;
  readonly hashes: number;
  /** Number of entries, deleted ones included; words of one. */
  readonly entries: number;
  readonly width: number;
  /** Log2 of the cells of the index. */
  readonly log: number;
}

/** Builds the index of a table anew, from the hashes of its entries. `spend` counts the steps. */
export function buildIndex(words: Uint32Array, table: MovedTable, spend: (steps: number) => void): void {
  const { first, hashes, entries, width, log } = table;
  const cells = cellsAt(words, hashes + tableCapacity(log), log);
  const unused = unusedCell(log);
  const mask = cells.length - 1;
  cells.fill(unused);
  for (let entry = 0; entry < entries; entry++) {
    if (words[first + entry * width] === 0) continue;
    const hash = words[hashes + entry] as number;
    let steps = 1;
    let perturb = hash;
    let place = hash & mask;
    for (; cells[place] !== unused; steps++) {
      perturb >>>= 5;
      place = (place * 5 + perturb + 1) & mask;
    }
    spend(steps);
    cells[place] = entry;
  }
}
