// Garbage without finalizers and weak references dies all at once (heap/mass-death.ts): what is left, and what
// is told of it, is as if each object had died by itself.

import { describe, expect, test } from "vitest";
import { TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, liveObjects, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";

const SIZE = 40;

/** Objects of three slots, the first of which leads to the next; `fill` sees each. Owned. */
function makeRing(core: Core, type: number, fill: (object: number, index: number) => void): number[] {
  const ring = Array.from({ length: SIZE }, () => core.alloc(type) >>> 0);
  ring.forEach((object, i) => {
    core.setRef(object, 0, ring[(i + 1) % SIZE] as number);
    fill(object, i);
  });
  return ring;
}

/** Puts an owned object into a slot, which takes the reference over. */
function give(core: Core, object: number, slot: number, value: number): void {
  core.setRef(object, slot, value);
  core.decref(value);
}

/** Interned string with this word for text. Owned. */
function internWord(core: Core, word: number): number {
  core.setWord(core.borrowedText(), word);
  return core.intern(core.borrowStr(4)) >>> 0;
}

/** Makes all that lives as old as a collection of `generation` looks at. */
function age(core: Core, generation: number): void {
  for (let i = 0; i < generation; i++) core.collect(i);
}

function liveBytes(core: Core): number {
  core.census();
  return core.liveBytes();
}

function start(build: Build, hooks = {}): { core: Core; type: number } {
  const core = startCore(build, hooks);
  core.setEnabled(0);
  const type = core.defineType(12, 3, 0);
  core.collect(2);
  return { core, type };
}

describe.each(BUILDS)("silent garbage, %s build", (build) => {
  describe.each([0, 1, 2])("in a collection of generation %i", (generation) => {
    test("frees the objects that only it refers to, keeps those held by others, and counts every byte", () => {
      const { core, type } = start(build);
      const big = core.defineType(200_000, 1, 0);
      const kept = internWord(core, 0x61616161);
      const keptObject = core.alloc(type) >>> 0;
      const before = liveObjects(core);
      const ring = makeRing(core, type, (object, i) => {
        const list = core.newList(i * 50) >>> 0;
        const dict = core.newDict(0) >>> 0;
        const large = core.alloc(big) >>> 0;
        const key = core.newStr(i) >>> 0;
        core.setRef(large, 0, object);
        core.dictSet(dict, key, list);
        core.dictSet(dict, kept, keptObject);
        for (const item of [object, kept, keptObject, large]) core.listAppend(list, item);
        core.decref(large);
        core.decref(key);
        give(core, object, 1, dict);
        give(core, object, 2, list);
      });
      age(core, generation);
      for (const object of ring) core.decref(object);
      expect(core.verify()).toBe(0);
      const bytes = liveBytes(core);
      // Of each round: the object, its dict, its list, the large one. Its key is not tracked.
      expect(core.collect(generation)).toBe(SIZE * 4);
      expect(core.verify()).toBe(0);
      expect(core.freedBytes()).toBe(bytes - liveBytes(core));
      expect(liveObjects(core)).toBe(before);
      expect([core.internedCount(), core.refcount(kept), core.refcount(keptObject)]).toEqual([1, 1, 1]);
    });

    test("drops an older object, whose finalizer runs once, sees a valid heap, and may keep it", () => {
      let calls = 0;
      const { core, type } = start(build, {
        finalize(object: number) {
          calls++;
          expect(core.verify()).toBe(0);
          expect(core.collect(2)).toBe(0);
          core.incref(object);
        },
      });
      const elder = core.alloc(core.defineType(4, 1, TYPE_HAS_FINALIZER)) >>> 0;
      age(core, 2);
      const ring = makeRing(core, type, (object) => {
        core.setRef(object, 1, elder);
      });
      for (const object of [...ring, elder]) core.decref(object);
      expect(core.collect(generation)).toBe(SIZE);
      expect([calls, core.refcount(elder), core.verify()]).toEqual([1, 1, 0]);
      core.decref(elder);
      expect([calls, core.typeOf(elder), core.verify()]).toEqual([1, 0, 0]);
    });

    test("drops an object without slots, whose weak reference is called in a valid heap", () => {
      const called: number[] = [];
      const { core, type } = start(build, {
        callback(_: number, id: number) {
          called.push(id);
          expect(core.verify()).toBe(0);
        },
      });
      const leaf = core.alloc(core.defineType(8, 0, 0)) >>> 0;
      const weakref = core.newWeakref(leaf, 7);
      const ring = makeRing(core, type, (object) => {
        core.setRef(object, 2, leaf);
      });
      for (const object of [...ring, leaf]) core.decref(object);
      expect(core.collect(generation)).toBe(SIZE);
      expect([called, core.weakrefTarget(weakref), core.typeOf(leaf), core.verify()]).toEqual([[7], 0, 0, 0]);
    });

    test("drops a chain of older objects of any length, and interned strings", () => {
      const { core, type } = start(build);
      const before = liveObjects(core);
      let head = core.alloc(type) >>> 0;
      for (let i = 0; i < 20_000; i++) {
        const next = core.alloc(type) >>> 0;
        give(core, next, 1, head);
        head = next;
      }
      age(core, 2);
      const ring = makeRing(core, type, (object, i) => {
        give(core, object, 1, internWord(core, i));
      });
      core.setRef(ring[5] as number, 2, head);
      for (const object of [...ring, head]) core.decref(object);
      expect(core.collect(generation)).toBe(generation === 2 ? SIZE + 20_001 : SIZE);
      expect([liveObjects(core), core.internedCount(), core.verify()]).toEqual([before, 0, 0]);
    });

    test("is freed while another object is dying and holds the rest of its slots", () => {
      const found: number[] = [];
      const { core, type } = start(build, {
        finalize() {
          const ring = makeRing(core, type, () => undefined);
          for (const object of ring) core.decref(object);
          found.push(core.collect(generation), core.verify(), core.typeOf(last));
        },
      });
      const parent = core.alloc(type) >>> 0;
      give(core, parent, 0, core.alloc(core.defineType(4, 1, TYPE_HAS_FINALIZER)));
      const last = core.alloc(type) >>> 0;
      give(core, parent, 2, last);
      core.decref(parent);
      expect(found).toEqual([SIZE, 0, type]);
      expect([core.typeOf(last), core.verify()]).toEqual([0, 0]);
    });
  });

  test("returns its empty pages to other uses", () => {
    const { core, type } = start(build);
    const used = core.usedPageBytes();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 500; i++) for (const object of makeRing(core, type, () => undefined)) core.decref(object);
      expect(core.collect(2)).toBe(500 * SIZE);
      expect(core.verify()).toBe(0);
      core.census();
      expect(core.usedPageBytes()).toBeLessThanOrEqual(used + 2 * 65536);
    }
  });

  test("a frozen object dies if garbage held the last reference to it", () => {
    const { core, type } = start(build);
    const frozen = core.alloc(type) >>> 0;
    core.freeze();
    const [first, ...rest] = makeRing(core, type, () => undefined) as [number, ...number[]];
    give(core, first, 1, frozen);
    for (const object of [first, ...rest]) core.decref(object);
    expect(core.collect(2)).toBe(SIZE);
    expect([core.typeOf(frozen), core.verify()]).toEqual([0, 0]);
  });

  test("drops its references, however many there are", () => {
    const { core, type } = start(build);
    const large = core.alloc(core.defineType(200_000, 2, 0)) >>> 0;
    const held = core.alloc(type) >>> 0;
    core.setRef(large, 0, held);
    core.setRef(large, 1, large);
    core.decref(large);
    expect(core.collect(2)).toBe(1);
    expect([core.refcount(held), core.verify()]).toEqual([1, 0]);
  });
});
