// Death: what dies, by its last reference or in a collection, takes work in proportion to how much dies.

import { describe, test } from "vitest";
import { MODES, age, collectWhole, expectGrowth, expectShortCalls, settle } from "../support/growth.js";
import type { Mode } from "../support/growth.js";
import { SHAPE_NAMES, dropShape, knotShape, makeShape } from "../support/shapes.js";
import type { Made } from "../support/shapes.js";
import type { Heap } from "../../src/index.js";

/**
 * A random graph has to fill the mark stack at either size. A bounded cycle scans what lies within 8 KiB without a jump,
 * so shapes with references to lower addresses have to be much larger than that.
 */
const LARGE = ["random", "to and fro", "the leaves first"];
const sizeOf = (name: string): number => (LARGE.some((part) => name.includes(part)) ? 8192 : 2048);

/** Drops the shape; what that leaves waiting, or what is cyclic, ends too. */
function kill(heap: Heap, made: Made): void {
  dropShape(made);
  if (!made.shape.isAcyclic) collectWhole(heap);
  settle(heap);
}

/** Objects that go at once, also with bounded pauses (docs/collector.md): a single object's weak references, a table that is rebuilt. */
const AT_ONCE = ["one object with many weak references", "many interned strings"];

async function expectDeaths(pauses: Mode, name: string, isOld: boolean, finalize?: () => void): Promise<void> {
  const make = (heap: Heap, n: number): Made => {
    const made = makeShape(heap, name, n, finalize);
    if (isOld || !made.shape.isAcyclic) age(heap);
    return made;
  };
  const growth = await expectGrowth({ n: sizeOf(name), make, work: kill }, pauses);
  if (pauses === "bounded" && !AT_ONCE.includes(name)) expectShortCalls(growth);
}

/** Garbage that only a collection of the whole heap finds. */
async function expectCollected(pauses: Mode, name: string, finalize?: () => void): Promise<void> {
  const make = (heap: Heap, n: number): void => {
    const knot = knotShape(heap, makeShape(heap, name, n, finalize));
    age(heap);
    knot.release();
  };
  const work = (heap: Heap): void => {
    collectWhole(heap);
    settle(heap);
  };
  const growth = await expectGrowth({ n: sizeOf(name), make, work }, pauses);
  if (pauses === "bounded" && !AT_ONCE.includes(name)) expectShortCalls(growth);
}

describe.each(MODES)("deaths, %s pauses: the work is proportional to the number of dying objects", (pauses) => {
  test.each(SHAPE_NAMES)("%s, young", async (name) => {
    await expectDeaths(pauses, name, false);
  });
  test.each(SHAPE_NAMES)("%s, old", async (name) => {
    await expectDeaths(pauses, name, true);
  });
  test.each(SHAPE_NAMES)("%s, with a finalizer for each struct", async (name) => {
    await expectDeaths(pauses, name, false, () => undefined);
  });
  test.each(SHAPE_NAMES)("%s, as old garbage", async (name) => {
    await expectCollected(pauses, name);
  });
  test.each(SHAPE_NAMES)("%s, as old garbage with a finalizer for each struct", async (name) => {
    await expectCollected(pauses, name, () => undefined);
  });
});
