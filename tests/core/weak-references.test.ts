import { describe, expect, test } from "vitest";
import { TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";

describe.each(BUILDS)("weak references, %s build", (build) => {
  test("the one without a callback is shared, those with one are not", () => {
    const core = startCore(build);
    const object = core.alloc(core.defineType(8, 2, 0));
    const first = core.newWeakref(object, 0);
    expect(core.newWeakref(object, 0)).toBe(first);
    expect(core.newWeakref(object, 1)).not.toBe(core.newWeakref(object, 2));
    expect(core.weakrefCount(object)).toBe(3);
    // However many with a callback came since.
    expect(core.newWeakref(object, 0)).toBe(first);
    expect(core.verify()).toBe(0);
  });

  test("callbacks run newest first, once, after all weak references are dead", () => {
    const called: number[] = [];
    const core = startCore(build, {
      callback(_, id) {
        called.push(id);
        expect(weakrefs.map((weakref) => core.weakrefTarget(weakref))).toEqual([0, 0, 0, 0]);
        expect(core.verify()).toBe(0);
      },
    });
    const object = core.alloc(core.defineType(8, 2, 0));
    const weakrefs = [0, 1, 2, 3].map((id) => core.newWeakref(object, id));
    core.decref(object);
    expect(called).toEqual([3, 2, 1]);
  });

  test("in a death no weak reference dies before the last callback has run", () => {
    const events: string[] = [];
    const core = startCore(build, {
      callback(weakref, id) {
        events.push(`call ${id}`);
        core.decref(weakref);
        events.push(`collected ${core.collect(2)}`);
        expect(core.verify()).toBe(0);
      },
      forget: (id) => events.push(`forget ${id}`),
    });
    const object = core.alloc(core.defineType(8, 2, 0));
    for (const id of [1, 2]) core.newWeakref(object, id);
    core.decref(object);
    expect(events).toEqual(["call 2", "collected 0", "call 1", "collected 0", "forget 2", "forget 1"]);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("the callback of a released weak reference is not called, and the host forgets it", () => {
    const called: number[] = [];
    const forgotten: number[] = [];
    const core = startCore(build, { callback: (_, id) => called.push(id), forget: (id) => forgotten.push(id) });
    const object = core.alloc(core.defineType(8, 2, 0));
    core.decref(core.newWeakref(object, 7));
    core.decref(object);
    expect([called, forgotten]).toEqual([[], [7]]);
  });

  test("in a death the finalizer runs first, and the weak reference lives through a resurrection", () => {
    const events: string[] = [];
    let keep = true;
    const core = startCore(build, {
      finalize(object) {
        events.push("finalizer");
        if (keep) core.incref(object);
      },
      callback: () => void events.push("callback"),
    });
    const object = core.alloc(core.defineType(8, 2, TYPE_HAS_FINALIZER));
    const weakref = core.newWeakref(object, 1);
    core.decref(object);
    expect(core.weakrefTarget(weakref) >>> 0).toBe(object >>> 0);
    keep = false;
    core.decref(object);
    expect(events).toEqual(["finalizer", "callback"]);
    expect(core.weakrefTarget(weakref)).toBe(0);
  });

  test("in a collection callbacks run first; weak references without one read the object during its finalizer", () => {
    const events: string[] = [];
    const core = startCore(build, {
      finalize() {
        const target = core.weakrefTarget(plain);
        events.push(`finalizer, ${target ? "alive" : "dead"}`);
      },
      callback: () => void events.push("callback"),
    });
    const object = core.alloc(core.defineType(8, 2, TYPE_HAS_FINALIZER));
    const plain = core.newWeakref(object, 0);
    core.newWeakref(object, 1);
    core.setRef(object, 0, object);
    core.decref(object);
    expect(core.collect(2)).toBe(1);
    expect(events).toEqual(["callback", "finalizer, alive"]);
    expect(core.weakrefTarget(plain)).toBe(0);
  });

  test("a weak reference that is garbage itself calls nothing", () => {
    const called: number[] = [];
    const core = startCore(build, { callback: (_, id) => called.push(id) });
    const type = core.defineType(8, 2, 0);
    const object = core.alloc(type);
    const weakref = core.newWeakref(object, 1);
    core.setRef(object, 0, object);
    core.setRef(object, 1, weakref);
    core.decref(weakref);
    core.decref(object);
    expect(core.collect(2)).toBe(2);
    expect(called).toEqual([]);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("a weak reference that is garbage calls nothing when objects die because garbage is cleared", () => {
    const called: number[] = [];
    const core = startCore(build, { callback: (_, id) => called.push(id) });
    const object = core.alloc(core.defineType(12, 3, 0));
    const leaf = core.alloc(core.defineType(8, 0, 0));
    const weakref = core.newWeakref(leaf, 1);
    [leaf, weakref, object].forEach((held, slot) => (core.setRef(object, slot, held), core.decref(held)));
    expect(core.collect(2)).toBe(2);
    expect(called).toEqual([]);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("after garbage is cleared, no weak reference leads to it, not even in a callback", () => {
    const seen: number[] = [];
    const core = startCore(build, { callback: () => seen.push(core.weakrefTarget(plain)) });
    const object = core.alloc(core.defineType(8, 2, 0));
    const plain = core.newWeakref(object, 0);
    const leaf = core.alloc(core.defineType(8, 0, 0));
    core.newWeakref(leaf, 1);
    core.setRef(object, 0, leaf);
    core.setRef(object, 1, object);
    core.decref(leaf);
    core.decref(object);
    expect(core.collect(2)).toBe(1);
    expect(seen).toEqual([0]);
    expect(core.verify()).toBe(0);
  });

  test("a weak reference that dies of its own callback counts as collected", () => {
    const core = startCore(build, { callback: (weakref) => core.decref(weakref) });
    const object = core.alloc(core.defineType(8, 2, 0));
    core.newWeakref(object, 1);
    core.setRef(object, 0, object);
    core.decref(object);
    expect(core.collect(2)).toBe(2);
  });

  test("a collection calls the weak references to all of its garbage", () => {
    const called: number[] = [];
    const core = startCore(build, { callback: (_, id) => called.push(id) });
    const type = core.defineType(8, 2, 0);
    for (const ids of [[1, 2, 3], [4, 5], [6]]) {
      const object = core.alloc(type);
      for (const id of ids) core.newWeakref(object, id);
      core.setRef(object, 0, object);
      core.decref(object);
    }
    expect(core.collect(2)).toBe(3);
    expect(called.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("a weak reference whose callback a collection calls moves to the generation of the survivors", () => {
    for (const generation of [0, 1]) {
      const core = startCore(build, { finalize: (object) => core.incref(object) });
      const object = core.alloc(core.defineType(8, 2, TYPE_HAS_FINALIZER));
      core.newWeakref(object, 1);
      core.collect(1);
      // Its finalizer brings the object back: it is young again, and the weak reference is not.
      core.decref(object);
      expect([0, 1, 2].map((each) => core.trackedCount(each))).toEqual([1, 0, 1]);
      core.setRef(object, 0, object);
      core.decref(object);
      expect(core.collect(generation)).toBe(1);
      expect([0, 1, 2].map((each) => core.trackedCount(each))).toEqual([0, 1 - generation, generation]);
      expect(core.verify()).toBe(0);
    }
  });

  test("if all weak references die before the finalizers, those that are garbage read null in them, too", () => {
    const seen: number[] = [];
    const core = startCore(build, { finalize: () => void seen.push(core.weakrefTarget(weakref)) });
    core.setClearsAllWeakrefs(1);
    const referent = core.alloc(core.defineType(8, 2, 0));
    const object = core.alloc(core.defineType(8, 2, TYPE_HAS_FINALIZER));
    const weakref = core.newWeakref(referent, 0);
    [weakref, object].forEach((held, slot) => (core.setRef(object, slot, held), core.decref(held)));
    core.collect(2);
    expect(seen).toEqual([0]);
    expect(core.verify()).toBe(0);
  });

  test("the last weak reference to an object that is also a key leaves it a key", () => {
    const core = startCore(build);
    const [map, key] = [core.newWeakMap(0), core.alloc(core.defineType(8, 2, 0))];
    core.weakMapSet(map, key, core.none());
    core.decref(core.newWeakref(key, 0));
    expect(core.weakMapFind(map, key)).not.toBe(0);
    expect(core.verify()).toBe(0);
    core.decref(key);
    expect(core.weakMapEntryAfter(map, 0)).toBe(0);
  });

  test("a dead weak reference is found in a dict by its stored hash", () => {
    const core = startCore(build);
    const [dict, referent] = [core.newDict(0), core.newFloat(0.5)];
    const weakref = core.newWeakref(referent, 0);
    core.dictSet(dict, weakref, core.none());
    const entry = core.tableFind(dict, weakref);
    core.decref(referent);
    expect(core.weakrefTarget(weakref)).toBe(0);
    expect(core.tableFind(dict, weakref)).toBe(entry);
    expect(core.verify()).toBe(0);
  });

  test("thousands of referents are created and freed", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    const objects = Array.from({ length: 3000 }, () => core.alloc(type));
    const weakrefs = objects.map((object) => core.newWeakref(object, 0));
    expect(core.verify()).toBe(0);
    objects.forEach((object, i) => i % 3 && core.decref(object));
    expect(core.verify()).toBe(0);
    weakrefs.forEach((weakref, i) => {
      const target = core.weakrefTarget(weakref);
      expect(target !== 0).toBe(i % 3 === 0);
      core.decref(weakref);
    });
    objects.forEach((object, i) => i % 3 || core.decref(object));
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });
});
