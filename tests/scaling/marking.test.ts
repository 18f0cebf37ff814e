// Marking: a full collection takes work in proportion to what lives, whatever shape it has.

import { describe, test } from "vitest";
import { MODES, age, collectWhole, expectGrowth, expectShortCalls } from "../support/growth.js";
import type { Mode } from "../support/growth.js";
import { SHAPE_NAMES, makeShape } from "../support/shapes.js";

/** Of chunks, few lie within the 8 KiB that a bounded cycle scans without a jump. */
const sizeOf = (name: string, pauses: Mode): number =>
  pauses === "bounded" && name.includes("chunks of floats, held by its newest") ? 32_768 : 8192;

describe.each(MODES)("a full collection, %s pauses: the work is proportional to the size of the heap", (pauses) => {
  test.each(SHAPE_NAMES)("%s", async (name) => {
    const growth = await expectGrowth(
      {
        n: sizeOf(name, pauses),
        make: (heap, n) => {
          const made = makeShape(heap, name, n);
          age(heap);
          return made;
        },
        work: collectWhole,
      },
      pauses,
    );
    if (pauses === "bounded") expectShortCalls(growth);
  });
});
