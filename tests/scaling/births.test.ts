// With bounded pauses a program that makes and drops objects never waits longer because the heap is larger: no birth,
// write or death that drives a cycle takes more than on a heap a quarter as large, whatever shape it has.

import { describe, expect, test } from "vitest";
import type { Heap } from "../../src/index.js";
import { SCALE, age, expectGrowth, expectShortCalls } from "../support/growth.js";
import { SHAPE_NAMES, makeShape } from "../support/shapes.js";
import type { Made } from "../support/shapes.js";

/** Large enough for the pace of a cycle to be that of any larger heap: MIN_BOUND in collect/cycle/pace.ts. */
const N = 65_536;
/** A cycle that was estimated too low doubles its steps: how often may differ by one, and steps are not equally long. */
const ONE_DOUBLING = 3.2;
/** In the everyday suite. */
const SOME = [
  "a list of boxed values, held by its newest node",
  "a list of chunks of floats, held by its newest chunk",
  "a tree, the leaves first",
  "one list with many items",
  "one dict with many entries",
  "one list of many structs",
  "a random graph with one root",
  "a chain through a weak map, made from its end",
  "one weak map with many keys",
];
/** Dropped objects that hold themselves: garbage that only a cycle finds once it is old. */
const RING = 1000;

/** The first cycle goes by an estimate, the next by what that one took. */
const CYCLES = 2;

/** Makes garbage that grows old until some cycles have ended. */
function churn(heap: Heap, { maker }: Made, n: number): void {
  const ring: number[] = [];
  const { core } = heap.none.store;
  const end = core.collections(2) + CYCLES;
  for (let births = 0; core.collections(2) < end; births++) {
    if (births > 20 * n) throw new Error("no cycle has ended");
    const node = maker.node();
    maker.link(node, 0, node);
    const old = ring[births % RING];
    if (old) maker.drop([old]);
    ring[births % RING] = node;
  }
}

describe("births that drive a cycle, bounded pauses: none takes longer on a larger heap", () => {
  test.each(SCALE > 1 ? SHAPE_NAMES : SOME)("%s", async (name) => {
    const make = (heap: Heap, n: number): Made => {
      const made = makeShape(heap, name, n);
      age(heap);
      heap.gc.setThreshold(700, 3, 1);
      return made;
    };
    const growth = await expectGrowth({ n: N, make, work: churn, isIdle: true }, "bounded");
    expect(growth.large.longest.get("alloc")).toBeGreaterThan(0);
    expectShortCalls(growth, ONE_DOUBLING);
  });
});
