import {
  BUFFER_DATA_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TABLE_USABLE_OFFSET,
  TYPE_DICT,
  TYPE_MASK,
} from "../../../assembly/layout.js";
import { cellShift, MAX_TABLE_LOG, MIN_TABLE_LOG, tableBufferBytes, tableCapacity } from "../../wasm/core-layout.js";
import type { Image } from "../image.js";
import type { ProbeBudget } from "./budget.js";
import { allCells, firstCell, unusedCell } from "./cells.js";
import { KeyCosts } from "./key-costs.js";
import type { Population } from "./population.js";

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
  readonly #costs: KeyCosts;
  readonly #cells: ReturnType<typeof allCells>;

  constructor(image: Image, population: Population, budget: ProbeBudget) {
    this.#costs = new KeyCosts(image, population, budget);
    this.#image = image;
    this.#words = image.words;
    this.#cells = allCells(image.words);
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
    // A frozenset that has a hash can be a key, wherever it is.
    if (this.#costs.hasHash(at)) this.#costs.of(table, table);
    const width = this.#widthOf(at);
    const log = (this.#words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff;
    const capacity = tableCapacity(log);
    const entries = (this.#words[at + SLOTS_COUNT_OFFSET / 4] as number) / width;
    const first = this.#image.at(this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number) + BUFFER_DATA_OFFSET / 4;
    const hashes = first + capacity * width;
    const cells = this.#cells[cellShift(log)] as Uint8Array;
    const start = firstCell(hashes + capacity, log);
    const mask = 2 ** log - 1;
    const unused = unusedCell(log);
    const tombstone = unused - 1;

    let filled = 0;
    let leading = 0;
    for (let i = start; i <= start + mask; i++) {
      const cell = cells[i] as number;
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
      const cost = this.#costs.of(table, key);
      const hash = this.#words[hashes + entry] as number;
      let steps = cost.hash;
      let perturb = hash;
      let place = hash & mask;
      for (let cell = cells[start + place]; cell !== entry; cell = cells[start + place]) {
        if (cell === unused) this.#fail(table, "a key is not where its hash leads");
        steps += 1;
        if (cell !== tombstone && this.#words[hashes + (cell as number)] === hash) steps += cost.compare;
        if (steps > 4096) {
          this.#budget.spend(steps);
          steps = 0;
        }
        perturb >>>= 5;
        place = (place * 5 + perturb + 1) & mask;
      }
      this.#budget.spend(steps);
    }
  }
}
