// Programs with bounded pauses and a step between any two operations, beside CPython: after full collections the same objects are
// alive, and the same has been told in total.

import { beforeAll, describe, expect, test } from "vitest";
import { CORES } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { compareBounded } from "./gc-compare-bounded.js";
import { kindOf } from "./gc-compare.js";
import type { Difference } from "./gc-compare.js";
import { Player } from "./gc-player.js";
import type { Told } from "./gc-player.js";
import { ProgramWriter } from "./gc-program.js";
import type { Step } from "./gc-program.js";
import { pythonPlays, startPythonPlayer } from "./gc-python.js";
import { START_TIMEOUT } from "./python.js";
import { shrinkDifference } from "./gc-shrink.js";
import { MANNERS, isLookedAt, tame } from "./gc-tame.js";
import type { Manner } from "./gc-tame.js";

/** How many of each manner, from the first seed on: a few, or what `npm run fuzz:cpython` asks for. */
const PROGRAMS = Math.ceil(howMany(30) / MANNERS.length);
const STEPS = 60;
const BATCH = 50;

beforeAll(startPythonPlayer, START_TIMEOUT);

/** The checked core, which takes longer, for some seeds. */
function startPlayer(seed: number): Player {
  const [, options] = CORES[seed % 4 === 0 ? 1 : 0] as (typeof CORES)[number];
  return new Player(options(), seededRandom(seed));
}

/** Fails with the shortest program that still shows a difference of the same kind. */
function fail(written: readonly Step[], manner: Manner, seed: number, first: Difference): never {
  const differenceOf = (shorter: readonly Step[]): Difference | undefined => {
    const program = tame(shorter, manner);
    return compareBounded(program, pythonPlays([program])[0] as Told[], startPlayer(seed).play(program), manner);
  };
  const { program, difference } = shrinkDifference(written, differenceOf, first);
  const shown = tame(program, manner).map((step, index) => `${index} ${JSON.stringify(step)}`);
  throw new Error([`seed ${seed}, ${manner}:`, ...shown, JSON.stringify(difference, undefined, 1)].join("\n"));
}

describe("random programs with steps in between have the same result as in CPython", () => {
  test.each(MANNERS)("%s", (manner) => {
    const first = seedOf(1);
    const started = performance.now();
    const totals = { looks: 0, told: 0, steps: 0, cycles: 0 };
    for (let seed = first; seed < first + PROGRAMS; seed += BATCH) {
      const length = Math.min(BATCH, first + PROGRAMS - seed);
      const batch = Array.from({ length }, (_, i) =>
        new ProgramWriter(seededRandom(seed + i), manner === "resurrecting" ? "commuting" : "any").write(STEPS),
      );
      const programs = batch.map((written) => tame(written, manner));
      const python = pythonPlays(programs);
      for (const [i, program] of programs.entries()) {
        const player = startPlayer(seed + i);
        const told = player.play(program);
        const difference = compareBounded(program, python[i] as Told[], told, manner);
        if (difference) fail(batch[i] as Step[], manner, seed + i, difference);
        totals.looks += program.filter(isLookedAt).length;
        totals.told += told.flatMap(([events]) => events).filter((event) => event.startsWith("finalizer")).length;
        totals.steps += player.steps.between;
        totals.cycles += player.steps.last;
      }
    }
    // Finalizers ran, and cycles were under way between operations.
    expect(totals.told).toBeGreaterThan(PROGRAMS);
    expect(totals.steps).toBeGreaterThan(10 * PROGRAMS);
    expect(totals.cycles).toBeGreaterThan(PROGRAMS);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `${manner}: ${PROGRAMS} programs, seeds ${first} to ${first + PROGRAMS - 1}, ${totals.looks} comparisons, ` +
        `${totals.cycles} cycles, ${totals.steps} steps that did not end one, ${totals.told} finalizers, ${seconds} s`,
    );
  });
});
