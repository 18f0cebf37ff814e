// Legal states of an object (assembly/object/state.ts) at moments at which they were illegal once.

import { describe, expect, test } from "vitest";
import { DEBUG_COLLECTABLE, PHASE_WALKING } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, fieldOf, liveObjects, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";

function settle(core: Core): void {
  while (core.step(100_000));
  expect(core.verify()).toBe(0);
  expect(liveObjects(core)).toBe(IMMORTALS);
}

describe.each(BUILDS)("%s core", (build) => {
  test("after a young collection no garbage of it waits for its death", () => {
    const core = startCore(build);
    core.setBounded(1);
    // The path of garbage with hooks.
    core.setDebug(DEBUG_COLLECTABLE);
    const type = core.defineType(8, 2, 0);
    const [cycle, waiting, kept] = [core.alloc(type), core.alloc(type), core.alloc(type)];
    const large = core.newList(6000);
    for (let i = 0; i < 6000; i++) core.listAppend(large, kept);
    core.setRef(cycle, 0, waiting);
    core.setRef(cycle, 1, cycle);
    core.setRef(waiting, 0, large);
    core.setRef(waiting, 1, kept);
    for (const object of [cycle, waiting, large]) core.decref(object);
    expect(core.collect(0)).toBe(3);
    expect(core.waiting()).toBe(0);
    expect(core.verify()).toBe(0);
    core.decref(kept);
    settle(core);
  });

  test("a dict that becomes tracked while it is scanned in parts may be freed before the scan goes on", () => {
    const core = startCore(build);
    core.setBounded(1);
    core.alloc(core.defineType(8, 2, 0));
    core.collect(1);
    const dict = core.newDict(0) >>> 0;
    const key = (n: number): number => core.borrowInt(n, 0, 0);
    for (let i = 0; i < 1500; i++) core.dictSet(dict, key(i), core.none());
    core.setThresholds(1_000_000, 0, 0);
    for (let i = 0; i < 100_000 && fieldOf(core, "partial") !== dict; i++) core.step(1);
    expect(core.phase()).toBe(PHASE_WALKING);
    expect(fieldOf(core, "partial")).toBe(dict);
    core.dictSet(dict, key(2000), dict);
    expect(core.verify()).toBe(0);
    core.decref(dict);
    expect(core.collect(0)).toBe(1);
    expect(core.typeOf(dict)).toBe(0);
    expect(core.verify()).toBe(0);
    while (core.step(1)) expect(core.verify()).toBe(0);
  });
});
