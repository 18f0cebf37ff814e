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
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../../assembly/layout.js";
import type { Address } from "../wasm/exports.js";
import { isAtomType, readAtom } from "./atoms.js";
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
 * The pairs still to be compared wait in a list. Containers that are assumed to be equal are joined to one class
 * (union-find), so each pair is looked into at most once, and the time is linear in what is compared: Hopcroft and Karp,
 * "A Linear Algorithm for Testing Equivalence of Finite Automata", 1971.
 */
export function areEqual(reader: EqualityReader, first: Address, second: Address): boolean {
  // Of NaN, Python says that it does not equal itself, unless both are found in containers.
  if (first === second) return reader.typeIdAt(first) !== TYPE_FLOAT || areEqualAtoms(reader, first, second);
  const pairs: Address[] = [first, second];
  const classes = new Classes();
  while (pairs.length > 0) {
    const b = pairs.pop() as Address;
    const a = pairs.pop() as Address;
    if (a === b) continue;
    const type = reader.typeIdAt(a);
    const other = reader.typeIdAt(b);
    if (isAtomType(type) && isAtomType(other)) {
      if (!areEqualAtoms(reader, a, b)) return false;
    } else if (type !== other) return false;
    else if (classes.join(a, b) && !comparesParts(reader, type, a, b, pairs)) return false;
  }
  return true;
}

/** Sets of containers that are assumed to be equal. */
class Classes {
  readonly #parents = new Map<Address, Address>();

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

/** Adds the pairs on which it depends whether two containers of one type are equal. False if they are not anyway. */
function comparesParts(reader: EqualityReader, type: number, a: Address, b: Address, pairs: Address[]): boolean {
  const { memory } = reader;
  switch (type) {
    case TYPE_LIST:
    case TYPE_TUPLE: {
      const [items, count] = itemsOf(reader, type, a);
      const [others, otherCount] = itemsOf(reader, type, b);
      if (count !== otherCount) return false;
      // The first pair is compared first.
      for (let at = 4 * (count - 1); at >= 0; at -= 4) pairs.push(memory.word(items + at), memory.word(others + at));
      return true;
    }
    case TYPE_DICT:
    case TYPE_SET: {
      if (memory.word(a + TABLE_LENGTH_OFFSET) !== memory.word(b + TABLE_LENGTH_OFFSET)) return false;
      const width = type === TYPE_DICT ? 8 : 4;
      const [slots, count] = itemsOf(reader, type, a);
      const [others] = itemsOf(reader, type, b);
      for (let slot = slots; slot < slots + 4 * count; slot += width) {
        const key = memory.word(slot);
        // Deleted entries are zeros.
        if (key === 0) continue;
        const entry = reader.findIn(b, key);
        if (entry === NO_ENTRY) return false;
        if (type === TYPE_DICT) pairs.push(memory.word(slot + 4), memory.word(others + width * entry + 4));
      }
      return true;
    }
    case TYPE_WEAKREF: {
      const [one, other] = [reader.referentOf(a), reader.referentOf(b)];
      if (one === 0 || other === 0) return false;
      pairs.push(one, other);
      return true;
    }
    default:
      return false;
  }
}

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
