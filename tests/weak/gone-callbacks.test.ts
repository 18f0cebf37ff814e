// A weak reference that a cycle has found to be garbage is gone: its callback is not called.

import { describe, expect, test } from "vitest";
import { PHASE_GATHERING, PHASE_IDLE } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";

/** Live objects, so that a cycle takes more than a few steps. */
const FILLERS = 20;

describe.each(BUILDS)("callbacks of garbage, %s core", (build) => {
  test.each(["garbage", "alive"])("are not called in any step of a cycle when the referent is %s", (what) => {
    let decided = 0;
    for (let moment = 0, isOver = false; !isOver && moment < 2000; moment++) {
      const called: number[] = [];
      let isDecided = false;
      const core = startCore(build, {
        callback(_, id) {
          called.push(id);
        },
      });
      core.setThresholds(1_000_000_000, 10, 10);
      core.setBounded(1);
      const node = core.defineType(8, 2, 0);
      const ring = core.alloc(node);
      const referent = core.alloc(node);
      const weakref = core.newWeakref(referent, 7);
      core.setRef(ring, 0, ring);
      core.setRef(ring, 1, weakref);
      core.decref(weakref);
      if (what === "garbage") {
        core.setRef(referent, 0, referent);
        core.setRef(referent, 1, ring);
      }
      const fillers = Array.from({ length: FILLERS }, () => core.alloc(node));
      core.setBounded(0);
      while (core.trackedCount(0) + core.trackedCount(1) > 0) core.collect(1);
      core.setBounded(1);
      core.decref(ring);
      if (what === "garbage") core.decref(referent);
      core.collect(1);
      let steps = 0;
      for (; steps === 0 || core.phase() !== PHASE_IDLE; steps++) {
        if (steps === moment && what === "alive") {
          isDecided = core.phase() >= PHASE_GATHERING;
          core.decref(referent);
        }
        core.step(10);
        expect(core.verify()).toBe(0);
      }
      isOver = what === "garbage" || moment >= steps;
      if (isOver && what === "alive") break;
      // Before the cycle has decided, the weak reference may be found, and its callback is called.
      if (what === "garbage" || isDecided) expect(called).toEqual([]);
      if (isDecided) decided++;
      for (const object of fillers) core.decref(object);
      core.collect(2);
      expect(liveObjects(core)).toBe(IMMORTALS);
      expect(core.verify()).toBe(0);
    }
    if (what === "alive") expect(decided).toBeGreaterThan(0);
  });
});
