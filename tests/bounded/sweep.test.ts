// What a cycle sweeps, object by object: other garbage still refers to it, or it is in the chain of what lives on.

import { describe, expect, test } from "vitest";
import { CYCLE_ENDS, PHASE_GATHERING, PHASE_IDLE, TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";
import type { Build, Core, Hooks } from "../support/core.js";

/** Slots: several parts. */
const MANY = 1300;
/** What the object of many slots holds in each. */
type Fill = (core: Core, item: number) => number;

const LARGE: Record<string, Fill> = {
  "a struct": (core, item) => {
    const struct = core.alloc(core.defineType(4 * MANY, MANY, 0)) >>> 0;
    for (let slot = 0; slot < MANY; slot++) core.setRef(struct, slot, item);
    return struct;
  },
  "a list": (core, item) => {
    const list = core.newList(0) >>> 0;
    for (let i = 0; i < MANY; i++) core.listAppend(list, item);
    return list;
  },
  "a tuple": (core, item) => {
    const tuple = core.newTuple(MANY) >>> 0;
    for (let i = 0; i < MANY; i++) core.tupleInit(tuple, i, item);
    return tuple;
  },
  "a dict": (core, item) => {
    const dict = core.newDict(0) >>> 0;
    for (let i = 0; i < MANY; i++) {
      const key = core.newInt(i, 0, 0);
      core.dictSet(dict, key, item);
      core.decref(key);
    }
    return dict;
  },
};

function start(build: Build, hooks: Partial<Hooks> = {}): Core {
  const core = startCore(build, hooks);
  core.setThresholds(1_000_000_000, 10, 10);
  core.setBounded(1);
  return core;
}

/** What was young becomes old, and is let go of; a cycle finds it. */
function letGo(core: Core, objects: readonly number[]): void {
  core.collect(1);
  for (const object of objects) core.decref(object);
  for (let steps = 0; core.step(50); steps++) {
    if (steps > 5000) throw new Error("the cycle does not end");
    expect(core.verify()).toBe(0);
  }
  expect([core.phase(), core.verify()]).toEqual([PHASE_IDLE, 0]);
}

describe.each(BUILDS)("%s core", (build) => {
  test.each(Object.entries(LARGE))("%s of many slots, referred to by objects before and behind it", (_, create) => {
    for (const isInFront of [true, false]) {
      const core = start(build);
      // No other object has the size of either, so the one that is created first lies in front.
      const [front, behind] = [core.defineType(1600, 2, 0), core.defineType(1200, 2, 0)];
      const first = core.alloc(front) >>> 0;
      const child = core.alloc(core.defineType(8, 2, 0)) >>> 0;
      const large = create(core, child);
      const last = core.alloc(behind) >>> 0;
      expect(first).toBeLessThan(large);
      expect(large).toBeLessThan(last);
      const holder = isInFront ? first : last;
      core.setRef(holder, 0, large);
      core.setRef(child, 0, holder);
      letGo(core, [first, child, large, last]);
      expect(liveObjects(core)).toBe(IMMORTALS);
    }
  });

  test.each([0, 1])("a weak reference with %i callbacks leaves its referent, which stays alive", (callbacks) => {
    const forgotten: number[] = [];
    const core = start(build, { forget: (id) => void forgotten.push(id) });
    const node = core.defineType(8, 2, 0);
    const referent = core.alloc(node) >>> 0;
    const ring = core.alloc(node) >>> 0;
    const weakref = core.newWeakref(referent, callbacks && 77) >>> 0;
    core.setRef(ring, 0, ring);
    core.setRef(ring, 1, weakref);
    letGo(core, [ring, weakref]);
    expect(core.weakrefCount(referent)).toBe(0);
    expect(forgotten).toEqual(callbacks ? [77] : []);
    core.decref(referent);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("an object whose shared weak reference is garbage gets a new one, which is shared from then on", () => {
    const core = start(build);
    const node = core.defineType(8, 2, 0);
    const [referent, ring] = [core.alloc(node) >>> 0, core.alloc(node) >>> 0];
    const garbage = core.newWeakref(referent, 0) >>> 0;
    const called = core.newWeakref(referent, 77) >>> 0;
    core.setRef(ring, 0, ring);
    core.setRef(ring, 1, garbage);
    core.collect(1);
    core.decref(ring);
    core.decref(garbage);
    do core.step(1);
    while (core.phase() < PHASE_GATHERING && core.phase() !== PHASE_IDLE);
    expect(core.phase()).toBe(PHASE_GATHERING);
    const fresh = core.newWeakref(referent, 0) >>> 0;
    expect([garbage, called]).not.toContain(fresh);
    expect(core.newWeakref(referent, 0) >>> 0).toBe(fresh);
    expect([core.weakrefCount(referent), core.verify()]).toEqual([2, 0]);
    while (core.step(50)) expect(core.verify()).toBe(0);
    expect(core.newWeakref(referent, 0) >>> 0).toBe(fresh);
    expect([core.weakrefCount(referent), core.verify()]).toEqual([2, 0]);
    for (const object of [fresh, fresh, fresh, called, referent]) core.decref(object);
    expect([liveObjects(core), core.verify()]).toEqual([IMMORTALS, 0]);
  });

  test("each freed byte counts once, where plain garbage and other garbage of one size hold each other", () => {
    const N = 200;
    const freed: number[] = [];
    const core = start(build, {
      collection: (event) => void (event === CYCLE_ENDS && freed.push(core.freedBytes())),
    });
    const [loud, plain] = [core.defineType(8, 2, TYPE_HAS_FINALIZER), core.defineType(8, 2, 0)];
    const pairs = Array.from({ length: N }, () => {
      const [one, other] = [core.alloc(loud) >>> 0, core.alloc(plain) >>> 0];
      core.setRef(one, 0, other);
      core.setRef(other, 0, one);
      core.decref(other);
      return one;
    });
    // Its finalizers run in the first cycle, and what they reach survives it.
    letGo(core, pairs);
    const size = core.sizeOf(pairs[0] as number);
    const kept = Array.from({ length: 2 * N }, () => core.alloc(plain));
    core.collect(1);
    while (core.step(20)) expect(core.verify()).toBe(0);
    expect(freed).toEqual([0, 2 * N * size]);
    for (const object of kept) core.decref(object);
    expect([liveObjects(core), core.verify()]).toEqual([IMMORTALS, 0]);
  });
});
