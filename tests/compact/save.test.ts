// Images whose objects were moved to the lowest pages: what is equal, and what has become smaller.

import { describe, expect, test } from "vitest";
import { BadOptionError, Heap } from "../../src/index.js";
import { restoreSync, save, saveStream } from "../../src/image.js";
import { CORES } from "../support/heap.js";
import { howMany, seedOf } from "../support/random.js";
import { ImageProgram } from "../image/program.js";

describe.each(CORES)("%s core", (build, options) => {
  test("a random program that goes on from compacted images does what it would have done, addresses apart", () => {
    const first = seedOf(1);
    for (let seed = first; seed < first + howMany(build === "release" ? 3 : 1); seed++) {
      let step = 0;
      try {
        const plain = new ImageProgram(seed, options());
        const moved = new ImageProgram(seed, options());
        for (step = 1; step <= 400; step++) {
          plain.step();
          moved.step();
          if ((step * 7 + seed) % 23 === 0) moved.move();
          if (step % 50 === 0) expect(moved.contents(), "contents").toEqual(plain.contents());
        }
        expect(moved.events).toEqual(plain.events);
        expect(moved.heap.gc.getStats()).toEqual(plain.heap.gc.getStats());
        plain.heap.dispose();
        moved.heap.dispose();
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
      }
    }
  });
});
