import {
  BUFFER_DATA_OFFSET,
  FLAG_COLLECTING,
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  IMMORTAL_REFCOUNT,
  KIND_LIST,
  KIND_STRUCT,
  KIND_TABLE,
  KIND_TUPLE,
  KIND_WEAKMAP,
  LIST_CAPACITY_OFFSET,
  PAYLOAD_OFFSET,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_EPHEMERON,
  TYPE_INT,
  TYPE_MASK,
  TYPE_NONE,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../../../assembly/layout.js";
import type { Image } from "../image.js";
import type { TypeShape } from "../types.js";
import type { ProbeBudget } from "./budget.js";
import type { Population } from "./population.js";
import { TableChecker } from "./tables.js";
import { isUtf8 } from "./utf8.js";

/** Counts made while every object was checked. */
export interface Tally {
  /** Slots that refer to each object. */
  readonly references: Uint32Array;
  /** Whether an object is in a young generation's list, and how many objects are. */
  readonly isYoung: Uint8Array;
  readonly young: number;
  /** Objects flagged as having weak references or entries in weak maps. */
  readonly weaklyHeld: number;
  /** Objects with more outside references than their header can hold. */
  readonly saturated: number;
  readonly interned: number;
  /** Addresses of interned strings, weak references, weak maps and their entries, ascending. */
  readonly noted: readonly number[];
  /** Old objects, and the frozen ones among them. */
  readonly old: number;
  readonly frozen: number;
}

/** Flags that are set only while the core works. */
const AT_WORK = FLAG_COLLECTING | FLAG_DYING;
const OF_LINKED = FLAG_TRACKED | FLAG_OLD | FLAG_FINALIZED;

/** Checks each object, and that all its references refer to objects. @throws {@link BadImageError} */
export function checkObjects(image: Image, population: Population, budget: ProbeBudget): Tally {
  return new ObjectChecker(image, population, budget).run();
}

class ObjectChecker {
  readonly #image: Image;
  readonly #words: Uint32Array;
  readonly #population: Population;
  readonly #tables: TableChecker;
  readonly #references: Uint32Array;
  readonly #isYoung: Uint8Array;
  #young = 0;
  #weaklyHeld = 0;
  #saturated = 0;
  #interned = 0;
  #old = 0;
  #frozen = 0;
  readonly #noted: number[] = [];
  #singles = 0;

  constructor(image: Image, population: Population, budget: ProbeBudget) {
    this.#image = image;
    this.#words = image.words;
    this.#population = population;
    this.#tables = new TableChecker(image, population, budget);
    this.#references = new Uint32Array(population.count);
    this.#isYoung = new Uint8Array(population.count);
  }

  run(): Tally {
    const { addresses } = this.#population;
    for (let ordinal = 0; ordinal < addresses.length; ordinal++) this.#check(addresses[ordinal] as number, ordinal);
    // None, False, True and the empty tuple. The control block's references to them have been checked.
    if (this.#singles !== 4) throw this.#image.error("PAGE", "there are two None, True, False or empty tuples");
    // Tables come last: they need their keys checked.
    for (const object of this.#tables.found) this.#tables.checkKeys(object);
    return {
      references: this.#references,
      isYoung: this.#isYoung,
      young: this.#young,
      weaklyHeld: this.#weaklyHeld,
      saturated: this.#saturated,
      interned: this.#interned,
      noted: this.#noted,
      old: this.#old,
      frozen: this.#frozen,
    };
  }

  #fail(object: number, message: string): never {
    throw this.#image.errorAt(object, message);
  }

  #check(object: number, ordinal: number): void {
    const at = this.#image.at(object);
    const info = this.#words[at + 1] as number;
    const id = info & TYPE_MASK;
    const type = this.#image.types[id] as TypeShape;
    this.#checkCount(object, this.#words[at] as number, info >>> ROOTS_SHIFT);
    this.#checkFlags(object, ordinal, at, info, type);
    if (id === TYPE_WEAKREF || id === TYPE_EPHEMERON || type.kind === KIND_WEAKMAP) this.#noted.push(object);
    if (type.kind === KIND_STRUCT) {
      const first = at + PAYLOAD_OFFSET / 4;
      for (let slot = first; slot < first + type.slots; slot++) {
        const child = this.#words[slot] as number;
        if (child !== 0) this.#refer(object, child);
      }
    } else if (type.kind === KIND_TUPLE) this.#checkTuple(object, at, info);
    else if (type.kind === KIND_LIST) this.#checkList(object, at);
    else if (type.kind === KIND_TABLE) this.#checkTable(object, at, info);
    else if (id === TYPE_STR || id === TYPE_BYTES) this.#checkText(object, at, id);
    else if (id === TYPE_NONE || id === TYPE_BOOL) this.#singles++;
  }

  #checkCount(object: number, count: number, roots: number): void {
    if (count > 0x7fffffff) {
      if (count !== IMMORTAL_REFCOUNT || roots !== ROOTS_SATURATED) this.#fail(object, "an immortal object is none");
    } else if (count === 0) this.#fail(object, "an object has no references");
    else if (roots === ROOTS_SATURATED) this.#saturated++;
  }

  #checkFlags(object: number, ordinal: number, at: number, info: number, type: TypeShape): void {
    const id = info & TYPE_MASK;
    if ((info & AT_WORK) !== 0) this.#fail(object, "an object is in the middle of something");
    if ((info & FLAG_UNREACHABLE) !== 0) {
      if (id !== TYPE_STR && id !== TYPE_INT) this.#fail(object, "an object has a flag that it cannot have");
      if (id === TYPE_STR) {
        this.#interned++;
        this.#noted.push(object);
      }
    }
    if ((info & FLAG_HAS_WEAKREFS) !== 0) {
      if (!type.isWeakrefable) this.#fail(object, "an object has weak references, but its type does not allow them");
      this.#weaklyHeld++;
    }
    if (!type.hasLinks) {
      if ((info & OF_LINKED) !== 0) this.#fail(object, "an object is tracked, but its type does not allow it");
      return;
    }
    if ((info & FLAG_FINALIZED) !== 0 && !type.hasFinalizer)
      this.#fail(object, "an object without a finalizer had it run");
    if ((info & FLAG_TRACKED) === 0) {
      if ((info & FLAG_OLD) !== 0 || (id !== TYPE_TUPLE && id !== TYPE_DICT))
        this.#fail(object, "an object is not tracked that should be");
    } else if ((info & FLAG_OLD) !== 0) {
      const birth = (this.#words[at - 1] as number) * 2 ** 32 + (this.#words[at - 2] as number);
      if (birth >= this.#image.control.births) this.#fail(object, "an old object has not been born yet");
      this.#old++;
      if (birth < this.#image.control.frozenUpTo) this.#frozen++;
    } else {
      this.#isYoung[ordinal] = 1;
      this.#young++;
    }
  }

  /** Counts a reference. Returns the ordinal of the object it refers to. */
  #refer(object: number, child: number): number {
    const ordinal = this.#population.find(child);
    if (ordinal < 0) this.#fail(object, "an object refers to what is none");
    this.#references[ordinal] = (this.#references[ordinal] as number) + 1;
    return child;
  }

  /** Whether an object can be part of a cycle: see assembly/values/tracking.ts. */
  #mayBeTracked(child: number): boolean {
    const info = this.#image.word(child + 4);
    const id = info & TYPE_MASK;
    return (this.#image.types[id] as TypeShape).hasLinks && (id !== TYPE_TUPLE || (info & FLAG_TRACKED) !== 0);
  }

  /** Counts the references in a container's slots. */
  #referAll(object: number, first: number, count: number, info: number): void {
    const isUntracked = (info & FLAG_TRACKED) === 0;
    for (let slot = first; slot < first + count; slot++) {
      const child = this.#words[slot] as number;
      if (child === 0) continue;
      this.#refer(object, child);
      if (isUntracked && this.#mayBeTracked(child)) this.#fail(object, "an object is not tracked that should be");
    }
  }

  #checkTuple(object: number, at: number, info: number): void {
    const length = this.#words[at + TUPLE_LENGTH_OFFSET / 4] as number;
    if (length === 0) this.#singles++;
    if (TUPLE_ITEMS_OFFSET - PAYLOAD_OFFSET + 4 * length > this.#image.storedRoom(this.#image.runAt(object)))
      this.#fail(object, "a tuple is longer than its block");
    const first = at + TUPLE_ITEMS_OFFSET / 4;
    if (this.#words.subarray(first, first + length).includes(0)) this.#fail(object, "a tuple has an empty slot");
    this.#referAll(object, first, length, info);
  }

  #checkList(object: number, at: number): void {
    const buffer = this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number;
    const length = this.#words[at + SLOTS_COUNT_OFFSET / 4] as number;
    const capacity = this.#words[at + LIST_CAPACITY_OFFSET / 4] as number;
    if (length > capacity) this.#fail(object, "a list is longer than it can be");
    if (buffer === 0) {
      if (capacity !== 0) this.#fail(object, "a list has no buffer");
      return;
    }
    if (!this.#population.claimBuffer(buffer)) this.#fail(object, "the buffer of a list is none, or another's");
    const run = this.#image.runAt(buffer);
    if (4 * capacity > this.#image.room(run) || 4 * length > this.#image.storedRoom(run))
      this.#fail(object, "a list is longer than its buffer");
    const first = this.#image.at(buffer) + BUFFER_DATA_OFFSET / 4;
    if (this.#words.subarray(first, first + length).includes(0)) this.#fail(object, "a list has an empty slot");
    this.#referAll(object, first, length, FLAG_TRACKED);
  }

  #checkTable(object: number, at: number, info: number): void {
    const slots = this.#tables.checkShape(object, at);
    if (slots === 0) return;
    const buffer = this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number;
    this.#referAll(object, this.#image.at(buffer) + BUFFER_DATA_OFFSET / 4, slots, info);
  }

  #checkText(object: number, at: number, id: number): void {
    const length = this.#words[at + STR_LENGTH_OFFSET / 4] as number;
    if (STR_BYTES_OFFSET - PAYLOAD_OFFSET + length > this.#image.storedRoom(this.#image.runAt(object)))
      this.#fail(object, "a text is longer than its block");
    // A stored hash cannot be trusted. The core computes it when it is needed.
    if (this.#words[at + STR_HASH_OFFSET / 4] !== 0) this.#fail(object, "a text comes with a hash");
    if (id === TYPE_STR && !isUtf8(this.#image.frame.bytes, 4 * at + STR_BYTES_OFFSET, length))
      this.#fail(object, "a text is not UTF-8");
  }
}
