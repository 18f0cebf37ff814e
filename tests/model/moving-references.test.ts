import { describe, expect, test } from "vitest";
import { CORES } from "../support/heap.js";
import { howMany, seedOf } from "../support/random.js";
import { MovingReferences } from "./moving-references.js";

/** `npm run fuzz` sets it higher. */
const PROGRAMS = Math.ceil(howMany(6) / 2);
const STEPS = 1500;
const FIRST_SEED = seedOf(8);

describe("references that move under an incremental collection are not lost", () => {
  test.each(CORES)(
    "%s",
    (core, options) => {
      const phases = new Set<number>();
      let moves = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
        const program = new MovingReferences({ seed, steps: STEPS, ...options() });
        program.run();
        moves += program.moves;
        for (const phase of program.phases) phases.add(phase);
      }
      console.log(
        `${core}: seeds ${FIRST_SEED} to ${FIRST_SEED + PROGRAMS - 1}, ${PROGRAMS * STEPS} steps, ${moves} moves`,
      );
      expect(moves).toBeGreaterThan(PROGRAMS * 100);
      expect([...phases].sort()).toEqual(expect.arrayContaining([0, 2, 3, 4, 5, 8]));
    },
    600_000,
  );
});
