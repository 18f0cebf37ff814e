// The limit of depth for keys in which tuples, frozensets and weak references to frozensets take turns.

import { describe, expect, test } from "vitest";
import { MAX_KEY_DEPTH } from "../../assembly/layout.js";
import type { Handle, Heap } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";

type Level = "tuple" | "frozenset" | "weakly";

/** A key with these levels, the innermost first, and all that must live for it. */
function nested(heap: Heap, levels: readonly Level[], kept: Handle[]): Handle {
  let key: Handle = heap.tuple([7]);
  for (const level of levels) {
    kept.push(key);
    const inner = level === "weakly" && key.type === "frozenset" ? heap.weakref.ref(key as never) : key;
    key = level === "tuple" ? heap.tuple([1, inner]) : heap.frozenset([inner, 1]);
  }
  kept.push(key);
  return key;
}

describe.each(CORES)("%s core", (_, options) => {
  test(`keys of all kinds of levels are ${MAX_KEY_DEPTH} deep at most, and equal keys are found`, () => {
    for (let seed = 0; seed < howMany(3); seed++) {
      const random = seededRandom(seedOf(7400) + seed);
      const kinds: readonly Level[] = ["tuple", "frozenset", "weakly"];
      const inner = Array.from({ length: MAX_KEY_DEPTH - 2 }, () => kinds[random(3)] as Level);
      withHeap(options(), (heap) => {
        for (const outermost of kinds) {
          // Its innermost tuple and its outermost level make it 1,000 deep.
          const levels = [...inner, outermost];
          const kept: Handle[] = [];
          const set = heap.set([nested(heap, levels, kept)]);
          const twin = nested(heap, levels, kept);
          expect(set.has(twin), `seed ${seed}`).toBe(true);
          expect(
            codeOf(() => set.has(heap.tuple([twin]))),
            `seed ${seed}`,
          ).toBe("BAD_KEY");
          // A frozenset beyond the limit exists, and has no hash.
          expect(
            codeOf(() => set.has(heap.frozenset([twin]))),
            `seed ${seed}`,
          ).toBe("BAD_KEY");
          heap.verify();
        }
      });
    }
  });

  test("a part that has died no longer counts in what is made later; what exists keeps its hash", () => {
    withHeap(options(), (heap) => {
      const base = heap.frozenset([1]);
      const weak = heap.weakref.ref(base);
      const holder = heap.frozenset([weak]);
      const dict = heap.dict([[holder, 1]]);
      base.release();
      expect(dict.get(holder)).toBe(1);
      expect(dict.get(heap.frozenset([weak]))).toBe(1);
      heap.verify();
    });
  });
});
