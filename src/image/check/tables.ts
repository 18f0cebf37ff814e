import {
  BUFFER_DATA_OFFSET,
  MAX_TUPLE_DEPTH,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TABLE_USABLE_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_MASK,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_REFERENT_OFFSET,
} from "../../../assembly/layout.js";
import { MAX_TABLE_LOG, MIN_TABLE_LOG, cellShift, tableBufferBytes, tableCapacity } from "../../wasm/core-layout.js";
import type { Image } from "../image.js";
import type { ProbeBudget } from "./budget.js";
import type { Population } from "./population.js";

/** Steps to hash a key, and to compare it with an equal one; nesting depth of tuples. */
interface KeyCost {
  hash: number;
  compare: number;
  depth: number;
}

/**
 * Checks dicts and sets: their parts fit their buffer and agree, each key is hashable, and each lookup ends. The core's
 * `verify` checks afterwards that the hashes are right; it relies on the checks here.
 */
export class TableChecker {
  readonly #image: Image;
  readonly #words: Uint32Array;
  readonly #population: Population;
  readonly #budget: ProbeBudget;
  /** Tables with entries. */
  readonly found: number[] = [];
  readonly #tuples = new Map<number, KeyCost>();

  constructor(image: Image, population: Population, budget: ProbeBudget) {
    this.#image = image;
    this.#words = image.words;
    this.#population = population;
    this.#budget = budget;
  }

