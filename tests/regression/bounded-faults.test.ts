// Faults of bounded pauses that were found by hand, each as the smallest program that shows it.

import type { Value } from "../../src/index.js";
import { describe, expect, test } from "vitest";
import { settle } from "../support/growth.js";
import { BUILDS } from "../support/core.js";
import { CORES } from "../support/heap.js";
import { SHAPE_NAMES, knotShape, makeShape } from "../support/shapes.js";
import { countedHeap, unitsOf } from "../support/work.js";
import { quietHeap } from "../support/ways.js";

describe.each(CORES)("bounded pauses, %s core", (_, options) => {
  // While a cycle ran, objects that had grown old since could die, and were taken off twice: a count below 0.
  test("the heap is still collected after objects that became old in a cycle died before its end", () => {
    const heap = quietHeap(options, "bounded", { thresholds: [700, 10, 10] });
    const Node = heap.struct("Node", { a: "ref", b: "ref" });
    const { core } = heap;
    const nodes = (n: number): number[] => Array.from({ length: n }, () => core.alloc(Node.id));
    const drop = (objects: number[]): void => {
      for (const object of objects) core.decref(object);
    };
    const full = (): number => heap.gc.getStats()[2].collections;
    heap.gc.disable();
    const base = nodes(6000);
    for (let i = 0; i < 2; i++) heap.gc.collect(1);
    heap.gc.enable();
    const before = full();
    heap.gc.step(1);
    const grown = nodes(100);
    for (let i = 0; i < 2; i++) heap.gc.collect(1);
    expect(full()).toBe(before);
    drop(grown);
    drop(base);
    while (full() === before) heap.gc.step(1000);
    const after = full();
    // Garbage that grew old first: only cycles find it.
    const window: number[][] = [];
    for (let round = 0; round < 120; round++) {
      const some = nodes(1000);
      for (const object of some) core.setRef(object, 0, object);
      window.push(some);
      if (window.length > 15) drop(window.shift() as number[]);
    }
    expect(full()).toBeGreaterThan(after);
    heap.verify();
  });

  test("no finalizer of a cycle runs while collection is paused or disabled", () => {
    const heap = quietHeap(options, "bounded", { thresholds: [700, 10, 10] });
    let ran = 0;
    const Loud = heap.struct("Loud", { self: "ref" }, { finalize: () => void ran++ });
    const Node = heap.struct("Node", { a: "ref" });
    const churn = (): void => {
      for (let i = 0; i < 5000; i++) Node.new().release();
      const kept = Array.from({ length: 5000 }, () => Node.new());
      for (const node of kept) node.release();
    };
    const garbage = Array.from({ length: 5000 }, () => {
      const loud = Loud.new();
      loud.self = loud;
      return loud;
    });
    for (let i = 0; i < 2; i++) heap.gc.collect(1);
    for (const loud of garbage) loud.release();
    heap.gc.step(1);
    heap.gc.pause(churn);
    expect(ran).toBe(0);
    heap.gc.disable();
    churn();
    expect(ran).toBe(0);
    heap.gc.enable();
    settle(heap);
    expect(ran).toBe(5000);
    heap.verify();
  });

  // The sweep held a list over the death of an item, let go of the last reference to it by that, and went on with it.
  test.each([600, 1000, 5000])(
    "a dead list that holds itself and %i objects whose finalizers have run is swept",
    (n) => {
      const heap = quietHeap(options, "bounded");
      let ran = 0;
      const Node = heap.struct("Node", { a: "ref", b: "ref" }, { finalize: () => void ran++ });
      const nodes = Array.from({ length: n }, () => Node.new());
      heap.gc.collect(1);
      const before = heap.stats().objects - n;
      const list = heap.list<Value>(nodes);
      list.append(list);
      list.reverse();
      for (const node of nodes) node.release();
      heap.gc.collect(1);
      list.release();
      for (let more = true; more;) {
        more = heap.gc.step(20_000);
        heap.verify();
      }
      expect(ran).toBe(n);
      heap.gc.collect();
      heap.verify();
      expect(heap.stats().objects).toBe(before);
    },
  );

  // What had died, and waited for its end, was counted.
  test("the number of frozen objects does not include those that died", () => {
    const heap = quietHeap(options, "bounded");
    const Node = heap.struct("Node", { a: "ref" });
    const nodes = Array.from({ length: 100 }, () => Node.new());
    heap.gc.freeze();
    for (const node of nodes.slice(40)) node.release();
    expect(heap.gc.getFreezeCount()).toBe(40);
    const ring = heap.list(nodes.slice(0, 10));
    ring.release();
    settle(heap);
    expect(heap.gc.getFreezeCount()).toBe(40);
    heap.verify();
  });
});

/** More steps of a unit than any of these takes. */
const MOST_STEPS = 50_000;

// A step that was smaller than what one visit takes came to the same place again and again.
describe.each(BUILDS)("steps of one unit, %s core, end a cycle that finds", (build) => {
  test.each(SHAPE_NAMES)("%s", async (name) => {
    for (const finalize of [undefined, () => undefined]) {
      const heap = await countedHeap(build, { pauses: "bounded", thresholds: [1_000_000_000, 10, 10] });
      const before = heap.stats().objects;
      const knot = knotShape(heap, makeShape(heap, name, 64, finalize));
      for (let i = 0; i < 2; i++) heap.gc.collect(1);
      knot.release();
      unitsOf(heap, () => {
        let steps = 0;
        while (heap.gc.step(1) && steps < MOST_STEPS) steps++;
        expect(steps).toBeLessThan(MOST_STEPS);
      });
      heap.verify();
      heap.gc.collect();
      heap.verify();
      expect(heap.stats().objects).toBe(before);
    }
  });
});
