import { expect, test } from "vitest";
import { compare } from "./gc-compare.js";
import type { Told } from "./gc-player.js";

function told(...events: string[]): Told[] {
  const nothing = { roots: [], kept: {}, nodes: [], alive: [], generations: [], counts: [], frozen: 0, garbage: [] };
  return [[events, nothing]];
}

const RUN = ["finalizer of o1", "callback of o1.0"];

test("only objects created in a collection may see another order of clearing", () => {
  const inside = (view: string): Told[] => told("collect 2", ...RUN, view, "collected 3");
  expect(compare(inside("o1.0.0 saw o3"), inside("o1.0.0 saw None"), false)).toEqual({
    isReordered: true,
    isCut: false,
    steps: 1,
  });
  // Hooks that had been there before, that did not run, or that ran outside of a collection; other events.
  for (const [theirs, ours] of [
    [inside("o1.0 saw o3"), inside("o1.0 saw None")],
    [inside("o2.0.0 saw o3"), inside("o2.0.0 saw None")],
    [told(...RUN, "o1.0.0 saw o3"), told(...RUN, "o1.0.0 saw None")],
    [inside("o1.0.0 saw o3"), told("collect 2", ...RUN, "o1.0.0 saw None", "collected 4")],
    [inside("o1.0.0 saw o3"), inside("o1.0.0 saw None").map(([events, seen]) => [events, { ...seen, frozen: 1 }])],
    [inside("finalizer of o3"), inside("o1.0.0 saw None")],
  ] as [Told[], Told[]][]) {
    expect(compare(theirs, ours, false).difference).toMatchObject({ step: 0, what: "events" });
  }
  expect(compare(inside("o1.0.0 saw o3"), inside("o1.0.0 saw None"), true).difference).toBeDefined();
});
