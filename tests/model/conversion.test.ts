// Values of JavaScript in and out: what comes back is what went in.

import { describe, expect, test } from "vitest";
import { CORES, withHeap } from "../support/heap.js";
import { difference } from "../support/isomorphic.js";
import { mustEqual } from "../support/items.js";
import { pick, runProgram } from "../support/program.js";
import type { Random } from "../support/program.js";

const LEAVES = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -7,
  0.5,
  NaN,
  Infinity,
  2 ** 53,
  1e300,
  0n,
  5n,
  2n ** 62n,
  -(2n ** 63n),
  "",
  "a",
  "\ufeff",
  "😀",
  "x".repeat(2000),
];
const KEYS = ["a", "b", "", "__proto__", "constructor", "0", "10", "é", "😀", "toString", "y".repeat(1400)];

/** A value of up to `size` parts, some of them in several places, some in themselves. */
function randomValue(random: Random, size: number): unknown {
  const made: object[] = [];
  const build = (left: number): unknown => {
    if (left <= 0) return pick(random, LEAVES);
    if (made.length > 0 && random(6) === 0) return pick(random, made);
    const count = random(5);
    const part = (): unknown => build(random(left));
    const own = <T extends object>(value: T): T => {
      made.push(value);
      return value;
    };
    switch (random(7)) {
      case 0:
      case 1: {
        const array = own<unknown[]>([]);
        for (let i = 0; i < count; i++) array.push(part());
        return array;
      }
      case 2:
      case 3: {
        const object = own(random(4) ? {} : (Object.create(null) as object));
        for (let i = 0; i < count; i++)
          Object.defineProperty(object, pick(random, KEYS), {
            value: part(),
            enumerable: true,
            configurable: true,
            writable: true,
          });
        return object;
      }
      case 4: {
        const map = own(new Map<unknown, unknown>());
        // Distinct to Python too.
        for (const key of ["a", 1, 2n, 0.25, null, NaN, "1", -(2n ** 60n)]) if (random(3) === 0) map.set(key, part());
        return map;
      }
      case 5:
        return own(new Set([1.5, "s", false, null, 7n, "😀"].filter(() => random(2))));
      default:
        return random(2) ? Uint8Array.from({ length: random(9) }, () => random(256)) : pick(random, LEAVES);
    }
  };
  return build(size);
}

describe.each(CORES)("from and toJS, %s core", (name, options) => {
  test("return equal values, with shared parts shared", () => {
    runProgram(options(), { seeds: 3, steps: 250, firstSeed: 1000 }, (heap, random) => {
      const before = heap.stats();
      return () => {
        const value = randomValue(random, 5 + random(30));
        const handle = heap.from(value);
        mustEqual(difference(value, handle.toJS()) ?? "same", "same", "what came back");
        heap.verify();
        handle.release();
        heap.gc.collect();
        mustEqual(heap.stats().objects, before.objects, "objects that are left");
        mustEqual(heap.stats().bytes.live, before.bytes.live, "bytes that are left");
      };
    });
  });

  // The checked core is slow.
  const DEPTH = name === "release" ? 200_000 : 50_000;

  test.each(["arrays", "objects"])("%s nested to any depth are copied in and out, and freed", (kind) => {
    withHeap(options(), (heap) => {
      const before = heap.stats().objects;
      let value: unknown = kind === "arrays" ? [] : kind === "objects" ? {} : new Map();
      for (let i = 1; i < DEPTH; i++)
        value = kind === "arrays" ? [value] : kind === "objects" ? { in: value } : new Map([["in", value]]);
      const handle = heap.from(value);
      expect(heap.stats().objects - before).toBeGreaterThanOrEqual(DEPTH);
      let depth = 0;
      for (let at = handle.toJS(); at !== undefined; depth++)
        at =
          at instanceof Map
            ? (at.get("in") as unknown)
            : Array.isArray(at)
              ? (at[0] as unknown)
              : (at as { in: unknown }).in;
      expect(depth).toBe(DEPTH);
      handle.release();
      expect(heap.stats().objects).toBe(before);
    });
  });
});
