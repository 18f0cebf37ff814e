// Trimmed heaps: the same objects at the same addresses, in less memory.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { save, trim } from "../../src/image.js";
import { CORES, codeOf } from "../support/heap.js";
import { howMany, seedOf } from "../support/random.js";
import { differenceOfImages } from "../support/same-images.js";
import { ImageProgram } from "../image/program.js";

describe.each(CORES)("%s core", (build, options) => {
  test("a random program goes on as it would have, at the same addresses, when its heap is trimmed between any two steps", () => {
    const first = seedOf(300);
    for (let seed = first; seed < first + howMany(build === "release" ? 3 : 2); seed++) {
      let step = 0;
      try {
        const pauses = seed % 2 === 0 ? "bounded" : "unbounded";
        const plain = new ImageProgram(seed, { ...options(), pauses });
        const trimmed = new ImageProgram(seed, { ...options(), pauses });
        for (step = 1; step <= 150; step++) {
          plain.step();
          trimmed.step();
          if ((step * 7 + seed) % 11 === 0) {
            // Saving ends a cycle under way, as trimming does.
            save(plain.heap);
            trimmed.trim();
          }
          if (step % 50 !== 0) continue;
          const pairs = plain.held.map((address, i) => [address, trimmed.held[i] as number] as const);
          expect(differenceOfImages(save(plain.heap), save(trimmed.heap), pairs)).toBeUndefined();
        }
        expect(trimmed.events).toEqual(plain.events);
        expect(trimmed.heap.gc.getStats()).toEqual(plain.heap.gc.getStats());
        plain.heap.dispose();
        trimmed.heap.dispose();
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
      }
    }
  });

  test("the heap's own tables do not hold memory: interned texts, large counts, weak maps, types, pages", () => {
    const heap = Heap.createSync(options());
    const P = heap.struct("P", { next: "ref" });
    const kept = P.new();
    const large = heap.from(Array.from({ length: 60_000 }, (_, i) => ({ i, text: `text ${i}` })));
    // Behind the large document, so their tables lie there, too.
    for (let i = 0; i < 80; i++) heap.struct(`Type ${i}`, { x: "u32" });
    const clones = Array.from({ length: 300 }, () => kept.clone());
    // Their table stays until a full collection.
    const interned = Array.from({ length: 40 }, (_, i) => heap.intern(`interned ${i}`));
    for (const text of interned) text.release();
    const map = heap.weakref.keyMap([[kept, "value"]]);
    large.release();
    const { address, epoch } = { address: kept.address, epoch: heap.epoch };
    const { before, after } = trim(heap);
    expect(before).toBeGreaterThan(8 * 2 ** 20);
    // The map itself, or an entry, may lie at the end.
    expect(after).toBeLessThanOrEqual(before);
    map.release();
    const last = trim(heap);
    heap.verify();
    expect(last.after).toBeLessThan(2 ** 20);
    expect(heap.stats().bytes.memory).toBe(last.after);
    expect([kept.address, heap.epoch]).toEqual([address, epoch]);
    expect(kept.refcount).toBe(clones.length + 1);
    expect(trim(heap)).toEqual({ before: last.after, after: last.after });
    const again = heap.from(Array.from({ length: 60_000 }, (_, i) => ({ i })));
    expect((again as ReturnType<Heap["list"]>).length).toBe(60_000);
    heap.verify();
  });
});

test("it is refused where compact is", () => {
  const heap = Heap.createSync();
  const codes: string[] = [];
  heap.list([2, 1]).sort(() => {
    codes.push(codeOf(() => trim(heap)));
    return 0;
  });
  expect(codes).toEqual(["HEAP_BUSY"]);
  heap.dispose();
  expect(codeOf(() => trim(heap))).toBe("HEAP_DISPOSED");
});
