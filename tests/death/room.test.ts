// Whatever may run hooks asks anew whether the host's stack has room for them: what the last one was told says nothing.

import { describe, expect, test } from "vitest";
import { TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, fieldOf, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";

/** Values of `control.room`. */
const ROOM = 1;
const NO_ROOM = 2;
/** Objects in a list whose death goes in slices. */
const MANY = 3000;

class World {
  readonly core: Core;
  readonly finalized = new Set<number>();
  hasRoom = true;
  private readonly loud: number;
  private readonly node: number;

  constructor(build: Build, isBounded: boolean) {
    this.core = startCore(build, {
      hasRoom: () => this.hasRoom,
      finalize: (object) => void this.finalized.add(object >>> 0),
    });
    this.core.setThresholds(1_000_000_000, 10, 10);
    this.core.setBounded(isBounded ? 1 : 0);
    this.loud = this.core.defineType(8, 2, TYPE_HAS_FINALIZER);
    this.node = this.core.defineType(8, 2, 0);
  }

  createLoud(): number {
    return this.core.alloc(this.loud) >>> 0;
  }

  createNode(): number {
    return this.core.alloc(this.node) >>> 0;
  }

  /** Something with a finalizer, which only what `to` puts it into holds. */
  put(to: (loud: number) => unknown): number {
    const loud = this.createLoud();
    to(loud);
    this.core.decref(loud);
    return loud;
  }

  /** The list is dying: its last items are dead, and the next to go on with it finalizes one more. */
  beginToDie(): number {
    const list = this.core.newList(0) >>> 0;
    const items = Array.from({ length: MANY }, () => this.put((loud) => this.core.listAppend(list, loud)));
    this.core.decref(list);
    return items.findLast((item) => !this.finalized.has(item)) as number;
  }
}

interface Way {
  /** What is to be finalized. */
  loud: number;
  /** Lets it be finalized, if there is room. */
  act: () => unknown;
}

function inNode(world: World, act: (node: number) => unknown): Way {
  const node = world.createNode();
  const loud = world.put((object) => {
    world.core.setRef(node, 0, object);
  });
  return { loud, act: () => act(node) };
}

function inList(world: World, act: (list: number) => unknown): Way {
  const { core } = world;
  const list = core.newList(0);
  const loud = world.put((object) => {
    for (const item of [core.none(), object, core.none()]) core.listAppend(list, item);
  });
  return { loud, act: () => act(list) };
}

function inDict(world: World, act: (dict: number, key: number) => unknown): Way {
  const dict = world.core.newDict(0);
  const key = world.core.newInt(1000, 0, 0);
  const loud = world.put((object) => world.core.dictSet(dict, key, object));
  return { loud, act: () => act(dict, key) };
}

function inWeakMap(world: World, key: number, act: (map: number) => unknown): Way {
  const map = world.core.newWeakMap(0);
  const loud = world.put((object) => world.core.weakMapSet(map, key, object));
  return { loud, act: () => act(map) };
}

/** Acts on addresses that are lent to the core. */
function withWords(core: Core, words: readonly number[], act: (at: number) => unknown): void {
  const at = core.lend(4 * words.length) >>> 0;
  words.forEach((word, i) => {
    core.setWord(at + 4 * i, word);
  });
  act(at);
  core.giveBack(at);
}

const DEATHS: Record<string, (world: World) => Way> = {
  "its last reference from outside goes": (world) => {
    const loud = world.createLoud();
    return { loud, act: () => world.core.decref(loud) };
  },
  "one of many whose references go together": (world) => {
    const loud = world.createLoud();
    return {
      loud,
      act: () => {
        withWords(world.core, [loud], (at) => world.core.decrefMany(at, 1));
      },
    };
  },
  "a struct that holds it dies": (world) => inNode(world, (node) => world.core.decref(node)),
  "a field is overwritten": (world) => inNode(world, (node) => world.core.setRef(node, 0, 0)),
  "a field of many objects is overwritten": (world) =>
    inNode(world, (node) => {
      withWords(world.core, [node, 0], (at) => world.core.setRefMany(at, 1, 0, at + 4));
    }),
  "a list dies": (world) => inList(world, (list) => world.core.decref(list)),
  "an item is overwritten": (world) => inList(world, (list) => world.core.listSet(list, 1, world.core.none())),
  "an item is removed": (world) => inList(world, (list) => world.core.listRemove(list, 1)),
  "some items are removed": (world) => inList(world, (list) => world.core.listRemoveRange(list, 0, 2)),
  "a list is cleared": (world) => inList(world, (list) => world.core.containerClear(list)),
  "a value is overwritten": (world) => inDict(world, (dict, key) => world.core.dictSet(dict, key, world.core.none())),
  "a key is deleted": (world) => inDict(world, (dict, key) => world.core.tableDelete(dict, key)),
  "a dict is cleared": (world) => inDict(world, (dict) => world.core.containerClear(dict)),
  "an entry of a weak map is overwritten": (world) => {
    const key = world.createNode();
    return inWeakMap(world, key, (map) => world.core.weakMapSet(map, key, world.core.none()));
  },
  "an entry of a weak map is deleted": (world) => {
    const key = world.createNode();
    return inWeakMap(world, key, (map) => world.core.weakMapDelete(map, key));
  },
  "a weak map is cleared": (world) => inWeakMap(world, world.createNode(), (map) => world.core.weakMapClear(map)),
  "a weak map dies": (world) => inWeakMap(world, world.createNode(), (map) => world.core.decref(map)),
  "a key of a weak map dies": (world) => {
    const key = world.createNode();
    return inWeakMap(world, key, () => world.core.decref(key));
  },
  "a leaf dies that is a key": (world) => {
    const key = world.core.newFloat(0.5);
    return inWeakMap(world, key, () => world.core.decref(key));
  },
};

const COLLECTIONS: Record<string, (world: World) => Way> = {
  "a young collection": (world) => garbage(world, 0),
  "a full collection": (world) => garbage(world, 2),
};
function garbage(world: World, generation: number): Way {
  const loud = world.put((object) => {
    world.core.setRef(object, 0, object);
  });
  return { loud, act: () => world.core.collect(generation) };
}

const CONTINUATIONS: Record<string, (world: World) => Way> = {
  "a step": (world) => ({ loud: world.beginToDie(), act: () => world.core.step(10) }),
  "what ends all that waits": (world) => ({ loud: world.beginToDie(), act: () => world.core.settle() }),
  "the end of bounded pauses": (world) => ({ loud: world.beginToDie(), act: () => world.core.setBounded(0) }),
};

const MODES = BUILDS.flatMap((build) => [[build, "at once"] as const, [build, "in slices"] as const]);

describe.each(MODES)("room for hooks, %s build, deaths %s", (build, mode) => {
  const isBounded = mode === "in slices";
  const ways = { ...DEATHS, ...COLLECTIONS, ...(isBounded ? CONTINUATIONS : {}) };

  test.each(Object.entries(ways))("is requested again when there was room and is none: %s", (_, prepare) => {
    const world = new World(build, isBounded);
    const { core, finalized } = world;
    const { loud, act } = prepare(world);
    // What runs last before it is told that there is room. It has nothing to do with what waits.
    core.decref(world.createLoud());
    expect(fieldOf(core, "room")).toBe(ROOM);
    expect(finalized.has(loud)).toBe(false);
    world.hasRoom = false;
    act();
    expect(finalized.has(loud)).toBe(false);
    expect(core.verify()).toBe(0);
    world.hasRoom = true;
    core.settle();
    core.collect(2);
    expect(finalized.has(loud)).toBe(true);
    expect(core.waiting()).toBe(0);
    expect(core.verify()).toBe(0);
  });

  test.each(Object.entries(ways))("is requested again when there was none and is room: %s", (_, prepare) => {
    const world = new World(build, isBounded);
    const { core, finalized } = world;
    const { loud, act } = prepare(world);
    world.hasRoom = false;
    core.decref(world.createLoud());
    expect(fieldOf(core, "room")).toBe(NO_ROOM);
    expect(finalized.has(loud)).toBe(false);
    world.hasRoom = true;
    act();
    expect(finalized.has(loud)).toBe(true);
    expect(core.verify()).toBe(0);
  });
});
