import { describe, expect, test, vi } from "vitest";
import type { Handle } from "../../src/index.js";
import { Heap } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("heap.gc, %s core", (_, options) => {
  test("begins as Python's: enabled, (700, 10, 10), all counts 0", () => {
    withHeap(options(), ({ gc }) => {
      expect([gc.isEnabled(), gc.getThreshold(), gc.getCount()]).toEqual([true, [700, 10, 10], [0, 0, 0]]);
      expect(gc.getStats()).toEqual(
        Array.from({ length: 3 }, () => ({ collections: 0, collected: 0, uncollectable: 0 })),
      );
    });
  });

  test("setThreshold sets one, two or three, and all or none", () => {
    withHeap(options(), ({ gc }) => {
      gc.setThreshold(5);
      expect(gc.getThreshold()).toEqual([5, 10, 10]);
      gc.setThreshold(6, -7);
      expect(gc.getThreshold()).toEqual([6, -7, 10]);
      for (const bad of [1.5, NaN, Infinity, "5", null, 2 ** 31, 5n]) {
        expect(codeOf(() => gc.setThreshold(bad as never))).toBe("BAD_OPTION");
        expect(codeOf(() => gc.setThreshold(1, 2, (bad ?? "x") as never))).toBe("BAD_OPTION");
      }
      expect(gc.getThreshold()).toEqual([6, -7, 10]);
    });
  });

  test("generations other than 0, 1 and 2 are named errors", () => {
    withHeap(options(), ({ gc }) => {
      for (const bad of [3, -1, 1.5, NaN, "2", null]) {
        expect(codeOf(() => gc.collect(bad as never))).toBe("BAD_OPTION");
        expect(codeOf(() => gc.getObjects(bad as never))).toBe("BAD_OPTION");
      }
    });
  });

  test("collect() finds a cycle through structs and lists, and returns the number of objects", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { items: "ref" });
      heap.scope(() => {
        const node = Node.new();
        node.items = heap.list([node, "text", 1000]);
      });
      expect(heap.gc.getTrackedCount()).toBe(2);
      expect([heap.gc.collect(), heap.gc.getTrackedCount()]).toEqual([2, 0]);
      expect(heap.gc.getStats()[2]).toEqual({ collections: 1, collected: 2, uncollectable: 0 });
    });
  });

  test("counts after each kind of collection are CPython's", () => {
    withHeap(options(), ({ gc }) => {
      gc.collect();
      gc.collect(0);
      expect(gc.getCount()).toEqual([0, 1, 0]);
      gc.collect(1);
      expect(gc.getCount()).toEqual([0, 0, 1]);
      gc.collect(2);
      expect(gc.getCount()).toEqual([0, 0, 0]);
    });
  });

  test("getObjects lists the objects of a generation in birth order", () => {
    withHeap(options(), (heap) => {
      const { gc } = heap;
      const lists = [1, 2, 3].map((n) => heap.list([n]));
      const show = (generation: 0 | 1 | 2): unknown =>
        heap.scope(() => gc.getObjects(generation).map((h: Handle) => h.toJS()));
      const all = [[1], [2], [3]];
      expect([show(0), show(1), show(2)]).toEqual([all, [], []]);
      gc.collect(0);
      expect([show(0), show(1), show(2)]).toEqual([[], all, []]);
      gc.collect(1);
      const young = heap.list([4]);
      expect([show(0), show(1), show(2)]).toEqual([[[4]], [], all]);
      expect([lists[0]?.refcount, young.isTracked]).toEqual([1, true]);
    });
  });

  test("automatic collection frees cycles while a program runs", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { other: "ref" });
      for (let i = 0; i < 20_000; i++) {
        const node = Node.new();
        node.other = node;
        node.release();
      }
      expect(heap.gc.getTrackedCount()).toBeLessThanOrEqual(701);
      heap.gc.disable();
      for (let i = 0; i < 2000; i++) {
        const node = Node.new();
        node.other = node;
        node.release();
      }
      expect(heap.gc.isEnabled()).toBe(false);
      expect(heap.gc.getTrackedCount()).toBeGreaterThan(2000);
    });
  });

  test("errors of finalizers and callbacks go to onUnraisable, and the collection continues", () => {
    const seen: string[] = [];
    const heap = Heap.createSync({
      ...options(),
      onUnraisable: (error, { where, type }) => {
        seen.push(`${where} of ${type}: ${(error as Error).message}`);
        if (seen.length === 1) throw new Error("even the hook throws");
      },
    });
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const Node = heap.struct(
      "Node",
      { other: "ref" },
      {
        finalize: () => {
          throw new Error("no");
        },
      },
    );
    heap.scope(() => {
      const [a, b] = [Node.new(), Node.new()];
      a.other = b;
      b.other = a;
    });
    const target = Node.new();
    const weakref = heap.weakref.ref(target, () => {
      throw new Error("never");
    });
    expect(heap.gc.collect()).toBe(2);
    target.release();
    expect(seen).toEqual([
      "finalizer of Node: no",
      "finalizer of Node: no",
      "finalizer of Node: no",
      "callback of weakref: never",
    ]);
    heap.verify();
    weakref.release();
    heap.dispose();
    expect(said.mock.calls.map(([, error]) => (error as Error).message)).toEqual(["even the hook throws"]);
    said.mockRestore();
  });
});
