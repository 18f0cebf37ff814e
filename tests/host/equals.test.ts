// `equals`: Python's `==`, through any depth and cycles. CPython itself is asked in tests/oracle.

import { describe, expect, test, vi } from "vitest";
import { restoreSync, save } from "../../src/image.js";
import type { Handle, Heap, ListHandle, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { howMany, seededRandom, seedOf } from "../support/random.js";

/** A list that holds itself, behind so many others. */
function ring(heap: Heap, length: number, value: Value = null): ListHandle {
  const first = heap.list([value, null]);
  let last = first.clone();
  for (let i = 1; i < length; i++) {
    const next = heap.list<Value>([value, null]);
    last.set(1, next);
    last.release();
    last = next;
  }
  last.set(1, first);
  last.release();
  return first;
}

describe.each(CORES)("equals, %s core", (_, options) => {
  test("compares containers by their contents, and numbers by value, like Python", () => {
    withHeap(options(), (heap) => {
      const same: [Handle, Handle][] = [
        [heap.list([1, "a", null]), heap.list([true, "a", null])],
        [heap.int(2n ** 62n), heap.float(2 ** 62)],
        [heap.int(0), heap.float(-0)],
        [heap.bool(true), heap.float(1)],
        [heap.dict({ a: 1, b: [2] }), heap.dict({ b: [2], a: 1n })],
        [heap.set([1, "x"]), heap.set(["x", 1.5 - 0.5])],
        [heap.tuple([[1], { k: new Set([2]) }]), heap.tuple([[1], { k: new Set([2]) }])],
        [heap.bytes(Uint8Array.of(1, 2)), heap.bytes(Uint8Array.of(1, 2))],
        [heap.str("é"), heap.str("é")],
        [heap.list(), heap.list()],
      ];
      for (const [a, b] of same) expect([a.equals(b), b.equals(a), a.repr()]).toEqual([true, true, a.repr()]);
      const nan = heap.float(NaN);
      const others: [Handle, Handle][] = [
        [heap.list([1]), heap.tuple([1])],
        [heap.list([1]), heap.list([1, 2])],
        [heap.int(2n ** 53n + 1n), heap.float(2 ** 53)],
        [heap.dict({ a: 1 }), heap.dict({ a: 2 })],
        [heap.dict({ a: 1 }), heap.dict({ b: 1 })],
        [heap.set([1]), heap.set([2])],
        [heap.str("1"), heap.int(1)],
        [heap.str("a"), heap.bytes(Uint8Array.of(97))],
        [heap.none, heap.bool(false)],
        [heap.float(NaN), heap.float(NaN)],
        [nan, nan],
        [heap.list(), heap.none],
      ];
      for (const [a, b] of others) expect([a.equals(b), b.equals(a), a.repr()]).toEqual([false, false, a.repr()]);
      // In containers, one and the same object equals itself.
      expect(heap.list([nan]).equals(heap.list([nan]))).toBe(true);
    });
  });

  test("structs equal only themselves; weak references are equal if their referents are, or if they are the same", () => {
    withHeap(options(), (heap) => {
      const Point = heap.struct("Point", { x: "f64" });
      const [a, b] = [Point.new({ x: 1 }), Point.new({ x: 1 })];
      expect([a.equals(b), a.equals(a.clone()), heap.list([a]).equals(heap.list([a]))]).toEqual([false, true, true]);
      const [one, other] = [heap.weakref.ref(a), heap.weakref.ref(a, () => undefined)];
      const far = heap.weakref.ref(b);
      expect([one.equals(other), one.equals(far)]).toEqual([true, false]);
      a.release();
      heap.gc.collect();
      heap.gc.garbage.clear();
    });
    withHeap(options(), (heap) => {
      const Point = heap.struct("Point", { x: "f64" });
      const point = Point.new();
      const [one, other] = [heap.weakref.ref(point), heap.weakref.ref(point, () => undefined)];
      point.release();
      expect([one.alive, one.equals(other), one.equals(one)]).toEqual([false, false, true]);
    });
  });

  test("a JavaScript container is copied and compared; nothing is left of the copy", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([1, [2, { a: "b" }]]);
      const { objects, handles } = heap.stats();
      expect(list.equals([1, [2, { a: "b" }]])).toBe(true);
      expect(list.equals([1, [2, { a: "c" }]])).toBe(false);
      expect(heap.scope(() => heap.dict({ a: [1] }).equals(new Map([["a", [1]]])))).toBe(true);
      expect(codeOf(() => list.equals([() => 1]))).toBe("BAD_VALUE");
      expect(codeOf(() => list.equals(new Proxy(list, {})))).toBe("BAD_VALUE");
      const after = heap.stats();
      expect([after.objects, after.handles]).toEqual([objects, handles]);
    });
  });

  test("cycles are equal if every path leads to equal values", () => {
    withHeap(options(), (heap) => {
      const [two, three, six] = [ring(heap, 2), ring(heap, 3), ring(heap, 6)];
      expect([two.equals(three), three.equals(six), six.equals(two)]).toEqual([true, true, true]);
      const odd = ring(heap, 3);
      odd.read<ListHandle>(1, 1).set(0, 1);
      expect([odd.equals(three), three.equals(odd), odd.equals(odd)]).toEqual([false, false, true]);
      const self = heap.list<Value>([]);
      self.append(self);
      const other = heap.list<Value>([self]);
      expect([self.equals(other), other.equals(self)]).toEqual([true, true]);
    });
  });

  test("depth, and parts shared 2^n times, are not limited", () => {
    withHeap(options(), (heap) => {
      const build = (kind: "list" | "tuple", levels: number): Handle => {
        let at: Handle = heap.list([1]);
        for (let i = 0; i < levels; i++) {
          const outer = kind === "list" ? heap.list([at, at]) : heap.tuple([at, at]);
          at.release();
          at = outer;
        }
        return at;
      };
      for (const kind of ["list", "tuple"] as const) {
        const [a, b] = [build(kind, 20_000), build(kind, 20_000)];
        expect(a.equals(b)).toBe(true);
        a.release();
        b.release();
      }
    });
  });
});

