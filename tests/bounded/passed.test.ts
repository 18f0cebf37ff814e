// Objects that the walk of a cycle has passed and not reached, which only something ahead of it leads to: they die, and
// a hook of theirs goes on with the cycle; or they are frozen.

import { describe, expect, test } from "vitest";
import { PHASE_GATHERING, PHASE_IDLE, PHASE_WALKING, TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, fieldOf, liveObjects, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";

class World {
  readonly core: Core;
  readonly node: number;
  readonly loud: number;
  /** What a finalizer does. */
  onFinalize = (_object: number): void => undefined;

  constructor(build: Build) {
    this.core = startCore(build, {
      finalize: (object) => {
        this.onFinalize(object >>> 0);
      },
    });
    this.core.setThresholds(1_000_000_000, 10, 10);
    this.core.setBounded(1);
    this.node = this.core.defineType(8, 2, 0);
    this.loud = this.core.defineType(8, 2, TYPE_HAS_FINALIZER);
  }

  create(type = this.node): number {
    return this.core.alloc(type) >>> 0;
  }

  /** Gives a reference away. */
  give(object: number, to: (object: number) => unknown): number {
    to(object);
    this.core.decref(object);
    return object;
  }

  /** An object on a page behind all others: no other is as large. */
  createBehind(): number {
    return this.create(this.core.defineType(1600, 2, 0));
  }

  /** Begins a cycle, and goes on until it has passed all that is low and has not come to what is high. */
  passBy(low: readonly number[], high: number): void {
    while (this.core.phase() < PHASE_WALKING || fieldOf(this.core, "cursor") <= Math.max(...low)) this.core.step(1);
    expect(this.core.phase()).toBe(PHASE_WALKING);
    expect(fieldOf(this.core, "cursor") >>> 16).toBeLessThan(high >>> 16);
    this.verify();
  }

  /** Goes on with the cycle until it has decided what is dead. */
  decide(): void {
    this.stepWhile(() => this.core.phase() < PHASE_GATHERING);
    expect(this.core.phase()).toBe(PHASE_GATHERING);
  }

  /** Goes on with the cycle to its end. */
  finish(): void {
    this.stepWhile(() => this.core.phase() !== PHASE_IDLE);
  }

  private stepWhile(isUnderWay: () => boolean): void {
    for (let steps = 0; isUnderWay(); steps++) {
      if (steps > 2000) throw new Error("the cycle does not come to that");
      this.core.step(20);
      this.verify();
    }
  }

  /** What a weak reference refers to; 0 = nothing any more. */
  read(weakref: number): number {
    return this.core.weakrefTarget(weakref) >>> 0;
  }

  verify(): void {
    expect(this.core.verify()).toBe(0);
  }
}

interface Holder {
  object: number;
  /** Lives longer: the other half of a weak map's entries. */
  others?: number[];
}
type Hold = (world: World, first: number, second: number) => Holder;

/** What holds two objects, the first of which dies with it before the second. */
const HOLDERS: Record<string, Hold> = {
  "a struct": (world, first, second) => {
    const object = world.create();
    world.core.setRef(object, 0, first);
    world.core.setRef(object, 1, second);
    return { object };
  },
  "a struct with a finalizer": (world, first, second) => {
    const object = world.create(world.loud);
    world.core.setRef(object, 0, first);
    world.core.setRef(object, 1, second);
    return { object };
  },
  "a struct of many slots": (world, first, second) => {
    const object = world.create(world.core.defineType(4000, 1000, 0));
    world.core.setRef(object, 300, first);
    world.core.setRef(object, 900, second);
    return { object };
  },
  "a list": (world, first, second) => {
    const object = world.core.newList(0) >>> 0;
    for (const item of [second, first]) world.core.listAppend(object, item);
    return { object };
  },
  "a tuple": (world, first, second) => {
    const object = world.core.newTuple(2) >>> 0;
    [second, first].forEach((item, i) => {
      world.core.tupleInit(object, i, item);
    });
    return { object };
  },
  "a dict": (world, first, second) => {
    const object = world.core.newDict(0) >>> 0;
    [first, second].forEach((item, i) => {
      world.give(world.core.newInt(i, 0, 0), (key) => world.core.dictSet(object, key, item));
    });
    return { object };
  },
  "a key of weak maps": (world, first, second) => {
    const object = world.create();
    const maps = [second, first].map((value) => {
      const map = world.core.newWeakMap(0) >>> 0;
      world.core.weakMapSet(map, object, value);
      return map;
    });
    return { object, others: maps };
  },
  "a weak map": (world, first, second) => {
    const object = world.core.newWeakMap(0) >>> 0;
    const keys = [second, first].map((value) => {
      const key = world.create();
      world.core.weakMapSet(object, key, value);
      return key;
    });
    return { object, others: keys };
  },
};

describe.each(BUILDS)("objects that a cycle has passed without reaching them, %s core", (build) => {
  test.each(Object.entries(HOLDERS))(
    "%s dies, and a finalizer of an object that dies with it ends the marking",
    (_, hold) => {
      const world = new World(build);
      const { core } = world;
      const [first, second] = [world.create(world.loud), world.create()];
      const inner = world.give(world.create(), (object) => core.setRef(second, 0, object));
      const weakrefs = [second, inner].map((object) => core.newWeakref(object, 0) >>> 0);
      const { object, others = [] } = hold(world, first, second);
      const high = world.createBehind();
      core.setRef(high, 0, object);
      core.collect(1);
      for (const held of [first, second, object]) core.decref(held);
      world.passBy([first, second, inner, object, ...weakrefs, ...others], high);
      let seen: number[] = [];
      world.onFinalize = (finalized) => {
        if (finalized !== first) return;
        world.verify();
        world.decide();
        seen = weakrefs.map((weakref) => world.read(weakref));
        world.finish();
      };
      core.setRef(high, 0, 0);
      expect(seen).toEqual([second, inner]);
      expect(weakrefs.map((weakref) => world.read(weakref))).toEqual([0, 0]);
      world.verify();
      for (const held of [...weakrefs, ...others, high]) core.decref(held);
      core.collect(2);
      expect(liveObjects(core)).toBe(IMMORTALS);
    },
  );

  test("garbage that is frozen before the cycle decides what is dead stays alive", () => {
    const world = new World(build);
    const { core } = world;
    const [object, inner] = [world.create(), world.create()];
    core.setRef(object, 0, object);
    core.setRef(object, 1, inner);
    const weakref = core.newWeakref(object, 0) >>> 0;
    const high = world.createBehind();
    core.collect(1);
    for (const held of [object, inner]) core.decref(held);
    world.passBy([object, inner, weakref], high);
    core.freeze();
    world.decide();
    expect(world.read(weakref)).toBe(object);
    world.finish();
    expect(world.read(weakref)).toBe(object);
    expect([core.typeOf(object), core.typeOf(inner)]).toEqual([world.node, world.node]);
    core.unfreeze();
    expect(core.collect(2)).toBe(2);
    expect(world.read(weakref)).toBe(0);
    world.verify();
  });
});
