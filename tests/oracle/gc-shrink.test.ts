import { describe, expect, test } from "vitest";
import { seededRandom } from "../support/random.js";
import { kindOf } from "./gc-compare.js";
import type { Difference } from "./gc-compare.js";
import { ProgramWriter, ROOTS, SLOTS } from "./gc-program.js";
import type { Action, Step } from "./gc-program.js";
import { shrinkProgram, smallerForms } from "./gc-shrink.js";

/** A step and all that it does, and that what it creates does. */
function parts(step: Step | Action): (Step | Action)[] {
  const nested = step.flatMap((part): (Step | Action)[] =>
    Array.isArray(part) ? (part as Action[]).flatMap(parts) : [],
  );
  return [step, ...nested];
}

describe("a shrunk program", () => {
  test("has only numbers that a written program could have", () => {
    const seed = 1;
    const program = new ProgramWriter(seededRandom(seed), "any").write(60);
    const forms = program.flatMap((step) => smallerForms(step));
    expect(forms.length).toBeGreaterThan(100);
    const isPossible = (part: Step | Action): boolean =>
      part.every((one) => typeof one !== "number" || (one >= 0 && one < ROOTS)) &&
      (part[0] !== "new" || typeof part[1] !== "number" || SLOTS.includes(part[2] as number));
    expect(
      forms.flatMap(parts).filter((part) => !isPossible(part)),
      `seed ${seed}`,
    ).toEqual([]);
  });

  test("is minimal", () => {
    const program: Step[] = [
      ["drop", 3],
      [
        "all",
        [
          ["drop", 1],
          ["new", 6, 4, [["keep"], ["drop", 5]]],
        ],
      ],
      ["collect", 2],
    ];
    const fails = (steps: Step[]): boolean => steps.flatMap(parts).some(([name]) => name === "new");
    expect(shrinkProgram(program, fails)).toEqual([["new", 0, 2, null]]);
  });
});

describe("the kind of a difference", () => {
  const events = (python: string[], heap: string[]): string =>
    kindOf({ step: 0, what: "events", python, heap } satisfies Difference);

  test("does not depend on names and numbers", () => {
    const kind = events(["collect 2", "o1.0.0 saw o0", "collected 3"], ["collect 2", "collected 3"]);
    expect(kind).toBe(events(["o12_3.1#4.0 saw o7", "collect 0"], ["collect 0"]));
  });

  test("consists of the events on one side only, and of the unequal results", () => {
    const missing = events(["finalizer of o1"], []);
    expect(missing).not.toBe(events([], ["finalizer of o1"]));
    expect(missing).not.toBe(events(["raised IndexError"], []));
    expect(missing).not.toBe(kindOf({ step: 0, what: "generations", python: [["o1"]], heap: [[]] }));
  });
});
