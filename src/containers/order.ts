import {
  BUFFER_DATA_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_LIST,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import { isAtomType, readAtom } from "../atoms.js";
import type { Atom } from "../atoms.js";
import { BadValueError } from "../errors.js";
import type { Store } from "../store.js";
import type { Address } from "../wasm/exports.js";

/** How deep tuples in tuples are compared. */
const MAX_DEPTH = 500;

/** What an object is compared by: the value of an atom, or those of the items of a tuple or list. */
interface Key {
  type: string;
  value: Atom | Key[];
}

/** The order in which values come when sorted; those that are equal keep theirs. */
export function sortedOrder<T>(values: readonly T[], compare: (a: T, b: T) => number): Uint32Array {
  const order = Uint32Array.from(values.keys());
  return order.sort((i, j) => compare(values[i] as T, values[j] as T) || i - j);
}

/** The order of objects as Python's `sorted` has it. @throws {@link BadValueError} where Python has a TypeError. */
export function naturalOrder(store: Store, addresses: readonly Address[]): Uint32Array {
  return sortedOrder(
    addresses.map((address) => keyOf(store, address, 0)),
    compareKeys,
  );
}

function keyOf(store: Store, address: Address, depth: number): Key {
  const typeId = store.typeIdAt(address);
  const type = store.typeAt(address).name;
  if (isAtomType(typeId)) return { type, value: readAtom(store, address, typeId) };
  const { memory } = store;
  let items = address + TUPLE_ITEMS_OFFSET;
  let length = 0;
  if (depth < MAX_DEPTH && typeId === TYPE_TUPLE) length = memory.word(address + TUPLE_LENGTH_OFFSET);
  else if (depth < MAX_DEPTH && typeId === TYPE_LIST) {
    items = memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
    length = memory.word(address + SLOTS_COUNT_OFFSET);
  } else return { type, value: null };
  return { type, value: Array.from({ length }, (_, i) => keyOf(store, memory.word(items + 4 * i), depth + 1)) };
}

function compareKeys(a: Key, b: Key): number {
  const x = a.value;
  const y = b.value;
  if (isNumber(x) && isNumber(y)) return x < y ? -1 : x > y ? 1 : 0;
  if (typeof x === "string" && typeof y === "string") return compareTexts(x, y);
  if (x instanceof Uint8Array && y instanceof Uint8Array) return compareItems(x, y, (i, j) => i - j);
  if (Array.isArray(x) && Array.isArray(y) && a.type === b.type) return compareItems(x, y, compareItem);
  throw new BadValueError(`'<' not supported between instances of '${a.type}' and '${b.type}'`);
}

function isNumber(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** Of items it is first asked whether they are equal, as two Nones are. */
function compareItem(a: Key, b: Key): number {
  return a.type === "NoneType" && b.type === "NoneType" ? 0 : compareKeys(a, b);
}

function compareItems<T>(a: ArrayLike<T>, b: ArrayLike<T>, compare: (x: T, y: T) => number): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compare(a[i] as T, b[i] as T);
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
