import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("copying in, %s core", (_, options) => {
  test("numbers at the limits of each encoding are copied exactly", () => {
    withHeap(options(), (heap) => {
      const edges = [
        0,
        -0,
        1,
        -5,
        -6,
        256,
        257,
        2 ** 31 - 1,
        2 ** 31,
        -(2 ** 31),
        -(2 ** 31) - 1,
        2 ** 32,
        2 ** 53 - 1,
      ];
      const numbers = [...edges, 1 - 2 ** 53, 2 ** 53, -(2 ** 53), 1e300, 5e-324, 0.1, NaN, Infinity, -Infinity];
      const back = heap.from(numbers).toJS() as number[];
      for (const [i, number] of numbers.entries()) expect(Object.is(back[i], number), String(number)).toBe(true);
      const bigints = [0n, 5n, -5n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n];
      expect(heap.from(bigints).toJS()).toEqual(bigints);
    });
  });

  test("integers become ints up to 2^53, and floats beyond, where not all are exact", () => {
    withHeap(options(), (heap) => {
      const limit = 2 ** 53;
      expect(heap.list([limit, -limit, limit + 2, 1e300]).repr()).toBe(
        "[9007199254740992, -9007199254740992, 9007199254740994.0, 1e+300]",
      );
      expect(heap.from([limit, -limit, limit + 2]).toJS()).toEqual([limit, -limit, limit + 2]);
      // An int that no number is stays one.
      const ints = [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n, 2n ** 53n + 2n];
      expect(heap.list(ints.map((value) => heap.int(value))).toJS()).toEqual([
        limit,
        2n ** 53n + 1n,
        -limit,
        -(2n ** 53n) - 1n,
        2n ** 53n + 2n,
      ]);
      expect(heap.int(limit).toJS()).toBe(limit);
      expect(() => heap.int(limit + 2)).toThrow("give the int as a bigint");
      // As keys all are what they are equal to.
      const dict = heap.dict([
        [limit, "int"],
        [limit + 2, "float"],
      ]);
      expect([dict.get(2n ** 53n), dict.get(2n ** 53n + 2n), dict.has(2n ** 53n + 1n)]).toEqual([
        "int",
        "float",
        false,
      ]);
    });
  });

  test("texts with lengths around the limits of each encoding are copied exactly", () => {
    withHeap(options(), (heap) => {
      const lengths = [0, 1, 3, 4, 31, 32, 33, 1364, 1365, 1366, 4095, 4096, 4097, 20_000];
      const texts = lengths.flatMap((length) => ["x", "é", "語", "🙂"].map((unit) => unit.repeat(length)));
      expect(heap.from(texts).toJS()).toEqual(texts);
      // One after another, so that each falls on the end of what is written at a time.
      const many = Array.from({ length: 20_000 }, (_, i) => "y".repeat(i % 97));
      expect(heap.from(many).toJS()).toEqual(many);
    });
  });

  test("an object may have more names than are kept interned", () => {
    withHeap(options(), (heap) => {
      const names = Object.fromEntries(Array.from({ length: 25_000 }, (_, i) => [`name ${i}`, [i]]));
      expect(heap.from([names, names, { ...names }]).toJS()).toEqual([names, names, names]);
    });
  });

  test("a getter may copy, collect and read during the copy", () => {
    withHeap(options(), (heap) => {
      const seen: number[] = [];
      const inner = { deep: [1, { a: "b" }] };
      const source = {
        first: [1, 2],
        get second() {
          heap.gc.collect();
          const copy = heap.from([inner, inner]);
          heap.verify();
          expect(copy.toJS()).toEqual([inner, inner]);
          copy.release();
          // What is half made can be seen, and even emptied; nothing is lost or damaged by it.
          heap.scope(() => seen.push(heap.gc.getObjects().length));
          return { third: 3 };
        },
        fourth: "4",
      };
      const copy = heap.from(source);
      expect(copy.toJS()).toEqual({ first: [1, 2], second: { third: 3 }, fourth: "4" });
      expect(seen.length).toBe(1);
      expect(heap.gc.isEnabled()).toBe(true);
    });
  });

  test("a container that a hook empties during the copy stays empty, and the heap verifies", () => {
    withHeap(options(), (heap) => {
      const source = {
        first: [[1], [2]],
        get second() {
          heap.scope(() => {
            for (const object of heap.gc.getObjects())
              if (object.type === "dict" || object.type === "list") clear(object);
          });
          heap.verify();
          return [3];
        },
      };
      const again = source.first;
      const copy = heap.from({ source, again });
      heap.verify();
      copy.release();
    });
  });

  test("a getter that disposes of the heap is a named error", () => {
    const heap = Heap.createSync(options());
    const source = {
      get a() {
        heap.dispose();
        return [1];
      },
    };
    expect(codeOf(() => heap.from(source))).toBe("HEAP_DISPOSED");
  });

  test("nothing remains of a failed copy, cyclic or not, even without a collection", () => {
    withHeap(options(), (heap) => {
      heap.gc.disable();
      const kept = heap.from({ some: "thing", that: ["stays"] });
      const before = heap.stats();
      const cycle: unknown[] = [1];
      cycle.push(cycle, { cycle, map: new Map([["cycle", cycle]]) }, () => "no value");
      expect(codeOf(() => heap.from(cycle))).toBe("BAD_VALUE");
      const object: Record<string, unknown> = { list: [[]] };
      object.self = object;
      object.text = "\ud800";
      expect(codeOf(() => heap.from([object, object]))).toBe("BAD_VALUE");
      const after = heap.stats();
      expect([after.objects, after.handles]).toEqual([before.objects, before.handles]);
      // Fewer is fine: a side table may have shrunk.
      expect(after.bytes.live).toBeLessThanOrEqual(before.bytes.live);
      kept.release();
    });
  });

  test("an error names the place in the value", () => {
    withHeap(options(), (heap) => {
      const shrinking: unknown[] = [1, 2];
      Object.defineProperty(shrinking, 0, { get: () => (shrinking.length = 1), configurable: true, enumerable: true });
      const placeOf = (value: unknown): string | undefined => {
        try {
          heap.from(value);
        } catch (error) {
          return /(?:in|reading) (value.*?)(?:\)$| failed)/.exec((error as Error).message)?.[1];
        }
      };
      expect(placeOf({ a: 1, b: [0, undefined], c: 2 })).toBe('value["b"][1]');
      expect(placeOf([[[undefined, 1], 2], 3])).toBe("value[0][0][0]");
      expect(placeOf([new Map([["k", { d: new Date(0) }]])])).toBe('value[0].get("k")["d"]');
      expect(
        placeOf([
          1,
          {
            get x(): never {
              throw new Error("no");
            },
          },
        ]),
      ).toBe('value[1]["x"]');
      expect(placeOf([0, { list: shrinking }])).toBe('value[1]["list"]');
    });
  });

  test("handles are copied as references to their objects", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([1]);
      const copy = heap.from({ list, again: [list], text: heap.str("t") });
      expect(list.refcount).toBe(3);
      list.append(2);
      expect(copy.toJS()).toEqual({ list: [1, 2], again: [[1, 2]], text: "t" });
      expect((heap.from(list) as Handle).is(list)).toBe(true);
    });
  });
});

function clear(handle: Handle): void {
  (handle as unknown as { clear(): void }).clear();
}
