// What a cycle scans in parts, changed between two of them: lists, dicts, structs of many slots, keys and weak maps of
// many entries. Each deed behind each part.

import { describe, expect, test } from "vitest";
import { PHASE_IDLE, TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS } from "../support/core.js";
import { MANY, World } from "./parts-world.js";

/** What dies in one slice. */
const SHORT = 700;
const PARTS = [0, 1];

interface Scene {
  /** What is scanned in parts. */
  object: number;
  /** What the program does between two parts. */
  deed: () => void;
  /** Nodes that live on. */
  alive: () => number[];
}

/** Deletes the entry at which the marking stands, its neighbours, and the first and last. Their values go from `values`. */
function deletion(world: World, maps: number[], keys: number[], values: number[]): Pick<Scene, "deed"> {
  const { core } = world;
  const pair = (at: number): [number, number] => [maps[at % maps.length] as number, keys[at % keys.length] as number];
  const entries = values.map((_, at) => core.weakMapFind(...pair(at)) >>> 0);
  const deed = (): void => {
    const now = entries.indexOf(world.field("partialEntry"));
    const gone = [now, 0, entries.length - 1, now - 1, now + 1].filter((at) => at in entries);
    for (const at of gone) core.weakMapDelete(...pair(at));
    for (const at of [...new Set(gone)].sort((a, b) => b - a)) values.splice(at, 1);
  };
  return { deed };
}

/** An object dies, and some of the nodes that die with it are kept. */
function deathOf(world: World, object: number, nodes: number[]): Pick<Scene, "deed" | "alive"> {
  const { core } = world;
  const list = core.newList(0);
  const kept = nodes.filter((_, i) => i % 7 === 0);
  const deed = (): void => {
    for (const node of kept) core.listAppend(list, node);
    core.decref(object);
  };
  return { deed, alive: () => kept };
}

/** The same, and a finalizer in the midst of it goes on with the cycle to its end. */
function deathInTheMidst(
  world: World,
  object: number,
  nodes: number[],
  put: (loud: number) => unknown,
): Pick<Scene, "deed" | "alive"> {
  world.give(world.core.alloc(world.core.defineType(8, 2, TYPE_HAS_FINALIZER)), put);
  const { deed, alive } = deathOf(world, object, nodes);
  let runs = 0;
  world.onFinalize = () => {
    runs++;
    for (; world.core.phase() !== PHASE_IDLE; world.verify()) world.core.step(300);
  };
  return {
    deed: () => {
      deed();
      expect(runs).toBe(1);
    },
    alive,
  };
}

