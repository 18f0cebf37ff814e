// Marking where the mark stack overflows: heap/grey.ts remembers the pages.

import { describe, expect, test } from "vitest";
import { PHASE_DRAINING, PHASE_IDLE } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, fieldOf, liveObjects, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";

const PAGE = 65536;
const MIB = 2 ** 20;
const SLOTS = 400;
/** Together far more slots than the mark stack has room for. */
const HOLDERS = 8;

function start(build: Build, mib = 0): Core {
  const core = startCore(build, {}, 65535, mib ? mib * MIB : undefined);
  core.setThresholds(1_000_000_000, 10, 10);
  return core;
}

/** Holders above the objects that they hold: scanned, these go on the stack, or their pages become grey. */
function holdAll(core: Core, objects: number[]): void {
  const type = core.defineType(4 * SLOTS, SLOTS, 0);
  for (let at = 0; at < objects.length; at += SLOTS) {
    const holder = core.alloc(type) >>> 0;
    expect(holder).toBeGreaterThan(objects.at(-1) as number);
    objects.slice(at, at + SLOTS).forEach((object, slot) => {
      core.setRef(holder, slot, object);
      core.decref(object);
    });
  }
}

/** Objects that each hold another, and holders of them all. */
function fill(core: Core): number {
  const type = core.defineType(8, 2, 0);
  const objects = Array.from({ length: HOLDERS * SLOTS }, () => {
    const [object, inner] = [core.alloc(type), core.alloc(type)];
    core.setRef(object, 1, inner);
    core.decref(inner);
    return object >>> 0;
  });
  holdAll(core, objects);
  return 2 * objects.length + HOLDERS;
}

/** Begins a cycle if none is under way, and goes on until `isThere`. */
function stepUntil(core: Core, units: number, isThere: () => boolean): void {
  core.setBounded(1);
  if (core.phase() === PHASE_IDLE) core.collect(1);
  core.step(1);
  for (let steps = 0; !isThere(); steps++) {
    if (steps > 2000) throw new Error("it does not come to that");
    core.step(units);
    expect(core.verify()).toBe(0);
  }
}

describe.each(BUILDS)("grey pages, %s core", (build) => {
  test.each([0, 200, 300, 1000])(
    "on a heap from %i MiB on, objects that overflow the mark stack are scanned",
    (mib) => {
      const core = start(build, mib);
      const count = fill(core);
      for (let round = 0; round < 2; round++) {
        expect(core.collect(2)).toBe(0);
        expect(liveObjects(core)).toBe(IMMORTALS + count);
        expect(core.verify()).toBe(0);
      }
    },
  );

  test("are used in incremental marking, too, and cleared when it is abandoned", () => {
    const core = start(build);
    const count = fill(core);
    stepUntil(core, 100, () => core.phase() === PHASE_DRAINING);
    expect(fieldOf(core, "greyWords")).toBeGreaterThan(0);
    core.setBounded(0);
    expect(core.verify()).toBe(0);
    // The next marking begins without them.
    stepUntil(core, 1, () => true);
    expect(fieldOf(core, "greyWords")).toBe(0);
    stepUntil(core, 100, () => core.phase() === PHASE_IDLE);
    expect(liveObjects(core)).toBe(IMMORTALS + count);
  });

  test("a leaf at the start of the page behind a grey page is scanned if it is a key", () => {
    const core = start(build);
    const [linked, leaf] = [core.defineType(8, 2, 0), core.defineType(8, 0, 0)];
    const map = core.newWeakMap(0);
    const objects: number[] = [];
    let keys = 0;
    while (objects.length < HOLDERS * SLOTS) {
      const object = core.alloc(linked) >>> 0;
      objects.push(object);
      if (object % PAGE < PAGE - 64) continue;
      // The page is full of linked objects. Leaves fill their page, and begin another behind this one.
      let key = 0;
      do key = core.alloc(leaf) >>> 0;
      while (key % PAGE !== 0);
      const value = core.alloc(linked);
      core.weakMapSet(map, key, value);
      core.decref(value);
      core.setRef(object, 0, key);
      core.decref(key);
      keys++;
    }
    expect(keys).toBeGreaterThan(0);
    holdAll(core, objects);
    const before = liveObjects(core);
    stepUntil(core, 1000, () => core.phase() === PHASE_IDLE);
    expect(liveObjects(core)).toBe(before);
  });
});
