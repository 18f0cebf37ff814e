// Which containers the collector looks after: the rules of CPython 3.12.

import type { DictHandle } from "../../src/index.js";
import { describe, expect, test } from "vitest";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { WAYS, collectAll, quietHeap } from "../support/ways.js";

describe.each(CORES)("tracking, %s core", (_, options) => {
  test("a tuple is tracked until a collection of its generation finds that it holds only atoms", () => {
    withHeap(options(), (heap) => {
      const atoms = heap.tuple([1, "a", null]);
      const nested = heap.tuple([atoms, 2]);
      const list = heap.list();
      const linked = heap.tuple([list]);
      expect([atoms, nested, linked].map((one) => one.isTracked)).toEqual([true, true, true]);
      heap.gc.collect(0);
      heap.verify();
      expect([atoms.isTracked, linked.isTracked]).toEqual([false, true]);
      heap.gc.collect(0); // the inner one is untracked by now; the outer one is in generation 1 at most
      heap.gc.collect(1);
      heap.verify();
      expect(nested.isTracked).toBe(false);
      heap.gc.collect();
      expect(linked.isTracked).toBe(true);
    });
  });

  test("the empty tuple is a single object, immortal and never tracked", () => {
    withHeap(options(), (heap) => {
      const empty = heap.tuple();
      expect([empty.is(heap.tuple([])), empty.length, empty.isTracked]).toEqual([true, 0, false]);
      expect(empty.refcount).toBe(0xc0000000);
      const before = heap.stats().objects;
      for (let i = 0; i < 300; i++) heap.tuple().release();
      expect(heap.stats().objects).toBe(before);
      expect(codeOf(() => empty.get(0))).toBe("BAD_INDEX");
    });
  });

  test("a dict is tracked because of a given key, even if it keeps its own", () => {
    withHeap(options(), (heap) => {
      const dict = heap.dict([[heap.tuple([null]), 1]]);
      heap.gc.collect();
      expect(dict.isTracked).toBe(false);
      dict.setDefault(heap.tuple([null]), 2);
      expect(dict.isTracked).toBe(false);
      dict.set(heap.tuple([null]), 2);
      expect([dict.isTracked, dict.size]).toEqual([true, 1]);
      heap.verify();
    });
  });

  test("a dict is tracked from its first container on, whether key or value", () => {
    withHeap(options(), (heap) => {
      const Plain = heap.struct("Plain", { n: "i32" });
      const Linked = heap.struct("Linked", { other: "ref" });
      const linked = Linked.new();
      const cases: [string, (dict: ReturnType<typeof heap.dict>) => void, boolean][] = [
        [
          "atoms",
          (dict) =>
            dict.update([
              [1, "a"],
              [0.5, null],
              ["x", 2n],
            ]),
          false,
        ],
        ["a struct without references", (dict) => dict.set(1, Plain.new()), false],
        ["a list", (dict) => dict.set(1, heap.list()), true],
        ["a set", (dict) => dict.set(1, heap.set()), true],
        ["a dict", (dict) => dict.set(1, heap.dict()), true],
        ["a tuple", (dict) => dict.set(1, heap.tuple([1])), true],
        ["the empty tuple", (dict) => dict.set(1, heap.tuple()), false],
        ["a struct", (dict) => dict.set(1, linked), true],
        ["a struct as key", (dict) => dict.set(linked, 1), true],
        ["a tuple as key", (dict) => dict.set(heap.tuple([1]), 1), true],
        ["a weak reference", (dict) => dict.set(1, heap.weakref.ref(linked)), true],
        ["a list in place of an atom", (dict) => dict.set(1, 2).set(1, heap.list()), true],
        ["a value from setDefault", (dict) => dict.setDefault(1, heap.list()), true],
      ];
      for (const [name, put, isTracked] of cases) {
        const dict = heap.dict();
        expect(dict.isTracked, "an empty dict").toBe(false);
        put(dict);
        heap.verify();
        expect(dict.isTracked, name).toBe(isTracked);
      }
    });
  });

  test("only a full collection untracks a dict of atoms", () => {
    withHeap(options(), (heap) => {
      const dict: DictHandle = heap.dict([[1, heap.list()]]);
      dict.set(1, 2);
      heap.gc.collect(0);
      heap.gc.collect(1);
      expect(dict.isTracked).toBe(true);
      heap.gc.collect(2);
      heap.verify();
      expect(dict.isTracked).toBe(false);
      dict.set(1, dict);
      expect(dict.isTracked).toBe(true);
      dict.release();
      expect(heap.gc.collect()).toBe(1);
    });
  });

  test("lists and sets are always tracked", () => {
    withHeap(options(), (heap) => {
      const all = [heap.list(), heap.list([1]), heap.set(), heap.set(["a"])];
      for (let i = 0; i < 3; i++) heap.gc.collect();
      expect(all.map((one) => one.isTracked)).toEqual([true, true, true, true]);
    });
  });
});

