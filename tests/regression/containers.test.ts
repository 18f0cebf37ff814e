// What tests of the containers against models found: each test names what broke before.

import { describe, expect, test } from "vitest";
import { CORES, withHeap } from "../support/heap.js";

describe.each(CORES)("keys that are floats, %s core", (_, options) => {
  // The hash of a NaN is its address; it was taken of the probe that stood for it, not of the key itself.
  test("a NaN is a sound key", () => {
    withHeap(options(), (heap) => {
      const dict = heap.dict([[NaN, 1]]);
      heap.verify();
      const set = heap.set([NaN, NaN]);
      heap.verify();
      expect([dict.length, set.length]).toEqual([1, 2]);
      // The very object is found: Python asks `is` before `==`.
      const nan = heap.float(NaN);
      dict.set(nan, 2);
      expect(dict.get(nan)).toBe(2);
    });
  });

  // All that have no low bits hashed to 0, so that a dict of them was a list.
  test("have hashes that differ", () => {
    withHeap(options(), (heap) => {
      const timeOf = (key: (i: number) => number): number => {
        const start = performance.now();
        const set = heap.set(Array.from({ length: 20_000 }, (_, i) => key(i)));
        set.release();
        return performance.now() - start;
      };
      timeOf((i) => i);
      expect(timeOf((i) => i + 0.5)).toBeLessThan(20 * timeOf((i) => i * 1e9) + 50);
    });
  });
});
