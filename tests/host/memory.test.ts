import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { restoreSync, save } from "../../src/image.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("running out of memory, %s core", (_, options) => {
  test("invalid and too small limits are named errors", () => {
    for (const maxBytes of [NaN, -1, 0, 65536, 1.5, Infinity, 2 ** 32, "1000000" as never]) {
      expect(codeOf(() => Heap.createSync({ ...options(), maxBytes }))).toBe("BAD_OPTION");
    }
    Heap.createSync({ ...options(), maxBytes: 4 * 65536 }).verify();
  });

  test("at maxBytes each kind of object fails with OUT_OF_MEMORY; the heap verifies, frees, collects, and works again", () => {
    const heap = Heap.createSync({ ...options(), maxBytes: 1024 * 1024 });
    const Node = heap.struct("Node", { next: "ref", text: "str" });
    const makers: (() => Handle)[] = [
      () => Node.new(),
      () => Node.new({ text: "x".repeat(1000) }),
      () => heap.list(Array.from({ length: 50 }, (_, i) => i * 1000)),
      () => heap.str("y".repeat(5000)),
      () => heap.int(10n ** 15n),
    ];
    for (const make of makers) {
      const kept: Handle[] = [];
      const code = codeOf(() => {
        for (;;) kept.push(make());
      });
      expect(code).toBe("OUT_OF_MEMORY");
      expect(kept.length).toBeGreaterThan(20);
      expect(heap.stats().bytes.reserved).toBeLessThanOrEqual(1024 * 1024);
      heap.verify();
      const full = heap.stats().objects;
      expect(codeOf(make)).toBe("OUT_OF_MEMORY");
      expect(heap.stats().objects).toBe(full);
      expect(heap.gc.collect()).toBe(0);
      for (const handle of kept) handle.release();
      heap.verify();
      make().release();
    }
  });

  test("a heap full of garbage cycles is collected before an allocation fails", () => {
    const heap = Heap.createSync({ ...options(), maxBytes: 1024 * 1024 });
    heap.gc.disable();
    const Node = heap.struct("Node", { other: "ref" });
    for (let i = 0; i < 200_000; i++) {
      const node = Node.new();
      node.other = node;
      node.release();
    }
    expect(heap.gc.getStats()[2].collections).toBeGreaterThan(1);
    heap.verify();
  });

  test("a list that cannot grow is unchanged", () => {
    const heap = Heap.createSync({ ...options(), maxBytes: 1024 * 1024 });
    const list = heap.list();
    expect(
      codeOf(() => {
        for (;;) list.append(1);
      }),
    ).toBe("OUT_OF_MEMORY");
    const { length } = list;
    expect(length).toBeGreaterThan(10_000);
    expect(list.get(-1)).toBe(1);
    heap.verify();
    list.set(0, null);
    expect([list.pop(), list.length]).toEqual([1, length - 1]);
  });
});

test("an allocation that fails at any request leaves nothing half-made (checked core)", () => {
  const heap = Heap.createSync({ module: checkedCore() });
  heap.gc.disable();
  const Node = heap.struct("Node", { next: "ref", text: "str" });
  const torture = heap.none.store.core;
  const node = Node.new();
  const list = heap.list([1, 2, 3, 4]);
  const hub = Node.new();
  for (let i = 0; i < 253; i++) torture.incref(hub.address);
  // A side table keeps the room that it was given, whatever is refused then.
  heap.weakref.ref(hub, () => undefined);
  const operations: (() => unknown)[] = [
    () => Node.new({ text: "text", next: node }),
    () => heap.list([500, "a", node]),
    () => list.append(1000),
    () => (node.text = "another"),
    () => heap.weakref.ref(node, () => undefined),
    () => heap.struct(`Type${Math.random()}`, { a: "ref" }),
    () => heap.str("z".repeat(100_000)),
    () => hub.clone(),
  ];
  let refused = 0;
  for (const operation of operations) {
    for (let n = 1; n < 12; n++) {
      const before = heap.stats();
      torture.tortureFail?.(n);
      const code = codeOf(operation);
      torture.tortureFail?.(0);
      heap.verify();
      if (code === "no error") break;
      expect(code).toBe("OUT_OF_MEMORY");
      const after = heap.stats();
      expect([after.objects, after.weakrefs, after.handles, after.bytes.live]).toEqual([
        before.objects,
        before.weakrefs,
        before.handles,
        before.bytes.live,
      ]);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(operations.length);
});

test("after the core has failed, every call throws CORRUPT_HEAP", () => {
  const heap = Heap.createSync({ onUnraisable: () => undefined });
  const Node = heap.struct("Node", { next: "ref" });
  const node = Node.new();
  expect(codeOf(() => heap.core.getRef(0xfffffff0, 0))).toBe("CORRUPT_HEAP");
  for (const use of [
    () => Node.new(),
    () => node.refcount,
    () => heap.gc.collect(),
    () => heap.verify(),
    () => heap.list(),
    () => heap.stats(),
  ]) {
    expect(codeOf(use)).toBe("CORRUPT_HEAP");
  }
  expect(() => heap.list()).toThrow("memory access out of bounds");
  heap.dispose();
  expect(heap.disposed).toBe(true);
});

test("an invalid module is a named error", async () => {
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  for (const module of [empty, empty.subarray(0, 5), new Uint8Array(50), "core.wasm" as never]) {
    expect(codeOf(() => Heap.createSync({ module }))).toBe("BAD_CORE");
    await expect(Heap.create({ module })).rejects.toMatchObject({ code: "BAD_CORE" });
  }
});

describe.each(CORES)("maxBytes, %s core", (_, options) => {
  test("a heap that is out of memory continues after maxBytes is raised", () => {
    withHeap({ ...options(), maxBytes: 1 << 20 }, (heap) => {
      expect(heap.maxBytes).toBe(1 << 20);
      const list = heap.list<Uint8Array>();
      const fill = (): void => {
        list.append(new Uint8Array(100_000));
      };
      const fillAll = (): string => {
        for (let i = 0; i < 100; i++) {
          const code = codeOf(fill);
          if (code !== "no error") return code;
        }
        return "no error";
      };
      expect(fillAll()).toBe("OUT_OF_MEMORY");
      const { length } = list;
      heap.maxBytes = 3 << 20;
      heap.verify();
      expect([heap.maxBytes, fillAll(), list.length > 2 * length]).toEqual([3 << 20, "OUT_OF_MEMORY", true]);
      heap.verify();
    });
  });

  test("maxBytes cannot be set below the reserved size, nor to an invalid size; nothing changes", () => {
    withHeap({ ...options(), maxBytes: 8 << 20 }, (heap) => {
      heap.list<Uint8Array>([new Uint8Array(2 << 20)]);
      const { reserved } = heap.stats().bytes;
      for (const bad of [reserved - 1, 2 ** 32, -1, 1.5, "8388608", null, undefined, NaN])
        expect(codeOf(() => (heap.maxBytes = bad as never))).toBe("BAD_OPTION");
      expect(heap.maxBytes).toBe(8 << 20);
      heap.maxBytes = reserved;
      heap.verify();
      expect([heap.maxBytes, codeOf(() => heap.bytes(new Uint8Array(8 << 20)))]).toEqual([reserved, "OUT_OF_MEMORY"]);
      heap.maxBytes = 0xffff0000;
      expect(heap.bytes(new Uint8Array(8 << 20)).length).toBe(8 << 20);
      const again = restoreSync(save(heap), options());
      expect(again.maxBytes).toBe(0xffff0000);
      again.dispose();
    });
  });
});
