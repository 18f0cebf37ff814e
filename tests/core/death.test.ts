import { describe, expect, test } from "vitest";
import { TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";

describe.each(BUILDS)("death, %s build", (build) => {
  test("an object dies with its last reference, together with all objects that only it refers to", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    const parent = core.alloc(type);
    const child = core.alloc(type);
    core.setRef(parent, 0, child);
    core.setRef(parent, 1, child);
    core.decref(child);
    expect(core.refcount(child)).toBe(2);
    expect(core.roots(child)).toBe(0);
    core.decref(parent);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("a parent's finalizer runs before those of its children, which run in slot order, each with its referents alive", () => {
    const order: number[] = [];
    const core = startCore(build, { finalize: (object) => order.push(object >>> 0) });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const [a, b, c, d] = [0, 0, 0, 0].map(() => core.alloc(type) >>> 0) as [number, number, number, number];
    core.setRef(a, 0, b);
    core.setRef(b, 0, c);
    core.setRef(a, 1, d);
    [b, c, d].forEach((object) => core.decref(object));
    core.decref(a);
    expect(order).toEqual([a, b, c, d]);
  });

  test("a list drops its last item first", () => {
    const order: number[] = [];
    const core = startCore(build, { finalize: (object) => order.push(object >>> 0) });
    const type = core.defineType(0, 0, TYPE_HAS_FINALIZER);
    const list = core.newList(0);
    const items = [1, 2, 3, 4, 5].map(() => core.alloc(type) >>> 0);
    items.forEach((item) => (core.listAppend(list, item), core.decref(item)));
    core.decref(list);
    expect(order).toEqual(items.reverse());
  });

  test("a finalizer that keeps its object resurrects it, and does not run again", () => {
    let runs = 0;
    const core = startCore(build, { finalize: (object) => (runs++, void core.incref(object)) });
    const object = core.alloc(core.defineType(4, 1, TYPE_HAS_FINALIZER));
    core.collect(2); // old, so that its return to generation 0 shows
    core.decref(object);
    expect(core.typeOf(object)).not.toBe(0);
    expect(core.trackedCount(0)).toBe(1);
    expect(core.verify()).toBe(0);
    core.decref(object);
    expect(core.typeOf(object)).toBe(0);
    expect(runs).toBe(1);
  });

  test("finalizers that each release the next object nest to a bounded depth, and all run", () => {
    const objects: number[] = [];
    let depth = 0;
    let deepest = 0;
    let runs = 0;
    const core = startCore(build, {
      finalize() {
        deepest = Math.max(deepest, ++depth);
        runs++;
        const next = objects.pop();
        if (next) core.decref(next);
        depth--;
      },
    });
    const type = core.defineType(0, 0, TYPE_HAS_FINALIZER);
    for (let i = 0; i < 20_000; i++) objects.push(core.alloc(type));
    core.decref(objects.pop() as number);
    expect(runs).toBe(20_000);
    expect(deepest).toBeLessThanOrEqual(51);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("callbacks that each release the next leaf nest to a bounded depth, and all run", () => {
    const leaves: number[] = [];
    let depth = 0;
    let deepest = 0;
    let runs = 0;
    const core = startCore(build, {
      callback() {
        deepest = Math.max(deepest, ++depth);
        runs++;
        const next = leaves.pop();
        if (next) core.decref(next);
        depth--;
      },
    });
    const leaf = core.defineType(8, 0, 0);
    for (let i = 0; i < 5000; i++) {
      leaves.push(core.alloc(leaf));
      core.newWeakref(leaves[i] as number, i + 1);
    }
    core.decref(leaves.pop() as number);
    expect(runs).toBe(5000);
    expect(deepest).toBeLessThanOrEqual(52);
    expect(core.verify()).toBe(0);
  });

  test("a finalizer deep inside a death may collect: objects still held by dying ones are safe", () => {
    const collected: number[] = [];
    const core = startCore(build, {
      finalize() {
        collected.push(core.collect(2));
        expect(core.verify()).toBe(0);
      },
    });
    const node = core.defineType(8, 2, 0);
    const loud = core.defineType(0, 0, TYPE_HAS_FINALIZER);
    let chain = 0;
    for (let i = 0; i < 100; i++) {
      const object = core.alloc(node);
      const bell = core.alloc(loud);
      core.setRef(object, 0, bell);
      core.decref(bell);
      if (chain) {
        core.setRef(object, 1, chain);
        core.decref(chain);
      }
      chain = object;
    }
    core.decref(chain);
    expect(liveObjects(core)).toBe(IMMORTALS);
    // The rest of the chain was held by the dying alone, and was no garbage.
    expect(collected).toEqual(Array.from({ length: 100 }, () => 0));
  });

  test("a collection inside a death never takes objects held by dying ones for garbage", () => {
    const events: string[] = [];
    const core = startCore(build, {
      finalize() {
        events.push("finalizer begins");
        core.collect(2);
        events.push("finalizer ends");
      },
      callback: () => void events.push("callback"),
    });
    const dying = core.alloc(core.defineType(8, 2, 0));
    const loud = core.alloc(core.defineType(0, 0, TYPE_HAS_FINALIZER));
    const held = core.alloc(core.defineType(4, 1, 0));
    core.newWeakref(held, 1);
    [loud, held].forEach((child, slot) => (core.setRef(dying, slot, child), core.decref(child)));
    core.decref(dying);
    expect(events).toEqual(["finalizer begins", "finalizer ends", "callback"]);
  });

  test("a list of a million objects dies without recursion", () => {
    const core = startCore(build);
    core.setEnabled(0);
    const type = core.defineType(8, 2, 0);
    let head = core.alloc(type);
    for (let i = 1; i < 1_000_000; i++) {
      const object = core.alloc(type);
      core.setRef(object, 1, head);
      core.decref(head);
      head = object;
    }
    core.decref(head);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("outside references beyond 254 are counted exactly, in a table that empties again", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    const objects = Array.from({ length: 40 }, () => core.alloc(type));
    for (const object of objects) for (let i = 1; i < 1000; i++) core.incref(object);
    for (const object of objects) expect([core.refcount(object), core.roots(object)]).toEqual([1000, 1000]);
    expect(core.verify()).toBe(0);
    for (const object of objects) for (let i = 0; i < 999; i++) core.decref(object);
    for (const object of objects) expect([core.refcount(object), core.roots(object)]).toEqual([1, 1]);
    expect(core.verify()).toBe(0);
    objects.forEach((object) => core.decref(object));
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("a reference beyond the maximal count makes an object immortal, from outside or in a slot", () => {
    for (const isSlot of [true, false]) {
      const core = startCore(build);
      const type = core.defineType(8, 2, 0);
      const [holder, object] = [core.alloc(type), core.alloc(type)];
      for (let i = 0; i < 300; i++) core.incref(object);
      // As if 2^31 - 302 more had been counted.
      core.setWord(object, 0x7fffffff);
      if (isSlot) core.setRef(holder, 0, object);
      else core.incref(object);
      expect(core.refcount(object) >>> 0).toBe(0xc0000000);
      expect(core.verify()).toBe(0);
      core.setRef(holder, 0, 0);
      core.decref(object);
      expect(core.refcount(object) >>> 0).toBe(0xc0000000);
      expect(core.verify()).toBe(0);
    }
  });

  test("the refcount of an immortal object does not change", () => {
    const core = startCore(build);
    const none = core.none();
    const before = core.refcount(none);
    core.decref(none);
    core.incref(none);
    core.incref(none);
    const list = core.newList(0);
    core.listAppend(list, none);
    core.decref(list);
    expect(core.refcount(none)).toBe(before);
    expect(core.verify()).toBe(0);
  });
});
