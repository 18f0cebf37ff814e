// Each way to hide the only reference to an object from a collection under way, at each moment of it.

import { describe, expect, test } from "vitest";
import { BUFFER_DATA_OFFSET, PHASE_IDLE, SLOTS_BUFFER_OFFSET } from "../../assembly/layout.js";
import { Heap } from "../../src/index.js";
import type { Handle, StructObject, StructType } from "../../src/index.js";
import { CORES } from "../support/heap.js";
import { howMany } from "../support/random.js";

type Fields = { id: "i32"; a: "value"; b: "value" };
type Node = StructObject<Fields>;

interface World {
  heap: Heap;
  Node: StructType<Fields>;
  /** Old, the first at lower addresses than all else, the last at higher ones. */
  low: Node;
  high: Node;
  /** Makes an old node that only `hide` below knows, with another inside, by which it can be told whether it was cleared. */
  treasure: (id: number) => Node;
  /** A new object: a cycle under way does not look at it. */
  young: () => Node;
}

/** `bury` puts the treasure somewhere before the cycle begins; `hide` moves it under the cycle; `find` gets it afterwards. */
interface Way {
  bury: (world: World) => unknown;
  hide: (world: World, buried: never) => unknown;
  find: (world: World, hidden: never) => Node;
}

const way = <B, H>(
  bury: (world: World) => B,
  hide: (world: World, buried: B) => H,
  find: (world: World, hidden: H) => Node,
): Way => ({ bury, hide, find }) as unknown as Way;

const put = (world: World, holder: "low" | "high"): void => {
  const node = world.treasure(7);
  world[holder].a = node;
  node.release();
};
const other = (holder: "low" | "high"): "low" | "high" => (holder === "low" ? "high" : "low");

function waysFrom(holder: "low" | "high"): Record<string, Way> {
  const from = holder;
  const to = other(holder);
  return {
    [`written from the ${from} object to the ${to} one, by address`]: way(
      (world) => put(world, from),
      ({ heap, ...nodes }) => {
        heap.core.setRef(nodes[to].address, 1, heap.core.getRef(nodes[from].address, 0));
        heap.core.setRef(nodes[from].address, 0, 0);
      },
      (world) => world[to].b as Node,
    ),
    [`taken by a handle from the ${from} object`]: way(
      (world) => put(world, from),
      (world) => {
        const handle = world[from].a as Node;
        world[from].a = null;
        return handle;
      },
      (_, handle) => handle,
    ),
    [`given to a new object, and the ${from} one dies`]: way(
      (world) => {
        put(world, from);
        const holder = world.Node.new({ id: 1, a: world[from].a as Node });
        world[from].a = null;
        const isOld = world.heap.gc.collect(1);
        return [holder, isOld] as const;
      },
      (world, [holder]) => {
        const young = world.young();
        world.heap.core.setRef(young.address, 1, world.heap.core.getRef(holder.address, 0));
        holder.release();
        return young;
      },
      (_, young) => young.b as Node,
    ),
    [`an outside reference goes, when a ${to} object has got it`]: way(
      (world) => world.treasure(7),
      (world, treasure) => {
        world.heap.core.setRef(world[to].address, 1, treasure.address);
        treasure.release();
      },
      (world) => world[to].b as Node,
    ),
    [`seen through a weak reference, and given to the ${to} object`]: way(
      (world) => {
        const treasure = world.treasure(7);
        treasure.b = treasure;
        const weakref = world.heap.weakref.ref(treasure);
        world[from].a = treasure;
        treasure.release();
        return weakref;
      },
      (world, weakref) => {
        const seen = weakref.deref() as Node;
        world[from].a = null;
        world[to].b = seen;
        seen.release();
      },
      (world) => world[to].b as Node,
    ),
    [`resurrected by a finalizer of what the ${from} object held`]: way(
      (world) => {
        const Loud = world.heap.struct(
          "Loud",
          { id: "i32", a: "value" },
          { finalize: (loud) => void (world[to].released || (world[to].b = loud as Handle)) },
        );
        const treasure = world.treasure(7);
        const loud = Loud.new({ id: 1, a: treasure });
        world[from].a = loud;
        treasure.release();
        loud.release();
      },
      (world) => void (world[from].a = null),
      (world) => (world[to].b as unknown as Node).a as Node,
    ),
    [`given away through a weak map whose key is the ${from} object`]: way(
      (world) => {
        const map = world.heap.weakref.keyMap();
        const treasure = world.treasure(7);
        map.set(world[from], treasure);
        treasure.release();
        return map;
      },
      (world, map) => {
        const found = map.get(world[from]) as Node;
        world.heap.core.setRef(world[to].address, 1, found.address);
        found.release();
        map.delete(world[from]);
      },
      (world) => world[to].b as Node,
    ),
  };
}