// The dict was no longer tracked, and the tuple in it still was: `verify` took that for damage.
describe.each(WAYS)("a dict that holds tuples of atoms, %s core, %s pauses", (_, pauses, options) => {
  test("is untracked together with tuples that are young or scanned later", () => {
    for (const isDictFirst of [true, false]) {
      const heap = quietHeap(options, pauses);
      // Something has become old, so a cycle is worth it.
      const old = heap.struct("Old", { a: "ref" }).new();
      heap.gc.collect(1);
      old.a = old;
      const early = isDictFirst ? heap.dict() : undefined;
      const tuples = Array.from({ length: 20 }, (_, i) => heap.tuple([i + 0.5, `x${i}`]));
      const dict = early ?? heap.dict();
      tuples.forEach((tuple, i) => dict.set(i, tuple));
      heap.gc.step(1);
      dict.set("young", heap.tuple([0.5]));
      while (heap.gc.step(1)) heap.verify();
      heap.gc.collect();
      heap.verify();
      expect([dict.isTracked, ...tuples.map((tuple) => tuple.isTracked)]).not.toContain(true);
    }
  });

  test("is untracked together with a tuple that was scanned before a tuple in it", () => {
    const heap = quietHeap(options, pauses);
    const Node = heap.struct("Node", { a: "ref" });
    const shorts = Array.from({ length: 5000 }, () => heap.tuple([0.5]));
    const inner = heap.tuple(Array.from({ length: 40 }, (_, i) => i + 0.5));
    for (const short of shorts) short.release();
    const outer = heap.tuple([inner]);
    const dict = heap.dict([["key", outer]]);
    const ring = Node.new();
    ring.a = ring;
    ring.release();
    const { objects } = heap.stats();
    heap.gc.collect();
    heap.verify();
    expect(heap.stats().objects).toBe(objects - 1);
    expect(dict.isTracked).toBe(outer.isTracked);
  });
});

// Dicts of more than 256 entries are scanned in parts.
describe.each(WAYS)("a large container of atoms and one other item, %s core, %s pauses", (_, pauses, options) => {
  const LENGTH = 1000;

  test.each(["dict", "tuple"])("stays tracked wherever in the %s the item is", (kind) => {
    for (const at of [0, 300, 600, LENGTH - 1]) {
      const heap = quietHeap(options, pauses);
      // Something has become old, so a cycle is worth it.
      const inner = heap.list();
      heap.gc.collect(1);
      const items = Array.from({ length: LENGTH }, (_, i) => (i === at ? inner : i));
      const outer = kind === "dict" ? heap.dict(items.map((item, i) => [i, item])) : heap.tuple(items);
      inner.append(outer);
      collectAll(heap);
      heap.verify();
      expect(outer.isTracked, `the list at ${at}`).toBe(true);
      outer.release();
      inner.release();
      expect(heap.core.collect(2)).toBe(2);
      heap.dispose();
    }
  });
});
