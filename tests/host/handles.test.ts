import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("handles, %s core", (_, options) => {
  test("own one reference each", () => {
    withHeap(options(), (heap) => {
      const a = heap.list();
      const b = a.clone();
      expect([a.refcount, a.is(b), a.address === b.address, a === b]).toEqual([2, true, true, false]);
      b.release();
      b.release();
      expect([a.refcount, b.released, a.released]).toEqual([1, true, false]);
    });
  });

  test("know size, type and tracking of their objects", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([1, 2]);
      expect([list.type, list.isTracked, list.isFinalized]).toEqual(["list", true, false]);
      expect(list.byteSize).toBeGreaterThan(32);
      const text = heap.str("x");
      expect([text.type, text.isTracked, text.toJS()]).toEqual(["str", false, "x"]);
      expect(heap.int(5).is(heap.int(5))).toBe(true);
      expect(heap.int(500).is(heap.int(500))).toBe(false);
      expect(heap.none.toJS()).toBeNull();
    });
  });

  test("any use of a released handle is a named error", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { next: "ref", n: "i32" });
      const node = Node.new();
      const live = Node.new();
      node.release();
      const uses: ((handle: typeof node) => unknown)[] = [
        (handle) => handle.address,
        (handle) => handle.refcount,
        (handle) => handle.byteSize,
        (handle) => handle.type,
        (handle) => handle.isTracked,
        (handle) => handle.clone(),
        (handle) => handle.is(live),
        (handle) => live.is(handle),
        (handle) => handle.toJS(),
        (handle) => handle.next,
        (handle) => (handle.n = 5),
        (handle) => (handle.next = live),
        (handle) => (live.next = handle),
        (handle) => heap.list([handle]),
        (handle) => heap.weakref.ref(handle),
        (handle) => heap.gc.isTracked(handle),
        (handle) => Node.is(handle),
      ];
      for (const use of uses)
        expect(
          codeOf(() => use(node)),
          String(use),
        ).toBe("RELEASED_HANDLE");
      const list = heap.list();
      list.release();
      for (const use of [
        () => list.length,
        () => list.append(1),
        () => list.get(0),
        () => list.pop(),
        () => [...list],
      ]) {
        expect(codeOf(use)).toBe("RELEASED_HANDLE");
      }
      expect(live.refcount).toBe(1);
    });
  });

  test("a handle of another heap is a named error, and nothing is lost", () => {
    withHeap(options(), (heap) =>
      withHeap(options(), (other) => {
        const Node = heap.struct("Node", { next: "ref" });
        const node = Node.new();
        const foreign = other.list();
        for (const use of [
          () => (node.next = foreign),
          () => node.is(foreign),
          () => heap.list([foreign]),
          () => heap.weakref.ref(foreign),
          () => Node.new({ next: foreign }),
        ]) {
          expect(codeOf(use)).toBe("FOREIGN_HANDLE");
        }
        expect(Node.is(foreign)).toBe(false);
        expect([foreign.refcount, node.refcount]).toEqual([1, 1]);
      }),
    );
  });

  test("a value that is not a handle is a named error", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", { next: "ref" }).new();
      for (const value of [5, "x", {}, undefined, Symbol("s"), () => 1]) {
        expect(codeOf(() => node.set("next", value as never))).toBe("BAD_VALUE");
        if (value !== undefined) expect(codeOf(() => node.is(value as never))).toBe("BAD_VALUE");
      }
      for (const value of [undefined, new Date(), [undefined], Symbol("s"), () => 1, 2n ** 63n]) {
        expect(codeOf(() => heap.list([value as never]))).toBe("BAD_VALUE");
      }
      for (const value of [1.5, NaN, "1", 2n ** 64n, null])
        expect(codeOf(() => heap.int(value as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.str(5 as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.float("5" as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.str("\ud83d"))).toBe("BAD_VALUE");
    });
  });

  test("a handle lent to a finalizer is valid during the call, and clone resurrects", () => {
    withHeap(options(), (heap) => {
      let lent: Handle | undefined;
      let kept: Handle | undefined;
      const Node = heap.struct(
        "Node",
        { n: "i32" },
        {
          finalize: (node) => {
            lent = node;
            kept = node.clone();
            node.release();
            expect(node.released).toBe(true);
          },
        },
      );
      Node.new({ n: 42 }).release();
      expect(codeOf(() => lent?.address)).toBe("RELEASED_HANDLE");
      expect([kept?.refcount, kept?.isFinalized, kept?.toJS()]).toEqual([1, true, { n: 42 }]);
      heap.verify();
      kept?.release();
    });
  });

  test("scopes release the handles created in them, except those they return", () => {
    withHeap(options(), (heap) => {
      const base = heap.stats().objects;
      const kept = heap.scope(() => {
        heap.list();
        heap.scope(() => heap.list([heap.str("inner")]));
        const made = { list: heap.list(), more: [heap.str("deep")] };
        heap.list();
        return made;
      });
      expect(heap.stats().objects).toBe(base + 2);
      expect(kept.more[0]?.toJS()).toBe("deep");
      expect(() => heap.scope(() => (heap.list(), [].at.call(null as never, 0)))).toThrow();
      expect(codeOf(() => heap.scope(async () => heap.list()))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.scope(5 as never))).toBe("BAD_VALUE");
      expect(heap.stats().objects).toBe(base + 2);
      const outer = heap.scope(() => {
        const inner = heap.scope(() => heap.list());
        expect(inner.released).toBe(false);
      });
      expect([outer, heap.stats().objects]).toEqual([undefined, base + 2]);
    });
  });
});

test("an address that is not a number is rejected, and the heap continues", () => {
  const heap = Heap.createSync();
  for (const bad of [1n, Symbol("s")]) expect(codeOf(() => heap.core.incref(bad as never))).toBe("BAD_VALUE");
  heap.list([1]).release();
  heap.verify();
});

test("several heaps are independent", () => {
  const heaps = Array.from({ length: 20 }, () => Heap.createSync());
  const lists = heaps.map((heap, i) => heap.list([i, `heap ${i}`]));
  heaps.forEach((heap) => heap.verify());
  expect(lists.map((list) => list.toJS())).toEqual(heaps.map((_, i) => [i, `heap ${i}`]));
  heaps[7]?.dispose();
  expect(lists[8]?.toJS()).toEqual([8, "heap 8"]);
});