const GARBAGE: Record<string, Way> = {
  "garbage when it began, brought back by a weak reference unless that is dead": way(
    (world) => {
      const treasure = world.treasure(7);
      treasure.b = treasure;
      const weakref = world.heap.weakref.ref(treasure);
      treasure.release();
      return weakref;
    },
    (_, weakref) => weakref.deref() as Node | null,
    (world, back) => back ?? world.treasure(7),
  ),
  "garbage when it began, brought back by a list of all objects unless it is dead": way(
    (world) => {
      const treasure = world.treasure(7);
      treasure.b = treasure;
      treasure.release();
    },
    ({ heap }) => {
      const found = heap.gc.getObjects().filter((object): object is Node => object.type === "Node");
      const treasure = found.find(({ id }) => id === 7);
      for (const node of found) if (node !== treasure) node.release();
      return treasure;
    },
    (world, back) => back ?? world.treasure(7),
  ),
};

/** A key that no collection tracks, and whose age nobody knows: what is hidden is all that leads to it. */
function leafKey(hold: (world: World, leaf: Handle) => Handle, hide: (world: World, holder: Handle) => Handle): Way {
  return way(
    (world) => {
      const Leaf = world.heap.struct("Leaf", { id: "i32" });
      const map = world.heap.weakref.keyMap();
      const leaf = Leaf.new({ id: 1 });
      const treasure = world.treasure(7);
      map.set(leaf, treasure);
      treasure.release();
      const holder = hold(world, leaf);
      const weakref = world.heap.weakref.ref(leaf);
      if (holder !== leaf) leaf.release();
      return [map, weakref, holder] as const;
    },
    (world, [map, weakref, holder]) => [map, weakref, hide(world, holder)] as const,
    (_, [map, weakref]) => {
      const leaf = weakref.deref() as Handle;
      const found = map.get(leaf) as Node;
      leaf.release();
      return found;
    },
  );
}
const LEAVES: Record<string, Way> = {
  "a leaf that is a key, held from outside": leafKey(
    (_, leaf) => leaf,
    (_, leaf) => leaf,
  ),
  "a leaf that is a key, moved from a list to a new dict": leafKey(
    ({ heap }, leaf) => heap.list([leaf]),
    ({ heap }, holder) => {
      const list = holder as ReturnType<typeof heap.list>;
      const leaf = list.pop() as Handle;
      const dict = heap.dict([[1, leaf]]);
      leaf.release();
      list.release();
      return dict;
    },
  ),
  "a tuple of a leaf that is a key, moved from an old object to a new one": leafKey(
    (world, leaf) => {
      const tuple = world.heap.tuple([leaf]);
      const low = world.low;
      low.a = tuple as unknown as Node;
      tuple.release();
      return low;
    },
    (world, low) => {
      const young = world.young();
      const { core } = world.heap;
      core.setRef(young.address, 0, core.getRef(low.address, 0));
      core.setRef(low.address, 0, 0);
      return young;
    },
  ),
  "a dict of a leaf that is a key, when it is tracked from then on": leafKey(
    (world, leaf) => {
      const dict = world.heap.dict([[1, leaf]]);
      world.low.a = dict as unknown as Node;
      dict.release();
      return world.low;
    },
    (world, low) => {
      const dict = (low as Node).a as unknown as ReturnType<typeof world.heap.dict>;
      const young = world.young();
      dict.set(2, young);
      young.release();
      dict.release();
      return low;
    },
  ),
};

const LONG = 2000;
/** A long list, old, with a treasure at each place. */
function longList(world: World) {
  const list = world.heap.list();
  world.low.a = list;
  for (let i = 0; i < LONG; i++) {
    const treasure = world.treasure(i + 1);
    list.append(treasure);
    treasure.release();
  }
  return list;
}
const all = (world: World, list: ReturnType<typeof longList>): Node => {
  for (let i = 0; i < list.length; i++) {
    const node = list.get(i) as Node;
    const inner = node.a as Node | null;
    expect(inner?.id, `what item ${i} holds`).toBe(-node.id);
    inner?.release();
    node.release();
  }
  return world.treasure(7);
};
const LISTS: Record<string, Way> = {
  "moved down a list that is scanned in parts": way(longList, (_, list) => (list.removeRange(0, 1), list), all),
  "popped from the front of it": way(
    longList,
    (_, list) => {
      (list.pop(0) as Node).release();
      return list;
    },
    all,
  ),
  "moved up it": way(longList, (world, list) => (list.insert(0, list.get(600) as Node), list), all),
  "turned round with it": way(longList, (_, list) => (list.reverse(), list), all),
  "sorted with it": way(longList, (_, list) => (list.sort((a, b) => (b as Node).id - (a as Node).id), list), all),
};

