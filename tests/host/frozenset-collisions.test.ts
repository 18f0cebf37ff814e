// Elements with one hash, in sets that are compared. The empty string and the empty frozenset always have one hash.

import { describe, expect, test } from "vitest";
import type { FrozensetHandle, Heap } from "../../src/index.js";
import { COLLIDING_SEED, collidingPairs, hashOfTuple } from "../support/collisions.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";

function ofPairs(heap: Heap, pairs: readonly [number, number][]): FrozensetHandle {
  return heap.scope(() => heap.frozenset(pairs.map((pair) => heap.tuple(pair))).clone()) as FrozensetHandle;
}

describe.each(CORES)("%s core", (_, options) => {
  test("a search that meets the cell of another element twice ends", () => {
    withHeap({ ...options(), hashSeed: 59 }, (heap) => {
      const [one, other] = [heap.set([heap.frozenset(), 0, 5]), heap.set([1, 3, ""])];
      expect([heap.list([one]).count(other), heap.list([other]).count(one)]).toEqual([0, 0]);
    });
  });

  test("so does any other with such elements", () => {
    const random = seededRandom(seedOf(7300));
    for (let i = 0; i < howMany(60); i++)
      withHeap({ ...options(), hashSeed: random(2 ** 31) }, (heap) => {
        const [one, other] = [heap.set([heap.frozenset(), 0, 5]), heap.set([1, 3, ""])];
        expect(heap.list([one, other, heap.set([5, heap.frozenset(), 0])]).count(one)).toBe(2);
      });
  });

  test("colliding elements are told apart, whatever their order", () => {
    withHeap({ ...options(), hashSeed: COLLIDING_SEED }, (heap) => {
      const pairs = collidingPairs(201);
      const few = pairs.slice(0, 200);
      const one = ofPairs(heap, few);
      const set = heap.set([one]);
      expect(set.has(ofPairs(heap, few.toReversed()))).toBe(true);
      expect(set.has(ofPairs(heap, pairs.slice(1)))).toBe(false);
      const loose = heap.set(one);
      expect([heap.list([loose]).count(one), set.has(loose)]).toEqual([1, true]);
      loose.delete(heap.tuple(pairs[0] as [number, number]));
      loose.add(heap.tuple(pairs[200] as [number, number]));
      expect([heap.list([loose]).count(one), set.has(loose)]).toEqual([0, false]);
    });
  });
});

test("equal frozensets are one key, however many of their elements collide", () => {
  withHeap({ hashSeed: COLLIDING_SEED }, (heap) => {
    const PARTS = 100;
    const pairs = collidingPairs(600, [hashOfTuple(Array<number>(PARTS).fill(hashOfTuple([0])))]);
    const make = (): FrozensetHandle => {
      const first = heap.tuple(Array.from({ length: PARTS }, () => heap.tuple([0])));
      return heap.frozenset(pairs.map((pair) => heap.tuple([first, ...pair])));
    };
    // Elements that differ are compared, too, with all their parts: more of them than the limit for one key.
    const [one, twin] = [make(), make()];
    expect(heap.set([one]).has(twin)).toBe(true);
    expect(codeOf(() => heap.list([one]).indexOf(twin))).toBe("BAD_VALUE");
  });
});
