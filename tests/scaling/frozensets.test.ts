// What frozensets cost as keys and as parts of keys.

import { describe, test } from "vitest";
import type { DictHandle, FrozensetHandle, Handle, SetHandle, TupleHandle, Value } from "../../src/index.js";
import { COLLIDING_SEED, collidingPairs } from "../support/collisions.js";
import { CONSTANT, expectGrowth } from "../support/growth.js";
import type { Scene } from "../support/growth.js";

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const NESTED: Scene<{ dict: DictHandle<Value, number>; base: FrozensetHandle; key: TupleHandle }> = {
  n: 1024,
  make: (heap, n) => {
    const base = heap.frozenset(numbers(n));
    const key = heap.tuple([base, 1]);
    return { dict: heap.dict([[heap.tuple([base, 1]), 1]]), base, key };
  },
  work: (heap, { dict, base, key }) => {
    for (let i = 0; i < 100; i++) {
      if (dict.get(key) !== 1) throw new Error("the key is there");
      heap.frozenset([base, i]).release();
    }
  },
};

const DIFFERENT: Scene<{ one: FrozensetHandle; others: Handle }> = {
  n: 1024,
  make: (heap, n) => ({
    one: heap.frozenset([...numbers(n), -1]),
    others: heap.list([heap.frozenset([...numbers(n), -2]), heap.frozenset([...numbers(n), -3])]),
  }),
  work: (heap, { one, others }) => {
    for (let i = 0; i < 100; i++)
      if ((others as ReturnType<typeof heap.list>).includes(one)) throw new Error("none is equal");
  },
};

const COLLIDING: Scene<{ set: SetHandle; twin: FrozensetHandle }> = {
  n: 64,
  options: { thresholds: [1_000_000_000, 10, 10], hashSeed: COLLIDING_SEED },
  make: (heap, n) => {
    const [one, twin] = [0, 1].map(() => heap.frozenset(collidingPairs(n).map((pair) => heap.tuple(pair))));
    return { set: heap.set([one as FrozensetHandle]), twin: twin as FrozensetHandle };
  },
  work: (_heap, { set, twin }) => {
    if (!set.has(twin)) throw new Error("they are equal");
  },
};

describe("frozensets", () => {
  test("a tuple or frozenset around one with n elements is hashed in constant time", async () => {
    await expectGrowth(NESTED, "unbounded", CONSTANT);
  });
  test("two whose last of n elements differ are compared in constant time", async () => {
    await expectGrowth(DIFFERENT, "unbounded", CONSTANT);
  });
  test("two with n elements of one hash are compared in n^2 steps", async () => {
    await expectGrowth(COLLIDING, "unbounded", 18);
  });
});
