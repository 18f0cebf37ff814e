// Tuples in tuples, as keys and where items are compared: up to a depth of 1,000 as in Python; beyond, a named error.

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { MAX_KEY_DEPTH } from "../../assembly/layout.js";
import type { Heap, TupleHandle, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

/** A tuple that so many are inside of, itself included. */
function nest(heap: Heap, depth: number, innermost: Value = 7): TupleHandle {
  let tuple: TupleHandle = heap.tuple([innermost]);
  for (let i = 1; i < depth; i++) {
    const outer = heap.tuple([i % 3, tuple, "text"]);
    tuple.release();
    tuple = outer;
  }
  return tuple;
}

/** A tuple that holds the one below twice, and so on: 2^depth in all. */
function share(heap: Heap, depth: number): TupleHandle {
  let tuple: TupleHandle = heap.tuple([7]);
  for (let i = 0; i < depth; i++) {
    const outer = heap.tuple([tuple, tuple]);
    tuple.release();
    tuple = outer;
  }
  return tuple;
}

describe.each(CORES)("%s core", (build, options) => {
  test.each([1, 2, 499, 500, 501, MAX_KEY_DEPTH])("tuples nested %i deep are equal, and keys", (depth) => {
    withHeap(options(), (heap) => {
      const [a, b, other] = [nest(heap, depth), nest(heap, depth), nest(heap, depth, 8)];
      const list = heap.list([other, a]);
      expect([list.includes(b), list.indexOf(b), list.includes(nest(heap, depth, 9))]).toEqual([true, 1, false]);
      const dict = heap.dict([
        [a, "a"],
        [other, "other"],
      ]);
      expect([dict.get(b), dict.get(nest(heap, depth, 8)), dict.has(nest(heap, depth, 9))]).toEqual([
        "a",
        "other",
        false,
      ]);
      heap.verify();
      expect(list.remove(b)).toBe(true);
      expect(list.length).toBe(1);
      list.append(a);
      list.sort();
      expect((list.get(0) as TupleHandle).is(a)).toBe(true);
    });
  });

  test("deeper tuples cannot be keys, are compared by identity, and are otherwise named errors", () => {
    withHeap(options(), (heap) => {
      const depth = MAX_KEY_DEPTH + 1;
      const [a, b] = [nest(heap, depth), nest(heap, depth)];
      const dict = heap.dict();
      expect(codeOf(() => dict.set(a, 1))).toBe("BAD_KEY");
      expect(() => dict.has(a)).toThrow("1000 deep");
      expect(codeOf(() => heap.set([a]))).toBe("BAD_KEY");
      const list = heap.list([1, a]);
      expect(list.indexOf(a)).toBe(1);
      expect(codeOf(() => list.includes(b))).toBe("BAD_VALUE");
      expect(codeOf(() => list.remove(b))).toBe("BAD_VALUE");
      // What differs before it gets deep is told apart.
      expect(list.includes(nest(heap, 5))).toBe(false);
      list.set(0, b);
      expect(
        codeOf(() => {
          list.sort();
        }),
      ).toBe("BAD_VALUE");
      expect(list.length).toBe(2);
    });
  });

  test("tuples with shared parts, 2^60 in all, are named errors, too, and quickly", () => {
    withHeap(options(), (heap) => {
      const [a, b] = [share(heap, 60), share(heap, 60)];
      expect(codeOf(() => heap.set([a]))).toBe("BAD_KEY");
      const list = heap.list([a]);
      expect(list.includes(a)).toBe(true);
      expect(codeOf(() => list.includes(b))).toBe("BAD_VALUE");
      list.append(b);
      const [small, same] = [share(heap, 12), share(heap, 12)];
      expect(heap.set([small, same]).size).toBe(1);
    });
  });

  // The host's own work, the same with either core. Inside the test runner it takes ten times as long.
  test.runIf(build === "release")("to sort such tuples is a named error, too", () => {
    const program = `
      import { Heap } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      const heap = Heap.createSync();
      const share = () => Array.from({ length: 60 }).reduce((tuple) => heap.tuple([tuple, tuple]), heap.tuple([7]));
      const list = heap.list([share(), share()]);
      try {
        list.sort();
      } catch (error) {
        heap.verify();
        console.log(error.code, list.length);
      }`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    expect(out).toBe("BAD_VALUE 2\n");
  });

  test("an unhashable type deep in a tuple is named in the error", () => {
    withHeap(options(), (heap) => {
      expect(() => heap.set([nest(heap, 900, heap.list())])).toThrow("unhashable type: 'list'");
      expect(heap.list([nest(heap, 900, heap.list())]).includes(nest(heap, 900, heap.list()))).toBe(false);
    });
  });

  test("two lists or tuples are sorted by their first difference, at any depth", () => {
    withHeap(options(), (heap) => {
      const nested = (depth: number, last: number): Value => {
        let list = heap.list<Value>([1, last]);
        for (let i = 0; i < depth; i++) list = heap.list([1, list]);
        return list;
      };
      const list = heap.list([nested(900, 2), nested(900, 1)]);
      list.sort();
      expect(list.repr().indexOf("[1, 1]")).toBeLessThan(list.repr().indexOf("[1, 2]"));
      const short = heap.list([heap.tuple([1, 2, 3]), heap.tuple([1, 2]), heap.tuple([]), heap.tuple([1, 1, 9])]);
      short.sort();
      expect(short.repr()).toBe("[(), (1, 1, 9), (1, 2), (1, 2, 3)]");
      // A list that holds itself has no end.
      const [a, b] = [heap.list(), heap.list()];
      a.append(a);
      b.append(b);
      expect(
        codeOf(() => {
          heap.list([a, b]).sort();
        }),
      ).toBe("BAD_VALUE");
      a.clear();
      b.clear();
    });
  });
});
