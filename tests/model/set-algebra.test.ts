// The operations on sets, against a model that looks for equal normal forms one by one.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { DictHandle, FrozensetHandle, SetHandle, Value } from "../../src/index.js";
import { failMemory } from "../support/torture.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { areEqual, makeItems, mustBe, mustEqual } from "../support/items.js";
import type { Item } from "../support/items.js";
import { pick, runProgram } from "../support/program.js";
import { howMany } from "../support/random.js";

type Argument = Iterable<Value> | DictHandle;

/** The first of those that are equal. A NaN equals itself where the heap holds the same object, so the items have none. */
function distinct(items: readonly Item[]): Item[] {
  return items.filter((item, at) => items.findIndex((other) => areEqual(item, other)) === at);
}

const BINARY = {
  union: (a: Item[], b: Item[]) => distinct([...a, ...b]),
  intersection: (a: Item[], b: Item[]) => a.filter((item) => has(b, item)),
  difference: (a: Item[], b: Item[]) => a.filter((item) => !has(b, item)),
  symmetricDifference: (a: Item[], b: Item[]) => [
    ...a.filter((item) => !has(b, item)),
    ...b.filter((item) => !has(a, item)),
  ],
};
const QUESTIONS = {
  isSubsetOf: (a: Item[], b: Item[]) => a.every((item) => has(b, item)),
  isSupersetOf: (a: Item[], b: Item[]) => b.every((item) => has(a, item)),
  isDisjointFrom: (a: Item[], b: Item[]) => !a.some((item) => has(b, item)),
};
const NAMES = Object.keys(BINARY) as (keyof typeof BINARY)[];
const ASKED = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[];

function has(items: readonly Item[], item: Item): boolean {
  return items.some((other) => areEqual(other, item));
}

/** The element keeps every operation asking for the next one. */
function* throwing(element: number): Generator<number> {
  yield element;
  throw new Error("half-way");
}

