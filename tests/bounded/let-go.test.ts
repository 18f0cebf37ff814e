// What the hooks of a cycle let go of dies at once, and counts as CPython counts it.

import { describe, expect, test } from "vitest";
import { CYCLE_ENDS, PHASE_IDLE, TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, makeRings, startCore } from "../support/core.js";
import type { Build, Core, Hooks } from "../support/core.js";

const COUNT = 20;

interface World {
  core: Core;
  /** Rings of two objects, one of which has a finalizer or not. */
  rings: (readonly [number, number])[];
  /** How many objects each cycle has collected. */
  collected: number[];
  /** Lets go of the rings; the cycle that finds them comes to its end. */
  run: () => void;
}

function start(build: Build, hasFinalizer: boolean, hooks: Partial<Hooks>): World {
  const collected: number[] = [];
  const core = startCore(build, {
    collection: (event, _, count) => {
      if (event === CYCLE_ENDS) collected.push(count);
    },
    ...hooks,
  });
  core.setThresholds(1_000_000_000, 10, 10);
  core.setBounded(1);
  const node = core.defineType(8, 2, 0);
  const type = hasFinalizer ? core.defineType(8, 2, TYPE_HAS_FINALIZER) : node;
  const rings = makeRings(core, COUNT, type, node);
  const run = (): void => {
    core.collect(1);
    for (const object of rings.flat()) core.decref(object);
    while (core.step(50)) expect(core.verify()).toBe(0);
    expect([core.phase(), core.verify(), core.waiting()]).toEqual([PHASE_IDLE, 0, 0]);
  };
  return { core, rings, collected, run };
}

describe.each(BUILDS)("%s core", (build) => {
  test("rings that their finalizers break die, and the cycle does not count them as collected", () => {
    const { core, collected, run } = start(build, true, {
      finalize: (object) => {
        // What this lets die holds the object itself.
        core.setRef(object, 0, 0);
        expect(core.verify()).toBe(0);
      },
    });
    run();
    expect(collected).toEqual([0]);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("weak references that their callbacks release are counted with the garbage", () => {
    const { core, rings, collected, run } = start(build, false, {
      callback: (weakref) => {
        core.decref(weakref);
      },
    });
    rings.forEach(([a], i) => core.newWeakref(a, i + 1));
    run();
    expect(collected).toEqual([3 * COUNT]);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });
});
