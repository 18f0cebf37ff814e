// What `from` refuses: with an error that has a code, and nothing of it left.

import { describe, expect, test } from "vitest";
import { CORES, codeOf, withHeap } from "../support/heap.js";

class Own {
  field = 1;
}

const throwing = {
  get bad(): number {
    throw new Error("mine");
  },
};

/** Each in the middle of something that is copied before it. */
const BAD: [string, () => unknown, string][] = [
  ["undefined", () => undefined, "BAD_VALUE"],
  ["a function", () => () => 1, "BAD_VALUE"],
  ["a symbol", () => Symbol("s"), "BAD_VALUE"],
  ["a symbol as name", () => ({ [Symbol("s")]: 1 }), "BAD_VALUE"],
  ["a class", () => new Own(), "BAD_VALUE"],
  ["a date", () => new Date(0), "BAD_VALUE"],
  ["an int of 65 bits", () => 2n ** 63n, "BAD_VALUE"],
  ["a negative int of 65 bits", () => -(2n ** 63n) - 1n, "BAD_VALUE"],
  ["a sparse array", () => [1, , 2], "BAD_VALUE"], // prettier-ignore
  ["a long sparse array", () => new Array<number>(100_000), "BAD_VALUE"],
  ["half of a pair", () => "\ud800", "BAD_VALUE"],
  ["a getter that throws", () => throwing, "BAD_VALUE"],
  ["an array as key", () => new Map([[[1], 1]]), "BAD_KEY"],
  ["an object as key", () => new Map([[{}, 1]]), "BAD_KEY"],
  ["a Map as element", () => new Set([new Map()]), "BAD_KEY"],
  [
    "keys that are one",
    () =>
      new Map<unknown, number>([
        [1, 1],
        [true, 2],
      ]),
    "BAD_KEY",
  ],
  ["elements that are one", () => new Set([1, 1n]), "BAD_KEY"],
  ["an int as key of 65 bits", () => new Map([[2n ** 64n, 1]]), "BAD_VALUE"],
  [
    "an array that grows",
    () =>
      growing([
        {
          get x() {
            return 1;
          },
        },
      ]),
    "CONTAINER_CHANGED",
  ],
  ["an array that shrinks", () => changing<unknown[]>([1, 2, 3], (array) => (array.length = 1)), "CONTAINER_CHANGED"],
  [
    "an object that grows",
    () => changing<Record<string, unknown>>({ a: 1 }, (object) => (object.z = 1)),
    "CONTAINER_CHANGED",
  ],
  [
    "an object that shrinks",
    () => changing<Record<string, unknown>>({ a: 1, z: 2 }, (object) => delete object.z),
    "CONTAINER_CHANGED",
  ],
  ["a Map that grows", () => changingMap((map) => map.set("z", 1)), "CONTAINER_CHANGED"],
  ["a Map that shrinks", () => changingMap((map) => map.delete("last")), "CONTAINER_CHANGED"],
  [
    "a Proxy that throws",
    () =>
      new Proxy(
        { a: 1 },
        {
          ownKeys: () => {
            throw new Error("mine");
          },
        },
      ),
    "BAD_VALUE",
  ],
];

function growing(array: unknown[]): unknown {
  array.unshift({
    get x() {
      return array.push("more");
    },
  });
  return array;
}

/** Changes itself when its part with a getter is read. */
function changing<T extends object>(value: T, change: (value: T) => void): T {
  const trap = {
    get trap() {
      change(value);
      return 1;
    },
  };
  if (Array.isArray(value)) value[0] = trap;
  else (value as Record<string, unknown>).a = trap;
  return value;
}

function changingMap(change: (map: Map<string, unknown>) => void): Map<string, unknown> {
  const map = new Map<string, unknown>();
  map.set("a", {
    get trap() {
      change(map);
      return 1;
    },
  });
  return map.set("last", 1);
}

describe.each(CORES)("from, %s core", (_, options) => {
  test.each(BAD)("rejects %s", (_name, bad, code) => {
    withHeap(options(), (heap) => {
      // The heap is in use, and some of the texts of what fails are interned.
      const there = heap.from({ first: [1, 2.5], name: new Map([["x", new Set(["y"])]]) });
      const text = heap.intern("in use");
      // The table of interned strings is as small by now as deaths make it.
      for (let i = 0; i < 9; i++) heap.intern("passing").release();
      const around = (): unknown[] => [
        bad(),
        [1.5, "text", bad()],
        { first: { name: "value", big: 2n ** 60n }, "in use": [2.5], z: bad() },
        new Map<unknown, unknown>([
          ["k", new Uint8Array(9)],
          [0.5, { deep: [new Set(["y", "new"]), bad()] }],
        ]),
      ];
      for (const value of around()) {
        heap.gc.collect();
        const before = heap.stats();
        expect(codeOf(() => heap.from(value))).toBe(code);
        heap.verify();
        const after = heap.stats();
        expect([after.objects, after.bytes.live, after.handles]).toEqual([
          before.objects,
          before.bytes.live,
          before.handles,
        ]);
      }
      // Many names, so that the table of interned strings grew.
      const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`name ${i}`, i * 1.5])) as Record<
        string,
        unknown
      >;
      const before = heap.stats();
      expect(codeOf(() => heap.from([many, bad()]))).toBe(code);
      expect(heap.stats().bytes.live).toBe(before.bytes.live);
      expect([text.isInterned, there.repr()]).toEqual([true, "{'first': [1, 2.5], 'name': {'x': {'y'}}}"]);
    });
  });
});