describe.each(CORES)("operations on sets, %s core", (_, options) => {
  test.each(["unbounded", "bounded"] as const)(
    "are Python's, in the order of the receiver, with %s pauses",
    (pauses) => {
      const program = { seeds: howMany(2), steps: 200, firstSeed: 900 };
      runProgram({ ...options(), pauses }, program, (heap, random) => {
        const items = makeItems(heap).filter((item) => item.isHashable && areEqual(item, item));
        const some = (): Item[] => {
          const from = random(2) ? items : items.slice(0, 12);
          return distinct(Array.from({ length: random(12) }, () => pick(random, from)));
        };
        return () => {
          const a = some();
          const b = random(6) ? some() : a.slice(0, random(a.length + 1));
          const elements = a.map(({ value }) => value);
          const set: SetHandle | FrozensetHandle = random(2) ? heap.set(elements) : heap.frozenset(elements);
          const values = b.map(({ value }) => value);
          const twice = [...values, ...values];
          const argument: Argument = pick<() => Argument>(random, [
            () => heap.set(values),
            () => heap.frozenset(values),
            () => heap.list(twice),
            () => heap.tuple(twice),
            () => heap.dict(values.map((key) => [key, 1])),
            () => twice,
            () => values.values(),
          ])();
          if (random(2)) {
            const name = pick(random, NAMES);
            const result = set[name](argument);
            const expected = BINARY[name](a, b);
            mustEqual(result.type, set.type, "the type");
            mustEqual(result.size, expected.length, `the size of the ${name}`);
            let at = 0;
            for (const element of result)
              mustBe(element, expected[at++]?.read as never, `element ${at} of the ${name}`);
          } else {
            const name = pick(random, ASKED);
            mustEqual(set[name](argument), QUESTIONS[name](a, b), name);
          }
          mustEqual(set.size, a.length, "the receiver");
        };
      });
    },
  );

  test("accept the receiver itself as argument", () => {
    withHeap(options(), (heap) => {
      const set = heap.set([1, NaN, "a"]);
      expect(set.union(set).repr()).toBe("{1, nan, 'a'}");
      expect(set.intersection(set).repr()).toBe("{1, nan, 'a'}");
      expect(set.difference(set).repr()).toBe("set()");
      expect(set.symmetricDifference(set).repr()).toBe("set()");
      expect([set.isSubsetOf(set), set.isSupersetOf(set), set.isDisjointFrom(set)]).toEqual([true, true, false]);
    });
  });

  test("keep the receiver's element of two equal ones", () => {
    withHeap(options(), (heap) => {
      const set = heap.set<Value>([1, 2]);
      expect(set.intersection([true, 2.0]).repr()).toBe("{1, 2}");
      expect(set.union([true, 3]).repr()).toBe("{1, 2, 3}");
    });
  });

  test("reject unhashable elements and sets of other heaps, and leave nothing", () => {
    withHeap(options(), (heap) => {
      const set = heap.set([1]);
      const lists = heap.list([[1]]);
      const foreign = Heap.createSync(options());
      const { objects, handles } = heap.stats();
      for (const name of [...NAMES, ...ASKED]) {
        const use = set[name].bind(set) as (other: unknown) => unknown;
        expect(
          codeOf(() => use(lists)),
          name,
        ).toBe("BAD_KEY");
        expect(
          codeOf(() => use([[1]])),
          name,
        ).toBe("BAD_KEY");
        expect(
          codeOf(() => use(foreign.set([1]))),
          name,
        ).toBe("FOREIGN_HANDLE");
        expect(
          codeOf(() => use(5)),
          name,
        ).toBe("BAD_VALUE");
        expect(
          codeOf(() => use(undefined)),
          name,
        ).toBe("BAD_VALUE");
        expect(
          codeOf(() => use(throwing(name === "isDisjointFrom" ? 9 : 1))),
          name,
        ).toBe("no code: Error: half-way");
        heap.verify();
        expect([heap.stats().objects, heap.stats().handles], name).toEqual([objects, handles]);
      }
      foreign.dispose();
      set.release();
      for (const name of [...NAMES, ...ASKED])
        expect(
          codeOf(() => (set[name] as (other: unknown) => unknown).call(set, [1])),
          name,
        ).toBe("RELEASED_HANDLE");
    });
  });

  test("an iterable may change or release the receiver, and is closed when the result is known", () => {
    withHeap(options(), (heap) => {
      const set = heap.set([1, 2]);
      let closed = 0;
      function* numbers(act: () => void): Generator<number> {
        try {
          yield 1;
          act();
          yield 7;
          yield 8;
        } finally {
          closed++;
        }
      }
      const add = (): void => {
        set.add(7);
      };
      expect(set.union(numbers(add)).toJS()).toEqual(new Set([1, 2, 7, 8]));
      expect(set.isSupersetOf(numbers(add))).toBe(false);
      expect(set.isDisjointFrom(numbers(add))).toBe(false);
      expect(closed).toBe(3);
      const { objects, handles } = heap.stats();
      const twin = set.clone();
      expect(
        codeOf(() =>
          twin.difference(
            numbers(() => {
              twin.release();
            }),
          ),
        ),
      ).toBe("RELEASED_HANDLE");
      expect([heap.stats().objects, heap.stats().handles]).toEqual([objects, handles]);
    });
  });
});

describe("a finalizer that runs during an operation, because memory ran out", () => {
  const LONG = Array.from({ length: 40 }, (_, i) => `element ${i}`);
  const ALLOWED = ["no error", "OUT_OF_MEMORY", "CONTAINER_CHANGED", "RELEASED_HANDLE"];
  const DEEDS = {
    "clears the receiver": (set: { clear(): void }) => {
      set.clear();
    },
    "releases the receiver": (set: { release(): void }) => {
      set.release();
    },
  };

  test.each(NAMES.flatMap((name) => Object.entries(DEEDS).map(([deed, act]) => ({ name, deed, act }))))(
    "$name: $deed",
    ({ name, deed, act }) => {
      const codes = new Set<string>();
      for (let n = 1; n < 12; n++) {
        const heap = Heap.createSync({ ...CORES[1]?.[1](), onUnraisable: () => undefined });
        heap.gc.disable();
        const set = heap.set(LONG);
        const other = heap.set(name === "intersection" ? LONG : LONG.map((text) => `${text}!`));
        const Trap = heap.struct(
          "Trap",
          { self: "ref" },
          {
            finalize: () => {
              failMemory(heap, 0);
              act(set);
            },
          },
        );
        const trap = Trap.new();
        trap.self = trap;
        trap.release();
        failMemory(heap, n);
        const code = codeOf(() => set[name](other).release());
        failMemory(heap, 0);
        codes.add(code);
        heap.verify();
        set.release();
        other.release();
        heap.gc.collect();
        expect(heap.stats().handles, `${n}: ${code}`).toBe(0);
        heap.dispose();
      }
      expect([...codes].filter((code) => !ALLOWED.includes(code))).toEqual([]);
      // The finalizer has run in the middle at least once.
      if (deed === "clears the receiver") expect(codes).toContain("CONTAINER_CHANGED");
    },
  );
});
