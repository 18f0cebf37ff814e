// Weak references and weak maps: what one operation takes does not depend on how many others there are, and what
// concerns all of them takes work in proportion.

import { describe, test } from "vitest";
import type { Heap } from "../../src/index.js";
import { MODES, PROBED, age, collectWhole, expectGrowth, expectShortCalls, settle } from "../support/growth.js";
import type { Scene } from "../support/growth.js";
import { Maker } from "../support/shapes.js";
import type { Address } from "../support/shapes.js";
import { storeOf } from "../support/work.js";

const N = 1024;
/** Where one operation is measured: beyond the sizes at which its objects fit one page. */
const MANY = 2048;

interface Made {
  maker: Maker;
  core: ReturnType<typeof storeOf>["core"];
  /** Keys, or referents. */
  nodes: Address[];
  /** Weak maps, or weak references. */
  weak: Address[];
}

function made(heap: Heap, nodes: number, weak: (made: Made) => Address[]): Made {
  const maker = new Maker(heap);
  const result: Made = { maker, core: storeOf(heap).core, nodes: maker.nodes(nodes), weak: [] };
  result.weak = weak(result);
  return result;
}

const maps = (heap: Heap, count: number): Address[] =>
  Array.from({ length: count }, () => storeOf(heap).core.newWeakMap(0) >>> 0);

/** One object that is a key of `n` weak maps. */
const oneKey = (heap: Heap, n: number): Made => {
  const scene = made(heap, 1, () => maps(heap, n));
  for (const map of scene.weak) scene.core.weakMapSet(map, key(scene), scene.core.none());
  return scene;
};
/** One weak map with `n` keys. */
const oneMap = (heap: Heap, n: number): Made => {
  const scene = made(heap, n, () => maps(heap, 1));
  for (const node of scene.nodes) scene.core.weakMapSet(map(scene), node, scene.core.none());
  return scene;
};
/** One object with `n` weak references, each with a callback. */
const oneReferent = (heap: Heap, n: number): Made =>
  made(heap, 1, ({ core, nodes }) =>
    Array.from({ length: n }, (_, at) => core.newWeakref(nodes[0] as Address, at + 1) >>> 0),
  );
/** `n` objects with a weak reference each. */
const manyReferents = (heap: Heap, n: number): Made =>
  made(heap, n, ({ core, nodes }) => nodes.map((node) => core.newWeakref(node, 0) >>> 0));

const key = ({ nodes }: Made): Address => nodes[0] as Address;
const map = ({ weak }: Made): Address => weak[0] as Address;

/** As often as that, whatever n is: what one takes shows. */
const times = (run: () => void): void => {
  for (let i = 0; i < 64; i++) run();
};

type Scenes = Record<string, Pick<Scene<Made>, "make" | "work">>;