const SCENES: Record<string, (world: World) => Scene> = {
  "a list dies, and others get its memory": (world) => {
    const { list } = world.newList();
    let others: number[] = [];
    const deed = (): void => {
      world.core.decref(list);
      others = world.newList().items;
    };
    return { object: list, deed, alive: () => others };
  },

  "a list dies at once": ({ core }) => {
    const list = core.newList(0) >>> 0;
    for (let i = 0; i < SHORT; i++) core.listAppend(list, core.none());
    return { object: list, deed: () => core.decref(list), alive: () => [] };
  },

  "nothing happens to a list": (world) => {
    const { list, items } = world.newList();
    return { object: list, deed: () => undefined, alive: () => items };
  },

  "an item in front is removed": (world) => {
    const { list, items } = world.newList();
    return { object: list, deed: () => world.core.listRemove(list, 0), alive: () => items.slice(1) };
  },

  "many items in front are removed": (world) => {
    const { list, items } = world.newList();
    const deed = (): void => {
      world.core.listRemoveRange(list, 10, 300);
    };
    return { object: list, deed, alive: () => [...items.slice(0, 10), ...items.slice(300)] };
  },

  "a list is turned round": (world) => {
    const { list, items } = world.newList();
    return { object: list, deed: () => world.core.listReverse(list), alive: () => items };
  },

  "a list is put in another order": (world) => {
    const { list, items } = world.newList();
    const deed = (): void => {
      const order = world.core.lend(8 * MANY) >>> 0;
      items.forEach((_, i) => world.core.setWord(order + 4 * i, MANY - 1 - i));
      world.core.listPermute(list, order);
      world.core.giveBack(order);
    };
    return { object: list, deed, alive: () => items };
  },

  "the cycle is given up": (world) => {
    const { list, items } = world.newList();
    return { object: list, deed: () => world.core.setBounded(0), alive: () => items };
  },

  "a dict dies, and others get its items' memory": (world) => {
    const dict = world.newDict(() => world.newNode());
    let others: number[] = [];
    const deed = (): void => {
      world.core.decref(dict);
      others = world.newList().items;
    };
    return { object: dict, deed, alive: () => others };
  },

  "a finalizer brings a struct back, which dies young": (world) => {
    const { core } = world;
    const struct = core.alloc(core.defineType(4 * MANY, MANY, TYPE_HAS_FINALIZER)) >>> 0;
    const nodes = world.newNodes(MANY - 1, (node, i) => core.setRef(struct, i + 1, node));
    const list = core.newList(0);
    const deed = (): void => {
      world.onFinalize = () => {
        core.setRef(struct, 0, struct);
        for (const node of nodes) core.listAppend(list, node);
      };
      core.decref(struct);
      core.collect(0);
    };
    return { object: struct, deed, alive: () => nodes };
  },

  "a dict of leaves becomes tracked, and dies young": (world) => {
    const { core } = world;
    const dict = world.newDict(() => core.alloc(world.leaf));
    const deed = (): void => {
      world.give(core.newInt(MANY, 0, 0), (key) => core.dictSet(dict, key, dict));
      core.decref(dict);
      core.collect(0);
    };
    return { object: dict, deed, alive: () => [] };
  },

  "entries of a key are deleted": (world) => {
    const { key, maps } = world.newKey();
    const values = world.enter(maps, [key]);
    return { object: key, ...deletion(world, maps, [key], values), alive: () => [key, ...values] };
  },

  "all entries of a key are deleted": (world) => {
    const { key, maps } = world.newKey();
    world.enter(maps, [key]);
    const deed = (): void => {
      for (const map of maps) world.core.weakMapDelete(map, key);
    };
    return { object: key, deed, alive: () => [key] };
  },

  "all entries of a key are deleted, and it dies": (world) => {
    const { key, maps } = world.newKey();
    world.enter(maps, [key]);
    const deed = (): void => {
      for (const map of maps) world.core.weakMapDelete(map, key);
      world.core.decref(key);
    };
    return { object: key, deed, alive: () => [] };
  },

  "a key dies, and some of its values live on": (world) => {
    const { key, maps } = world.newKey();
    return { object: key, ...deathOf(world, key, world.enter(maps, [key])) };
  },

  "entries of a map are deleted": (world) => {
    const { map, keys } = world.newMap();
    const values = world.enter([map], keys);
    return { object: map, ...deletion(world, [map], keys, values), alive: () => values };
  },

  "a map dies, and some of its values live on": (world) => {
    const { map, keys } = world.newMap();
    return { object: map, ...deathOf(world, map, world.enter([map], keys)) };
  },

  "a key dies, and a finalizer of a value goes on with the cycle": (world) => {
    const { key, maps } = world.newKey();
    const values = world.enter(maps, [key]);
    const put = (loud: number): unknown => world.core.weakMapSet(maps.at(-100) as number, key, loud);
    return { object: key, ...deathInTheMidst(world, key, values.slice(0, -100), put) };
  },

  "a map dies, and a finalizer of a value goes on with the cycle": (world) => {
    const { map, keys } = world.newMap();
    const values = world.enter([map], keys);
    const put = (loud: number): unknown => world.core.weakMapSet(map, keys.at(-100) as number, loud);
    return { object: map, ...deathInTheMidst(world, map, values.slice(0, -100), put) };
  },

  "nothing happens to a key among others": (world) => {
    const { core } = world;
    const map = core.newWeakMap(0);
    const list = core.newList(0);
    // All in a few words of the bitmaps; none is held from outside, so all become grey at once.
    const keys = world.newNodes(30, (key) => core.listAppend(list, key));
    const values = keys.map((key) => world.give(world.newNode(), (value) => core.weakMapSet(map, key, value)));
    const object = keys[7] as number;
    for (let i = 0; i < MANY; i++) core.weakMapSet(core.newWeakMap(0), object, core.none());
    return { object, deed: () => undefined, alive: () => [...keys, ...values] };
  },
};

describe.each(BUILDS)("%s core, between two parts", (build) => {
  test.each(Object.entries(SCENES))("%s", (_, prepare) => {
    for (const parts of PARTS) {
      const world = new World(build);
      const { object, deed, alive } = prepare(world);
      world.reach(object >>> 0, parts);
      deed();
      world.verify();
      world.finish();
      const inners = alive().map((node) => world.core.getRef(node, 0) >>> 0);
      expect(new Set(inners.map((inner) => inner && world.core.typeOf(inner)))).toEqual(
        new Set(inners.length ? [world.node] : []),
      );
      world.core.setBounded(0);
      world.verify();
    }
  });
});

test.each(BUILDS)("%s core, garbage with finalizers is scanned in parts one by one", (build) => {
  const world = new World(build);
  const { core } = world;
  const type = core.defineType(4 * MANY, MANY, TYPE_HAS_FINALIZER);
  const garbage = Array.from({ length: 3 }, () => {
    const object = core.alloc(type) >>> 0;
    core.setRef(object, 0, object);
    return { object, nodes: world.newNodes(MANY - 1, (node, i) => core.setRef(object, i + 1, node)) };
  });
  core.collect(1);
  for (const { object } of garbage) core.decref(object);
  let runs = 0;
  world.onFinalize = () => {
    runs++;
    world.verify();
  };
  do core.step(1);
  while (core.phase() !== PHASE_IDLE);
  world.verify();
  expect(runs).toBe(garbage.length);
  for (const { nodes } of garbage) {
    const inners = nodes.map((node) => core.getRef(node, 0) >>> 0);
    expect(new Set(inners.map((inner) => core.typeOf(inner)))).toEqual(new Set([world.node]));
  }
});
