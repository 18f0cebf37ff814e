import {
  BUFFER_DATA_OFFSET,
  MAX_KEY_PARTS,
  MAX_KEY_DEPTH,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_LIST,
  TYPE_TUPLE,
} from "../../../assembly/layout.js";
import { isAtomType, readAtom } from "../../object/atoms.js";
import type { Atom } from "../../object/atoms.js";
import { BadValueError } from "../../base/errors.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";

/** The order in which values come when sorted; those that are equal keep theirs. */
export function sortedOrder<T>(values: readonly T[], compare: (a: T, b: T) => number): Uint32Array {
  const order = Uint32Array.from(values.keys());
  return order.sort((i, j) => compare(values[i] as T, values[j] as T) || i - j);
}

/** The order of objects as Python's `sorted` has it. @throws {@link BadValueError} where Python has a TypeError. */
export function naturalOrder(store: Store, addresses: readonly Address[]): Uint32Array {
  const operands = addresses.map((address) => operandAt(store, address));
  return sortedOrder(operands, (a, b) => compare(store, a, b));
}

/** One side of a comparison. An atom is read at once, a tuple or list when it is compared. */
interface Operand {
  address: Address;
  type: number;
  value: Atom | undefined;
}

function operandAt(store: Store, address: Address): Operand {
  const type = store.typeIdAt(address);
  return { address, type, value: isAtomType(type) ? readAtom(store, address, type) : undefined };
}

/** Negative, positive or 0. @throws {@link BadValueError} */
function compare(store: Store, a: Operand, b: Operand): number {
  return compareAtoms(store, a, b) ?? compareSequences(store, a, b);
}

/** `undefined` for two tuples or two lists. */
function compareAtoms(store: Store, a: Operand, b: Operand): number | undefined {
  const x = a.value;
  const y = b.value;
  if (isNumber(x) && isNumber(y)) return x < y ? -1 : x > y ? 1 : 0;
  if (typeof x === "string" && typeof y === "string") return compareTexts(x, y);
  if (x instanceof Uint8Array && y instanceof Uint8Array) return compareBytes(x, y);
  if (areSequences(a.type, b.type)) return undefined;
  const [typeOfA, typeOfB] = [a, b].map(({ address }) => store.typeAt(address).name);
  throw new BadValueError(`'<' not supported between instances of '${typeOfA}' and '${typeOfB}'`);
}

/** Two sequences that are compared item by item. */
interface Pair {
  a: Address;
  b: Address;
  next: number;
  shared: number;
  /** How they compare if the items that both have are equal. */
  otherwise: number;
}

/** Sets `pair` to the beginning of two tuples or two lists. */
function startPair(store: Store, pair: Pair, a: Address, b: Address, type: number): Pair {
  const { memory } = store;
  const isTuple = type === TYPE_TUPLE;
  const items = isTuple ? TUPLE_ITEMS_OFFSET : BUFFER_DATA_OFFSET;
  const length = isTuple ? TUPLE_LENGTH_OFFSET : SLOTS_COUNT_OFFSET;
  pair.a = (isTuple ? a : memory.word(a + SLOTS_BUFFER_OFFSET)) + items;
  pair.b = (isTuple ? b : memory.word(b + SLOTS_BUFFER_OFFSET)) + items;
  const lengthOfA = memory.word(a + length);
  const lengthOfB = memory.word(b + length);
  pair.next = 0;
  pair.shared = Math.min(lengthOfA, lengthOfB);
  pair.otherwise = lengthOfA - lengthOfB;
  return pair;
}

/**
 * The first difference decides, however deep it is. A pair is compared as often as it is met: see MAX_KEY_PARTS. So many
 * are many, and nothing is allocated for one but the first time that it gets so deep.
 */
function compareSequences(store: Store, a: Operand, b: Operand): number {
  const { memory } = store;
  const pairs: Pair[] = [];
  const pairAt = (index: number): Pair => (pairs[index] ??= { a: 0, b: 0, next: 0, shared: 0, otherwise: 0 });
  let pair = startPair(store, pairAt(0), a.address, b.address, a.type);
  let depth = 1;
  let met = 1;
  for (;;) {
    if (pair.next === pair.shared) {
      if (pair.otherwise !== 0 || --depth === 0) return pair.otherwise;
      pair = pairAt(depth - 1);
      continue;
    }
    const x = memory.word(pair.a + 4 * pair.next);
    const y = memory.word(pair.b + 4 * pair.next);
    pair.next++;
    // What is the same, as None is, need not be comparable.
    if (x === y) continue;
    const type = store.typeIdAt(x);
    if (areSequences(type, store.typeIdAt(y))) {
      if (depth === MAX_KEY_DEPTH || ++met > MAX_KEY_PARTS)
        throw new BadValueError(
          `tuples and lists in each other more than ${MAX_KEY_DEPTH} deep, or more than ${MAX_KEY_PARTS} in all, cannot be compared`,
        );
      pair = startPair(store, pairAt(depth++), x, y, type);
    } else {
      const order = compareAtoms(store, operandAt(store, x), operandAt(store, y)) as number;
      if (order !== 0) return order;
    }
  }
}

/** Whether these are the types of two tuples, or of two lists. */
function areSequences(typeOfA: number, typeOfB: number): boolean {
  return typeOfA === typeOfB && (typeOfA === TYPE_TUPLE || typeOfA === TYPE_LIST);
}

function isNumber(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = (a[i] as number) - (b[i] as number);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** By code points: halves of surrogate pairs stand for what is beyond U+FFFF. */
function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
}
function rankOf(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}