const ONE_OF_MANY: Scenes = {
  "get the value of a key of n maps, from the oldest map": {
    make: oneKey,
    work: (_, scene) => {
      times(() => scene.core.weakMapFind(scene.weak[0] as Address, key(scene)));
    },
  },
  "get the value of a key of n maps, from the newest map": {
    make: oneKey,
    work: (_, scene) => {
      times(() => scene.core.weakMapFind(scene.weak.at(-1) as Address, key(scene)));
    },
  },
  "look for a key of n maps in another": {
    make: (heap, n) => {
      const scene = oneKey(heap, n);
      scene.weak.push(...maps(heap, 1));
      return scene;
    },
    work: (_, scene) => {
      times(() => scene.core.weakMapFind(scene.weak.at(-1) as Address, key(scene)));
    },
  },
  "set and delete a key of n maps in another": {
    make: (heap, n) => {
      const scene = oneKey(heap, n);
      scene.weak.push(...maps(heap, 1));
      return scene;
    },
    work: (_, scene) => {
      const other = scene.weak.at(-1) as Address;
      times(() => {
        scene.core.weakMapSet(other, key(scene), scene.core.none());
        scene.core.weakMapDelete(other, key(scene));
      });
    },
  },
  "refer weakly to a key of n maps": {
    make: oneKey,
    work: (_, scene) => {
      times(() => scene.core.decref(scene.core.newWeakref(key(scene), 0)));
    },
  },
  "refer weakly, with a callback, to a key of n maps": {
    make: oneKey,
    work: (_, scene) => {
      times(() => scene.core.decref(scene.core.newWeakref(key(scene), 7)));
    },
  },
  "count the weak references to a key of n maps": {
    make: oneKey,
    work: (_, scene) => {
      times(() => scene.core.weakrefCount(key(scene)));
    },
  },
  "get, set and delete a key of one map with n keys": {
    make: oneMap,
    work: (_, scene) => {
      times(() => {
        scene.core.weakMapFind(map(scene), key(scene));
        scene.core.weakMapDelete(map(scene), key(scene));
        scene.core.weakMapSet(map(scene), key(scene), scene.core.none());
      });
    },
  },
  "refer weakly to an object with n weak references": {
    make: oneReferent,
    work: (_, scene) => {
      times(() => scene.core.decref(scene.core.newWeakref(key(scene), 0)));
      times(() => scene.core.decref(scene.core.newWeakref(key(scene), 7)));
    },
  },
  "read one of n weak references to an object": {
    make: oneReferent,
    work: (_, scene) => {
      for (const weakref of [scene.weak[0], scene.weak.at(-1)])
        times(() => scene.core.weakrefTarget(weakref as Address));
    },
  },
  "get the value of an object with n weak references from a map": {
    make: (heap, n) => {
      const scene = oneReferent(heap, n);
      scene.weak.push(...maps(heap, 1));
      scene.core.weakMapSet(scene.weak.at(-1) as Address, key(scene), scene.core.none());
      return scene;
    },
    work: (_, scene) => {
      times(() => scene.core.weakMapFind(scene.weak.at(-1) as Address, key(scene)));
    },
  },
  "refer weakly to one of n objects with a weak reference each": {
    make: manyReferents,
    work: (_, scene) => {
      times(() => scene.core.decref(scene.core.newWeakref(key(scene), 7)));
    },
  },
};

const ALL_OF_MANY: Scenes = {
  "one key is put into n maps": {
    make: (heap, n) => made(heap, 1, () => maps(heap, n)),
    work: (_, scene) => {
      for (const one of scene.weak) scene.core.weakMapSet(one, key(scene), scene.core.none());
    },
  },
  "one key is looked up in n maps": {
    make: oneKey,
    work: (_, scene) => {
      for (const one of scene.weak) scene.core.weakMapFind(one, key(scene));
    },
  },
  "one key is deleted from n maps, the oldest first": {
    make: oneKey,
    work: (_, scene) => {
      for (const one of scene.weak) scene.core.weakMapDelete(one, key(scene));
    },
  },
  "one key is deleted from n maps, the newest first": {
    make: oneKey,
    work: (_, scene) => {
      for (const one of scene.weak.reverse()) scene.core.weakMapDelete(one, key(scene));
    },
  },
  "the key of n maps dies": {
    make: oneKey,
    work: (heap, scene) => {
      scene.maker.drop(scene.nodes);
      settle(heap);
    },
  },
  "n maps with one key die, the oldest first": {
    make: oneKey,
    work: (heap, scene) => {
      scene.maker.drop(scene.weak);
      settle(heap);
    },
  },
  "n maps with one key die, the newest first": {
    make: oneKey,
    work: (heap, scene) => {
      scene.maker.drop(scene.weak.reverse());
      settle(heap);
    },
  },
  "n keys are put into one map": {
    make: (heap, n) => made(heap, n, () => maps(heap, 1)),
    work: (_, scene) => {
      for (const node of scene.nodes) scene.core.weakMapSet(map(scene), node, scene.core.none());
    },
  },
  "n keys of one map die, the oldest first": {
    make: oneMap,
    work: (heap, scene) => {
      scene.maker.drop(scene.nodes);
      settle(heap);
    },
  },
  "n keys of one map die, the newest first": {
    make: oneMap,
    work: (heap, scene) => {
      scene.maker.drop(scene.nodes.reverse());
      settle(heap);
    },
  },
  "a map with n keys is cleared": {
    make: oneMap,
    work: (_, scene) => {
      scene.core.weakMapClear(map(scene));
    },
  },
  "a map with n keys dies": {
    make: oneMap,
    work: (heap, scene) => {
      scene.maker.drop(scene.weak);
      settle(heap);
    },
  },
  "a map with n keys is gone through": {
    make: oneMap,
    work: (_, scene) => {
      let entry = 0;
      do entry = scene.core.weakMapEntryAfter(map(scene), entry);
      while (entry);
    },
  },
  "n weak references to one object are made": {
    make: (heap) => made(heap, 1, () => []),
    work: (_, scene, n) => {
      for (let at = 1; at <= n; at++) scene.core.newWeakref(key(scene), at);
    },
  },
  "the referent of n weak references dies": {
    make: oneReferent,
    work: (heap, scene) => {
      scene.maker.drop(scene.nodes);
      settle(heap);
    },
  },
  "n weak references to one object die, the oldest first": {
    make: oneReferent,
    work: (heap, scene) => {
      scene.maker.drop(scene.weak);
      settle(heap);
    },
  },
  "n weak references to one object die, the newest first": {
    make: oneReferent,
    work: (heap, scene) => {
      scene.maker.drop(scene.weak.reverse());
      settle(heap);
    },
  },
  "the weak references to an object are gone through": {
    make: oneReferent,
    work: (_, scene) => {
      let weakref = 0;
      do weakref = scene.core.weakrefAfter(key(scene), weakref);
      while (weakref);
    },
  },
  "n objects get a weak reference each": {
    make: (heap, n) => made(heap, n, () => []),
    work: (_, scene) => {
      for (const node of scene.nodes) scene.core.newWeakref(node, 0);
    },
  },
  "n objects with a weak reference each die": {
    make: manyReferents,
    work: (heap, scene) => {
      scene.maker.drop(scene.nodes);
      settle(heap);
    },
  },
};

