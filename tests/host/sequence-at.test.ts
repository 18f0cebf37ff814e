import { describe, expect, test } from "vitest";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("at and count, %s core", (_, options) => {
  test("at() of lists and tuples returns the same as that of an Array", () => {
    withHeap(options(), (heap) => {
      const array = [1, "two", null];
      for (const sequence of [heap.list(array), heap.tuple(array)]) {
        for (let i = -5; i <= 5; i++) expect(sequence.at(i)).toBe(array.at(i));
        for (const bad of [0.5, NaN, Infinity, "0"]) expect(codeOf(() => sequence.at(bad as number))).toBe("BAD_INDEX");
        heap.verify();
      }
      expect(heap.list().at(0)).toBe(undefined);
    });
  });

  test("count() returns the same as in Python", () => {
    withHeap(options(), (heap) => {
      const long = "long".repeat(50);
      const items = [1, true, 1, "a", 2, long, null, long];
      for (const sequence of [heap.list(items), heap.tuple(items)]) {
        expect([1, true, "a", 2, null, long, 9].map((value) => sequence.count(value))).toEqual([3, 3, 1, 1, 1, 2, 0]);
        heap.verify();
      }
      expect(heap.list().count(1)).toBe(0);
    });
  });
});
