import {
  BUFFER_DATA_OFFSET,
  FROZENSET_HASH_OFFSET,
  MAX_KEY_DEPTH,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_FROZENSET,
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
import { tableCapacity } from "../../wasm/core-layout.js";
import type { Image } from "../image.js";
import type { ProbeBudget } from "./budget.js";
import { cellsAt, unusedCell } from "./cells.js";
import type { Population } from "./population.js";

/** Steps to hash a key, and to compare it with an equal one; nesting depth of tuples and frozensets. */
export interface KeyCost {
  hash: number;
  compare: number;
  depth: number;
}

const ATOM: KeyCost = { hash: 1, compare: 1, depth: 0 };

/** A tuple or frozenset on the stack of the walk. */
interface Level {
  readonly container: number;
  next: number;
  readonly cost: KeyCost;
}

/** Checks that keys are hashable, and computes their costs. */
export class KeyCosts {
  readonly #image: Image;
  readonly #words: Uint32Array;
  readonly #population: Population;
  readonly #budget: ProbeBudget;
  readonly #known = new Map<number, KeyCost>();

  constructor(image: Image, population: Population, budget: ProbeBudget) {
    this.#budget = budget;
    this.#image = image;
    this.#words = image.words;
    this.#population = population;
  }

  #fail(table: number, message: string): never {
    throw this.#image.errorAt(table, message);
  }

  #typeOf(object: number): number {
    return this.#image.word(object + 4) & TYPE_MASK;
  }

  /** Whether the frozenset at a word has a hash. */
  hasHash(at: number): boolean {
    const type = (this.#words[at + 1] as number) & TYPE_MASK;
    return type === TYPE_FROZENSET && this.#words[at + FROZENSET_HASH_OFFSET / 4] !== 0;
  }

  /** The cost of a key of a table. */
  of(table: number, key: number): KeyCost {
    const type = this.#typeOf(key);
    const at = this.#image.at(key);
    if (type === TYPE_STR || type === TYPE_BYTES)
      return { hash: 1, compare: 1 + ((this.#words[at + STR_LENGTH_OFFSET / 4] as number) >>> 3), depth: 0 };
    const parts = this.#whatHasParts(key);
    if (parts !== 0) return this.#ofParts(table, parts);
    if (!this.#canBeKey(type, at)) this.#fail(table, "a key cannot be hashed");
    return ATOM;
  }

  /** A weak reference is hashable if its referent is; a dead one, only if it was hashed while the referent lived. */
  #canBeKey(type: number, at: number): boolean {
    if (type === TYPE_FROZENSET) return this.hasHash(at);
    if (type !== TYPE_WEAKREF) return type !== TYPE_LIST && type !== TYPE_DICT && type !== TYPE_SET;
    const referent = this.#words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
    if (referent === 0) return ((this.#words[at + WEAKREF_CALLBACK_OFFSET / 4] as number) & WEAKREF_HASHED) !== 0;
    return this.#population.find(referent) >= 0 && this.#canBeKey(this.#typeOf(referent), this.#image.at(referent));
  }

  /** The tuple or frozenset whose parts determine the cost of a key; 0 = none. */
  #whatHasParts(key: number): number {
    const type = this.#typeOf(key);
    const at = this.#image.at(key);
    if (type === TYPE_TUPLE || this.hasHash(at)) return key;
    if (type !== TYPE_WEAKREF) return 0;
    const referent = this.#words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
    return this.#population.find(referent) >= 0 && this.hasHash(this.#image.at(referent)) ? referent : 0;
  }

  /** The parts of a tuple or frozenset: the word of the first one, and their number. */
  #partsOf(container: number): [first: number, count: number] {
    const at = this.#image.at(container);
    if (this.#typeOf(container) === TYPE_TUPLE)
      return [at + TUPLE_ITEMS_OFFSET / 4, this.#words[at + TUPLE_LENGTH_OFFSET / 4] as number];
    const buffer = this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number;
    if (buffer === 0) return [0, 0];
    return [this.#image.at(buffer) + BUFFER_DATA_OFFSET / 4, this.#words[at + SLOTS_COUNT_OFFSET / 4] as number];
  }

  /** Steps to look for each element of a frozenset in an equal one, whose index is like its own. */
  #searches(set: number): number {
    const [first, count] = this.#partsOf(set);
    if (count === 0) return 0;
    const at = this.#image.at(set);
    const log = (this.#words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff;
    const hashes = first + tableCapacity(log);
    const cells = cellsAt(this.#words, hashes + tableCapacity(log), log);
    const unused = unusedCell(log);
    let all = 0;
    for (let entry = 0; entry < count; entry++) {
      const hash = this.#words[hashes + entry] as number;
      let steps = 0;
      let perturb = hash;
      let place = hash & (cells.length - 1);
      for (let cell = cells[place] as number; cell !== entry && cell !== unused; cell = cells[place] as number) {
        const key = cell < count && this.#words[hashes + cell] === hash ? (this.#words[first + cell] as number) : 0;
        steps += key === 0 ? 1 : 1 + this.#costOfKnown(key);
        if (steps > 4096) {
          this.#budget.spend(steps);
          all += steps;
          steps = 0;
        }
        perturb >>>= 5;
        place = (place * 5 + perturb + 1) & (cells.length - 1);
      }
      this.#budget.spend(steps);
      all += steps;
    }
    return all;
  }

  /** Steps to compare an element whose cost has been computed. */
  #costOfKnown(key: number): number {
    const parts = this.#whatHasParts(key);
    return parts === 0 ? 1 : (this.#known.get(parts)?.compare ?? 1);
  }

  /** Uses an explicit stack, because the depth is not checked yet. A shared part counts each time it is reached. */
  #ofParts(table: number, root: number): KeyCost {
    const stack: Level[] = [];
    const begin = (container: number): void => {
      if (stack.length === MAX_KEY_DEPTH) this.#fail(table, "a key is nested too deeply");
      stack.push({ container, next: 0, cost: { hash: 1, compare: 1, depth: 1 } });
    };
    const known = this.#known.get(root);
    if (known !== undefined) return known;
    begin(root);
    for (;;) {
      const top = stack.at(-1) as Level;
      const [first, count] = this.#partsOf(top.container);
      if (top.next < count) {
        const item = this.#words[first + top.next] as number;
        // A deleted element.
        const parts = item === 0 ? 0 : this.#whatHasParts(item);
        const cost = item === 0 ? ATOM : parts === 0 ? this.of(table, item) : this.#known.get(parts);
        if (cost === undefined) {
          begin(parts);
          continue;
        }
        top.next++;
        top.cost.hash += cost.hash;
        top.cost.compare += cost.compare;
        top.cost.depth = Math.max(top.cost.depth, cost.depth + 1);
        continue;
      }
      if (top.cost.depth > MAX_KEY_DEPTH) this.#fail(table, "a key is nested too deeply");
      if (this.#typeOf(top.container) === TYPE_FROZENSET) top.cost.compare += this.#searches(top.container);
      this.#known.set(top.container, top.cost);
      stack.pop();
      if (stack.length === 0) return top.cost;
    }
  }
}
