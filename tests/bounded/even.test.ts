// The work of a cycle, in units: each birth pays about the same, and marking takes no more where references lead back.

import { expect, test } from "vitest";
import { CYCLE_ENDS, CYCLE_STARTS, STEP_ENDS } from "../../assembly/layout.js";
import { fieldOf, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";

const BATCH = 1000;

interface Ring {
  core: Core;
  /** Replaces so many cycles of two. */
  replace: (count: number) => void;
  /** Of the cycles that have ended: units of each batch in the middle of one, and births. */
  batches: number[];
  births: number[];
}

/** A list of `objects` objects in cycles of two, with bounded pauses. `before` runs on the empty heap. */
function makeRing(objects: number, before: (core: Core) => void = () => undefined): Ring {
  let [units, inCycle] = [0, false];
  const births: number[] = [];
  const core = startCore("release", {
    collection(event, _generation, taken) {
      if (event === CYCLE_STARTS) inCycle = true;
      else if (event === STEP_ENDS && inCycle) units += taken;
      else if (event === CYCLE_ENDS) {
        inCycle = false;
        births.push(fieldOf(core, "cycleBirths"));
      }
    },
  });
  const node = core.defineType(8, 2, 0);
  const pair = (): number => {
    const [one, other] = [core.alloc(node), core.alloc(node)];
    core.setRef(one, 0, other);
    core.setRef(other, 0, one);
    core.decref(other);
    return one;
  };
  before(core);
  core.setBounded(1);
  const list = core.newList(0);
  for (let i = 0; i < objects / 2; i++) {
    const object = pair();
    core.listAppend(list, object);
    core.decref(object);
  }
  let drawn = 1;
  const batches: number[] = [];
  const replace = (count: number): void => {
    for (let left = count; left > 0; left -= BATCH) {
      const [wasInCycle, ended] = [inCycle && fieldOf(core, "marking") + fieldOf(core, "markedOld") > 0, births.length];
      units = 0;
      for (let i = 0; i < BATCH; i++) {
        drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
        const object = pair();
        core.listSet(list, Math.floor((drawn / 2 ** 32) * (objects / 2)), object);
        core.decref(object);
      }
      if (wasInCycle && inCycle && births.length === ended) batches.push(units);
    }
  };
  return { core, replace, batches, births };
}

const middle = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;

test("every birth of a cycle pays about the same, and the cycle ends before a tenth has been born", () => {
  const N = 300_000;
  const { core, replace, batches, births } = makeRing(N);
  // The first cycles assume more work than there is.
  while (births.length < 8) replace(BATCH);
  batches.length = births.length = 0;
  while (births.length < 3) replace(BATCH);
  expect(batches.length, "batches in the middle of cycles").toBeGreaterThan(30);
  // A collection of generation 1 counts as half a batch.
  expect(Math.max(...batches)).toBeLessThan(1.5 * middle(batches));
  expect(Math.max(...births)).toBeLessThan(N / 10);
  expect(Math.min(...births), "no cycle is done in a hurry").toBeGreaterThan(N / 13);
  expect(core.isHurried()).toBeFalsy();
  expect(core.verify()).toBe(0);
});

test("a list of many slots beside the ring is marked by births that its bytes pay for", () => {
  const N = 100_000;
  const SLOTS = 1_000_000;
  const { core, replace, batches, births } = makeRing(N, (fresh) => {
    const list = fresh.newList(SLOTS);
    const object = fresh.newFloat(0.5);
    for (let i = 0; i < SLOTS; i++) fresh.listAppend(list, object);
  });
  while (births.length < 2) replace(BATCH);
  births.length = 0;
  batches.length = 0;
  while (births.length < 3) replace(BATCH);
  expect(Math.min(...births), "more births than for the ring alone").toBeGreaterThan(N / 10);
  expect(Math.max(...batches) / (2 * BATCH), "units for a birth").toBeLessThan(250);
  expect(core.verify()).toBe(0);
});

/** Units of a cycle over groups of objects that lead to as many others, which lie in front of them or behind. */
function unitsOfMarking(groups: number, leadsBack: boolean): number {
  const GROUP = 40;
  let units = 0;
  const core = startCore("release", {
    collection: (event, _generation, taken) => void (units += event === STEP_ENDS ? taken : 0),
  });
  const node = core.defineType(8, 2, 0);
  core.setEnabled(0);
  core.setBounded(1);
  const list = core.newList(0);
  for (let group = 0; group < groups; group++) {
    const first = Array.from({ length: GROUP }, () => core.alloc(node));
    const second = Array.from({ length: GROUP }, () => core.alloc(node));
    const [held, reached] = leadsBack ? [second, first] : [first, second];
    held.forEach((object, i) => {
      core.setRef(object, 0, reached[i] as number);
      core.decref(reached[i] as number);
      core.listAppend(list, object);
      core.decref(object);
    });
  }
  while (core.trackedCount(0) + core.trackedCount(1) > 0) core.collect(1);
  core.setEnabled(1);
  units = 0;
  while (core.step(10_000));
  expect(core.verify()).toBe(0);
  return units / (2 * GROUP * groups);
}

test("an object a little in front of the one that leads to it takes no jump", () => {
  const [forward, back] = [unitsOfMarking(500, false), unitsOfMarking(500, true)];
  expect(back).toBeLessThan(1.3 * forward);
  // At any size.
  expect(unitsOfMarking(2000, true)).toBeLessThan(1.2 * back);
});
