/** Copies the live blocks to where the plan puts them, and everything in them that refers to an address follows. */
import {
  BUFFER_DATA_OFFSET,
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_PREV_OFFSET,
  FLAG_INTERNED,
  FLAG_OLD,
  FLAG_TRACKED,
  FROZENSET_HASH_OFFSET,
  KIND_LIST,
  KIND_STRUCT,
  KIND_TABLE,
  KIND_TUPLE,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BUFFER,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_FROZENSET,
  TYPE_MASK,
  TYPE_STR,
  TYPE_WEAKREF,
  WEAKMAP_FIRST_OFFSET,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../../../assembly/layout.js";
import { cellShift, tableCapacity } from "../../wasm/core-layout.js";
import type { Tally } from "../check/objects.js";
import type { Run } from "../image.js";
import { prefixOf } from "../types.js";
import type { TypeShape } from "../types.js";
import type { Forwards } from "./forwards.js";
import { Keys, buildIndex } from "./keys.js";
import type { Plan } from "./plan.js";
import type { BlockSource } from "./source.js";

/** What the placing of the blocks needs to know of them. */
export type MovedTally = Pick<Tally, "noted" | "old" | "frozen">;

/**
 * Fills the section PAGE of the compacted heap. `pages` consists of zeros, and so does everything afterwards that no
 * program can read. `spend` counts the steps of the searches in tables.
 */
export function moveBlocks(
  source: BlockSource,
  plan: Plan,
  pages: Uint32Array,
  spend: (steps: number) => void = () => undefined,
): MovedTally {
  return new Mover(source, plan, pages, spend).run();
}

class Mover {
  readonly #source: BlockSource;
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #plan: Plan;
  readonly #forwards: Forwards;
  readonly #fromStart: Uint32Array;
  readonly #toStart: Uint32Array;
  readonly #keys: Keys;
  readonly #spend: (steps: number) => void;
  readonly #noted: number[] = [];
  #old = 0;
  #frozen = 0;

  constructor(source: BlockSource, plan: Plan, pages: Uint32Array, spend: (steps: number) => void) {
    this.#source = source;
    this.#from = source.words;
    this.#to = pages;
    this.#plan = plan;
    this.#forwards = plan.forwards;
    this.#fromStart = source.pageStart;
    this.#toStart = plan.pageStart;
    this.#keys = new Keys(source, plan.forwards);
    this.#spend = spend;
  }

  run(): MovedTally {
    this.#source.runs.forEach((run, index) => {
      if (run.made > 0) this.#moveRun(run, this.#forwards.ofRun(index));
    });
    const { freeBlocks } = this.#plan;
    for (let i = 0; i < freeBlocks.length; i += 2)
      this.#to[this.#place(freeBlocks[i] as number)] = freeBlocks[i + 1] as number;
    return { noted: this.#noted.sort((a, b) => a - b), old: this.#old, frozen: this.#frozen };
  }

  #moveRun(run: Run, targets: Uint32Array): void {
    const stride = run.blockSize >>> 2;
    let at = run.start + (prefixOf(run.kind) >>> 2);
    for (let block = 0; block < run.made; block++, at += stride) {
      const address = targets[block] as number;
      if (address === 0) continue;
      const to = this.#place(address);
      if (run.kind !== 0) this.#moveLinks(at, to);
      if (this.#move(at, to)) this.#noted.push(address);
    }
  }

  /** Where the bytes of a new address lie. */
  #place(address: number): number {
    return (this.#toStart[address >>> 16] as number) + ((address & 0xffff) >>> 2);
  }

  /** The neighbours of a young object, the birth of an old one. */
  #moveLinks(at: number, to: number): void {
    const info = this.#from[at + 1] as number;
    if ((info & FLAG_TRACKED) === 0) return;
    const next = this.#from[at - 2] as number;
    const prev = this.#from[at - 1] as number;
    const isOld = (info & FLAG_OLD) !== 0;
    if (isOld) {
      this.#old++;
      if (prev * 2 ** 32 + next < this.#source.control.frozenUpTo) this.#frozen++;
    }
    this.#to[to - 2] = isOld ? next : this.#neighbour(next);
    this.#to[to - 1] = isOld ? prev : this.#neighbour(prev);
  }

  #neighbour(link: number): number {
    const [head0, head1] = this.#source.heads;
    return link === head0 || link === head1 ? 0 : this.#forwards.to(link);
  }

  /** Whether a table of the heap leads to the object, or its neighbours in a chain: see `Tally.noted`. */
  #move(at: number, to: number): boolean {
    const info = this.#from[at + 1] as number;
    const id = info & TYPE_MASK;
    this.#to[to] = this.#from[at] as number;
    this.#to[to + 1] = info;
    // Its owner moves what it contains. The tables of the heap are filled anew.
    if (id === TYPE_BUFFER) return false;
    if (id === TYPE_STR || id === TYPE_BYTES) {
      this.#moveText(at, to);
      return id === TYPE_STR && (info & FLAG_INTERNED) !== 0;
    }
    const type = this.#source.types[id] as TypeShape;
    if (type.kind === KIND_TUPLE) {
      const length = this.#from[at + TUPLE_LENGTH_OFFSET / 4] as number;
      this.#to[to + TUPLE_LENGTH_OFFSET / 4] = length;
      this.#moveSlots(at + TUPLE_ITEMS_OFFSET / 4, to + TUPLE_ITEMS_OFFSET / 4, length);
      return false;
    }
    this.#copy(at + 2, to + 2, type.payload >>> 2);
    if (type.kind === KIND_STRUCT) this.#moveSlots(at + PAYLOAD_OFFSET / 4, to + PAYLOAD_OFFSET / 4, type.slots);
    else if (type.kind === KIND_LIST) this.#moveList(at, to);
    else if (type.kind === KIND_TABLE) this.#moveTable(at, to, id);
    else if (type.kind === KIND_WEAKMAP)
      this.#moveSlots(at + WEAKMAP_FIRST_OFFSET / 4, to + WEAKMAP_FIRST_OFFSET / 4, 1);
    else if (id === TYPE_WEAKREF && this.#from[at + WEAKREF_REFERENT_OFFSET / 4] !== 0)
      // A dead one can have its hash in the place of a link.
      this.#moveFields(at, to, WEAKREF_REFERENT_OFFSET, WEAKREF_PREV_OFFSET);
    if (id === TYPE_EPHEMERON) this.#moveFields(at, to, EPHEMERON_KEY_OFFSET, EPHEMERON_PREV_OFFSET);
    return id === TYPE_WEAKREF || id === TYPE_EPHEMERON;
  }

  /** Copies words. Most objects are too small for `set`. */
  #copy(at: number, to: number, count: number): void {
    if (count > 32) this.#to.set(this.#from.subarray(at, at + count), to);
    else for (let i = 0; i < count; i++) this.#to[to + i] = this.#from[at + i] as number;
  }

  #moveSlots(at: number, to: number, count: number): void {
    for (let i = 0; i < count; i++) this.#to[to + i] = this.#forwards.to(this.#from[at + i] as number);
  }

  /** Moves the references from the field at one offset to that at another. */
  #moveFields(at: number, to: number, first: number, last: number): void {
    this.#moveSlots(at + first / 4, to + first / 4, (last - first) / 4 + 1);
  }

  /** Copies a text without its cached hash, and without what follows it in its last word. */
  #moveText(at: number, to: number): void {
    const length = this.#from[at + STR_LENGTH_OFFSET / 4] as number;
    this.#to[to + STR_LENGTH_OFFSET / 4] = length;
    this.#copy(at + STR_BYTES_OFFSET / 4, to + STR_BYTES_OFFSET / 4, (length + 3) >>> 2);
    const over = length & 3;
    const last = to + ((STR_BYTES_OFFSET + length) >>> 2);
    if (over !== 0) this.#to[last] = (this.#to[last] as number) & ((1 << (8 * over)) - 1);
  }

  /** Sets the address of an owner's buffer. Returns where its content begins, before and after. */
  #moveBuffer(at: number, to: number): [from: number, to: number] | undefined {
    const buffer = this.#from[at + SLOTS_BUFFER_OFFSET / 4] as number;
    if (buffer === 0) return undefined;
    const moved = this.#forwards.to(buffer);
    this.#to[to + SLOTS_BUFFER_OFFSET / 4] = moved;
    const from = (this.#fromStart[buffer >>> 16] as number) + ((buffer & 0xffff) >>> 2);
    return [from + BUFFER_DATA_OFFSET / 4, this.#place(moved) + BUFFER_DATA_OFFSET / 4];
  }

  #moveList(at: number, to: number): void {
    const buffer = this.#moveBuffer(at, to);
    if (buffer !== undefined) this.#moveSlots(...buffer, this.#from[at + SLOTS_COUNT_OFFSET / 4] as number);
  }

  #moveTable(at: number, to: number, id: number): void {
    const buffer = this.#moveBuffer(at, to);
    if (buffer === undefined) return;
    const [source, first] = buffer;
    const width = id === TYPE_DICT ? 2 : 1;
    const log = (this.#from[at + TABLE_LOG_OFFSET / 4] as number) & 0xff;
    const slots = this.#from[at + SLOTS_COUNT_OFFSET / 4] as number;
    const capacity = tableCapacity(log);
    const entries = slots / width;
    const hashes = capacity * width;
    this.#moveSlots(source, first, slots);
    let isIndexed = true;
    for (let entry = 0; entry < entries; entry++) {
      const key = this.#from[source + entry * width] as number;
      const before = this.#from[source + hashes + entry] as number;
      const hash = key === 0 ? before : this.#keys.hashOf(key, before);
      isIndexed &&= hash === before;
      this.#to[first + hashes + entry] = hash;
    }
    const cells = hashes + capacity;
    if (isIndexed) this.#copy(source + cells, first + cells, 2 ** (log + cellShift(log)) / 4);
    else buildIndex(this.#to, { first, hashes: first + hashes, entries, width, log }, this.#spend);
    if (id === TYPE_FROZENSET && !isIndexed) this.#to[to + FROZENSET_HASH_OFFSET / 4] = this.#keys.hashOfFrozenset(at);
  }
}
