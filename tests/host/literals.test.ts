// Containers of JavaScript's where a value is taken: they are copied, as by `from`.

import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import type { DictHandle, ListHandle, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { failMemory } from "../support/torture.js";

describe.each(CORES)("nested literals, %s core", (_, options) => {
  test("lists, tuples, dicts, weak maps and `value` fields take arrays, objects, Maps and Sets", () => {
    withHeap(options(), (heap) => {
      const rows = heap.list([[1, 2], [3]]);
      expect(String(rows)).toBe("[[1, 2], [3]]");
      rows.append([4]);
      rows.insert(0, [0]);
      rows.set(1, [1]);
      rows.extend([[5], heap.list([6])]);
      expect(String(rows)).toBe("[[0], [1], [3], [4], [5], [6]]");
      const dict: DictHandle = heap.dict({ k: [1], m: new Map([[1, new Set(["x"])]]) });
      dict.set("n", { deep: [null] });
      dict.update({ o: [[]] });
      expect(String(dict)).toBe("{'k': [1], 'm': {1: {'x'}}, 'n': {'deep': [None]}, 'o': [[]]}");
      expect((dict.setDefault("p", [7]) as ListHandle).toJS()).toEqual([7]);
      expect(String(heap.tuple([[1], { a: 2 }]))).toBe("([1], {'a': 2})");
      const Cell = heap.struct("Cell", { value: "value" });
      const cell = Cell.new({ value: [1] });
      expect(String(cell)).toBe("Cell(value=[1])");
      cell.set("value", { a: [2] });
      expect(String(cell)).toBe("Cell(value={'a': [2]})");
      const notes = heap.weakref.keyMap();
      notes.set(cell, { about: ["…"] });
      expect(notes.get(cell)?.toString()).toBe("{'about': ['…']}");
      const [one, other] = [heap.list([1]), heap.list([1])];
      const shared = heap.list([{ a: one, b: one }]);
      expect([one.refcount, other.refcount]).toEqual([3, 1]);
      expect(shared.read<number>(0, "b", 0)).toBe(1);
      heap.verify();
    });
  });

  test("objects of another realm are copied like those of this one", () => {
    withHeap(options(), (heap) => {
      const theirs = runInNewContext("({ a: [{}], b: Object.create(null) })") as object;
      const list = heap.list<Value>();
      list.append(theirs as never);
      list.setSlice(1, 1, [theirs as never]);
      const dict: DictHandle = heap.dict([["k", theirs]]);
      expect([String(list), String(dict)]).toEqual([
        "[{'a': [{}], 'b': {}}, {'a': [{}], 'b': {}}]",
        "{'k': {'a': [{}], 'b': {}}}",
      ]);
      expect((list.get(0) as DictHandle).equals(theirs)).toBe(true);
      expect(codeOf(() => heap.set([theirs as never]))).toBe("BAD_KEY");
      expect(codeOf(() => heap.list([runInNewContext("new Date()") as never]))).toBe("BAD_VALUE");
    });
  });

  test("a literal with a value that cannot be stored changes nothing, and the error names the place", () => {
    withHeap(options(), (heap) => {
      const list = heap.list<unknown[]>();
      const dict = heap.dict<string, unknown[]>([]);
      const { objects } = heap.stats();
      const bad = [1, { deep: [() => 1] }];
      for (const put of [() => heap.list([bad]), () => heap.tuple([bad]), () => heap.dict({ k: bad })]) {
        expect(codeOf(put)).toBe("BAD_VALUE");
        expect(put).toThrow(/in value\[1\]\["deep"\]\[0\]/);
      }
      expect(() => {
        list.append(bad);
      }).toThrow(/in value/);
      expect(() => dict.set("k", bad)).toThrow(/in value/);
      expect([list.length, dict.size, heap.stats().objects]).toEqual([0, 0, objects]);
      heap.verify();
    });
  });

  test("a literal cannot be a key: BAD_KEY, as in Python", () => {
    withHeap(options(), (heap) => {
      for (const [literal, type] of [
        [[1], "list"],
        [{}, "dict"],
        [new Map(), "dict"],
        [new Set(), "set"],
      ] as const)
        for (const use of [
          () => heap.dict([[literal as never, 1]]),
          () => heap.dict().get(literal as never),
          () => heap.dict().has(literal as never),
          () => heap.set([1]).has(literal as never),
        ]) {
          expect(codeOf(use)).toBe("BAD_KEY");
          expect(use).toThrow(`unhashable type: '${type}'`);
        }
    });
  });
});

test("out of memory at any step of a copy: the container is unchanged", () => {
  withHeap({ module: checkedCore(), traceHandles: false }, (heap) => {
    const list = heap.list<unknown[]>([[0]]);
    const before = heap.stats().objects;
    let failures = 0;
    for (let step = 1; ; step++) {
      failMemory(heap, step);
      const code = codeOf(() => {
        list.append([1.5, [2.5, "text"], new Map([["key", 3.5]])]);
      });
      failMemory(heap, 0);
      heap.verify();
      if (code === "no error") break;
      failures++;
      expect([code, list.length, heap.stats().objects]).toEqual(["OUT_OF_MEMORY", 1, before]);
    }
    expect(failures).toBeGreaterThan(3);
    expect(list.length).toBe(2);
  });
});
