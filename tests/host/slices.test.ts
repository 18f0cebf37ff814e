// Slices with steps, and their assignment. tests/oracle plays the same in CPython.

import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import type { Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { failMemory } from "../support/torture.js";

/** Python's `slice.indices`, and the items there. */
function sliced<T>(items: readonly T[], start: number | undefined, end: number | undefined, step: number): T[] {
  const { length } = items;
  const clip = (index: number, low: number, high: number): number =>
    Math.max(low, Math.min(index < 0 ? index + length : index, high));
  const found: T[] = [];
  if (step > 0)
    for (let i = clip(start ?? 0, 0, length), to = clip(end ?? length, 0, length); i < to; i += step)
      found.push(items[i] as T);
  else {
    const to = end === undefined ? -1 : clip(end, -1, length - 1);
    for (let i = start === undefined ? length - 1 : clip(start, -1, length - 1); i > to; i += step)
      found.push(items[i] as T);
  }
  return found;
}

const ENDS = [undefined, -Infinity, -7, -5, -3, -1, 0, 1, 2, 4, 5, 9, Infinity];
const STEPS = [-6, -2, -1, 1, 2, 3, 7];

describe.each(CORES)("slices, %s core", (_, options) => {
  test.each([0, 1, 5])("of %i items, lists and tuples give the same as in Python for all ends and steps", (length) => {
    withHeap(options(), (heap) => {
      const items = Array.from({ length }, (_unused, i) => i * 10);
      const [list, tuple] = [heap.list(items), heap.tuple(items)];
      for (const start of ENDS)
        for (const end of ENDS)
          for (const step of STEPS) {
            const expected = sliced(items, start, end, step);
            const [one, other] = [list.slice(start, end, step), tuple.slice(start, end, step)];
            expect([one.toJS(), other.toJS()], `${start}:${end}:${step}`).toEqual([expected, expected]);
            one.release();
            other.release();
          }
      heap.verify();
    });
  });

  test("a slice with a step takes exactly as many values as it has places; any other slice takes any number", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([0, 1, 2, 3, 4, 5]);
      list.setSlice(1, 3, [10, 20, 30]);
      expect(list.toJS()).toEqual([0, 10, 20, 30, 3, 4, 5]);
      list.setSlice(0, undefined, ["a", "b", "c", "d"] as never, 2);
      expect(list.toJS()).toEqual(["a", 10, "b", 30, "c", 4, "d"]);
      list.setSlice(undefined, undefined, list, -1);
      expect(list.toJS()).toEqual(["d", 4, "c", 30, "b", 10, "a"]);
      list.setSlice(2, 2, heap.tuple([7]) as never);
      list.setSlice(5, 1, [8]); // in front of 5, as in Python
      expect(list.toJS()).toEqual(["d", 4, 7, "c", 30, 8, "b", 10, "a"]);
      list.setSlice(undefined, undefined, list);
      list.setSlice(1, -1, []);
      expect(list.toJS()).toEqual(["d", "a"]);
      for (const [values, step] of [
        [[1], 2],
        [[], 2],
        [[1, 2, 3], -1],
      ] as const) {
        const code = codeOf(() => {
          list.setSlice(0, 4, values, step);
        });
        // The slice [0:4:-1] is empty, and [0:4:2] has one place.
        expect(code).toBe(step === 2 && values.length === 1 ? "no error" : "BAD_VALUE");
      }
      for (const step of [0, 1.5, NaN, Infinity, "1", null])
        expect(
          codeOf(() => list.slice(0, 1, step as never)),
          String(step),
        ).toBe("BAD_INDEX");
      for (const end of [1.5, NaN, "1", null, {}])
        expect(
          codeOf(() => {
            list.setSlice(0, end as never, [1], -1);
          }),
          String(end),
        ).toBe("BAD_INDEX");
      heap.verify();
    });
  });

  test("at() returns undefined out of range, count() counts equal items", () => {
    withHeap(options(), (heap) => {
      const list = heap.list<Value>([1, "a", true, 1.5, "a"]);
      expect([-6, -5, 0, 4, 5].map((index) => list.at(index))).toEqual([undefined, 1, 1, "a", undefined]);
      expect([list.count(1), list.count("a"), list.count(null), heap.tuple([1, 1n]).count(1)]).toEqual([2, 2, 0, 2]);
      expect(codeOf(() => list.at(0.5))).toBe("BAD_INDEX");
      const tuple = heap.tuple([1, 2]);
      expect(tuple.slice().is(tuple)).toBe(true);
    });
  });

  test.each(["bounded", "unbounded"] as const)("new items are in place before an old one dies, %s pauses", (pauses) => {
    withHeap({ ...options(), pauses }, (heap) => {
      const seen: unknown[] = [];
      const Item = heap.struct("Item", { n: "i32" }, { finalize: ({ n }) => seen.push([n, list.length, list.get(1)]) });
      const list = heap.list<Value>();
      const fill = (): void => {
        list.clear();
        for (let n = 0; n < 4; n++)
          heap.scope(() => {
            list.append(Item.new({ n }));
          });
        seen.length = 0;
      };
      fill();
      list.setSlice(0, 3, ["x", "y"]);
      heap.gc.collect();
      expect(seen).toEqual([
        [2, 3, "y"],
        [1, 3, "y"],
        [0, 3, "y"],
      ]);
      fill();
      list.setSlice(0, undefined, ["x", "y"], 2);
      heap.gc.collect();
      expect(seen.map((event) => (event as unknown[]).slice(0, 2))).toEqual([
        [0, 4],
        [2, 4],
      ]);
      heap.verify();
      list.clear();
    });
  });

  test.each([2 ** 31, 2 ** 32, 2 ** 53, 1e308])("a step of %d selects one item", (step) => {
    withHeap(options(), (heap) => {
      const list = heap.list([1, 2, 3]);
      expect([list.slice(1, 3, step).toJS(), list.slice(1, undefined, -step).toJS()]).toEqual([[2], [2]]);
      list.setSlice(1, 3, [20], step);
      list.setSlice(undefined, undefined, [30], -step);
      list.setSlice(0, 0, [], step);
      expect([list.toJS(), heap.tuple([1, 2]).slice(0, 2, step).toJS()]).toEqual([[1, 20, 30], [1]]);
    });
  });

  test("a list that is being sorted rejects a new slice", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([2, 1]);
      const codes: string[] = [];
      list.sort((a, b) => {
        codes.push(
          codeOf(() => {
            list.setSlice(0, 1, [5]);
          }),
        );
        return a - b;
      });
      expect([codes[0], list.toJS()]).toEqual(["CONTAINER_CHANGED", [1, 2]]);
    });
  });
});

test("out of memory at any step: the list is unchanged, and nothing is left", () => {
  withHeap({ module: checkedCore(), traceHandles: false }, (heap) => {
    const tries: [string, () => unknown][] = [
      ["slice", () => list.slice(0, 4, 2).release()],
      ["tuple slice", () => tuple.slice(0, 4, 2).release()],
      [
        "setSlice",
        () => {
          list.setSlice(1, 2, [[1], "x", 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]);
        },
      ],
      [
        "setSlice with a step",
        () => {
          list.setSlice(0, 4, ["y", 3.5], 2);
        },
      ],
    ];
    const list = heap.list<Value>([0.5, 1.5, 2.5, 3.5]);
    const tuple = heap.tuple([0.5, 1.5, 2.5, 3.5]);
    for (const [what, run] of tries) {
      const before = [list.repr(), heap.stats().objects];
      let failures = 0;
      for (let step = 1; ; step++) {
        failMemory(heap, step);
        const code = codeOf(run);
        failMemory(heap, 0);
        heap.verify();
        if (code === "no error") break;
        failures++;
        expect([code, list.repr(), heap.stats().objects], what).toEqual(["OUT_OF_MEMORY", ...before]);
      }
      expect(failures, what).toBeGreaterThan(0);
    }
  });
});
