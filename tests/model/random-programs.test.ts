import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { howMany, seedOf } from "../support/random.js";
import { RandomProgram } from "./random-program.js";
import type { ProgramOptions } from "./random-program.js";

/** `npm run fuzz` sets it higher. */
const PROGRAMS = howMany(10);
const STEPS = 400;
const FIRST_SEED = seedOf(1);

const MODES: [string, Partial<ProgramOptions>][] = [
  ["release core", {}],
  ["release core, in a memory that is too small", { hoard: true, maxBytes: 12 * 65536 }],
  ["checked core", { module: checkedCore() }],
  ["release core, with bounded pauses", { bounded: true }],
  ["checked core, with bounded pauses", { bounded: true, module: checkedCore() }],
  [
    "release core, with bounded pauses, in a memory that is too small",
    { bounded: true, hoard: true, maxBytes: 12 * 65536 },
  ],
  ["checked core, collecting at every allocation", { module: checkedCore(), collectAlways: true }],
  ["checked core, running out of memory now and then", { module: checkedCore(), failMemory: true }],
];

describe("random programs agree with a model of references", () => {
  test.each(MODES)(
    "%s",
    (mode, options) => {
      let hooks = 0;
      let objects = 0;
      let refused = 0;
      const phases = new Set<number>();
      for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
        const result = new RandomProgram({ seed, steps: STEPS, ...options }).run();
        hooks += result.hooks;
        objects += result.objects;
        refused += result.refused;
        for (const phase of result.phases) phases.add(phase);
      }
      console.log(
        `${mode}: seeds ${FIRST_SEED} to ${FIRST_SEED + PROGRAMS - 1}, ${PROGRAMS * STEPS} steps, ${objects} objects, ${hooks} hooks, ${refused} refused`,
      );
      expect(hooks).toBeGreaterThan(PROGRAMS);
      // In a memory that is too small few cycles get as far as to sweep.
      const reached = options.maxBytes && PROGRAMS < 30 ? [0, 2, 3, 5] : [0, 2, 3, 5, 8];
      if (options.bounded) expect([...phases].sort()).toEqual(expect.arrayContaining(reached));
      if (options.maxBytes) expect(refused).toBeGreaterThan(PROGRAMS);
    },
    600_000,
  );
});
