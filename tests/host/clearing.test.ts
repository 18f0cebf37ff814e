// Many items leave a container at once: all are gone before the first of them dies. (The order of events and what
// finalizers may do to containers is compared with CPython's in tests/oracle/containers.test.ts.)

import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import { ListHandle } from "../../src/index.js";
import type { DictHandle, SetHandle } from "../../src/index.js";
import { CORES, withHeap } from "../support/heap.js";
import { failMemory } from "../support/torture.js";

type Container = ListHandle | DictHandle | SetHandle;

/** A container of `count` objects whose finalizers call `finalize`, with the number of each. */
function filled(heap: Heap, kind: "list" | "dict" | "set", count: number, finalize: (n: number) => void): Container {
  const Item = heap.struct("Item", { n: "i32" }, { finalize: ({ n }) => void finalize(n) });
  return heap.scope(() => {
    const items = Array.from({ length: count }, (_, n) => Item.new({ n }));
    if (kind === "dict") return heap.dict(items.map((item, n) => [n, item] as const));
    return kind === "list" ? heap.list(items) : heap.set(items);
  });
}

/** How many items or entries. */
function countOf(container: Container): number {
  return container instanceof ListHandle ? container.length : container.size;
}

const MODES = ["unbounded", "bounded"] as const;
const KINDS = ["list", "dict", "set"] as const;

describe.each(CORES)("%s core", (_, options) => {
  describe.each(MODES)("%s pauses", (pauses) => {
    test.each(KINDS)("finalizers of the items of a %s find it empty, and items that they add stay", (kind) => {
      withHeap({ ...options(), pauses }, (heap) => {
        const seen: number[] = [];
        const died: number[] = [];
        const container = filled(heap, kind, 8, (n) => {
          seen.push(countOf(container));
          died.push(n);
          if (kind === "dict") (container as DictHandle).set(100 + n, n);
          else if (kind === "set") (container as SetHandle).add(100 + n);
          else (container as ListHandle).append(100 + n);
          heap.verify();
        });
        container.clear();
        expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(died).toEqual(kind === "list" ? [7, 6, 5, 4, 3, 2, 1, 0] : [0, 1, 2, 3, 4, 5, 6, 7]);
        const keys = kind === "dict" ? [...(container as DictHandle).keys()] : [...(container as ListHandle)];
        expect(keys).toEqual(died.map((n) => 100 + n));
      });
    });

    test.each(KINDS)("a finalizer may clear the %s again, and release it", (kind) => {
      withHeap({ ...options(), pauses }, (heap) => {
        let died = 0;
        const container = filled(heap, kind, 8, () => {
          died++;
          if (!container.released) container.clear();
          container.release();
          heap.verify();
        });
        container.clear();
        expect([died, container.released]).toEqual([8, true]);
      });
    });

    test("removeRange() removes its items before the first dies; the last dies first", () => {
      withHeap({ ...options(), pauses }, (heap) => {
        const seen: string[] = [];
        const list = filled(heap, "list", 6, (n) => {
          if (list.released) return;
          seen.push(`${n}: ${list.repr().replaceAll("Item", "")}`);
          list.insert(0, n);
        }) as ListHandle;
        list.removeRange(1, 4);
        expect(seen).toEqual([
          "3: [(n=0), (n=4), (n=5)]",
          "2: [3, (n=0), (n=4), (n=5)]",
          "1: [2, 3, (n=0), (n=4), (n=5)]",
        ]);
      });
    });

    test.each(KINDS)("clearing a %s counts no birth, and no death except those of its items", (kind) => {
      withHeap({ ...options(), pauses }, (heap) => {
        const counts: number[] = [];
        const container = filled(heap, kind, 3, () => counts.push(heap.gc.getCount()[0]));
        const before = heap.gc.getCount()[0];
        container.clear();
        expect(counts).toEqual([before, before - 1, before - 2]);
        expect(heap.gc.getCount()[0]).toBe(before - 3);
        container.clear();
        expect(heap.gc.getCount()[0]).toBe(before - 3);
      });
    });

    test("a loop over a dict or set that is cleared ends with CONTAINER_CHANGED", () => {
      withHeap({ ...options(), pauses }, (heap) => {
        for (const container of [heap.dict({ a: 1, b: 2 }), heap.set([1, 2])]) {
          const loop = (): void => {
            for (const _ of container) container.clear();
          };
          expect(loop).toThrow("changed while it was iterated over");
          expect(countOf(container)).toBe(0);
        }
      });
    });
  });

  test.each(KINDS)("with bounded pauses, a large %s is empty at once, and its items die in slices", (kind) => {
    withHeap({ ...options(), pauses: "bounded", thresholds: [1_000_000_000, 10, 10] }, (heap) => {
      const before = heap.stats().objects;
      let died = 0;
      const container = filled(heap, kind, 5000, () => died++);
      container.clear();
      expect(countOf(container)).toBe(0);
      expect([died > 0, died < 2500, heap.stats().waiting > 0]).toEqual([true, true, true]);
      heap.verify();
      if (kind === "list") (container as ListHandle).append(1);
      while (heap.gc.step(500)) heap.verify();
      expect([died, countOf(container), heap.stats().objects - before]).toEqual([5000, kind === "list" ? 1 : 0, 1]);
    });
  });
});

