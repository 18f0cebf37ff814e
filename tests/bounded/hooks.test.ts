// Hooks that ask for more of what is under way.

import { describe, expect, test } from "vitest";
import { PHASE_IDLE } from "../../assembly/layout.js";
import { Heap } from "../../src/index.js";
import type { SyncOptions } from "../support/heap.js";
import { CORES, withHeap } from "../support/heap.js";

const bounded = (options: SyncOptions): SyncOptions => ({
  ...options,
  // Nothing collects but what the test asks for.
  thresholds: [1_000_000_000, 10, 10],
  traceHandles: false,
  pauses: "bounded",
});

/** Old objects, then half of them are garbage: reason enough for a cycle. */
function fill(heap: Heap): void {
  const Node = heap.struct("Filler", { self: "ref" });
  const nodes = Array.from({ length: 40 }, () => {
    const node = Node.new();
    node.self = node;
    return node;
  });
  heap.gc.collect(1);
  for (const node of nodes.slice(20)) node.release();
}

describe.each(CORES)("hooks with bounded pauses, %s core", (_, options) => {
  test("a hook that steps or collects when a cycle begins or is abandoned does nothing", () => {
    withHeap(bounded(options()), (heap) => {
      fill(heap);
      let [depth, deepest, calls] = [0, 0, 0];
      const answers = new Set<unknown>();
      heap.gc.callbacks.push(() => {
        calls++;
        deepest = Math.max(deepest, ++depth);
        if (depth < 10) answers.add(heap.gc.step(100)).add(heap.gc.collect());
        depth--;
      });
      heap.gc.step(10);
      expect(heap.core.collect(2)).toBe(20);
      // The cycle, and the collection that gives it up: each begins and ends.
      expect([calls, deepest, [...answers]]).toEqual([4, 1, [false, 0]]);
      heap.verify();
    });
  });

  test("collect() ends deaths and the cycle that a finalizer begins among them", () => {
    withHeap(bounded(options()), (heap) => {
      let begun = false;
      const Plain = heap.struct("Plain", { self: "ref" });
      const Loud = heap.struct("Loud", { self: "ref" }, { finalize: () => void (begun = heap.gc.step(1)) });
      const list = heap.list();
      for (let i = 0; i < 3000; i++) {
        // Lists die from their end.
        const node = (i ? Plain : Loud).new();
        list.append(node);
        node.release();
      }
      const before = heap.stats().objects;
      fill(heap);
      list.release();
      expect(heap.stats().waiting).toBeGreaterThan(0);
      heap.gc.collect();
      expect(begun).toBe(true);
      expect(heap.none.store.core.phase()).toBe(PHASE_IDLE);
      heap.verify();
      expect(heap.stats()).toMatchObject({ waiting: 0, objects: before - 3001 + 20 });
    });
  });
});
