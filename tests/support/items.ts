// Values to put into containers, each with what Python says it is equal to. Nothing here asks the heap
// what is equal: that is what the tests ask of it.

import type { Atom, Handle, Heap, Value } from "../../src/index.js";
import { Handle as AnyHandle } from "../../src/index.js";

/** A value, what it reads as when it comes back, and its normal form: equal to Python = the same text. */
export interface Item {
  value: Value;
  read: Atom | Handle;
  key: string;
  isHashable: boolean;
}

/** The normal form of NaN, which is equal to nothing. */
export const NAN_KEY = "nan";

export function areEqual(a: Item, b: Item): boolean {
  return a.key === b.key && a.key !== NAN_KEY;
}

/** Python's `hash` and `==` of an atom, as a text. */
export function keyOfAtom(value: Atom): string {
  if (value === null) return "None";
  if (typeof value === "string") return `str ${value}`;
  if (value instanceof Uint8Array) return `bytes ${value.join()}`;
  if (typeof value === "boolean") return `number ${value ? 1 : 0}`;
  if (typeof value === "bigint") return `number ${value}`;
  if (Number.isNaN(value)) return NAN_KEY;
  return Number.isInteger(value) ? `number ${BigInt(value)}` : `number ${value}`;
}

export function atom(value: Atom): Item {
  return { value, read: value, key: keyOfAtom(value), isHashable: true };
}

/** Atoms of every kind, and at every edge. */
export const ATOMS: readonly Atom[] = [
  ...[null, true, false, 0, 1, -1, -5, -6, 256, 257, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32) - 1, 2 ** 40],
  ...[
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 53),
    2 ** 63,
    -(2 ** 63),
    1e300,
    -1e300,
    0.5,
    -0.5,
    1e-320,
    -0,
    NaN,
    Infinity,
    -Infinity,
  ],
  ...[0n, 1n, -1n, 257n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)],
  ...["", "a", "b", "ab", "0", "1", "é", "e\u0301", "日本", "😀", "\u{10ffff}", "\uffff", "\0", "\ufeff", "\ufeffa"],
  // Around the length from which a text takes another way into the heap.
  ...["x".repeat(1365), "x".repeat(1366), "é".repeat(1365), "日".repeat(1366), "😀".repeat(683), "long ".repeat(900)],
  ...[[], [0], [97], [255, 0, 1]].map((bytes) => Uint8Array.from(bytes)),
  ...[new Uint8Array(4096).fill(7), new Uint8Array(4097).fill(7), new Uint8Array(5000)],
];

/** Atoms, handles of atoms, structs, lists, and tuples, sets and frozensets of these. The handles are the caller's. */
export function makeItems(heap: Heap): Item[] {
  const items = ATOMS.map(atom);
  const ofHandle = (value: Handle, key: string, isHashable = true): Item => ({ value, read: value, key, isHashable });
  const asAtom = (value: Handle, read: Atom): Item => ({ value, read, key: keyOfAtom(read), isHashable: true });
  items.push(
    asAtom(heap.str("a"), "a"),
    asAtom(heap.intern("b"), "b"),
    asAtom(heap.int(1n), 1),
    asAtom(heap.float(1), 1),
    asAtom(heap.float(2.5), 2.5),
    asAtom(heap.bool(true), true),
    asAtom(heap.none, null),
    asAtom(heap.bytes(Uint8Array.of(97)), Uint8Array.of(97)),
  );
  const Thing = heap.struct("Thing", { rank: "i32", other: "ref" });
  for (let id = 0; id < 4; id++) items.push(ofHandle(Thing.new({ rank: id % 2 }), `thing ${id}`));
  for (let id = 0; id < 3; id++) items.push(ofHandle(heap.list([id]), `list ${id}`, false));
  items.push(ofHandle(heap.dict([[1, 2]]), "dict", false), ofHandle(heap.set([1]), keyOfSet([atom(1)]), false));
  const parts: Item[][] = [[], [atom(1)], [atom(true)], [atom(1n), atom("a")], [atom(1), atom("a")], [atom(null)]];
  parts.push([items.find(({ key }) => key === "thing 1") as Item, atom(0.5)]);
  parts.push([items.find(({ key }) => key === "list 1") as Item]);
  for (const of of parts) items.push(tupleOf(heap, of));
  for (const of of [[1, 2], [3], [3, 6]] as const) {
    items.push(
      tupleOf(
        heap,
        of.map((index) => items.find(({ key }) => key === keyOfTuple(parts[index] as Item[])) as Item),
      ),
    );
  }
  const isElement = ({ key, isHashable }: Item): boolean => isHashable && key !== NAN_KEY;
  for (const from of [0, 1, 7, 30])
    items.push(frozensetOf(heap, items.filter(isElement).slice(from, from + (from % 5))));
  items.push(frozensetOf(heap, [atom(1)]), frozensetOf(heap, items.filter(isElement).slice(-4).reverse()));
  items.push(
    tupleOf(heap, items.slice(-2)),
    frozensetOf(heap, items.slice(-3)),
    frozensetOf(heap, items.slice(-3).reverse()),
  );
  return items;
}

function keyOfSet(elements: readonly Item[]): string {
  return `set {${[...new Set(elements.map(({ key }) => JSON.stringify(key)))].sort().join()}}`;
}

function frozensetOf(heap: Heap, elements: readonly Item[]): Item {
  const value = heap.frozenset(elements.map((element) => element.value));
  return { value, read: value, key: keyOfSet(elements), isHashable: true };
}

function keyOfTuple(parts: readonly Item[]): string {
  return `tuple (${parts.map(({ key }) => JSON.stringify(key)).join()})`;
}

export function tupleOf(heap: Heap, parts: readonly Item[]): Item {
  const value = heap.tuple(parts.map((part) => part.value));
  return { value, read: value, key: keyOfTuple(parts), isHashable: parts.every(({ isHashable }) => isHashable) };
}

/** Whether something read from the heap is exactly this: type, sign and identity too. */
export function isSame(actual: unknown, expected: Atom | Handle | undefined): boolean {
  if (expected instanceof AnyHandle) return actual instanceof AnyHandle && actual.is(expected);
  if (expected instanceof Uint8Array) return actual instanceof Uint8Array && actual.join() === expected.join();
  return Object.is(actual, expected);
}

export function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof AnyHandle) return value.repr().slice(0, 60);
  if (Object.is(value, -0)) return "-0";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 30)) : String(value);
}

/** Fails unless what was read is this. */
export function mustBe(actual: unknown, expected: Atom | Handle | undefined, what: string): void {
  if (!isSame(actual, expected)) throw new Error(`${what} is ${show(actual)} instead of ${show(expected)}`);
}

export function mustEqual<T extends number | boolean | string>(actual: T, expected: T, what: string): void {
  if (actual !== expected) throw new Error(`${what} is ${actual} instead of ${expected}`);
}
