// Cycles that end before their time, hooks of a cycle that ask for more, and garbage that is saved.

import { describe, expect, test } from "vitest";
import {
  BUFFER_DATA_OFFSET,
  DEBUG_SAVEALL,
  PHASE_FINALIZING,
  PHASE_GATHERING,
  PHASE_IDLE,
  PHASE_MARKING_PENDING,
  PHASE_PROMOTING,
  PHASE_SWEEPING,
  PHASE_WALKING,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STEP_ENDS,
  STEP_STARTS,
  TYPE_HAS_FINALIZER,
} from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, makeRings, startCore } from "../support/core.js";
import type { Build, Core, Hooks } from "../support/core.js";

/** Those in which a step of one unit ends with this garbage. */
const PHASES = {
  PHASE_PROMOTING,
  PHASE_WALKING,
  PHASE_GATHERING,
  PHASE_MARKING_PENDING,
  PHASE_FINALIZING,
  PHASE_SWEEPING,
};
const ENDS: Record<string, (core: Core) => unknown> = {
  "a full collection": (core) => core.collect(2),
  "the end of bounded pauses": (core) => core.setBounded(0),
  "what ends all that waits": (core) => {
    core.settle();
  },
};
/** Pieces of garbage: more than one step finds. */
const COUNT = 30;

/** A core in which nothing collects but what the test asks for, and old garbage: rings of two, with hooks or without. */
function startWithGarbage(build: Build, given?: Partial<Hooks>): { core: Core; weakrefs: number[]; node: number } {
  const core = startCore(build, given);
  core.setThresholds(1_000_000_000, 10, 10);
  core.setBounded(1);
  const node = core.defineType(8, 2, 0);
  const type = given ? core.defineType(8, 2, TYPE_HAS_FINALIZER) : node;
  const rings = makeRings(core, COUNT, type, node);
  const weakrefs = given ? rings.map(([a], i) => core.newWeakref(a, i + 1) >>> 0) : [];
  core.collect(1);
  for (const object of rings.flat()) core.decref(object);
  return { core, weakrefs, node };
}

describe.each(BUILDS)("%s core", (build) => {
  test.each(
    Object.entries(PHASES).flatMap(([name, phase]) => Object.keys(ENDS).map((end) => [end, name, phase] as const)),
  )("%s ends a cycle in %s, and each hook runs once", (end, _, phase) => {
    const finalized: number[] = [];
    const called: number[] = [];
    const { core, weakrefs } = startWithGarbage(build, {
      finalize: (object) => void finalized.push(object >>> 0),
      callback: (_, id) => void called.push(id),
    });
    core.step(1);
    while (core.phase() < phase && core.step(1));
    expect(core.phase()).toBe(phase);
    // Into the midst of it.
    if (phase === PHASE_GATHERING) while (called.length < COUNT / 2 && core.step(1));
    expect(core.verify()).toBe(0);
    (ENDS[end] as (core: Core) => unknown)(core);
    expect([core.phase(), core.verify()]).toEqual([PHASE_IDLE, 0]);
    for (let round = 0; round < 2; round++) core.collect(2);
    for (const weakref of weakrefs) core.decref(weakref);
    expect(core.verify()).toBe(0);
    expect([finalized.length, new Set(finalized).size]).toEqual([COUNT, COUNT]);
    expect(called.sort((a, b) => a - b)).toEqual(weakrefs.map((_, i) => i + 1));
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("no finalizer, callback or event of a step can collect or step", () => {
    const answers = new Set<unknown>();
    const asked = new Set<string>();
    const ask = (who: string): void => {
      if (core.phase() === PHASE_IDLE) return;
      const garbage = core.alloc(node);
      core.setRef(garbage, 0, garbage);
      core.decref(garbage);
      asked.add(who);
      for (const generation of [0, 1, 2]) answers.add(core.collect(generation));
      answers.add(Number(core.step(10)));
      expect(core.verify()).toBe(0);
    };
    const { core, node } = startWithGarbage(build, {
      finalize: () => {
        ask("finalizer");
      },
      callback: () => {
        ask("callback");
      },
      collection: (event) => {
        if (event === STEP_STARTS || event === STEP_ENDS) ask("event");
      },
    });
    for (let steps = 0; core.step(100) && steps < 5000; steps++);
    expect([...asked].sort()).toEqual(["callback", "event", "finalizer"]);
    expect([...answers]).toEqual([0]);
    expect([core.phase(), core.verify()]).toEqual([PHASE_IDLE, 0]);
  });

  test("objects in gc.garbage are alive while more garbage is added to it", () => {
    const { core } = startWithGarbage(build);
    core.setDebug(DEBUG_SAVEALL);
    const list = core.garbage();
    const items = (): number[] => {
      const first = core.word(list + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
      return Array.from({ length: core.word(list + SLOTS_COUNT_OFFSET) }, (_, i) => core.word(first + 4 * i));
    };
    const listed = (): number[] => {
      const found: number[] = [];
      for (let at = core.trackedAfter(2, 0) >>> 0; at; at = core.trackedAfter(2, at) >>> 0) found.push(at);
      return found;
    };
    do core.step(1);
    while (core.phase() !== PHASE_IDLE && items().length < COUNT);
    expect(core.phase()).toBe(PHASE_SWEEPING);
    expect(listed()).toEqual(expect.arrayContaining(items()));
    while (core.step(100));
    expect(items()).toHaveLength(2 * COUNT);
    expect(listed()).toEqual(expect.arrayContaining(items()));
    expect(core.verify()).toBe(0);
  });
});
