// Pages that come to serve something else while a cycle is about to go on in their midst.

import { describe, expect, test } from "vitest";
import { PHASE_DRAINING, PHASE_WALKING } from "../../assembly/layout.js";
import type { Heap } from "../../src/index.js";
import { age, settle } from "../support/growth.js";
import { CORES } from "../support/heap.js";
import { quietHeap } from "../support/ways.js";

/** Units of a step: some ten of them to a page. */
const UNITS = 1000;

interface Cycle {
  heap: Heap;
  nodes: number[];
  /** Frees the nodes, and has large objects in their pages before the cycle goes on to its end. */
  replacePages: () => void;
}

/** A cycle that has come to `phase` in a heap of a few pages, as `wire` makes them. */
function cycleIn(heap: Heap, phase: number, wire: (nodes: number[]) => void): Cycle {
  const Node = heap.struct("Node", { a: "ref", b: "ref" });
  const { core } = heap.none.store;
  const nodes = Array.from({ length: 6000 }, () => core.alloc(Node.id));
  wire(nodes);
  const items = Array.from({ length: 13_000 }, () => heap.none);
  age(heap);
  while (core.phase() < phase) heap.gc.step(UNITS);
  const replacePages = (): void => {
    for (const node of nodes) core.decref(node);
    const large = [1, 2, 3].map(() => heap.tuple(items));
    settle(heap);
    heap.verify();
    for (const object of large) object.release();
  };
  return { heap, nodes, replacePages };
}

describe.each(CORES)("a large object comes to a page that is half scanned, %s core", (_, options) => {
  // Scanning went on where the last step had ended, past the end of what was there by then, and took memory for objects.
  test("in the walk over all pages", () => {
    let halfway = 0;
    for (let steps = 1; steps < 16; steps += 2) {
      const heap = quietHeap(options, "bounded");
      const { core } = heap.none.store;
      const { replacePages } = cycleIn(heap, PHASE_WALKING, () => undefined);
      for (let i = 0; i < steps; i++) heap.gc.step(UNITS);
      if (core.phase() === PHASE_WALKING) halfway++;
      replacePages();
    }
    expect(halfway).toBeGreaterThan(3);
  });

  test("among those that are noted grey", () => {
    let halfway = 0;
    for (let steps = 1; steps < 16; steps += 2) {
      const heap = quietHeap(options, "bounded");
      const { core } = heap.none.store;
      // A list at the end of memory holds all, so all are noted.
      const { replacePages } = cycleIn(heap, PHASE_DRAINING, (nodes) => {
        const list = heap.list();
        for (const node of nodes) core.listAppend(list.address, node);
        for (const node of nodes) core.decref(node);
        nodes.length = 0;
        nodes.push(list.address);
      });
      for (let i = 0; i < steps; i++) heap.gc.step(UNITS);
      if (core.phase() === PHASE_DRAINING) halfway++;
      replacePages();
    }
    expect(halfway).toBeGreaterThan(3);
  });
});