test("equals stops at the first difference, and reads no part behind it", () => {
  withHeap({}, (heap) => {
    const items = Array.from({ length: 5000 }, (_, i) => i);
    const lists = items.map((i) => [i]);
    const word = vi.spyOn(heap.none.store.memory, "word");
    for (const value of [items, lists, new Map([["k", lists]]), new Map(items.map((i) => [i, i]))]) {
      const [a, b] = [heap.from([[[1], value], value]), heap.from([[[2], value], value])];
      word.mockClear();
      expect(a.equals(b)).toBe(false);
      expect(word.mock.calls.length).toBeLessThan(100);
    }
    const [a, b] = [heap.list([1, ...items]), heap.list([2, ...items])];
    word.mockClear();
    expect(a.equals(b)).toBe(false);
    expect(word.mock.calls.length).toBeLessThan(100);
    word.mockRestore();
  });
});

const SEED = seedOf(1);

/** Plain equality of what came out of `toJS`, written independently: no cycles, strings and small numbers. */
function sameJS(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJS(item, b[i]));
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && sameJS(value, b.get(key)));
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((item) => b.has(item));
  return a === b;
}

function randomValue(random: (bound: number) => number, depth: number): unknown {
  const kind = depth === 0 ? 0 : random(5);
  const several = <T>(make: () => T): T[] => Array.from({ length: random(3) }, make);
  if (kind < 2) return [0, 1, "a", "b", null][random(5)];
  if (kind === 2) return several(() => randomValue(random, depth - 1));
  if (kind === 3) return new Map(several(() => [["x", "y", 7][random(3)], randomValue(random, depth - 1)] as const));
  return new Set(several(() => ["p", "q", 3][random(3)]));
}

test(`random values are equal if a simple comparison says so, from seed ${SEED} on`, () => {
  withHeap({}, (heap) => {
    for (let run = 0; run < howMany(20); run++) {
      const random = seededRandom(SEED + run);
      let equal = 0;
      for (let i = 0; i < 100; i++) {
        const [a, b] = [[randomValue(random, 3)], [randomValue(random, 3)]];
        heap.scope(() => {
          const [one, other] = [heap.from(a), heap.from(b)];
          expect(one.equals(other), `seed ${SEED + run}: ${one.repr()} and ${other.repr()}`).toBe(sameJS(a, b));
          expect(one.equals(structuredClone(a))).toBe(true);
        });
        equal += Number(sameJS(a, b));
      }
      expect(equal).toBeGreaterThan(0);
    }
  });
});

test("a restored heap compares like the saved one", () => {
  withHeap({}, (heap) => {
    heap.roots.set("a", heap.dict({ k: [1, 2] }));
    heap.roots.set("b", heap.dict({ k: [1, 2] }));
    const again = restoreSync(save(heap));
    expect(again.roots.get("a")?.equals(again.roots.get("b") as Handle)).toBe(true);
    again.dispose();
  });
});
