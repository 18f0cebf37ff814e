// Asking whether something is None, without a handle.

import { describe, expect, test } from "vitest";
import type { Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

/** What a place can hold, None first. */
const VALUES: unknown[] = [null, 0, false, "", "x", 1.5, 1n, new Uint8Array(), [], {}, new Set([null])];

describe.each(CORES)("isNull, %s core", (_, options) => {
  test("says what get() === null would, for each kind of value, and makes no handle", () => {
    withHeap(options(), (heap) => {
      const list = heap.list<Value>(VALUES as Value[]);
      const tuple = heap.tuple(list);
      const dict = heap.dict(VALUES.map((value, i) => [i, value as Value] as const));
      const key = heap.struct("Key", {}).new();
      const weak = heap.weakref.keyMap<typeof key, Value>();
      const { handles } = heap.stats();
      for (const [i, value] of VALUES.entries()) {
        weak.set(key, value as Value);
        const answers = [
          list.isNull(i),
          list.isNull(i - VALUES.length),
          tuple.isNull(i),
          dict.isNull(i),
          weak.isNull(key),
        ];
        expect(answers).toEqual(answers.map(() => value === null));
      }
      expect(heap.stats().handles).toBe(handles);
      heap.verify();
    });
  });

  test("of a key that is not there is false, and of an index that is not there a BAD_INDEX", () => {
    withHeap(options(), (heap) => {
      const key = heap.struct("Key", {}).new();
      const [list, dict] = [heap.list([null]), heap.dict([["there", null], ["x".repeat(5000), null]])]; // prettier-ignore
      expect([dict.isNull("there"), dict.isNull("elsewhere"), dict.isNull("x".repeat(5000))]).toEqual([
        true,
        false,
        true,
      ]);
      expect(heap.weakref.keyMap().isNull(key)).toBe(false);
      for (const index of [1, -2, 0.5, NaN, "0"]) expect(codeOf(() => list.isNull(index as number))).toBe("BAD_INDEX");
      expect(codeOf(() => heap.tuple([]).isNull(0))).toBe("BAD_INDEX");
      expect(codeOf(() => dict.isNull([] as never))).toBe("BAD_KEY");
      list.release();
      expect(codeOf(() => list.isNull(0))).toBe("RELEASED_HANDLE");
    });
  });
});
