import {
  BUFFER_DATA_OFFSET,
  NO_ENTRY,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LENGTH_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_FLOAT,
  TYPE_LIST,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../../assembly/layout.js";
import { LargeMap } from "../base/large-map.js";
import type { Address } from "../wasm/exports.js";
import { isAtomType, readAtom } from "./atoms.js";
import { isSetType, isTableType } from "./types.js";
import type { Reader } from "./reader.js";

/** A heap that can also be asked what only the core knows. Neither answer runs code of the program. */
export interface EqualityReader extends Reader {
  /** Number of the entry of a key that is in some table of the heap, or NO_ENTRY. */
  findIn(table: Address, key: Address): number;
  /** What a weak reference refers to; 0 once that is dead. */
  referentOf(weakref: Address): Address;
}

/**
 * Python's `a == b`: containers are equal if what they hold is, 1 equals 1.0 and True, structs and weak maps are equal to
 * themselves alone, and weak references to what is equal are equal. Depth is no limit. Where Python raises a
 * RecursionError for cycles, two are equal if no path from one leads to something else than the same path from the other.
 *
 * Containers that are assumed to be equal are joined to one class (union-find), so each pair is looked into at most once, and
 * the time is linear in what is compared: Hopcroft and Karp, "A Linear Algorithm for Testing Equivalence of Finite Automata",
 * 1971. The memory depends on how deep and how many the containers are, not on what else they hold.
 */
export function areEqual(reader: EqualityReader, first: Address, second: Address): boolean {
  // Of NaN, Python says that it does not equal itself, unless both are found in containers.
  if (first === second) return reader.typeIdAt(first) !== TYPE_FLOAT || areEqualAtoms(reader, first, second);
  return new Comparison(reader).run(first, second);
}

class Comparison {
  readonly #reader: EqualityReader;
  readonly #classes = new Classes();
  /** Pairs of containers under way, the innermost last: one, the other, and the slot of the one that is next. */
  readonly #ones: Address[] = [];
  readonly #others: Address[] = [];
  readonly #slots: number[] = [];

  constructor(reader: EqualityReader) {
    this.#reader = reader;
  }

  run(first: Address, second: Address): boolean {
    if (!this.#compare(first, second)) return false;
    while (this.#ones.length > 0) if (!this.#goOn()) return false;
    return true;
  }

  /** Compares two atoms, or begins with two containers. False if they differ. */
  #compare(one: Address, other: Address): boolean {
    const reader = this.#reader;
    let [a, b] = [one, other];
    for (;;) {
      if (a === b) return true;
      const type = reader.typeIdAt(a);
      const otherType = reader.typeIdAt(b);
      if (isAtomType(type) && isAtomType(otherType)) return areEqualAtoms(reader, a, b);
      if (type !== otherType && !(isSetType(type) && isSetType(otherType))) return false;
      if (type !== TYPE_WEAKREF) return this.#begin(type, a, b);
      [a, b] = [reader.referentOf(a), reader.referentOf(b)];
      if (a === 0 || b === 0) return false;
    }
  }

  /** False if two containers of one type differ in what is known without their parts. */
  #begin(type: number, a: Address, b: Address): boolean {
    const reader = this.#reader;
    const size = sizeOf(reader, type, a);
    if (size === undefined || size !== sizeOf(reader, type, b)) return false;
    if (size === 0 || !this.#classes.join(a, b)) return true;
    this.#ones.push(a);
    this.#others.push(b);
    this.#slots.push(0);
    return true;
  }

  /** Compares parts of the innermost containers, until some are containers, which come first. False if any differ. */
  #goOn(): boolean {
    const reader = this.#reader;
    const { memory } = reader;
    const depth = this.#ones.length;
    const [a, b] = [this.#ones[depth - 1] as Address, this.#others[depth - 1] as Address];
    const type = reader.typeIdAt(a);
    const [slots, count] = itemsOf(reader, type, a);
    const [others] = itemsOf(reader, type, b);
    const width = type === TYPE_DICT ? 2 : 1;
    for (let slot = this.#slots[depth - 1] as number; slot < count;) {
      let at = slot;
      let otherAt = slot;
      slot += width;
      if (isTableType(type)) {
        const key = memory.word(slots + 4 * at);
        // Deleted entries are zeros.
        if (key === 0) continue;
        const entry = reader.findIn(b, key);
        if (entry === NO_ENTRY) return false;
        if (isSetType(type)) continue;
        at += 1;
        otherAt = width * entry + 1;
      }
      // The last part needs no way back: so a chain of any length takes no room.
      if (slot >= count) {
        this.#leave();
        return this.#compare(memory.word(slots + 4 * at), memory.word(others + 4 * otherAt));
      }
      this.#slots[depth - 1] = slot;
      if (!this.#compare(memory.word(slots + 4 * at), memory.word(others + 4 * otherAt))) return false;
      if (this.#ones.length > depth) return true;
    }
    this.#leave();
    return true;
  }

  #leave(): void {
    this.#ones.pop();
    this.#others.pop();
    this.#slots.pop();
  }
}

/** Sets of containers that are assumed to be equal. */
class Classes {
  readonly #parents = new LargeMap<Address, Address>();

  #find(address: Address): Address {
    let at = address;
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) {
      const above = this.#parents.get(up);
      if (above !== undefined) this.#parents.set(at, above);
      at = up;
    }
    return at;
  }

  /** @returns Whether they were in two classes. */
  join(a: Address, b: Address): boolean {
    const [one, other] = [this.#find(a), this.#find(b)];
    if (one !== other) this.#parents.set(one, other);
    return one !== other;
  }
}

/** How many parts a container has; `undefined` for what is equal to itself alone. */
function sizeOf(reader: Reader, type: number, address: Address): number | undefined {
  if (isTableType(type)) return reader.memory.word(address + TABLE_LENGTH_OFFSET);
  return type === TYPE_LIST || type === TYPE_TUPLE ? itemsOf(reader, type, address)[1] : undefined;
}

/** Where the slots of a container begin, and how many there are: in tables, those of deleted entries included. */
function itemsOf({ memory }: Reader, type: number, address: Address): [items: Address, count: number] {
  if (type === TYPE_TUPLE) return [address + TUPLE_ITEMS_OFFSET, memory.word(address + TUPLE_LENGTH_OFFSET)];
  return [memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET, memory.word(address + SLOTS_COUNT_OFFSET)];
}

/** Numbers of any two types are compared by value, exactly; all else by type and value. */
function areEqualAtoms(reader: Reader, a: Address, b: Address): boolean {
  const type = reader.typeIdAt(a);
  const other = reader.typeIdAt(b);
  if (isNumeric(type) && isNumeric(other)) {
    const [one, two] = [numberAt(reader, a, type), numberAt(reader, b, other)];
    // So does JavaScript compare a bigint and a number.
    return one <= two && one >= two;
  }
  // There is one None.
  return type === other && (type === TYPE_STR || type === TYPE_BYTES) && areSameBytes(reader, a, b);
}

function isNumeric(type: number): boolean {
  return type >= TYPE_BOOL && type <= TYPE_FLOAT;
}

function numberAt(reader: Reader, address: Address, type: number): number | bigint {
  const value = readAtom(reader, address, type);
  return typeof value === "bigint" ? value : Number(value);
}

function areSameBytes({ memory }: Reader, a: Address, b: Address): boolean {
  const length = memory.word(a + STR_LENGTH_OFFSET);
  if (memory.word(b + STR_LENGTH_OFFSET) !== length) return false;
  const { u8 } = memory;
  for (let at = STR_BYTES_OFFSET; at < STR_BYTES_OFFSET + length; at++) if (u8[a + at] !== u8[b + at]) return false;
  return true;
}