/** A long dict, old, with a treasure for each key. */
function longDict(world: World) {
  const dict = world.heap.dict();
  world.low.a = dict;
  for (let i = 0; i < LONG; i++) {
    const treasure = world.treasure(i + 1);
    dict.set(i, treasure);
    treasure.release();
  }
  return dict;
}
/** Gives item 7 of a container to a new object behind the barrier's back, and empties the container. */
function emptied<C extends ReturnType<typeof longList> | ReturnType<typeof longDict>>(
  bury: (world: World) => C,
  slot: number,
  empty: (container: C) => void,
): Way {
  return way(
    bury,
    (world, container) => {
      const young = world.young();
      const { memory } = container.store;
      const buffer = memory.word(container.address + SLOTS_BUFFER_OFFSET);
      world.heap.core.setRef(young.address, 1, memory.word(buffer + BUFFER_DATA_OFFSET + 4 * slot));
      empty(container);
      return young;
    },
    (_, young) => young.b as Node,
  );
}
const EMPTIED: Record<string, Way> = {
  "in a list that is cleared": emptied(longList, 6, (list) => {
    list.clear();
  }),
  "in a part of a list that is removed": emptied(longList, 6, (list) => {
    list.removeRange(2, 1500);
  }),
  "behind a part of a list that is removed": way(
    longList,
    (_, list) => {
      list.removeRange(100, 900);
      return list;
    },
    all,
  ),
  "in a dict that is cleared": emptied(longDict, 13, (dict) => {
    dict.clear();
  }),
  "in fields that a batch writes": way(
    (world) => {
      const nodes = Array.from({ length: 50 }, (_, i) => world.treasure(i + 1));
      for (const node of nodes) node.b = node.a;
      return nodes;
    },
    (world, nodes) => {
      const objects = Uint32Array.from(nodes, (node) => node.address);
      const young = world.young();
      world.heap.core.setRef(young.address, 0, world.heap.core.getRef(objects[6] as number, 1));
      // The last object gets what the first had, and so on; 7 loses one of its two references to what it holds.
      world.heap.batch.set(world.Node, "b", objects, world.heap.batch.get(world.Node, "b", objects).reverse() as never);
      world.heap.batch.set(world.Node, "b", objects, new Uint32Array(objects.length));
      young.id = 7;
      return young;
    },
    (_, young) => young,
  ),
};

/** Moments of a cycle that are tried, evenly spread: some, or as many as `npm run fuzz` asks for. */
const MOMENTS = howMany(4);

/** Steps of `unit` units until the cycle is over, and after `moment` of them something is hidden. How many there were. */
function playAt(moment: number, unit: number, options: object, { bury, hide, find }: Way): number {
  const heap = Heap.createSync({ ...options, thresholds: [1_000_000, 10, 10], pauses: "bounded", traceHandles: false });
  const Node = heap.struct("Node", { id: "i32", a: "value", b: "value" });
  const treasure = (id: number): Node => {
    const inner = Node.new({ id: -id });
    const node = Node.new({ id, a: inner });
    inner.release();
    return node;
  };
  const low = Node.new();
  const middle = Array.from({ length: 20 }, () => Node.new());
  const world: World = { heap, Node, low, high: low, treasure, young: () => Node.new() };
  const late = Array.from({ length: 3000 }, () => Node.new());
  world.high = late.pop() as Node;
  for (const node of [...middle, ...late]) node.release();
  const buried = bury(world) as never;
  heap.gc.collect(1);
  const { core } = heap.none.store;
  let steps = 0;
  let hidden: unknown;
  for (; steps === 0 || core.phase() !== PHASE_IDLE; steps++) {
    if (steps === moment) {
      hidden = hide(world, buried);
      heap.verify();
    }
    heap.gc.step(unit);
    if (steps > 100_000) throw new Error("the cycle does not end");
  }
  heap.verify();
  if (moment < steps) {
    const found = find(world, hidden as never);
    expect([found.id, (found.a as Node | null)?.id], `hidden before step ${moment}`).toEqual([7, -7]);
  }
  heap.dispose();
  return steps;
}

describe.each(CORES)("an object hidden from a cycle is found, %s core", (build, options) => {
  const ways = { ...waysFrom("low"), ...waysFrom("high"), ...GARBAGE, ...LEAVES, ...LISTS, ...EMPTIED };
  test.each(Object.entries(ways))("%s", (name, played) => {
    const unit = name in LISTS || name in EMPTIED ? 300 : 3;
    const steps = playAt(Infinity, unit, options(), played);
    expect(steps).toBeGreaterThan(20);
    const stride = Math.max(1, Math.floor(steps / MOMENTS));
    // The two cores meet moments of their own.
    const first = build === "release" ? 0 : stride >> 1;
    for (let moment = first; moment < steps; moment += stride) playAt(moment, unit, options(), played);
  });
});
