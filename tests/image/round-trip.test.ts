import { describe, expect, test } from "vitest";
import { readFrame, SECTIONS } from "../../src/image/format.js";
import { CORES } from "../support/heap.js";
import { seedOf } from "../support/random.js";
import { ImageProgram } from "./program.js";

/** All of an image but who held what: handles are numbered by how they came. */
function contentOf(image: Uint8Array): string[] {
  const { sections } = readFrame(image);
  return SECTIONS.filter((name) => name !== "HAND").map((name) => Buffer.from(sections[name].bytes).toString("latin1"));
}

describe.each(CORES)("%s core", (build, options) => {
  test("a random program that is saved and restored on its way ends as if nothing had happened", () => {
    const first = seedOf(1);
    const count = Number(process.env.HEAPWRIGHT_PROGRAMS ?? (build === "release" ? 10 : 4));
    for (let seed = first; seed < first + count; seed++) {
      let step = 0;
      try {
        const plain = new ImageProgram(seed, options());
        const interrupted = new ImageProgram(seed, options());
        for (step = 1; step <= 400; step++) {
          plain.step();
          interrupted.step();
          if ((step * 7 + seed) % 23 === 0) interrupted.interrupt();
          if (step % 50 === 0)
            expect(contentOf(interrupted.heap.image()), "images").toEqual(contentOf(plain.heap.image()));
        }
        expect(interrupted.events).toEqual(plain.events);
        expect(interrupted.handles.map((handle) => handle?.address)).toEqual(
          plain.handles.map((handle) => handle?.address),
        );
        expect(interrupted.heap.gc.getStats()).toEqual(plain.heap.gc.getStats());
        plain.heap.dispose();
        interrupted.heap.dispose();
        // Handles are released in the order they were made, which is another.
        expect(interrupted.events.sort()).toEqual(plain.events.sort());
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
      }
    }
  });
});
