import type { Value } from "../../src/index.js";
import { describe, expect, test } from "vitest";
import { ListHandle } from "../../src/index.js";
import { seedOf, seededRandom } from "../support/random.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("lists, %s core", (_, options) => {
  test("agree with an Array under random operations", () => {
    const seed = seedOf(7);
    const random = seededRandom(seed);
    withHeap(options(), (heap) => {
      const values = [null, true, false, 0, -5, 256, 257, -6, 2 ** 40, 0.5, NaN, -0, "", "text", 2n ** 62n] as const;
      const list = heap.list();
      const array: unknown[] = [];
      for (let step = 0; step < 2000; step++) {
        const value = values[random(values.length)] as (typeof values)[number];
        const choice = random(array.length > 300 ? 5 : 9);
        if (choice < 4 && array.length > 0) expect(list.pop()).toBe(array.pop());
        else if (choice === 4 && array.length > 0) {
          const index = random(array.length) - (random(2) ? array.length : 0);
          list.set(index, value);
          array.splice(index, 1, value);
        } else {
          list.append(value);
          array.push(value);
        }
        if (step % 20 === 0) {
          heap.verify();
          expect(list.toJS(), `seed ${seed}, step ${step}`).toEqual(array);
          expect([...list]).toEqual(array);
        }
      }
    });
  });

  test("indexes out of range are named errors", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([1, 2, 3]);
      expect([list.get(-1), list.get(-3), list.length]).toEqual([3, 1, 3]);
      for (const index of [3, -4, 0.5, NaN, Infinity, "0" as never]) {
        expect(codeOf(() => list.get(index))).toBe("BAD_INDEX");
        expect(codeOf(() => list.set(index, 1))).toBe("BAD_INDEX");
      }
      expect(codeOf(() => heap.list().pop())).toBe("BAD_INDEX");
      expect(() => list.insert("x" as never, 1)).toThrow('an index is a whole number, not "x"');
    });
  });

  test("toJS keeps cycles and shared parts at any depth", () => {
    withHeap(options(), (heap) => {
      const shared = heap.list([1]);
      const list = heap.list<Value>([shared, shared]);
      list.append(list);
      const js = list.toJS() as unknown[];
      expect([js[0] === js[1], js[2] === js]).toEqual([true, true]);
      let deep = heap.list();
      for (let i = 0; i < 100_000; i++) {
        const outer = heap.list([deep]);
        deep.release();
        deep = outer;
      }
      let depth = 0;
      for (let at = deep.toJS() as unknown[]; at.length > 0; at = at[0] as unknown[]) depth++;
      expect(depth).toBe(100_000);
      deep.release();
    });
  });

  test("views survive the growth of memory", () => {
    withHeap(options(), (heap) => {
      const Box = heap.struct("Box", { n: "f64", text: "str" });
      const box = Box.new({ n: 1.5, text: "before" });
      const list = heap.list();
      const before = heap.stats().bytes.reserved;
      for (let i = 0; i < 100_000; i++) list.append(i / 2);
      expect(heap.stats().bytes.reserved).toBeGreaterThan(4 * before);
      expect([box.n, box.text, list.get(99_999)]).toEqual([1.5, "before", 49_999.5]);
    });
  });

  test("a finalizer may shorten the list that its object was in", () => {
    withHeap(options(), (heap) => {
      let list: ListHandle | undefined;
      const Item = heap.struct(
        "Item",
        { n: "i32" },
        { finalize: () => list?.released === false && list.length > 0 && list.pop() },
      );
      list = heap.scope(() => heap.list(Array.from({ length: 10 }, (_, n) => Item.new({ n }))));
      list.set(0, null);
      heap.verify();
      expect(list.length).toBeLessThan(10);
    });
  });
});