describe("without memory for a detached container, items leave one by one", () => {
  test.each(KINDS)("%s: all die, and items that finalizers append stay", (kind) => {
    const heap = Heap.createSync({ module: checkedCore(), traceHandles: false, hashSeed: 1 });
    const died: number[] = [];
    const seen: number[] = [];
    const container = filled(heap, kind, 12, (n) => {
      died.push(n);
      seen.push(countOf(container));
      heap.verify();
      failMemory(heap, 0);
      if (kind === "list") (container as ListHandle).append(n);
      else if (kind === "dict") (container as DictHandle).set(100 + n, n);
      else (container as SetHandle).add(100 + n);
    });
    failMemory(heap, 1);
    container.clear();
    expect(died).toEqual(Array.from({ length: 12 }, (_, i) => (kind === "list" ? 11 - i : i)));
    // One by one: those whose turn has not come are still there.
    expect(seen).toEqual(Array.from({ length: 12 }, () => 11));
    const kept = kind === "dict" ? [...(container as DictHandle).keys()] : [...(container as ListHandle)];
    expect(kept).toEqual(died.map((n) => (kind === "list" ? n : 100 + n)));
    heap.verify();
    heap.dispose();
  });

  test("removeRange() keeps the rest in order, whichever allocation fails", () => {
    for (const refused of [1, 2]) {
      const heap = Heap.createSync({ module: checkedCore(), traceHandles: false });
      const died: number[] = [];
      const list = filled(heap, "list", 12, (n) => died.push(n)) as ListHandle;
      failMemory(heap, refused);
      list.removeRange(2, 9);
      failMemory(heap, 0);
      expect(died.splice(0)).toEqual([8, 7, 6, 5, 4, 3, 2]);
      expect(list.repr().replaceAll(/Item\(n=(\d+)\)/g, "$1")).toBe("[0, 1, 9, 10, 11]");
      heap.verify();
      heap.dispose();
    }
  });

  test("a finalizer that empties the list, or releases it, ends the removal", () => {
    for (const end of ["clear", "release"] as const) {
      const heap = Heap.createSync({ module: checkedCore(), traceHandles: false });
      let died = 0;
      const list = filled(heap, "list", 12, () => {
        died++;
        if (!list.released) list[end]();
        heap.verify();
      });
      failMemory(heap, 1);
      list.clear();
      failMemory(heap, 0);
      expect(died).toBe(12);
      heap.verify();
      heap.dispose();
    }
  });
});
