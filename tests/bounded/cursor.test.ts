// Pages that come to serve something else while a cycle is about to go on in their midst.

import { describe, expect, test } from "vitest";
import { PHASE_DRAINING, PHASE_WALKING } from "../../assembly/layout.js";
import type { Heap } from "../../src/index.js";
import { age, settle } from "../support/growth.js";
import { CORES } from "../support/heap.js";
import { quietHeap } from "../support/ways.js";

/** Units of a step: some ten of them to a page. */
const UNITS = 1000;

/** Comes to a phase of a cycle in a heap of a few pages. What is returned has large objects in them before it goes on. */
function cycleIn(heap: Heap, phase: number, isHeldByList: boolean): () => void {
  const Node = heap.struct("Node", { a: "ref", b: "ref" });
  const { core } = heap.none.store;
  const none = core.none();
  const nodes = Array.from({ length: 6000 }, () => core.alloc(Node.id));
  const list = heap.list();
  for (const node of nodes) core.listAppend(list.address, isHeldByList ? node : none);
  if (isHeldByList) for (const node of nodes) core.decref(node);
  const items = Array.from({ length: 13_000 }, () => heap.none);
  age(heap);
  while (core.phase() < phase) heap.gc.step(UNITS);
  return () => {
    if (isHeldByList) for (let i = 0; i < nodes.length; i++) core.listSet(list.address, i, none);
    else for (const node of nodes) core.decref(node);
    const large = [1, 2, 3].map(() => heap.tuple(items));
    settle(heap);
    heap.verify();
    for (const object of large) object.release();
  };
}

describe.each(CORES)("a large object is placed in a page that is half scanned, %s core", (_, options) => {
  // Scanning went on where the last step had ended, past the end of what was there by then, and took memory for objects.
  test.each([
    ["in the walk over all pages", PHASE_WALKING, false],
    // A list at the end of memory holds all, so all are noted.
    ["among those that are noted grey", PHASE_DRAINING, true],
  ])("%s", (_, phase, isHeldByList) => {
    let halfway = 0;
    for (let steps = 1; steps < 16; steps += 2) {
      const heap = quietHeap(options, "bounded");
      const replacePages = cycleIn(heap, phase, isHeldByList);
      for (let i = 0; i < steps; i++) heap.gc.step(UNITS);
      if (heap.none.store.core.phase() === phase) halfway++;
      replacePages();
    }
    expect(halfway).toBeGreaterThan(3);
  });
});
