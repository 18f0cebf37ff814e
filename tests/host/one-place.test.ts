// `heap.from`, and each place for one value, take the same values and refuse the same, with the same code.

import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { Handle, Heap, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { BAD_VALUES } from "../support/bad-values.js";

class Own {
  x = 1;
}
class OwnMap extends Map<string, number> {}
const theirs = (text: string): unknown => runInNewContext(text) as unknown;
const growable = (): SharedArrayBuffer =>
  new (SharedArrayBuffer as never as new (...args: unknown[]) => SharedArrayBuffer)(4, { maxByteLength: 8 });

/** Objects of each kind, and the repr of what they become; an error's code if a heap has no place for them. */
const VALUES: [name: string, make: () => unknown, becomes: string, asKey?: string][] = [
  ["an array", () => [1], "[1]", "BAD_KEY"],
  ["an object", () => ({ a: 1 }), "{'a': 1}", "BAD_KEY"],
  ["a Map", () => new Map([[1, 2]]), "{1: 2}", "BAD_KEY"],
  ["a Set", () => new Set([1]), "{1}", "BAD_KEY"],
  ["a Map of a class", () => new OwnMap([["a", 1]]), "{'a': 1}", "BAD_KEY"],
  ["an object without prototype", () => Object.assign(Object.create(null) as object, { a: 1 }), "{'a': 1}", "BAD_KEY"],
  ["a proxy of an array", () => new Proxy([1], {}), "[1]", "BAD_KEY"],
  ["a Uint8Array", () => Uint8Array.of(1), "b'\\x01'", "b'\\x01'"],
  ["a long Uint8Array", () => new Uint8Array(5000).fill(97), `b'${"a".repeat(5000)}'`, `b'${"a".repeat(5000)}'`],
  ["a Uint8ClampedArray", () => Uint8ClampedArray.of(1), "b'\\x01'", "b'\\x01'"],
  ["a DataView", () => new DataView(new ArrayBuffer(2), 1), "b'\\x00'", "b'\\x00'"],
  ["an ArrayBuffer", () => new ArrayBuffer(2), "b'\\x00\\x00'", "b'\\x00\\x00'"],
  [
    "a long ArrayBuffer",
    () => new Uint8Array(5000).fill(97).buffer,
    `b'${"a".repeat(5000)}'`,
    `b'${"a".repeat(5000)}'`,
  ],
  ["a SharedArrayBuffer", () => new SharedArrayBuffer(1), "b'\\x00'", "b'\\x00'"],
  ["a growable SharedArrayBuffer", growable, "b'\\x00\\x00\\x00\\x00'", "b'\\x00\\x00\\x00\\x00'"],
  ["an Int8Array", () => Int8Array.of(-1), "[-1]", "BAD_KEY"],
  ["a Uint32Array", () => Uint32Array.of(5), "[5]", "BAD_KEY"],
  ["a Float64Array", () => Float64Array.of(1.5), "[1.5]", "BAD_KEY"],
  ["a BigInt64Array", () => BigInt64Array.of(1n), "[1]", "BAD_KEY"],
  ["their array", () => theirs("[1]"), "[1]", "BAD_KEY"],
  ["their object", () => theirs("({ a: 1 })"), "{'a': 1}", "BAD_KEY"],
  ["their Map", () => theirs("new Map([[1, 2]])"), "{1: 2}", "BAD_KEY"],
  ["their Set", () => theirs("new Set([1])"), "{1}", "BAD_KEY"],
  ["their Uint8Array", () => theirs("Uint8Array.of(1)"), "b'\\x01'", "b'\\x01'"],
  ["their ArrayBuffer", () => theirs("new ArrayBuffer(1)"), "b'\\x00'", "b'\\x00'"],
  ["their SharedArrayBuffer", () => theirs("new SharedArrayBuffer(1)"), "b'\\x00'", "b'\\x00'"],
  ["their DataView", () => theirs("new DataView(new ArrayBuffer(1))"), "b'\\x00'", "b'\\x00'"],
  ["an instance of a class", () => new Own(), "BAD_VALUE"],
  ["a Date", () => new Date(), "BAD_VALUE"],
  ["their Date", () => theirs("new Date()"), "BAD_VALUE"],
  ["a RegExp", () => /x/, "BAD_VALUE"],
  ["an Error", () => new Error("x"), "BAD_VALUE"],
  ["a boxed number", () => Object(1) as unknown, "BAD_VALUE"],
  ["a boxed string", () => Object("a") as unknown, "BAD_VALUE"],
  ["a boxed bigint", () => Object(1n) as unknown, "BAD_VALUE"],
  ["a WeakMap", () => new WeakMap(), "BAD_VALUE"],
  ["a promise", () => Promise.resolve(), "BAD_VALUE"],
  ["what inherits from an array", () => Object.create([]) as unknown, "BAD_VALUE"],
  ["what inherits from an ArrayBuffer", () => Object.create(ArrayBuffer.prototype) as unknown, "BAD_VALUE"],
  ["a proxy of an ArrayBuffer", () => new Proxy(new ArrayBuffer(1), {}), "BAD_VALUE"],
  ["what says that it is a Map", () => ({ __proto__: { [Symbol.toStringTag]: "Map" } }), "BAD_VALUE"],
  ["a property named by a symbol", () => ({ [Symbol("s")]: 1 }), "BAD_VALUE", "BAD_KEY"],
  ["a function", () => () => 1, "BAD_VALUE"],
  ["a symbol", () => Symbol("s"), "BAD_VALUE"],
  ["an int that is too large", () => 1n << 70n, "BAD_VALUE"],
  ["half of a surrogate pair", () => "\ud800", "BAD_VALUE"],
];

/** Each way into the heap for one value: the repr of what it has become there. */
function waysIn(heap: Heap): Record<string, (value: never) => string> {
  const Cell = heap.struct("Cell", { value: "value" });
  const [list, dict, key] = [heap.list<Value>(), heap.dict(), Cell.new()];
  const notes = heap.weakref.keyMap();
  const cell = Cell.new();
  const shown = (value: unknown): string =>
    heap
      .list([value as Handle])
      .repr()
      .slice(1, -1);
  return {
    from: (value) => heap.from(value).repr(),
    "in an array": (value) => heap.from([value]).repr().slice(1, -1),
    "in an object": (value) => heap.from({ k: value }).repr().slice(6, -1),
    "in a Map": (value) =>
      heap
        .from(new Map([["k", value]]))
        .repr()
        .slice(6, -1),
    list: (value) => heap.list([value]).repr().slice(1, -1),
    tuple: (value) => heap.tuple([value]).repr().slice(1, -2),
    dict: (value) => heap.dict({ k: value }).repr().slice(6, -1),
    append: (value) => (list.append(value), shown(list.pop())),
    insert: (value) => (list.insert(0, value), shown(list.pop())),
    extend: (value) => (list.extend([value]), shown(list.pop())),
    setSlice: (value) => (list.setSlice(0, 0, [value]), shown(list.pop())),
    "dict.set": (value) => shown(dict.set("k", value).pop("k")),
    "dict.update": (value) => (dict.update({ k: value }), shown(dict.pop("k"))),
    "dict.setDefault": (value) => (shown(dict.setDefault("k", value)), shown(dict.pop("k"))),
    "a new struct": (value) => shown(Cell.new({ value }).get("value")),
    "a field": (value) => ((cell.value = value), shown(cell.value)),
    "a field's set": (value) => (cell.set("value", value), shown(cell.get("value"))),
    "a weak map": (value) => shown(notes.set(key, value).pop(key)),
    "a weak map's setDefault": (value) => (shown(notes.setDefault(key, value)), shown(notes.pop(key))),
    "a weak map's update": (value) => (notes.update([[key, value]]), shown(notes.pop(key))),
  };
}

/** Each way into the heap for a key. */
function waysForKeys(heap: Heap): Record<string, (key: never) => string> {
  const dict = heap.dict([[0, 0]]);
  const set = heap.set<Value>([0]);
  const inSet = (text: string): string => text.slice(1, -1);
  const inDict = (text: string): string => text.slice(1, -4);
  return {
    "a Set that is copied": (key) => inSet(heap.from(new Set([key])).repr()),
    "a Map that is copied": (key) => inDict(heap.from(new Map([[key, 1]])).repr()),
    set: (key) => inSet(heap.set([key]).repr()),
    add: (key) => inSet(heap.set().add(key).repr()),
    union: (key) =>
      inSet(
        heap
          .set()
          .union([key] as Value[])
          .repr(),
      ),
    dict: (key) => inDict(heap.dict([[key, 1]]).repr()),
    "dict.set": (key) => inDict(heap.dict().set(key, 1).repr()),
    "dict.setDefault": (key) => {
      const one = heap.dict();
      one.setDefault(key, 1);
      return inDict(one.repr());
    },
    "a look-up": (key) => (dict.get(key), ""),
    has: (key) => (set.has(key), ""),
    delete: (key) => (set.delete(key), ""),
    path: (key) => (dict.read(key), ""),
    isSupersetOf: (key) => (set.isSupersetOf([key]), ""),
    "a map of weak values": (key) => (heap.weakref.valueMap().get(key), ""),
  };
}

/** What a way in gives: the repr, or the code of the error. */
function answer(way: (value: never) => string, value: unknown): string {
  let text = "";
  const code = codeOf(() => {
    text = way(value as never);
  });
  return code === "no error" ? text : code;
}

describe.each(CORES)("one answer for each value, %s core", (_, options) => {
  test("each way in takes and refuses what `from` does", () => {
    withHeap(options(), (heap) => {
      const ways = Object.entries(waysIn(heap));
      for (const [name, make, becomes] of VALUES)
        for (const [at, way] of ways) expect(answer(way, make()), `${name}: ${at}`).toBe(becomes);
    });
  });

  test("each way in for a key gives one answer, too", () => {
    withHeap(options(), (heap) => {
      const ways = Object.entries(waysForKeys(heap));
      for (const [name, make, becomes, asKey = becomes] of VALUES)
        for (const [at, way] of ways) {
          const got = answer(way, make());
          if (got !== "" || asKey.startsWith("BAD_")) expect(got, `${name}: ${at}`).toBe(asKey);
        }
    });
  });

  test("binary data of whatever kind finds the bytes that are equal to it", () => {
    withHeap(options(), (heap) => {
      const list = heap.list<Value>([Uint8Array.of(0, 0)]);
      const dict = heap.dict([[Uint8Array.of(0, 0), 5]]);
      for (const same of [
        new ArrayBuffer(2),
        new SharedArrayBuffer(2),
        new DataView(new ArrayBuffer(2)),
        new Uint8ClampedArray(2),
      ] as never[]) {
        expect([dict.get(same), dict.has(same), dict.read(same), list.indexOf(same), list.count(same)]).toEqual([
          5,
          true,
          5,
          0,
          1,
        ]);
      }
    });
  });

  test("bad values, too, have one answer", () => {
    withHeap(options(), (heap) => {
      const ways = Object.entries(waysIn(heap));
      // A parameter with a default takes `undefined` for nothing.
      const { undefined: _nothing, ...bad } = BAD_VALUES;
      for (const [name, make] of Object.entries(bad)) {
        const expected = answer((value) => heap.from(value).repr(), make(heap));
        for (const [at, way] of ways) expect(answer(way, make(heap)), `${name}: ${at}`).toBe(expected);
      }
    });
  });
});
