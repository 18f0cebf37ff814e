// What a cycle finds to be garbage, looked at between its steps: what is about it in hooks, weak references and counts.

import { describe, expect, test } from "vitest";
import {
  CYCLE_ENDS,
  PHASE_DRAINING,
  PHASE_GATHERING,
  PHASE_IDLE,
  TYPE_HAS_FINALIZER,
} from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";
import type { Build, Core, Hooks } from "../support/core.js";

/** More slots than are swept, or scanned, at once. */
const MANY = 1300;

function start(build: Build, hooks: Partial<Hooks> = {}): { core: Core; node: number; loud: number } {
  const core = startCore(build, hooks);
  core.setThresholds(1_000_000_000, 10, 10);
  core.setBounded(1);
  return { core, node: core.defineType(8, 2, 0), loud: core.defineType(8, 2, TYPE_HAS_FINALIZER) };
}

/** Begins a cycle if none is under way, and goes on in steps of so many units until `isThere`. */
function stepUntil(core: Core, units: number, isThere: () => boolean): void {
  if (core.phase() === PHASE_IDLE) core.collect(1);
  core.step(1);
  for (let steps = 0; !isThere(); steps++) {
    if (steps > 3000) throw new Error("it does not come to that");
    core.step(units);
    expect(core.verify()).toBe(0);
  }
}
const finish = (core: Core, units = 500): void => {
  stepUntil(core, units, () => core.phase() === PHASE_IDLE);
};

/** An owned object becomes garbage: it holds itself, and nothing else does. */
function strand(core: Core, object: number, slot = 0): number {
  core.setRef(object, slot, object);
  core.decref(object);
  return object >>> 0;
}

/** So much garbage that each phase takes several steps. */
function litter(core: Core, type: number, count = 300): void {
  for (let i = 0; i < count; i++) strand(core, core.alloc(type), 1);
}

describe.each(BUILDS)("garbage of a cycle, %s core", (build) => {
  test("a weak reference that is garbage cannot be had, nor called, and leaves its referent's chain", () => {
    const called: number[] = [];
    const forgotten: number[] = [];
    const { core, node } = start(build, { callback: (_, id) => called.push(id), forget: (id) => forgotten.push(id) });
    const [referent, dying] = [core.alloc(node), core.alloc(node)];
    litter(core, node);
    const holder = core.alloc(core.defineType(20, 5, 0));
    const weakrefs = [core.newWeakref(referent, 0), core.newWeakref(referent, 1), core.newWeakref(dying, 2)];
    weakrefs.forEach((weakref, slot) => {
      core.setRef(holder, slot, weakref);
      core.decref(weakref);
    });
    strand(core, holder, 3);
    stepUntil(core, 20, () => core.phase() === PHASE_GATHERING);
    expect([core.weakrefCount(referent), core.weakrefAfter(referent, 0)]).toEqual([0, 0]);
    core.decref(dying);
    const shared = core.newWeakref(referent, 0);
    expect(weakrefs).not.toContain(shared);
    expect(core.newWeakref(referent, 0)).toBe(shared);
    expect(core.verify()).toBe(0);
    finish(core);
    expect([called, forgotten.sort()]).toEqual([[], [1, 2]]);
    expect([core.weakrefCount(referent), core.weakrefAfter(referent, 0)]).toEqual([1, shared]);
  });

  test("what a finalizer reaches is whole, however large", () => {
    const kept: number[] = [];
    const { core, node, loud } = start(build, {
      finalize: (object) => {
        if (kept.length === 0 && core.incref(object)) kept.push(object);
        expect(core.verify()).toBe(0);
      },
    });
    const large = core.alloc(core.defineType(4 * MANY, MANY, TYPE_HAS_FINALIZER));
    for (let slot = 1; slot < MANY; slot++) {
      const [item, inner] = [core.alloc(node), core.alloc(node)];
      core.setRef(item, 0, inner);
      core.setRef(large, slot, item);
      for (const object of [item, inner]) core.decref(object);
    }
    strand(core, large);
    litter(core, loud, 20);
    finish(core);
    expect(kept).toEqual([large]);
    const inners = Array.from({ length: MANY - 1 }, (_, i) => core.getRef(core.getRef(large, i + 1), 0));
    expect(inners.every((inner) => core.typeOf(inner) === node)).toBe(true);
  });

  test("a cycle that has decided ends when pauses become unbounded: each finalizer runs", () => {
    let ran = 0;
    const { core, loud } = start(build, { finalize: () => void ran++ });
    litter(core, loud);
    stepUntil(core, 20, () => core.phase() === PHASE_GATHERING);
    core.setBounded(0);
    expect([core.verify(), core.phase(), ran]).toEqual([0, PHASE_IDLE, 300]);
    core.collect(2);
    expect([core.verify(), liveObjects(core), ran]).toEqual([0, IMMORTALS, 300]);
  });

  test("an object whose finalizer takes it out of its circle dies of that", () => {
    const { core, loud } = start(build, { finalize: (object) => core.setRef(object, 1, 0) });
    litter(core, loud);
    finish(core);
    expect([core.waiting(), liveObjects(core)]).toEqual([0, IMMORTALS]);
  });

  test("a large list that other garbage behind it holds is swept once", () => {
    const { core, node } = start(build);
    const list = core.newList(0);
    const items = Array.from({ length: MANY }, () => core.alloc(node));
    for (const item of items) {
      core.listAppend(list, item);
      core.decref(item);
    }
    const behind = core.alloc(core.defineType(4000, 2, 0));
    expect(behind >>> 0).toBeGreaterThan(list >>> 0);
    core.setRef(behind, 0, list);
    core.listAppend(list, behind);
    core.decref(list);
    core.decref(behind);
    finish(core);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("each cycle tells how many it collected, and those that died of their callback with it", () => {
    const told: number[] = [];
    const { core, node } = start(build, {
      callback: (weakref) => core.decref(weakref),
      collection: (event, _, collected) => void (event === CYCLE_ENDS && told.push(collected)),
    });
    litter(core, node, 10);
    finish(core);
    const object = core.alloc(node);
    core.newWeakref(object, 1);
    strand(core, object);
    finish(core);
    core.decref(core.alloc(node));
    core.alloc(node);
    finish(core);
    expect(told).toEqual([10, 2, 0]);
    // Nothing has grown old since: there is no reason for another.
    expect([core.step(1000), core.phase()]).toEqual([0, PHASE_IDLE]);
  });

  test("the first object that grows old after the snapshot lives", () => {
    const { core, node } = start(build);
    litter(core, node);
    core.alloc(node);
    stepUntil(core, 20, () => core.phase() === PHASE_DRAINING);
    const object = core.alloc(node);
    core.collect(1);
    finish(core, 20);
    expect(core.typeOf(object)).toBe(node);
  });

  test("what a frozen object holds can be got at, however late that was frozen", () => {
    const { core, node } = start(build);
    const [leaf, holder] = [core.newFloat(0.5), core.alloc(node)];
    const weakref = core.newWeakref(leaf, 0);
    core.setRef(holder, 0, leaf);
    core.decref(leaf);
    litter(core, node);
    strand(core, holder, 1);
    stepUntil(core, 20, () => core.phase() === PHASE_DRAINING);
    core.freeze();
    for (let phase = core.phase(); phase !== PHASE_IDLE; phase = core.phase()) {
      core.step(20);
      const target = core.weakrefTarget(weakref);
      expect(target, `in phase ${phase}`).toBe(leaf);
      core.decref(target);
      expect(core.verify()).toBe(0);
    }
  });
});
