import { describe, expect, test } from "vitest";
import { PHASE_GATHERING, PHASE_SWEEPING } from "../../assembly/layout.js";
import { BUILDS } from "../support/core.js";
import { MODES } from "../support/growth.js";
import { howMany, seedOf } from "../support/random.js";
import { WeakProgram } from "./program.js";

const PROGRAMS = howMany(15);
const FIRST_SEED = seedOf(3);
const STEPS = 250;

describe.each(BUILDS)("random programs of weak maps and weak references, %s core", (build) => {
  test.each(MODES)(
    `%s pauses, from seed ${FIRST_SEED} on`,
    (pauses) => {
      const phases = new Set<number>();
      let [hooks, revived] = [0, 0];
      for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
        const isBounded = pauses === "bounded";
        const result = new WeakProgram({ seed, steps: STEPS, build, isBounded }).run();
        hooks += result.hooks;
        revived += result.revived;
        for (const phase of result.phases) phases.add(phase);
      }
      if (process.env.HEAPWRIGHT_SEED) return;
      expect(hooks, "hooks that ran").toBeGreaterThan(5 * PROGRAMS);
      expect(revived, "objects that came back").toBeGreaterThan(PROGRAMS / 10);
      if (pauses === "bounded")
        for (let phase = PHASE_GATHERING; phase <= PHASE_SWEEPING; phase++) expect(phases).toContain(phase);
    },
    600_000,
  );
});
