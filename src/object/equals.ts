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

/** A reader that can also ask the core. Neither answer runs code of the program. */
export interface EqualityReader extends Reader {
  /** Number of the entry of a key in a table, or NO_ENTRY. The key is in some table of the heap, so it is hashable. */
  findIn(table: Address, key: Address): number;
  /** Referent of a weak reference; 0 if it is dead. */
  referentOf(weakref: Address): Address;
}

/**
 * Python's `a == b`. Containers are equal if their contents are. 1 equals 1.0 and True. Structs and weak maps equal only
 * themselves. Weak references are equal if their referents are. Depth is not limited. For cycles Python raises a
 * RecursionError; here two objects are equal if every path leads to equal values from both.
 *
 * Containers assumed to be equal are merged into one class (union-find), so each pair is compared at most once, and the time
 * is linear in the size of the input: Hopcroft and Karp, "A Linear Algorithm for Testing Equivalence of Finite Automata",
 * 1971. The memory depends on the depth and number of the containers, not on their other contents.
 */
export function areEqual(reader: EqualityReader, first: Address, second: Address): boolean {
  // A NaN does not equal itself in Python, except inside containers, where identity is checked first.
  if (first === second) return reader.typeIdAt(first) !== TYPE_FLOAT || areEqualAtoms(reader, first, second);
  return new Comparison(reader).run(first, second);
}

class Comparison {
  readonly #reader: EqualityReader;
  readonly #classes = new Classes();
  /** Stack of the pairs being compared: one container, the other, and the next slot of the first one. */
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

  /** Compares two atoms, or pushes two containers. False if they differ. */
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

  /** Compares what is known without the contents of two containers of one type. False if that differs. */
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

  /** Compares contents of the innermost pair until it contains two containers, which are compared first. False if any differ. */
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
      // The last part is not followed by others, so its container is popped first: a chain of any length needs no stack.
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

/** Sets of containers assumed to be equal. */
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

  /** Merges two classes. @returns Whether they were different. */
  join(a: Address, b: Address): boolean {
    const [one, other] = [this.#find(a), this.#find(b)];
    if (one !== other) this.#parents.set(one, other);
    return one !== other;
  }
}

/** Number of items of a container; `undefined` for an object that equals only itself. */
function sizeOf(reader: Reader, type: number, address: Address): number | undefined {
  if (isTableType(type)) return reader.memory.word(address + TABLE_LENGTH_OFFSET);
  return type === TYPE_LIST || type === TYPE_TUPLE ? itemsOf(reader, type, address)[1] : undefined;
}

/** Start and number of the slots of a container. In tables, deleted entries are included. */
function itemsOf({ memory }: Reader, type: number, address: Address): [items: Address, count: number] {
  if (type === TYPE_TUPLE) return [address + TUPLE_ITEMS_OFFSET, memory.word(address + TUPLE_LENGTH_OFFSET)];
  return [memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET, memory.word(address + SLOTS_COUNT_OFFSET)];
}

/** Numbers are compared by exact value across types; other atoms by type and value. */
function areEqualAtoms(reader: Reader, a: Address, b: Address): boolean {
  const type = reader.typeIdAt(a);
  const other = reader.typeIdAt(b);
  if (isNumeric(type) && isNumeric(other)) {
    const [one, two] = [numberAt(reader, a, type), numberAt(reader, b, other)];
    // JavaScript compares a bigint and a number exactly.
    return one <= two && one >= two;
  }
  // None is a single object.
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
