import { beforeAll, describe, expect, test } from "vitest";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { CORES } from "../support/heap.js";
import { pythonPlays, startPythonPlayer } from "./gc-python.js";
import { shrinkDifference } from "./gc-shrink.js";
import { START_TIMEOUT } from "./python.js";
import { compare, kindOf } from "./gc-compare.js";
import type { Comparison, Difference } from "./gc-compare.js";
import { Player } from "./gc-player.js";
import type { Told } from "./gc-player.js";
import { ProgramWriter } from "./gc-program.js";
import type { Profile, Step } from "./gc-program.js";

/** How many, from the first seed on: a few, or what `npm run fuzz:cpython` asks for. */
const PROGRAMS = howMany(30);
const STEPS = 60;
const BATCH = 50;

beforeAll(startPythonPlayer, START_TIMEOUT);

type Options = ConstructorParameters<typeof Player>[0];

function compareOn(options: Options, steps: readonly Step[], python: readonly Told[], profile: Profile): Comparison {
  return compare(python, new Player(options).play(steps), profile === "commuting");
}

/** Fails with the shortest program that still shows a difference of the same kind. */
function fail(options: Options, steps: readonly Step[], profile: Profile, seed: number, first: Difference): never {
  const { program, difference } = shrinkDifference(
    steps,
    (shorter) => compareOn(options, shorter, pythonPlays([shorter])[0] as Told[], profile).difference,
    first,
  );
  throw new Error([`seed ${seed}:`, ...program.map((step) => JSON.stringify(step)), ...show(difference)].join("\n"));
}

/** What differs, without what does not. */
function show({ step, what, python, heap }: Difference): string[] {
  const parts = (side: unknown): string[] =>
    (Array.isArray(side) && Array.isArray(side[0]) ? side : [side]).map((part: unknown) => JSON.stringify(part));
  const [theirs, ours] = [parts(python), parts(heap)];
  const only = (side: string[], other: string[]): string => side.filter((part) => !other.includes(part)).join(" ");
  return [`step ${step}, ${what}`, `  CPython: ${only(theirs, ours)}`, `  heap:    ${only(ours, theirs)}`];
}

/** The checked core, which takes longer, for some of them. */
function optionsOf(seed: number): Options {
  const [, options] = CORES[seed % 4 === 0 ? 1 : 0] as (typeof CORES)[number];
  return options();
}

describe("random programs behave like in CPython", () => {
  test.each<Profile>(["commuting", "any"])("with hooks: %s", (profile) => {
    const first = seedOf(1);
    const started = performance.now();
    const programs = Math.ceil(PROGRAMS / 2);
    const totals = { steps: 0, reordered: 0, cut: 0 };
    for (let seed = first; seed < first + programs; seed += BATCH) {
      const length = Math.min(BATCH, first + programs - seed);
      const batch = Array.from({ length }, (_, i) => new ProgramWriter(seededRandom(seed + i), profile).write(STEPS));
      const told = pythonPlays(batch);
      for (const [i, program] of batch.entries()) {
        const result = compareOn(optionsOf(seed + i), program, told[i] as Told[], profile);
        if (result.difference) fail(optionsOf(seed + i), program, profile, seed + i, result.difference);
        totals.steps += result.steps;
        if (result.isReordered) totals.reordered++;
        if (result.isCut) totals.cut++;
      }
    }
    expect(totals.steps).toBeGreaterThan((programs * STEPS) / 2);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `hooks ${profile}: ${programs} programs, seeds ${first} to ${first + programs - 1}, ${totals.steps} steps, ` +
        `${totals.reordered} with events in another order (D4), ${totals.cut} cut there, ${seconds} s`,
    );
  });
});

/** Programs that parted once, each with an event that must be there. */
const PARTED: [what: string, event: string, program: Step[]][] = [
  // o0's finalizer watches it. It is cleared, and seen so by what dies of that, since o1 still holds it.
  [
    "an object that has been cleared is seen",
    "o1.0.0 saw o0",
    [
      ["new", 3, 2, [["weak", 7, []]]],
      ["new", 0, 2, [["new", "slot", [["deref", 7]]]]],
      ["new", 5, 2, null],
      ["set", 5, 1, 0],
      ["set", 0, 1, 3],
      ["set", 5, 0, 5],
      ["drop", 3],
      ["drop", 0],
      ["drop", 5],
      ["collect", 0],
    ],
  ],
  // Garbage holds the weak reference o4, but so do the calls of the callbacks, of which its own comes first.
  [
    "a weak reference lives until the last callback has run",
    "collected 1",
    [
      ["new", 4, 2, null],
      ["finalize", 4, [["collect", 0]]],
      ["new", 0, 2, null],
      ["set", 0, 1, 0],
      ["weak", 4, 9, []],
      ["set", 0, 0, 9],
      ["drop", 9],
      ["drop", 0],
      ["drop", 4],
    ],
  ],
];

describe.each(CORES)("programs that once behaved differently do not any more, %s", (_, options) => {
  test.each(PARTED)("%s", (_, event, program) => {
    const [told] = pythonPlays([program]) as [Told[]];
    expect(told.at(-1)?.[0]).toContain(event);
    expect(compareOn(options(), program, told, "any")).toEqual({
      isReordered: false,
      isCut: false,
      steps: program.length,
    });
  });
});

/**
 * A full collection clears o0, which has no hooks, after o1, and CPython before it (D4): o1's weak reference of its own
 * tells while o3 is there, or when it is gone.
 */
const CLEARED_IN_ANOTHER_ORDER: Step[] = [
  ["new", 5, 2, null],
  ["new", 0, 2, [["weak", 0, [["deref", 7]]]]],
  ["set", 5, 0, 0],
  ["new", 1, 2, [["weak", 7, null]]],
  ["set", 0, 1, 5],
  ["set", 0, 0, 1],
  ["drop", 5],
  ["drop", 0],
  ["drop", 1],
  ["collect", 2],
];

test.each(CORES)("the order of clearing garbage is distinguished from a difference (D4), %s", (_, options) => {
  const [told] = pythonPlays([CLEARED_IN_ANOTHER_ORDER]) as [Told[]];
  expect(told[9]?.[0]).toContain("o1.0.0 saw o3");
  expect(compareOn(options(), CLEARED_IN_ANOTHER_ORDER, told, "any")).toEqual({
    isReordered: true,
    isCut: false,
    steps: 10,
  });
  expect(compareOn(options(), CLEARED_IN_ANOTHER_ORDER, told, "commuting").difference).toMatchObject({ step: 9 });
});

test("a program that fails leaves nothing to the next", () => {
  const broken = [
    ["new", 0, 2, []],
    ["new", 1, 1, null],
  ] as Step[];
  expect(() => pythonPlays([broken])).toThrow("KeyError");
  const [[events, { alive }]] = pythonPlays([[["collect", 2]]])[0] as [Told];
  expect([events, alive]).toEqual([["collect 2", "collected 0"], []]);
});
