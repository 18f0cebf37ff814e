// What tests of the containers against models found: each test names what broke before.

import type { DictHandle } from "../../src/index.js";
import { describe, expect, test } from "vitest";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { failMemory, saturate } from "../support/torture.js";

/** Only the checked core can refuse memory on demand. */
const CHECKED = CORES.filter(([name]) => name === "checked");

describe.each(CORES)("keys that are floats, %s core", (_, options) => {
  // The hash of a NaN is its address; it was taken of the probe that stood for it, not of the key itself.
  test("a NaN is a valid key", () => {
    withHeap(options(), (heap) => {
      const dict: DictHandle = heap.dict([[NaN, 1]]);
      heap.verify();
      const set = heap.set([NaN, NaN]);
      heap.verify();
      expect([dict.size, set.size]).toEqual([1, 2]);
      // The very object is found: Python asks `is` before `==`.
      const nan = heap.float(NaN);
      dict.set(nan, 2);
      expect(dict.get(nan)).toBe(2);
    });
  });

  // All that have no low bits hashed to 0, so that a dict of them was a list.
  test("have different hashes", () => {
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

describe.each(CHECKED)("an allocation that fails, %s core", (_, options) => {
  // The item had been taken out before the handle for it was refused.
  test("keeps the entry that pop would remove", () => {
    withHeap(options(), (heap) => {
      const thing = heap.struct("Thing", {}).new();
      const list = heap.list([thing, 1]);
      saturate(thing, 254);
      failMemory(heap, 1);
      const code = codeOf(() => list.pop(0));
      failMemory(heap, 0);
      expect([code, list.length]).toEqual(["OUT_OF_MEMORY", 2]);
    });
  });

  // The table had been rebuilt, and so its entries moved, before the key was refused; its version was the same.
  test("hides no entry from a loop", () => {
    withHeap(options(), (heap) => {
      for (let request = 1; request <= 8; request++) {
        const dict = heap.dict(Array.from({ length: 5 }, (_, i) => [i, i]));
        dict.delete(0);
        dict.delete(1);
        const seen: unknown[] = [];
        const code = codeOf(() => {
          for (const key of dict.keys()) {
            seen.push(key);
            if (seen.length > 1) continue;
            failMemory(heap, request);
            const refused = codeOf(() => dict.set(1e9, 1));
            failMemory(heap, 0);
            // Once nothing is refused any more, there is another key.
            if (refused === "no error") return;
          }
        });
        if (code === "no error" && seen.length > 1) expect(seen, `request ${request}`).toEqual([2, 3, 4]);
        else
          expect([code, dict.size], `request ${request}`).toEqual(
            dict.size === 4 ? ["no error", 4] : ["CONTAINER_CHANGED", 3],
          );
      }
    });
  });
});

describe.each(CORES)("setDefault, %s core", (_, options) => {
  // It asked for what it had set, and a NaN is not found.
  test("returns the value it sets, whatever the key", () => {
    withHeap(options(), (heap) => {
      expect(heap.dict().setDefault(NaN, 1)).toBe(1);
    });
  });
});

describe.each(CORES)("the death of an old value, %s core", (_, options) => {
  // The dict was asked for once more after it was set, for keys that are no strings.
  test("may release the dict that contained it", () => {
    withHeap(options(), (heap) => {
      const dict = heap.dict();
      const Item = heap.struct("Item", {}, { finalize: () => dict.release() });
      heap.scope(() => dict.set(3, Item.new()));
      expect(codeOf(() => dict.set(3, null))).toBe("no error");
    });
  });
});

describe.each(CHECKED)("an entry that was found, %s core", (_, options) => {
  // Its number was used after a finalizer had emptied the dict: the search for its cell never ended. Counting a
  // reference collects no more.
  test("still exists when it is removed", () => {
    withHeap(options(), (heap) => {
      const thing = heap.struct("Thing", {}).new();
      const dict = heap.dict([[1, thing]]);
      const clear = (): void => {
        failMemory(heap, 0);
        if (!dict.released) dict.clear();
      };
      const Garbage = heap.struct("Garbage", { self: "ref" }, { finalize: clear });
      const garbage = Garbage.new();
      garbage.self = garbage;
      garbage.release();
      saturate(thing, 254);
      failMemory(heap, 1);
      const code = codeOf(() => dict.pop(1));
      failMemory(heap, 0);
      expect([code, dict.size]).toEqual(["OUT_OF_MEMORY", 1]);
    });
  });
});
