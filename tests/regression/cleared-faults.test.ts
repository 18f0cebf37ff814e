// Faults around garbage that is being cleared, and weak maps, each as the smallest program that shows it.

import { describe, expect, test } from "vitest";
import { DEBUG_SAVEALL, PHASE_GATHERING, PHASE_IDLE, PHASE_SWEEPING, PHASE_WALKING } from "../../assembly/layout.js";
import type { Handle, StructHandle, WeakKeyMapHandle, Value } from "../../src/index.js";
import { BUILDS, liveObjects, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";
import { MODES, age, settle } from "../support/growth.js";
import { CORES } from "../support/heap.js";
import { quietHeap } from "../support/ways.js";
import { countedHeap, storeOf, unitsOf } from "../support/work.js";

describe.each(CORES)("%s core", (_, options) => {
  describe.each(MODES)("%s pauses", (pauses) => {
    // A key without links looked as if it were held from outside once the finalizers had run.
    test("an entry whose value refers back to its key is freed, even if the key is a leaf", () => {
      const heap = quietHeap(options, pauses);
      const Leaf = heap.struct("Leaf", { x: "f64" });
      const finalized: string[] = [];
      const shape = { key: "ref" } as const;
      const Quiet = heap.struct("Quiet", shape);
      const Loud = heap.struct("Loud", shape, { finalize: ({ type }) => void finalized.push(type) });
      const map = heap.weakref.keyMap();
      const alive = Leaf.new();
      map.set(alive, 1);
      const own = Leaf.new();
      map.set(own, own);
      own.release();
      for (const Value of [Quiet, Loud]) {
        const key = Leaf.new();
        const value = Value.new({ key });
        map.set(key, value);
        key.release();
        value.release();
      }
      for (let round = 0; round < 2; round++) {
        heap.gc.collect();
        heap.verify();
      }
      expect([map.size, map.has(alive), finalized]).toEqual([1, true, ["Loud"]]);
    });

    test("that entry stays intact if a finalizer resurrects its key", () => {
      const heap = quietHeap(options, pauses);
      const Leaf = heap.struct("Leaf", { x: "f64" });
      let back: Handle | null = null;
      const Loud = heap.struct("Loud", { key: "ref" }, { finalize: () => void (back = weakref.deref()) });
      const map = heap.weakref.keyMap();
      const key = Leaf.new({ x: 1.5 });
      const weakref = heap.weakref.ref(key);
      const value = Loud.new({ key });
      map.set(key, value);
      key.release();
      value.release();
      heap.gc.collect();
      heap.verify();
      heap.scope(() => {
        expect(String(map.get(back as unknown as Handle))).toBe("Loud(key=Leaf(x=1.5))");
      });
      (back as unknown as Handle).release();
      for (let round = 0; round < 2; round++) heap.gc.collect();
      expect([map.size, weakref.deref()]).toEqual([0, null]);
      heap.verify();
    });

    test("a hook that lists entries while garbage is cleared does not find that entry", () => {
      const heap = quietHeap(options, pauses);
      const Leaf = heap.struct("Leaf", { x: "f64" });
      const seen: unknown[] = [];
      const look = (): void => void seen.push([weakref.deref(), map.size && [...map.entries()]]);
      const Loud = heap.struct("Loud", { a: "ref" }, { finalize: look });
      const Node = heap.struct("Node", { a: "ref", b: "ref" });
      const map = heap.weakref.keyMap();
      const key = Leaf.new();
      const weakref = heap.weakref.ref(key);
      // Frozen, so no garbage of the collection; it dies when that clears the ring.
      const outside = Loud.new();
      heap.gc.freeze();
      const ring = Node.new({ b: outside });
      ring.a = ring;
      map.set(key, key);
      for (const handle of [outside, ring, key]) handle.release();
      heap.gc.collect();
      heap.verify();
      expect(seen).toEqual([[null, pauses === "bounded" ? 0 : []]]);
      expect(map.size).toBe(0);
    });
  });

  // Their deaths in slices held what had been cleared already, for all to find.
  test.each([0, 1] as const)(
    "no map lists a key that a bounded collection of generation %i has cleared",
    (generation) => {
      const heap = quietHeap(options, "bounded");
      const Node = heap.struct("Node", { id: "i32", a: "ref" });
      const map = heap.weakref.keyMap();
      const key = Node.new({ id: 1 });
      // The key is the last item to go.
      const value = heap.list([key]);
      heap.scope(() => {
        for (let id = 0; id < 3000; id++) value.append(Node.new({ id }));
      });
      map.set(key, value);
      heap.weakref.ref(key, () => undefined);
      key.release();
      value.release();
      expect(heap.gc.collect(generation)).toBe(3003);
      heap.verify();
      expect([...map.entries()]).toEqual([]);
      expect(heap.gc.getObjects().filter(({ type }) => type === "Node")).toEqual([]);
    },
  );

  // The entry was garbage, and so was its value: verify() did not expect it to die before its turn.
  test("a callback finds the heap valid when a key dies whose map a cycle has found to be garbage", () => {
    const phases = new Set<number>();
    for (let moment = 0; moment < 8; moment++) {
      const heap = quietHeap(options, "bounded");
      const Leaf = heap.struct("Leaf", { x: "f64" });
      const Node = heap.struct("Node", { a: "ref" });
      // More to find, so that the cycle takes its time.
      const Loud = heap.struct("Loud", { a: "ref" }, { finalize: () => undefined });
      const rings = Array.from({ length: 20 }, () => Loud.new());
      for (const one of rings) one.a = one;
      const { core } = heap.none.store;
      const map = heap.weakref.keyMap();
      const value = Node.new();
      const ring = heap.list<Value>([map, value]);
      ring.append(ring);
      const key = Leaf.new();
      map.set(key, value);
      const errors: unknown[] = [];
      const callback = (): void => {
        phases.add(core.phase());
        try {
          heap.verify();
        } catch (error) {
          errors.push(error);
        }
      };
      heap.weakref.ref(key, callback);
      age(heap);
      for (const handle of [map, value, ring, ...rings]) handle.release();
      do heap.gc.step(1);
      while (core.phase() < PHASE_GATHERING);
      for (let step = 0; step < moment; step++) heap.gc.step(1);
      key.release();
      settle(heap);
      heap.verify();
      expect(errors).toEqual([]);
    }
    expect(phases).toContain(PHASE_GATHERING);
  });

  test("a resurrected young key releases its old entries", () => {
    const heap = quietHeap(options, "bounded");
    const kept: Handle[] = [];
    const finalized: unknown[] = [];
    const Key = heap.struct("Key", { a: "ref" }, { finalize: (key) => void kept.push(key.clone()) });
    const Value = heap.struct("Value", { id: "i32" }, { finalize: ({ id }) => void finalized.push(id) });
    const maps = Array.from({ length: 5 }, () => heap.weakref.keyMap());
    const key = Key.new();
    maps.forEach((map, id) => {
      const value = Value.new({ id });
      map.set(key, value);
      value.release();
    });
    age(heap);
    key.release();
    const again = kept.pop() as StructHandle;
    again.set("a", again);
    heap.weakref.ref(again, () => undefined);
    again.release();
    heap.gc.collect(0);
    heap.verify();
    settle(heap);
    expect(maps.map(({ size }) => size)).toEqual([0, 0, 0, 0, 0]);
    expect(finalized.sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe.each(BUILDS)("%s core", (build) => {
  /** A cycle has this garbage to find: rings of one, with finalizers. */
  function garbageRings(core: Core, count: number, flags: number): void {
    const type = core.defineType(8, 2, flags);
    core.setThresholds(1_000_000_000, 10, 10);
    core.setBounded(1);
    const rings = Array.from({ length: count }, () => core.alloc(type) >>> 0);
    for (const ring of rings) core.setRef(ring, 0, ring);
    for (let i = 0; i < 2; i++) core.collect(1);
    for (const ring of rings) core.decref(ring);
  }

  // A few frames make the difference between room for hooks and none. The collection went on over the cycle.
  test("a full collection does not touch a cycle that it has no room to end", () => {
    for (let phase = PHASE_WALKING; phase <= PHASE_SWEEPING; phase++) {
      for (let rooms = 0; rooms < 6; rooms++) {
        let left = Infinity;
        const core = startCore(build, { hasRoom: () => left-- > 0 });
        const before = liveObjects(core);
        garbageRings(core, 40, 1);
        do core.step(1);
        while (core.phase() < phase);
        left = rooms;
        core.collect(2);
        expect(core.verify(), `in phase ${phase}, with room for ${rooms} hooks`).toBe(0);
        core.setBounded(0);
        expect(core.verify()).toBe(0);
        left = Infinity;
        for (let i = 0; i < 3; i++) core.collect(2);
        expect([core.verify(), core.phase(), liveObjects(core) - before]).toEqual([0, PHASE_IDLE, 0]);
      }
    }
  });

  test("a cycle that saves garbage continues when the list of garbage is released", () => {
    const core = startCore(build);
    core.garbage();
    garbageRings(core, 3000, 0);
    core.setDebug(DEBUG_SAVEALL);
    do core.step(500);
    while (core.phase() !== PHASE_SWEEPING);
    core.forgetGarbage();
    while (core.step(500));
    expect(core.verify()).toBe(0);
    expect(
      [0, 4, 8, 12, 16, 20].map((address) => core.word(address)),
      "what lies at address 0",
    ).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

// Each entry's value died in a slice of its own.
test("with bounded pauses a weak map of large values is cleared in slices", async () => {
  const units: number[] = [];
  for (const length of [50, 200]) {
    const heap = await countedHeap("release", { pauses: "bounded", thresholds: [1_000_000_000, 10, 10] });
    const Node = heap.struct("Node", { a: "ref" });
    const map: WeakKeyMapHandle = heap.weakref.keyMap();
    const keys = Array.from({ length: 20 }, () => Node.new());
    for (const key of keys) {
      heap.scope(() => {
        let chain = Node.new();
        for (let i = 0; i < length; i++) chain = Node.new({ a: chain });
        map.set(key, chain);
      });
    }
    units.push(unitsOf(heap, () => map.clear()));
    expect([map.size, storeOf(heap).core.waiting() > 0]).toEqual([0, true]);
    heap.verify();
    settle(heap);
    expect([heap.stats().waiting, keys.length]).toEqual([0, 20]);
  }
  expect(units[1]).toBeLessThan(2 * (units[0] as number));
});

// It was examined with all its entries, however many.
test("with bounded pauses no birth visits all entries of a key that is young again", async () => {
  const heap = await countedHeap("release", { pauses: "bounded", thresholds: [1_000_000_000, 10, 10] });
  const kept: Handle[] = [];
  const Key = heap.struct("Key", { a: "ref" }, { finalize: (key) => void kept.push(key.clone()) });
  const key = Key.new();
  const { core } = storeOf(heap);
  for (let i = 0; i < 150_000; i++) core.weakMapSet(core.newWeakMap(1) >>> 0, key.address, core.none());
  age(heap);
  key.release();
  expect(kept.length).toBe(1);
  // At most the 131,072 slots and entries that a young collection examines.
  expect(unitsOf(heap, () => heap.gc.collect(0))).toBeLessThan(140_000);
});