  #fail(table: number, message: string): never {
    throw this.#image.errorAt(table, message);
  }

  #widthOf(at: number): 1 | 2 {
    return ((this.#words[at + 1] as number) & TYPE_MASK) === TYPE_DICT ? 2 : 1;
  }

  /** Checks the lengths and capacities of a table. Returns its number of slots, counted from the start of its buffer. */
  checkShape(table: number, at: number): number {
    const buffer = this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number;
    const slots = this.#words[at + SLOTS_COUNT_OFFSET / 4] as number;
    const length = this.#words[at + TABLE_LENGTH_OFFSET / 4] as number;
    const usable = this.#words[at + TABLE_USABLE_OFFSET / 4] as number;
    const log = (this.#words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff;
    if (buffer === 0) {
      if ((slots | length | usable) !== 0) this.#fail(table, "a dict or set has entries and no buffer");
      return 0;
    }
    const width = this.#widthOf(at);
    if (!this.#population.claimBuffer(buffer)) this.#fail(table, "the buffer of a dict or set is none, or another's");
    if (log < MIN_TABLE_LOG || log > MAX_TABLE_LOG) this.#fail(table, "the index of a dict or set has no size");
    if (tableBufferBytes(log, width) > this.#image.storedRoom(this.#image.runAt(buffer)))
      this.#fail(table, "a dict or set is larger than its buffer");
    if (slots % width !== 0 || slots / width + usable > tableCapacity(log))
      this.#fail(table, "a dict or set has more entries than it can");
    this.#checkEntries(table, this.#image.at(buffer) + BUFFER_DATA_OFFSET / 4, slots, width, length);
    this.found.push(table);
    return slots;
  }

  /** Each entry must be complete or deleted. Deleted entries at the end must have been dropped. */
  #checkEntries(table: number, first: number, slots: number, width: number, length: number): void {
    let live = 0;
    for (let slot = first; slot < first + slots; slot += width) {
      const key = this.#words[slot] as number;
      if (key !== 0) live++;
      if (width === 2 && (key === 0) !== (this.#words[slot + 1] === 0))
        this.#fail(table, "an entry of a dict is half there");
    }
    if (live !== length) this.#fail(table, "a dict or set has not as many entries as it says");
    if (slots > 0 && this.#words[first + slots - width] === 0)
      this.#fail(table, "a dict or set ends with a deleted entry");
  }

  /** Checks the keys and the index of a table whose slots refer to objects. */
  checkKeys(table: number): void {
    const at = this.#image.at(table);
    const width = this.#widthOf(at);
    const log = (this.#words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff;
    const capacity = tableCapacity(log);
    const entries = (this.#words[at + SLOTS_COUNT_OFFSET / 4] as number) / width;
    const first = this.#image.at(this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number) + BUFFER_DATA_OFFSET / 4;
    const hashes = first + capacity * width;
    const cells = this.#cells(hashes + capacity, log);
    const unused = 2 ** (8 << cellShift(log)) - 1;
    const tombstone = unused - 1;

    let filled = 0;
    let leading = 0;
    for (const cell of cells) {
      if (cell === unused) continue;
      filled++;
      if (cell === tombstone) continue;
      leading++;
      if (cell >= entries || this.#words[first + cell * width] === 0)
        this.#fail(table, "the index of a dict or set leads to no entry");
    }
    // This leaves unused cells: one for each key that can still be added, and a third more. So each search ends.
    if (filled > capacity - (this.#words[at + TABLE_USABLE_OFFSET / 4] as number))
      this.#fail(table, "the index of a dict or set is fuller than it says");
    if (leading !== this.#words[at + TABLE_LENGTH_OFFSET / 4]) this.#fail(table, "a key is not in the index, or twice");

    // The last entry is not deleted. A deleted entry links to a later one, with only deleted ones in between.
    let live = entries - 1;
    for (let entry = entries - 1; entry >= 0; entry--) {
      const key = this.#words[first + entry * width] as number;
      if (key === 0) {
        const next = this.#words[hashes + entry] as number;
        if (next <= entry || next > live) this.#fail(table, "a deleted entry of a dict or set leads astray");
        continue;
      }
      live = entry;
      const cost = this.#costOf(table, key);
      const hash = this.#words[hashes + entry] as number;
      let steps = cost.hash;
      let perturb = hash;
      let place = hash & (cells.length - 1);
      for (let cell = cells[place]; cell !== entry; cell = cells[place]) {
        if (cell === unused) this.#fail(table, "a key is not where its hash leads");
        steps += 1;
        if (cell !== tombstone && this.#words[hashes + (cell as number)] === hash) steps += cost.compare;
        if (steps > 4096) {
          this.#budget.spend(steps);
          steps = 0;
        }
        perturb >>>= 5;
        place = (place * 5 + perturb + 1) & (cells.length - 1);
      }
      this.#budget.spend(steps);
    }
  }

  /** The index of a table: its cells, from word `start` on. */
  #cells(start: number, log: number): Uint8Array | Uint16Array | Uint32Array {
    const { buffer, byteOffset } = this.#words;
    const View = [Uint8Array, Uint16Array, Uint32Array][cellShift(log)] as typeof Uint8Array;
    return new View(buffer as ArrayBuffer, byteOffset + 4 * start, 2 ** log);
  }

  #costOf(table: number, key: number): KeyCost {
    const at = this.#image.at(key);
    const type = (this.#words[at + 1] as number) & TYPE_MASK;
    if (type === TYPE_STR || type === TYPE_BYTES)
      return { hash: 1, compare: 1 + ((this.#words[at + STR_LENGTH_OFFSET / 4] as number) >>> 3), depth: 0 };
    if (type === TYPE_TUPLE) return this.#costOfTuple(table, key);
    const isUnhashable = type === TYPE_LIST || type === TYPE_DICT || type === TYPE_SET;
    if (isUnhashable || (type === TYPE_WEAKREF && !this.#isHashableWeakref(at)))
      this.#fail(table, "a key cannot be hashed");
    return ATOM;
  }

  /** A weak reference is hashable unless its referent is a set; a dead one, only if it was hashed while the referent lived. */
  #isHashableWeakref(at: number): boolean {
    const referent = this.#words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
    if (referent === 0) return ((this.#words[at + WEAKREF_CALLBACK_OFFSET / 4] as number) & WEAKREF_HASHED) !== 0;
    const ordinal = this.#population.find(referent);
    return ordinal >= 0 && (this.#image.word(referent + 4) & TYPE_MASK) !== TYPE_SET;
  }

  /** Uses an explicit stack, because the depth is not checked yet. A shared tuple counts each time it is reached. */
  #costOfTuple(table: number, root: number): KeyCost {
    const stack: { tuple: number; next: number; cost: KeyCost }[] = [];
    const begin = (tuple: number): void => {
      if (stack.length === MAX_TUPLE_DEPTH) this.#fail(table, "a key is a tuple that is nested too deeply");
      stack.push({ tuple, next: 0, cost: { hash: 1, compare: 1, depth: 1 } });
    };
    const known = this.#tuples.get(root);
    if (known !== undefined) return known;
    begin(root);
    for (;;) {
      const top = stack.at(-1) as (typeof stack)[number];
      const at = this.#image.at(top.tuple);
      if (top.next < (this.#words[at + TUPLE_LENGTH_OFFSET / 4] as number)) {
        const item = this.#words[at + TUPLE_ITEMS_OFFSET / 4 + top.next] as number;
        const isTuple = (this.#image.word(item + 4) & TYPE_MASK) === TYPE_TUPLE;
        const cost = isTuple ? this.#tuples.get(item) : this.#costOf(table, item);
        if (cost === undefined) {
          begin(item);
          continue;
        }
        top.next++;
        top.cost.hash += cost.hash;
        top.cost.compare += cost.compare;
        top.cost.depth = Math.max(top.cost.depth, cost.depth + 1);
        continue;
      }
      if (top.cost.depth > MAX_TUPLE_DEPTH) this.#fail(table, "a key is a tuple that is nested too deeply");
      this.#tuples.set(top.tuple, top.cost);
      stack.pop();
      if (stack.length === 0) return top.cost;
    }
  }
}

const ATOM: KeyCost = { hash: 1, compare: 1, depth: 0 };
