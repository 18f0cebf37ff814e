// Faults of the core that were found by hand, each as the smallest program that shows it. What grows too fast with the
// heap is tested in tests/scaling, what hooks may do in tests/hooks.

import { describe, expect, test } from "vitest";
import type { Handle, Heap, ListHandle, StructHandle } from "../../src/index.js";
import { settle } from "../support/growth.js";
import { CORES, codeOf } from "../support/heap.js";
import { WAYS, collectAll, quietHeap } from "../support/ways.js";
import { countedHeap } from "../support/work.js";

const MIB = 2 ** 20;

describe.each(WAYS)("%s core, %s pauses", (_, pauses, options) => {
  // The field of a header that counts outside references was incremented without a look at whether it was full.
  test.each([253, 254, 255, 300])(
    "a finalizer that holds another object of its garbage %i times counts exactly",
    (n) => {
      for (const isOld of [false, true]) {
        const heap = quietHeap(options, pauses);
        const kept: Handle[] = [];
        const [A, B] = [
          heap.struct(
            "A",
            { peer: "ref" },
            {
              finalize: (a) => {
                for (let i = 0; i < n; i++) kept.push(a.peer as unknown as Handle);
              },
            },
          ),
          heap.struct("B", { peer: "ref", data: "ref" }, { finalize: (b) => void kept.push(b.clone()) }),
        ];
        const [a, b] = [A.new(), B.new()];
        a.peer = b;
        b.peer = a;
        b.data = heap.list([1, 2, 3]);
        if (isOld) for (let i = 0; i < 2; i++) heap.gc.collect(1);
        a.release();
        b.release();
        if (isOld) collectAll(heap);
        else heap.gc.collect(0);
        heap.verify();
        // And the peer's.
        expect((kept[0] as Handle).refcount).toBe(n + 2);
        for (let i = 0; i < 2; i++) {
          heap.gc.collect(1);
          settle(heap);
          heap.gc.collect();
          heap.verify();
          expect(((kept[0] as StructHandle).get("data") as ListHandle).toJS()).toEqual([1, 2, 3]);
        }
        for (const handle of kept) handle.release();
        heap.gc.collect();
        heap.verify();
        expect(heap.stats().byType.some(({ type }) => type === "A" || type === "B")).toBe(false);
      }
    },
  );

  // Of an object without references only the count said that it was dying, and weak references did not ask for that.
  test("a weak reference to a dying object without references reads null in the finalizer of its entry's value", () => {
    const heap = quietHeap(options, pauses);
    const Point = heap.struct("Point", { x: "f64" });
    let found: Handle | null | undefined;
    const Value = heap.struct("Value", { n: "u32", o: "ref" }, { finalize: () => void (found = weakref.deref()) });
    const point = Point.new({ x: 1.5 });
    const weakref = heap.weakref.ref(point);
    const map = heap.weakref.keyMap();
    const value = Value.new();
    map.set(point, value);
    value.release();
    point.release();
    expect(found).toBeNull();
    expect(map.size).toBe(0);
    heap.verify();
  });

  // What those with finalizers reach was marked, but not the entries of weak maps whose key was among them.
  test("a value that a garbage key's finalizer looks up in a garbage map is intact, and stays so", () => {
    const heap = quietHeap(options, pauses);
    const Ring = heap.struct("Ring", { self: "ref", p: "ref" });
    let saved: Handle | undefined;
    const Key = heap.struct(
      "Key",
      { map: "ref" },
      {
        finalize: (key) => {
          const found = key.map as unknown as ReturnType<Heap["weakref"]["keyMap"]>;
          saved = found.get(key) as Handle;
          found.release();
        },
      },
    );
    const map = heap.weakref.keyMap();
    const key = Key.new({ map });
    const value = heap.from([[1, 2, 3], "text"]);
    map.set(key, value);
    const ring = Ring.new({ p: key });
    ring.self = ring;
    for (let i = 0; i < 2; i++) heap.gc.collect(1);
    for (const handle of [value, map, key, ring]) handle.release();
    for (let i = 0; i < 3; i++) {
      collectAll(heap);
      heap.verify();
      expect(saved?.toJS()).toEqual([[1, 2, 3], "text"]);
      heap.gc.collect(1);
    }
  });

  // A pointer to the dying object's type was kept while its finalizer ran; the table of types had moved by then.
  test("a finalizer may define so many types that their table moves", () => {
    const heap = quietHeap(options, pauses);
    for (let i = 0; i < 60; i++) heap.struct(`Type ${i}`, { a: "ref" });
    const Child = heap.struct("Child", { a: "ref" });
    const kept: Handle[] = [];
    const Parent = heap.struct(
      "Parent",
      { child: "ref", other: "ref" },
      {
        finalize: () => {
          for (let i = 0; i < 70; i++) heap.struct(`Another ${i}`, { a: "ref" });
          // Where the table was, there is something else.
          for (let i = 0; i < 8; i++) kept.push(heap.bytes(new Uint8Array(4080).fill(4)));
        },
      },
    );
    const child = Child.new();
    Parent.new({ child, other: child }).release();
    settle(heap);
    expect(child.refcount).toBe(1);
    heap.verify();
  });

  // The limit of nesting stood where a count reaches 0, and not where deaths that wait go on.
  test.each(["list", "chain", "ring"])(
    "finalizers that collect run all, of a %s of objects that die together",
    (shape) => {
      const N = 1500;
      const errors: unknown[] = [];
      const heap = quietHeap(options, pauses, { onUnraisable: (error) => errors.push(error) });
      let ran = 0;
      const Node = heap.struct(
        "Node",
        { next: "ref" },
        {
          finalize: (node) => {
            ran++;
            if (shape === "chain") node.next = null;
            heap.gc.collect();
          },
        },
      );
      let head: StructHandle | undefined;
      const list = heap.list();
      for (let i = 0; i < N; i++) {
        const node = Node.new({ next: head ?? null });
        if (shape === "list") list.append(node);
        if (shape === "ring" && i === 0) list.append(node);
        head?.release();
        head = node;
        if (shape === "list") {
          node.release();
          head = undefined;
        }
      }
      if (shape === "ring" && head) {
        const first = list.get(0) as StructHandle;
        first.set("next", head);
        first.release();
      }
      for (const handle of [head, list]) handle?.release();
      heap.gc.collect();
      settle(heap);
      expect(errors).toEqual([]);
      expect(ran).toBe(N);
      heap.gc.collect();
      heap.verify();
      expect(heap.stats().byType.find(({ type }) => type === "Node")).toBeUndefined();
    },
  );

  // The cycle counted what it swept itself, and not what died of that.
  test("a collection counts each of 1,000 dead objects that hold one tuple each", () => {
    const heap = quietHeap(options, pauses);
    const Node = heap.struct("Node", { self: "ref", data: "ref" });
    const nodes = Array.from({ length: 1000 }, (_, i) => {
      const node = Node.new();
      const tuple = heap.tuple([i, "x"]);
      node.data = tuple;
      node.self = node;
      tuple.release();
      return node;
    });
    for (let i = 0; i < 2; i++) heap.gc.collect(1);
    for (const node of nodes) node.release();
    collectAll(heap);
    const { collected } = heap.gc.getStats()[2];
    // CPython counts the tuples, which have been untracked by then, no more than it looks at them.
    expect(collected).toBe(1000);
    expect(heap.gc.records.at(-1)).toMatchObject({ generation: 2, collected: 1000 });
    heap.verify();
  });

  // A full collection untracked only what it scanned in one go.
  test.each([
    ["tuple", 512],
    ["tuple", 513],
    ["tuple", 5000],
    ["dict", 256],
    ["dict", 257],
    ["dict", 5000],
  ] as const)("a %s of %i atoms is tracked no longer after a full collection", (kind, n) => {
    const heap = quietHeap(options, pauses);
    // Something old, so that there is reason for a cycle; the object itself is seen by a collection of the whole heap.
    heap.list();
    for (let i = 0; i < 2; i++) heap.gc.collect(1);
    let object: Handle;
    if (kind === "tuple") object = heap.tuple(Array.from({ length: n }, (_, i) => i));
    else {
      const dict = heap.dict();
      for (let i = 0; i < n; i++) dict.set(i, heap.list());
      for (let i = 0; i < n; i++) dict.set(i, i);
      object = dict;
    }
    expect(heap.gc.isTracked(object)).toBe(true);
    collectAll(heap);
    expect(heap.gc.isTracked(object)).toBe(false);
    heap.verify();
  });

  // Tables stood at the end of memory at each growth, and cut what is free to pieces.
  test("a heap emptied of small objects has room for one object that takes half of it", () => {
    const heap = quietHeap(options, pauses, { maxBytes: 32 * MIB });
    const Node = heap.struct("Node", { a: "ref", b: "ref" });
    const { core } = heap;
    let head = 0;
    const fill = (): void => {
      for (;;) {
        const node = core.alloc(Node.id);
        core.setRef(node, 0, head);
        if (head) core.decref(head);
        head = node;
      }
    };
    expect(codeOf(fill)).toBe("OUT_OF_MEMORY");
    core.decref(head);
    settle(heap);
    expect(codeOf(() => heap.bytes(new Uint8Array(16 * MIB)))).toBe("no error");
    heap.verify();
  });

  // Borrowed addresses were kept over an allocation, which may collect.
  test("an update from a dict that a finalizer clears when memory is out succeeds or is a named error", () => {
    const heap = quietHeap(options, pauses, { maxBytes: 8 * MIB });
    heap.gc.disable();
    const Item = heap.struct("Item", { n: "i32" });
    const source = heap.dict();
    for (let n = 0; n < 3000; n++) {
      const item = Item.new({ n });
      source.set(`key-${n}`, item);
      item.release();
    }
    const target = heap.dict();
    const ballast: Handle[] = [];
    const Cache = heap.struct(
      "Cache",
      { other: "ref" },
      {
        finalize: () => {
          source.clear();
          for (const handle of ballast.splice(0)) handle.release();
          for (let i = 0; i < 500; i++) heap.bytes(new Uint8Array(24).fill(0x41));
        },
      },
    );
    const [a, b] = [Cache.new(), Cache.new()];
    a.other = b;
    b.other = a;
    for (let size = MIB; size >= 8; size >>= 1)
      while (codeOf(() => ballast.push(heap.bytes(new Uint8Array(size)))) === "no error");
    a.release();
    b.release();
    expect(codeOf(() => target.update(source))).toMatch(/^(no error|CONTAINER_CHANGED|OUT_OF_MEMORY)$/);
    heap.verify();
    for (const [key, item] of target) expect(`key-${(item as unknown as { n: number }).n}`).toBe(key);
  });
});

test("a full collection frees the memory for counts beyond what a header holds", async () => {
  const heap = await countedHeap();
  const objects = Array.from({ length: 4000 }, () => heap.list());
  const before = heap.stats().bytes.live;
  for (const object of objects) for (let i = 0; i < 260; i++) heap.core.incref(object.address);
  for (const object of objects.slice(1)) for (let i = 0; i < 260; i++) heap.core.decref(object.address);
  // A collection of the whole heap gives back what its tables have too much.
  heap.gc.collect();
  expect(heap.stats().bytes.live - before).toBeLessThan(4096);
  heap.verify();
  heap.dispose();
});
