// What looks at the whole heap takes work in proportion to it, whatever is there: to count, to freeze, to list and to
// verify. (Images are made by the host: host.test.ts.)

import { describe, test } from "vitest";
import { LINEAR, SORTED, expectGrowth } from "../support/growth.js";
import type { Scene } from "../support/growth.js";
import { SHAPE_NAMES, makeShape } from "../support/shapes.js";
import { storeOf } from "../support/work.js";

const N = 2048;

const LOOKS: Record<string, Pick<Scene, "work" | "build">> = {
  "verify()": {
    work: (heap) => {
      heap.verify();
    },
  },
  "gc.freeze(), a collection, gc.getFreezeCount() and gc.unfreeze()": {
    work: (heap) => {
      heap.gc.freeze();
      heap.gc.collect();
      heap.gc.getFreezeCount();
      heap.gc.unfreeze();
    },
  },
  "the census, and a walk over all objects of each generation": {
    work: (heap) => {
      const { core } = storeOf(heap);
      core.census();
      for (const generation of [0, 1, 2]) {
        for (let object = 0; (object = core.trackedAfter(generation, object)););
        core.trackedCount(generation);
      }
    },
  },
};

describe.each(Object.entries(LOOKS))("%s, in proportion to n:", (_, look) => {
  test.each(SHAPE_NAMES)("%s", async (name) => {
    await expectGrowth({ n: N, make: (heap, n) => makeShape(heap, name, n), ...look }, "unbounded", SORTED);
  });
});

describe("gc.getReferrers() of n objects, in proportion to n:", () => {
  test.each(SHAPE_NAMES)("%s", async (name) => {
    await expectGrowth(
      {
        n: 4 * N,
        make: (heap, n) => makeShape(heap, name, n),
        work: (heap) => {
          heap.gc.getReferrers(...heap.gc.getObjects().slice(0, 1000));
        },
      },
      "unbounded",
      LINEAR,
    );
  });
});
