import { describe, expect, test } from "vitest";
import { CORES } from "../support/heap.js";
import { howMany, seedOf } from "../support/random.js";
import { MovingReferences } from "./moving-references.js";

/** `npm run fuzz` sets it higher. */
const PROGRAMS = Math.ceil(howMany(6) / 2);
/** Some phases of a cycle are short: programs go on until each of these has been met. */
const MOST = 20 * PROGRAMS;
const PHASES = [0, 2, 3, 4, 5, 8];
const STEPS = 1500;
const FIRST_SEED = seedOf(1);

describe("references that move under an incremental collection are not lost", () => {
  test.each(CORES)(
    "%s",
    (core, options) => {
      const phases = new Set<number>();
      let moves = 0;
      let seed = FIRST_SEED;
      for (; seed < FIRST_SEED + PROGRAMS || PHASES.some((phase) => !phases.has(phase)); seed++) {
        if (seed === FIRST_SEED + MOST) break;
        const program = new MovingReferences({ seed, steps: STEPS, ...options() });
        program.run();
        moves += program.moves;
        for (const phase of program.phases) phases.add(phase);
      }
      const programs = seed - FIRST_SEED;
      console.log(`${core}: seeds ${FIRST_SEED} to ${seed - 1}, ${programs * STEPS} steps, ${moves} moves`);
      expect(moves).toBeGreaterThan(PROGRAMS * 100);
      expect([...phases].sort()).toEqual(expect.arrayContaining(PHASES));
    },
    600_000,
  );
});
