import { expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { codeOf } from "../support/heap.js";
import { seedOf, seededRandom } from "../support/random.js";
import { fuzz, richImage } from "./hostile.js";

test("tampered images are refused, or are heaps", () => {
  const images = Number(process.env.HEAPWRIGHT_PROGRAMS ?? 6);
  const refused = fuzz(seedOf(1), images, 50);
  // Most changes matter; those to numbers, texts and counters that stand for themselves do not.
  expect(refused).toBeGreaterThan(images * 25);
  expect(refused).toBeLessThan(images * 50);
});

test("a damaged image is always found out, and so is one that was cut short", () => {
  const image = richImage(7, 200);
  const random = seededRandom(7);
  for (let i = 0; i < 300; i++) {
    const copy = image.slice();
    const at = random(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << random(8));
    // But for what fills sections up, which nobody reads.
    if (codeOf(() => Heap.restoreSync(copy)) === "no error") expect(image[at]).toBe(0);
    expect(codeOf(() => Heap.restoreSync(image.slice(0, at)))).toBe("BAD_IMAGE");
  }
});
