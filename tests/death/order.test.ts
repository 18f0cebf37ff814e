// In which order what waits dies, and when hooks that found no room are asked again.

import { describe, expect, test } from "vitest";
import { TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";
import type { Core, Hooks } from "../support/core.js";

const MODES = BUILDS.flatMap((build) => [[build, "at once"] as const, [build, "in slices"] as const]);

function settle(core: Core): void {
  for (let turns = 0; core.waiting(); turns++) {
    if (turns > 1000) throw new Error("what waits does not end");
    core.step(1000);
    expect(core.verify()).toBe(0);
  }
}

describe.each(MODES)("%s build, deaths %s", (build, mode) => {
  /** A core that keeps what its finalizers are about, in their order. */
  function start(finalized: number[], hooks: Partial<Hooks> = {}): Core {
    const core = startCore(build, { finalize: (object) => void finalized.push(object >>> 0), ...hooks });
    core.setThresholds(1_000_000_000, 10, 10);
    core.setBounded(mode === "in slices" ? 1 : 0);
    return core;
  }
  const loud = (core: Core): (() => number) => {
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    return () => core.alloc(type) >>> 0;
  };

  test.each(["a leaf", "a struct"])("the values of %s die with it, the newest first", (kind) => {
    const finalized: number[] = [];
    const core = start(finalized);
    const create = loud(core);
    const key = core.alloc(core.defineType(8, kind === "a leaf" ? 0 : 2, 0));
    const values = Array.from({ length: 6 }, () => {
      const value = create();
      core.weakMapSet(core.newWeakMap(0), key, value);
      core.decref(value);
      return value;
    });
    core.decref(key);
    settle(core);
    expect(finalized).toEqual([...values].reverse());
    expect(core.verify()).toBe(0);
  });

  test("deaths under way continue before deferred ones", () => {
    let hasRoom = true;
    const finalized: number[] = [];
    const core = start(finalized, { hasRoom: () => hasRoom });
    const create = loud(core);
    const list = core.newList(0);
    const items = Array.from({ length: 3000 }, () => {
      const item = create();
      core.listAppend(list, item);
      core.decref(item);
      return item;
    });
    const deferred = create();
    core.decref(list);
    const begun = finalized.length;
    if (mode === "in slices") expect(begun).toBeLessThan(items.length);
    hasRoom = false;
    core.decref(deferred);
    expect(finalized).toHaveLength(begun);
    hasRoom = true;
    settle(core);
    expect(finalized).toEqual([...items.reverse(), deferred]);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("a death asks again whether the stack has room, and continues with deferred deaths", () => {
    let hasRoom = false;
    const finalized: number[] = [];
    const core = start(finalized, { hasRoom: () => hasRoom });
    const create = loud(core);
    const [first, second] = [create(), create()];
    core.decref(first);
    expect(finalized).toEqual([]);
    hasRoom = true;
    core.decref(second);
    expect(finalized).toEqual([second, first]);
    expect(core.waiting()).toBe(0);
    expect(core.verify()).toBe(0);
  });

  test("a hook deferred inside another hook runs when that has returned", () => {
    let hasRoom = true;
    const finalized: number[] = [];
    const core = start(finalized, {
      hasRoom: () => hasRoom,
      finalize: (object) => {
        finalized.push(object >>> 0);
        if (finalized.length > 1) return;
        hasRoom = false;
        core.decref(second);
        expect(finalized).toHaveLength(1);
        expect(core.waiting()).toBe(1);
      },
    });
    const create = loud(core);
    const [first, second] = [create(), create()];
    core.decref(first);
    expect(finalized).toEqual([first, second]);
    expect(core.waiting()).toBe(0);
    expect(core.verify()).toBe(0);
  });

  test("deferred deaths do not continue in deaths that an event of a collection causes", () => {
    let hasRoom = true;
    const inEvents: number[] = [];
    const finalized: number[] = [];
    const core = start(finalized, {
      hasRoom: () => hasRoom,
      collection: () => {
        const before = finalized.length;
        core.decref(core.newList(0));
        inEvents.push(finalized.length - before);
      },
    });
    const create = loud(core);
    const list = core.newList(0);
    for (let i = 0; i < 3000; i++) {
      const item = create();
      core.listAppend(list, item);
      core.decref(item);
    }
    core.decref(list);
    hasRoom = false;
    core.decref(create());
    hasRoom = true;
    core.collect(0);
    expect(inEvents.length).toBeGreaterThan(1);
    // Once the collection is over they may.
    expect(inEvents[0]).toBe(0);
    settle(core);
    expect(finalized).toHaveLength(3001);
  });
});
