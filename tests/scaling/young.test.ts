// Young collections: what they take grows as the young objects do, alive or garbage, whatever their shape.

import { describe, test } from "vitest";
import type { Heap } from "../../src/index.js";
import { MODES, SORTED, expectGrowth, settle } from "../support/growth.js";
import type { Mode } from "../support/growth.js";
import { SHAPE_NAMES, knotShape, makeShape } from "../support/shapes.js";

/** With bounded pauses a collection looks at 16,384 objects at most. */
const N = 2000;

async function expectYoung(pauses: Mode, name: string, generation: 0 | 1, isGarbage: boolean, finalize?: () => void) {
  const make = (heap: Heap, n: number): void => {
    const made = makeShape(heap, name, n, finalize);
    if (isGarbage) knotShape(heap, made).release();
  };
  const work = (heap: Heap): void => {
    heap.gc.collect(generation);
    settle(heap);
  };
  await expectGrowth({ n: N, make, work }, pauses, finalize ? SORTED : undefined);
}

/** No young collection looks at what is not tracked. */
const TRACKED = SHAPE_NAMES.filter((name) => name !== "one dict with many entries");

describe.each(MODES)(
  "a young collection, %s pauses: the work is proportional to the number of young objects",
  (pauses) => {
    test.each(TRACKED)("%s, alive", async (name) => {
      await expectYoung(pauses, name, pauses === "bounded" ? 0 : 1, false);
    });
    test.each(SHAPE_NAMES)("%s, garbage", async (name) => {
      await expectYoung(pauses, name, 0, true);
    });
    test.each(SHAPE_NAMES)("%s, garbage with a finalizer for each struct", async (name) => {
      await expectYoung(pauses, name, 1, true, () => undefined);
    });
  },
);
