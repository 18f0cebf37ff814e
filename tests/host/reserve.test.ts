// Memory taken ahead of need: by initialBytes, reserve(), and steps in idle time.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { restoreSync, save } from "../../src/image.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

const MIB = 2 ** 20;

/** The buffer of a heap's memory: another one after each growth. */
function bufferOf(heap: Heap): ArrayBufferLike {
  return heap.none.store.core.memory.buffer;
}

function fill(heap: Heap, bytes: number): void {
  const list = heap.list<Uint8Array>();
  for (let left = bytes; left > 0; left -= 65_000) list.append(new Uint8Array(65_000));
}

describe.each(CORES)("%s core", (_, options) => {
  test("a heap that begins with its memory does not make it grow until that is used", () => {
    withHeap({ ...options(), initialBytes: 32 * MIB }, (heap) => {
      expect(heap.stats().bytes.memory).toBe(32 * MIB);
      expect(heap.stats().bytes.reserved).toBeLessThan(MIB);
      const buffer = bufferOf(heap);
      fill(heap, 20 * MIB);
      expect(bufferOf(heap)).toBe(buffer);
      fill(heap, 20 * MIB);
      expect(bufferOf(heap)).not.toBe(buffer);
    });
  });

  test("reserve() grows memory now, and never shrinks it", () => {
    withHeap(options(), (heap) => {
      heap.reserve(10 * MIB + 1);
      expect(heap.stats().bytes.memory).toBe(10 * MIB + 65536);
      const text = heap.str("before");
      heap.reserve(0);
      expect(heap.stats().bytes.memory).toBe(10 * MIB + 65536);
      heap.reserve(20 * MIB);
      expect([heap.stats().bytes.memory, text.toJS()]).toEqual([20 * MIB, "before"]);
    });
  });

  test("a size that is none is refused, and so is one beyond maxBytes", () => {
    for (const initialBytes of [-1, 1.5, NaN, "1", null, 2 ** 32, 64 * MIB + 1])
      expect(
        codeOf(() => Heap.createSync({ ...options(), maxBytes: 64 * MIB, initialBytes: initialBytes as number })),
      ).toBe("BAD_OPTION");
    withHeap({ ...options(), maxBytes: 64 * MIB }, (heap) => {
      for (const bytes of [-1, 1.5, "1", undefined, 64 * MIB + 1])
        expect(
          codeOf(() => {
            heap.reserve(bytes as number);
          }),
        ).toBe("BAD_OPTION");
      heap.reserve(64 * MIB);
    });
  });

  test("what the engine refuses is OUT_OF_MEMORY, and the heap goes on", () => {
    withHeap(options(), (heap) => {
      const { memory } = heap.none.store.core;
      const grow = (): number => {
        throw new RangeError("failed to grow memory");
      };
      Object.defineProperty(memory, "grow", { value: grow, configurable: true });
      expect(
        codeOf(() => {
          heap.reserve(10 * MIB);
        }),
      ).toBe("OUT_OF_MEMORY");
      Reflect.deleteProperty(memory, "grow");
      heap.list([1]);
    });
  });

  test("a restored heap can have memory ahead of need, too", () => {
    withHeap(options(), (heap) => {
      heap.roots.set("text", heap.str("kept"));
      const copy = restoreSync(save(heap), { ...options(), initialBytes: 16 * MIB });
      expect([copy.stats().bytes.memory, (copy.roots.get("text") as { toJS(): unknown }).toJS()]).toEqual([
        16 * MIB,
        "kept",
      ]);
      copy.dispose();
    });
  });

  test.each(["bounded", "unbounded"] as const)(
    "an idle step grows memory when little is left, with %s pauses",
    (pauses) => {
      withHeap({ ...options(), pauses }, (heap) => {
        const rest = (): number => {
          while (heap.gc.step());
          return heap.stats().bytes.memory;
        };
        // Fills memory up to where it would grow next.
        fill(heap, 8 * MIB);
        for (
          let { memory, reserved } = heap.stats().bytes;
          memory - reserved > memory >>> 3;
          { memory, reserved } = heap.stats().bytes
        )
          fill(heap, 65_000);
        const before = heap.stats().bytes.memory;
        const after = rest();
        expect(after).toBe(2 * before);
        expect(rest()).toBe(after);
        const buffer = bufferOf(heap);
        fill(heap, before >>> 1);
        expect(bufferOf(heap)).toBe(buffer);
        heap.verify();
      });
    },
  );

  test("an idle step does not grow memory beyond maxBytes", () => {
    withHeap({ ...options(), maxBytes: 4 * MIB }, (heap) => {
      codeOf(() => {
        fill(heap, 8 * MIB);
      });
      while (heap.gc.step());
      expect(heap.stats().bytes.memory).toBeLessThanOrEqual(4 * MIB);
    });
  });
});
