// What weak references and lists of a map's entries may lead to: objects that are whole, and nothing else.

import { describe, expect, test } from "vitest";
import { PHASE_GATHERING, PHASE_IDLE } from "../../assembly/layout.js";
import { Heap } from "../../src/index.js";
import type { Handle, StructHandle, WeakKeyMapHandle, WeakSetHandle } from "../../src/index.js";
import { MODES } from "../support/growth.js";
import type { Mode } from "../support/growth.js";
import { CORES } from "../support/heap.js";
import type { SyncOptions } from "../support/heap.js";

/** Nothing collects but what the test asks for. */
function quietHeap(options: SyncOptions, pauses: Mode): { heap: Heap; errors: unknown[] } {
  const errors: unknown[] = [];
  const heap = Heap.createSync({
    ...options,
    pauses,
    thresholds: [1_000_000_000, 10, 10],
    traceHandles: false,
    onUnraisable: (error) => errors.push(error),
  });
  return { heap, errors };
}

const NODE = { id: "i32", a: "ref", b: "ref" } as const;
const age = (heap: Heap): void => {
  for (let i = 0; i < 2; i++) heap.gc.collect(1);
};

describe.each(CORES)("%s core", (_, options) => {
  describe.each(MODES)("%s pauses", (pauses) => {
    test("the finalizer of an entry's value cannot reach a dying key without references", () => {
      const { heap } = quietHeap(options(), pauses);
      const Leaf = heap.struct("Leaf", { x: "f64" });
      let found: Handle | null | undefined;
      let listed: unknown[] | undefined;
      const finalize = (): void => {
        heap.verify();
        found = weakref.deref();
        listed = [...map.entries()];
      };
      const Value = heap.struct("Value", NODE, { finalize });
      const leaf = Leaf.new({ x: 1.5 });
      const weakref = heap.weakref.ref(leaf);
      const map = heap.weakref.keyMap();
      const value = Value.new();
      map.set(leaf, value);
      value.release();
      leaf.release();
      expect([found, listed, map.size]).toEqual([null, [], 0]);
      heap.verify();
    });

    test("a map does not list a garbage key while a collection clears its entry", () => {
      const { heap, errors } = quietHeap(options(), pauses);
      const Node = heap.struct("Node", NODE);
      const listed: unknown[] = [];
      const Loud = heap.struct("Loud", NODE, { finalize: () => void listed.push(...map.entries()) });
      const map = heap.weakref.keyMap();
      // Old, so it is not garbage of the young collection, and dies when that clears the garbage that holds it.
      const old = Loud.new();
      age(heap);
      const key = Node.new({ id: 1 });
      const value = Node.new({ id: 2 });
      map.set(key, value);
      const first = Node.new({ b: old });
      const second = Node.new({ b: key });
      first.a = first;
      second.a = second;
      for (const handle of [value, old, key, first, second]) handle.release();
      expect(heap.gc.collect(0)).toBe(5);
      heap.verify();
      expect([errors, listed, map.size]).toEqual([[], [], 0]);
    });

    test("clear() has removed all entries when the first finalizer runs, and entries added by it stay", () => {
      const { heap, errors } = quietHeap(options(), pauses);
      const Key = heap.struct("Key", { id: "i32" });
      const keys = Array.from({ length: 5 }, (_key, id) => Key.new({ id }));
      const extra = Key.new({ id: 99 });
      const seen: unknown[] = [];
      const finalize = (value: StructHandle): void => {
        heap.verify();
        seen.push([value.get("id"), map.size, [...map.keys()].map((key) => (key as StructHandle).get("id"))]);
        map.set(extra, 1);
      };
      const Value = heap.struct("Value", NODE, { finalize });
      const map = heap.weakref.keyMap();
      keys.forEach((key, id) => {
        const value = Value.new({ id });
        map.set(key, value);
        value.release();
      });
      map.clear();
      heap.verify();
      expect(errors).toEqual([]);
      // The newest entry dies first.
      expect(seen).toEqual([
        [4, 0, []],
        [3, 1, [99]],
        [2, 1, [99]],
        [1, 1, [99]],
        [0, 1, [99]],
      ]);
      expect([map.size, map.has(extra), keys.some((key) => map.has(key))]).toEqual([1, true, false]);
    });
  });

  /** Plays a cycle in small steps, and looks once, after each number of them in turn. */
  function atEachStep(
    build: (heap: Heap) => { garbage: Handle[]; look: () => (() => void) | undefined },
  ): ReadonlySet<number> {
    const phases = new Set<number>();
    for (let moment = 0; moment < 10_000; moment++) {
      const { heap, errors } = quietHeap(options(), "bounded");
      const Node = heap.struct("Filler", NODE);
      for (let i = 0; i < 20; i++) Node.new();
      const { garbage, look } = build(heap);
      age(heap);
      for (const handle of garbage) handle.release();
      const { core } = heap.none.store;
      let check: (() => void) | undefined;
      let steps = 0;
      for (; steps === 0 || core.phase() !== PHASE_IDLE; steps++) {
        if (steps === moment) {
          phases.add(core.phase());
          check = look();
          heap.verify();
          check?.();
        }
        heap.gc.step(40);
      }
      heap.verify();
      check?.();
      expect(errors).toEqual([]);
      heap.dispose();
      if (moment >= steps) return phases;
    }
    throw new Error("the cycle does not end");
  }

  test("a leaf that only garbage holds is gone after a cycle has decided so, or its entry is intact", () => {
    let [gone, whole] = [0, 0];
    const phases = atEachStep((heap) => {
      const Leaf = heap.struct("Leaf", { id: "i32" });
      const Node = heap.struct("Node", NODE);
      const leaf = Leaf.new({ id: 1 });
      const inner = Node.new({ id: -7 });
      const value = Node.new({ id: 7, a: inner });
      const ring = Node.new({ a: leaf });
      ring.b = ring;
      const map = heap.weakref.keyMap();
      map.set(leaf, value);
      const weakref = heap.weakref.ref(leaf);
      const look = (): (() => void) | undefined => {
        const found = weakref.deref();
        const keys = [...map.keys()];
        expect(keys.length).toBe(found ? 1 : 0);
        if (!found) {
          gone++;
          return undefined;
        }
        whole++;
        return () => {
          const read = map.get(found) as StructHandle;
          expect([read.get("id"), (read.get("a") as StructHandle).get("id")]).toEqual([7, -7]);
        };
      };
      return { garbage: [leaf, inner, value, ring], look };
    });
    expect(gone).toBeGreaterThan(0);
    expect(whole).toBeGreaterThan(0);
    expect(Math.max(...phases)).toBeGreaterThanOrEqual(PHASE_GATHERING);
  });

  test("a leaf created during a cycle, and weakly referenced in it, is alive at every moment", () => {
    atEachStep((heap) => {
      const Leaf = heap.struct("Leaf", { id: "i32" });
      const Node = heap.struct("Node", NODE);
      const map = heap.weakref.keyMap();
      const dead = Node.new();
      dead.a = dead;
      heap.weakref.ref(dead);
      const look = (): (() => void) => {
        const leaf = Leaf.new({ id: 5 });
        const key = Leaf.new({ id: 6 });
        const holder = heap.list([leaf, key]);
        const weakref = heap.weakref.ref(leaf);
        map.set(key, leaf);
        leaf.release();
        key.release();
        return () => {
          expect((weakref.deref() as StructHandle | null)?.get("id")).toBe(5);
          expect([...map.keys()].map((one) => (one as StructHandle).get("id"))).toEqual([6]);
          expect(holder.length).toBe(2);
        };
      };
      return { garbage: [dead], look };
    });
  });

  test("a cycle sweeps an entry whose value is its own key, a leaf", () => {
    atEachStep((heap) => {
      const Leaf = heap.struct("Leaf", { id: "i32" });
      const map = heap.weakref.keyMap();
      const set = heap.weakref.set();
      const leaf = Leaf.new({ id: 1 });
      for (const one of [map, set] as [WeakKeyMapHandle, WeakSetHandle])
        if ("set" in one) one.set(leaf, leaf);
        else one.add(leaf);
      return {
        garbage: [leaf],
        look: () => () => {
          if (heap.none.store.core.phase() === PHASE_IDLE) expect(map.size).toBe(set.size);
        },
      };
    });
  });

  test("in a callback of a cycle no map lists an object whose finalizer is about to run", () => {
    const { heap, errors } = quietHeap(options(), "bounded");
    const finalized: unknown[] = [];
    const Loud = heap.struct("Loud", NODE, { finalize: (loud) => void finalized.push(loud.id) });
    const Node = heap.struct("Node", NODE);
    const map = heap.weakref.keyMap();
    const loud = Loud.new({ id: 1 });
    const plain = Node.new({ id: 2 });
    loud.a = loud;
    plain.a = plain;
    map.set(loud, 1);
    let listed: unknown[] | undefined;
    const weakref = heap.weakref.ref(plain, () => {
      heap.verify();
      listed = [...map.keys()];
    });
    age(heap);
    loud.release();
    plain.release();
    while (heap.gc.step(7));
    expect([errors, listed, finalized, weakref.alive]).toEqual([[], [], [1], false]);
    heap.verify();
  });
});
