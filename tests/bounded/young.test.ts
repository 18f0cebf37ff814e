// What is young when a cycle begins.

import { describe, expect, test } from "vitest";
import { PHASE_IDLE } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";

describe.each(BUILDS)("%s core", (build) => {
  // All of it becomes old before the snapshot is taken: what is young is not scanned.
  test.each([1, 256, 257, 1000])(
    "an old object stays alive if only the last of %i young ones refers to it",
    (count) => {
      const core = startCore(build);
      core.setThresholds(1_000_000_000, 10, 10);
      core.setBounded(1);
      const node = core.defineType(8, 2, 0);
      const [held, inner] = [core.alloc(node) >>> 0, core.alloc(node) >>> 0];
      core.setRef(held, 0, inner);
      core.decref(inner);
      core.collect(1);
      const young = Array.from({ length: count }, () => core.alloc(node) >>> 0);
      core.setRef(young[count - 1] as number, 0, held);
      core.decref(held);
      let steps = 0;
      for (; core.step(20) && steps < 20_000; steps++) if (steps % 16 === 0) expect(core.verify()).toBe(0);
      expect(steps).toBeGreaterThan(10);
      expect([core.phase(), core.verify()]).toEqual([PHASE_IDLE, 0]);
      expect([held, inner].map((object) => core.typeOf(object))).toEqual([node, node]);
      for (const object of young) core.decref(object);
      core.settle();
      expect([liveObjects(core), core.verify()]).toEqual([IMMORTALS, 0]);
    },
  );
});