/** An object that is garbage, with n of each at once: what is for one kind must not go through the other. */
const COLLECTED: Scenes = Object.fromEntries(
  ([0, 1, 2] as const).flatMap((generation) =>
    (["maps die first", "maps live"] as const).map((maps_) => [
      `a collection of generation ${generation} finds the key of n maps with n weak references; ${maps_}`,
      {
        make: (heap: Heap, n: number): Made => {
          const scene = oneKey(heap, n);
          const { core, maker } = scene;
          for (let at = 0; at < n; at++) core.newWeakref(key(scene), at % 2 ? at : 0);
          maker.link(key(scene), 0, key(scene));
          if (generation === 2) age(heap);
          maker.drop(scene.nodes);
          if (maps_ === "maps die first") maker.drop(scene.weak);
          return scene;
        },
        work: (heap: Heap): void => {
          if (generation === 2) collectWhole(heap);
          else heap.gc.collect(generation);
          settle(heap);
        },
      },
    ]),
  ),
);

describe.each(MODES)("weak references and maps, %s pauses", (pauses) => {
  test.each(Object.entries(ONE_OF_MANY))("to %s takes the same time, whatever n is", async (_, scene) => {
    await expectGrowth({ ...scene, n: MANY }, pauses, PROBED);
  });

  test.each(Object.entries(ALL_OF_MANY))("%s: in proportion to n", async (_, scene) => {
    await expectGrowth({ ...scene, n: N }, pauses);
  });

  test.each(Object.entries(COLLECTED))("%s: in proportion to n", async (_, scene) => {
    await expectGrowth({ ...scene, n: N }, pauses);
  });
});

describe("with bounded pauses no step, death or birth takes longer with n, when", () => {
  // A single object's weak references go at once: docs/collector.md says so.
  const names = [
    "n maps with one key die, the oldest first",
    "n keys of one map die, the oldest first",
    "a map with n keys dies",
    "n weak references to one object die, the oldest first",
    "n objects with a weak reference each die",
  ];
  test.each(names)("%s", async (name) => {
    expectShortCalls(await expectGrowth({ ...(ALL_OF_MANY[name] as Scenes[string]), n: 4 * N }, "bounded"));
  });
});
