// Deaths go in slices. What stands on the stack between two of them is dying, though it is not gone yet.

import { expect, test } from "vitest";
import type { Handle } from "../../src/index.js";
import { CORES, withHeap } from "../support/heap.js";

/** Around the slots that one slice drops. */
const BEFORE = Array.from({ length: 60 }, (_, index) => 960 + index);

test.each(CORES)(
  "%s core: a weak reference whose death waits for the next slice is not called any more",
  (_, options) => {
    const calls = BEFORE.map((before) => {
      let called = 0;
      withHeap({ ...options(), pauses: "bounded", thresholds: [0, 0, 0] }, (heap) => {
        const Node = heap.struct("Node", { id: "i32" });
        const target = Node.new();
        const weakref = heap.weakref.ref(target, () => called++);
        const fill = Array.from({ length: before }, (): Handle | null => null);
        const list = heap.list<Handle | null>([...fill, weakref, ...fill]);
        weakref.release();
        heap.verify();
        // One slice: it comes to the weak reference, or nearly, or past it.
        list.release();
        heap.verify();
        target.release();
        heap.verify();
        while (heap.stats().waiting > 0) {
          heap.gc.step(100);
          heap.verify();
        }
      });
      return called;
    });
    // Those that the slice has come to are not called, the others are: there is one border, and no case is strange.
    expect(calls).toEqual([...calls].sort());
    expect([calls[0], calls.at(-1)]).toEqual([0, 1]);
  },
);
