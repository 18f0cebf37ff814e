import { expect, test } from "vitest";
import { compareBounded } from "./gc-compare-bounded.js";
import type { Observation, Told } from "./gc-player.js";
import type { Step } from "./gc-program.js";
import { tame } from "./gc-tame.js";

const NOTHING = { roots: [], kept: {}, nodes: [], alive: [], generations: [], counts: [], frozen: 0, garbage: [] };
const STEPS: Step[] = [["drop", 0], ["collect", 2], ["settle"]];

/** One side: what was told in each of the three steps, and what was there after the last two. */
function side(told: string[][], seen: Partial<Observation> = {}): Told[] {
  return told.map((events, step) => [events, { ...NOTHING, ...(step > 0 && seen) }]);
}

test("the time of an event makes no difference, but its presence and number do", () => {
  const theirs = side([[], ["finalizer of o1", "callback of o2"], []]);
  expect(compareBounded(STEPS, theirs, side([["callback of o2"], ["finalizer of o1"], []]), "still")).toBeUndefined();
  for (const told of [
    [["finalizer of o1"], [], []],
    [["finalizer of o1"], ["finalizer of o1", "callback of o2"], []],
  ])
    expect(compareBounded(STEPS, theirs, side(told), "still")).toMatchObject({ step: 2, what: "events" });
});

test("the live objects after a full collection are the same, except those created by hooks", () => {
  const alive = (...names: string[]): Told[] => side([[], [], []], { alive: names });
  expect(compareBounded(STEPS, alive("o1"), alive(), "resurrecting")).toMatchObject({ step: 1, what: "alive" });
  expect(compareBounded(STEPS, alive("o1.0"), alive(), "resurrecting")).toMatchObject({ step: 2, what: "alive" });
  expect(compareBounded(STEPS, alive("o1"), alive("o1"), "resurrecting")).toBeUndefined();
});

test("a tame program lacks only what depends on when garbage is found", () => {
  const hook: Step = ["new", 0, 2, [["keep"], ["toRoot", 1], ["clear"], ["deref", 7]]];
  const program: Step[] = [hook, ["saveAll", true], ["all", [["deref", 7, 1]]], ["set", 0, 0, 1]];
  expect(tame(program, "still").slice(0, 4)).toEqual([
    ["pin"],
    ["new", 0, 2, [["clear"], ["deref", 7]]],
    ["all", [["settle"], ["deref", 7, 1]]],
    ["set", 0, 0, 1],
  ]);
  expect(tame(program, "resurrecting")[1]).toEqual(["new", 0, 2, [["keep"], ["deref", 7]]]);
});
