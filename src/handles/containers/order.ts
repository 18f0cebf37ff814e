import {
  BUFFER_DATA_OFFSET,
  MAX_TUPLES,
  MAX_TUPLE_DEPTH,
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
  if (a.type === b.type && (a.type === TYPE_TUPLE || a.type === TYPE_LIST)) return undefined;
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

function pairOf(store: Store, a: Operand, b: Operand): Pair {
  const [itemsOfA, lengthOfA] = itemsOf(store, a);
  const [itemsOfB, lengthOfB] = itemsOf(store, b);
  const shared = Math.min(lengthOfA, lengthOfB);
  return { a: itemsOfA, b: itemsOfB, next: 0, shared, otherwise: lengthOfA - lengthOfB };
}

/** The first difference decides, however deep it is. A pair is compared as often as it is met: see MAX_TUPLES. */
function compareSequences(store: Store, a: Operand, b: Operand): number {
  const pairs = [pairOf(store, a, b)];
  let met = 1;
  for (let pair = pairs[0]; pair !== undefined; pair = pairs.at(-1)) {
    if (pair.next === pair.shared) {
      if (pair.otherwise !== 0) return pair.otherwise;
      pairs.pop();
      continue;
    }
    const x = store.memory.word(pair.a + 4 * pair.next);
    const y = store.memory.word(pair.b + 4 * pair.next);
    pair.next++;
    // What is the same, as None is, need not be comparable.
    if (x === y) continue;
    const [left, right] = [operandAt(store, x), operandAt(store, y)];
    const order = compareAtoms(store, left, right);
    if (order === undefined) {
      if (pairs.length === MAX_TUPLE_DEPTH || ++met > MAX_TUPLES)
        throw new BadValueError(
          `tuples and lists in each other more than ${MAX_TUPLE_DEPTH} deep, or more than ${MAX_TUPLES} in all, cannot be compared`,
        );
      pairs.push(pairOf(store, left, right));
    } else if (order !== 0) return order;
  }
  return 0;
}

function isNumber(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** Where the items of a tuple or list are, and how many. */
function itemsOf({ memory }: Store, { address, type }: Operand): [items: Address, length: number] {
  return type === TYPE_TUPLE
    ? [address + TUPLE_ITEMS_OFFSET, memory.word(address + TUPLE_LENGTH_OFFSET)]
    : [memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET, memory.word(address + SLOTS_COUNT_OFFSET)];
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
