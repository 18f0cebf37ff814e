// What death/hooks.ts promises: hooks may do anything, none is lost, and nothing that they move is used afterwards.

import { describe, expect, test } from "vitest";
import { FIRST_USER_TYPE, TYPE_HAS_FINALIZER, TYPE_WEAKMAP } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";
import type { Build, Core, Hooks } from "../support/core.js";

const MODES = BUILDS.flatMap((build) => [[build, "at once"] as const, [build, "in slices"] as const]);

function start(build: Build, mode: string, hooks: Partial<Hooks> = {}): Core {
  const core = startCore(build, hooks);
  core.setBounded(mode === "in slices" ? 1 : 0);
  return core;
}

/** Lets all that waits come to its end. */
function settle(core: Core): void {
  core.settle();
  for (let turns = 0; core.waiting(); turns++) {
    if (turns > 1000) throw new Error("what waits does not end");
    core.step(1_000_000);
  }
}

describe.each(MODES)("hooks, %s build, deaths %s", (build, mode) => {
  test("a finalizer without room on the stack is deferred: its object reads null through weak references, and it runs later", () => {
    let hasRoom = true;
    let runs = 0;
    const core = start(build, mode, { hasRoom: () => hasRoom, finalize: () => void runs++ });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const object = core.alloc(type);
    const weakref = core.newWeakref(object, 0);
    hasRoom = false;
    core.decref(object);
    expect(runs).toBe(0);
    expect(core.waiting()).toBe(1);
    expect(core.weakrefTarget(weakref)).toBe(0);
    expect(core.verify()).toBe(0);
    expect(core.collect(2)).toBe(0);
    expect(core.step(1000)).toBeFalsy();
    hasRoom = true;
    const births = Array.from({ length: 300 }, () => core.alloc(core.defineType(8, 2, 0)));
    expect(runs).toBe(1);
    expect(core.waiting()).toBe(0);
    births.forEach((birth) => core.decref(birth));
    core.decref(weakref);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("a callback without room on the stack is deferred with its weak reference, in order", () => {
    let hasRoom = true;
    const called: number[] = [];
    const core = start(build, mode, { hasRoom: () => hasRoom, callback: (_, id) => void called.push(id) });
    const leaf = core.newFloat(1.5);
    const weakrefs = [1, 2, 3].map((id) => core.newWeakref(leaf, id));
    hasRoom = false;
    core.decref(leaf);
    expect(called).toEqual([]);
    expect(core.verify()).toBe(0);
    hasRoom = true;
    core.collect(2);
    expect(called).toEqual([3, 2, 1]);
    weakrefs.forEach((weakref) => core.decref(weakref));
    settle(core);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test.each([300, 1000])(
    "a finalizer may take %i references to its object and its neighbours, and give them back",
    (count) => {
      const type = FIRST_USER_TYPE;
      const taken: number[] = [];
      const core = start(build, mode, {
        finalize: (object) => {
          const neighbour = core.getRef(object, 0);
          for (const target of [object, neighbour])
            for (let i = 0; i < count; i++) if (target && core.incref(target)) taken.push(target);
          expect(core.verify()).toBe(0);
        },
      });
      expect(core.defineType(8, 2, TYPE_HAS_FINALIZER)).toBe(type);
      for (const isCycle of [false, true]) {
        const [a, b] = [core.alloc(type), core.alloc(type)];
        core.setRef(a, 0, b);
        if (isCycle) core.setRef(b, 0, a);
        core.decref(b);
        core.decref(a);
        core.collect(2);
        expect(core.verify()).toBe(0);
        expect(taken.length).toBeGreaterThanOrEqual(2 * count);
        for (const target of taken.splice(0)) core.decref(target);
        // The neighbour's own finalizer may have run only now.
        for (const target of taken.splice(0)) core.decref(target);
        core.collect(2);
        for (const target of taken.splice(0)) core.decref(target);
        core.collect(2);
        settle(core);
        expect(core.verify()).toBe(0);
        expect(liveObjects(core)).toBe(IMMORTALS);
      }
    },
  );

  test("a finalizer may define types until their table moves", () => {
    const core = start(build, mode, {
      finalize: () => {
        for (let i = 0; i < 100; i++) core.defineType(8, 2, 0);
      },
    });
    const type = core.defineType(16, 3, TYPE_HAS_FINALIZER);
    const child = core.alloc(core.defineType(8, 2, 0));
    for (let i = 0; i < 3; i++) {
      const parent = core.alloc(type);
      for (let slot = 0; slot < 3; slot++) core.setRef(parent, slot, child);
      expect(core.refcount(child)).toBe(4);
      core.decref(parent);
      settle(core);
      expect(core.refcount(child)).toBe(1);
      expect(core.verify()).toBe(0);
    }
  });

  test("finalizers that collect, step and kill inside one another all run, nested to a bounded depth", () => {
    let runs = 0;
    let depth = 0;
    let deepest = 0;
    const objects: number[] = [];
    const core = start(build, mode, {
      finalize: () => {
        deepest = Math.max(deepest, ++depth);
        runs++;
        core.collect(runs % 3);
        core.step(500);
        const next = objects.pop();
        if (next) core.decref(next);
        depth--;
      },
    });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const list = core.newList(0);
    for (let i = 0; i < 600; i++) {
      const object = core.alloc(type);
      if (i % 2) core.listAppend(list, object);
      if (i % 2) core.decref(object);
      else objects.push(object);
    }
    core.decref(list);
    while (objects.length) core.decref(objects.pop() as number);
    settle(core);
    expect(runs).toBe(600);
    expect(deepest).toBeLessThanOrEqual(50);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("a chain of weak map entries and a chain of weak maps die without recursion, however long", () => {
    const core = start(build, mode);
    const length = build === "release" ? 50_000 : 5_000;
    const type = core.defineType(8, 2, 0);
    const map = core.newWeakMap(0);
    const first = core.alloc(type);
    let key = first;
    for (let i = 0; i < length; i++) {
      const value = core.alloc(type);
      core.weakMapSet(map, key, value);
      if (i) core.decref(key);
      key = value;
    }
    core.decref(key);
    core.decref(first);
    settle(core);
    core.decref(map);
    const anchor = core.alloc(type);
    let inner = core.newWeakMap(0);
    for (let i = 0; i < length / 10; i++) {
      const outer = core.newWeakMap(0);
      core.weakMapSet(outer, anchor, inner);
      core.decref(inner);
      inner = outer;
    }
    expect(core.typeOf(inner)).toBe(TYPE_WEAKMAP);
    core.decref(inner);
    settle(core);
    core.decref(anchor);
    settle(core);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("a dying leaf cannot be reached through its weak references", () => {
    const seen: number[] = [];
    let weakref = 0;
    const core = start(build, mode, { finalize: () => void seen.push(core.weakrefTarget(weakref)) });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const map = core.newWeakMap(0);
    const key = core.newFloat(0.5);
    weakref = core.newWeakref(key, 0);
    const value = core.alloc(type);
    core.weakMapSet(map, key, value);
    core.decref(value);
    core.decref(key);
    settle(core);
    expect(seen).toEqual([0]);
    core.decref(weakref);
    core.decref(map);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });
});
