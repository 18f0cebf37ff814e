// A heap whose finalizers and callbacks do what nobody should: anything, at any time, with everything they can reach.

import { Heap, ListHandle, DictHandle, SetHandle, WeakrefHandle } from "../../src/index.js";
import type {
  Finalizer,
  GcPause,
  Generation,
  Handle,
  StructHandle,
  Value,
  WeakKeyMapHandle,
  WeakSetHandle,
  WeakValueMap,
} from "../../src/index.js";
import { pick } from "../support/program.js";
import type { Random } from "../support/program.js";
import { NODE, holdings } from "../support/scenes.js";
import type { NodeType } from "../support/scenes.js";
import { collectAlways } from "../support/torture.js";

/** What hooks throw of their own accord. */
const ON_PURPOSE = new Error("on purpose");
/** What an operation may end with when something is taken from under its hands. */
const ALLOWED = ["CONTAINER_CHANGED", "RELEASED_HANDLE", "DEAD_REFERENCE", "BAD_INDEX", "BAD_KEY"];
/** Handles that are kept, at most. */
const MAX_HELD = 40;
/** Hooks that act, in one step. The others do nothing, so that each step ends. */
const FUEL = 25;

type Action = (world: World) => void;

export class World {
  readonly heap: Heap;
  readonly random: Random;
  readonly held: Handle[] = [];
  readonly keyMap: WeakKeyMapHandle;
  readonly weakSet: WeakSetHandle;
  readonly valueMap: WeakValueMap;
  readonly finalizers: Finalizer[] = [];
  readonly pauses: GcPause[] = [];
  readonly types: NodeType[];
  /** What went wrong inside a hook. */
  readonly failures: unknown[] = [];
  /** The latest actions, for whoever looks for what went wrong. */
  readonly #trace: string[] = [];
  readonly #before: unknown;
  #fuel = 0;
  #isOver = false;
  /** How often a hook has acted. */
  hooksRun = 0;

  constructor(heap: Heap, random: Random, failures: unknown[]) {
    this.heap = heap;
    this.random = random;
    this.failures = failures;
    const finalize = (node: Handle): void => {
      this.hook(node);
    };
    const Plain = heap.struct("Plain", NODE);
    this.types = [Plain, heap.struct("Loud", NODE, { finalize }), heap.struct("Louder", NODE, { finalize })];
    this.keyMap = heap.weakref.keyMap();
    this.weakSet = heap.weakref.set();
    this.valueMap = heap.weakref.valueMap();
    heap.gc.debugSink = () => {
      this.hook();
    };
    heap.gc.garbage.clear();
    this.#before = this.#measure();
  }

  #measure(): unknown {
    const { store } = this.keyMap;
    // A dict that is emptied keeps a small table.
    this.heap.scope(() => {
      this.valueMap.set(0, this.heap.set());
    });
    return { ...holdings(this.heap), handles: store.net.count, callbacks: store.callbacks.size };
  }

  /** One step of the program. */
  step(): void {
    this.#fuel = FUEL;
    this.#trace.length = 0;
    this.act();
    this.#checkFailures();
  }

  #checkFailures(): void {
    const [failure] = this.failures;
    if (failure === undefined) return;
    throw new Error(`${String(failure)} after ${this.#trace.join(", ")}`, { cause: failure });
  }

  /** What runs in every finalizer and callback. */
  hook(given?: Handle): void {
    if (this.#isOver || this.#fuel <= 0) return;
    this.#fuel--;
    this.hooksRun++;
    this.heap.verify();
    for (let count = this.random(4); count > 0; count--) {
      this.act();
      this.heap.verify();
    }
    if (given !== undefined && this.random(4) === 0) this.keep(given);
    if (this.random(5) === 0) throw ON_PURPOSE;
  }

  act(): void {
    const name = pick(this.random, NAMES);
    this.#trace.push(name);
    try {
      this.heap.scope(() => {
        (ACTIONS[name] as Action)(this);
      });
    } catch (error) {
      const code = (error as { code?: string }).code ?? "";
      if (error !== ON_PURPOSE && !ALLOWED.includes(code)) throw error;
    }
  }

  /** Keeps an object, in the place of another if there are enough. */
  keep(handle: Handle): void {
    const kept = handle.store.outsideScopes(() => handle.clone());
    if (this.held.length < MAX_HELD) this.held.push(kept);
    else {
      const at = this.random(this.held.length);
      const [old] = this.held.splice(at, 1, kept);
      old?.release();
    }
  }

  any(): Handle | undefined {
    return this.held.length === 0 ? undefined : pick(this.random, this.held);
  }
  /** Does something with a kept object of a class, if there is one. */
  with<T extends Handle>(kind: abstract new (...args: never[]) => T, run: (handle: T) => void): void {
    const found = this.held.filter((handle) => handle instanceof kind);
    if (found.length > 0) run(pick(this.random, found) as unknown as T);
  }
  withNode(run: (node: StructHandle) => void): void {
    const found = this.held.filter((handle) => this.types.some((type) => type.is(handle)));
    if (found.length > 0) run(pick(this.random, found) as StructHandle);
  }
  value(): Value {
    return this.any() ?? this.random(1000);
  }
  generation(): Generation {
    return this.random(3) as Generation;
  }

  /** Lets go of everything, without a word from hooks: then there is as much as there was at the start. */
  end(): void {
    const { heap } = this;
    this.#isOver = true;
    collectAlways(heap, false);
    heap.gc.callbacks.length = 0;
    for (const pause of this.pauses) pause.release();
    for (const finalizer of this.finalizers) finalizer.call();
    for (const handle of this.held.splice(0)) handle.release();
    for (const map of [this.keyMap, this.weakSet, this.valueMap]) map.clear();
    heap.gc.setDebug(0);
    heap.gc.unfreeze();
    heap.gc.garbage.clear();
    heap.gc.collect();
    heap.verify();
    this.#checkFailures();
    const [before, after] = [this.#before, this.#measure()].map((each) => JSON.stringify(each));
    if (before !== after) throw new Error(`of what there was, ${before ?? ""}, this is left: ${after ?? ""}`);
  }
}

/** Everything that can be done, from outside and from inside hooks. */
const ACTIONS: Record<string, Action> = {
  allocate: (world) => {
    for (let count = world.random(4); count >= 0; count--) {
      world.keep(pick(world.random, world.types).new({ left: world.any() ?? null, right: world.any() ?? null }));
    }
  },
  "allocate garbage": ({ heap, types, random }) => {
    const [a, b] = [pick(random, types).new(), pick(random, types).new({ title: "garbage" })];
    a.left = b;
    b.left = a;
    b.right = heap.list([a, heap.tuple([b]), heap.dict([["a", a]])]);
  },
  "make containers": (world) => {
    const { heap } = world;
    world.keep(heap.list([world.value(), world.value()]));
    world.keep(heap.tuple([world.value(), world.value()]));
    world.keep(heap.dict([["key", world.value()]]));
    world.keep(heap.set([world.random(100)]));
  },
  drop: (world) => {
    for (let count = world.random(5); count > 0 && world.held.length > 0; count--) {
      world.held.splice(world.random(world.held.length), 1)[0]?.release();
    }
  },
  link: (world) => {
    world.withNode((node) => {
      node.set(pick(world.random, ["left", "right"]), world.any() ?? null);
    });
  },
  unlink: (world) => {
    world.withNode((node) => {
      node.set(pick(world.random, ["left", "right", "title"]), null);
    });
  },
  follow: (world) => {
    world.withNode((node) => {
      const found = node.get(pick(world.random, ["left", "right"])) as Handle | null;
      if (found) world.keep(found);
    });
  },
  "change a list": (world) => {
    world.with(ListHandle, (list) => {
      const value = world.value();
      const at = world.random(list.length + 1);
      const change: (() => unknown)[] = [
        () => {
          list.append(value);
        },
        () => {
          list.insert(at, value);
        },
        () => {
          list.set(at, value);
        },
        () => list.pop(at),
        () => {
          list.removeRange(at);
        },
        () => {
          list.clear();
        },
        () => {
          list.extend([value, value]);
        },
        () => {
          if (list.length < 100) list.extend(list);
        },
        () => {
          list.reverse();
        },
      ];
      pick(world.random, change)();
    });
  },
  "go through a list": (world) => {
    world.with(ListHandle, (list) => {
      let count = 0;
      for (const item of list) {
        if (count++ > 10) break;
        if (typeof item === "object" && item !== null && world.random(3) === 0) world.act();
      }
    });
  },
  "sort a list": (world) => {
    world.with(ListHandle, (list) => {
      list.sort(() => {
        if (world.random(4) === 0) world.act();
        return world.random(3) - 1;
      });
    });
  },
  "change a dict": (world) => {
    world.with(DictHandle, (dict) => {
      const key = world.random(2) ? world.random(20) : world.heap.tuple([world.random(20), "part"]);
      const change: (() => unknown)[] = [
        () => dict.set(key, world.value()),
        () => dict.set(world.value(), world.value()),
        () => dict.delete(key),
        () => dict.pop(key),
        () => dict.setDefault(key, world.value()),
        () => dict.popItem(),
        () => {
          dict.clear();
        },
      ];
      pick(world.random, change)();
    });
  },
  "go through a dict": (world) => {
    world.with(DictHandle, (dict) => {
      for (const [key] of dict) if (key !== null && world.random(2) === 0) world.act();
    });
  },
  "change a set": (world) => {
    world.with(SetHandle, (set) => {
      const change: (() => unknown)[] = [
        () => set.add(world.value()),
        () => set.delete(world.random(100)),
        () => set.pop(),
        () => {
          set.clear();
        },
      ];
      pick(world.random, change)();
    });
  },
  "refer weakly": (world) => {
    world.withNode((node) => {
      const { weakref } = world.heap;
      const made =
        world.random(3) === 0
          ? weakref.ref(node)
          : weakref.ref(node, (dead) => {
              world.hook(dead);
            });
      if (world.random(3) === 0) node.set("right", made);
      else world.keep(made);
    });
  },
  dereference: (world) => {
    world.with(WeakrefHandle, (weakref) => {
      const found = weakref.deref();
      if (found) world.keep(found);
    });
  },
  "ask for weak references": (world) => {
    world.withNode((node) => {
      for (const weakref of world.heap.weakref.getRefs(node)) world.keep(weakref);
    });
  },
  "use a proxy": (world) => {
    world.withNode((node) => {
      const proxy = world.heap.weakref.proxy(node, () => {
        world.hook();
      });
      world.act();
      proxy.set("left", world.any() ?? null);
    });
  },
  "set in the weak-keyed map": (world) => {
    world.withNode((node) => world.keyMap.set(node, world.value()));
  },
  "change the weak-keyed map": (world) => {
    world.withNode((node) => world.keyMap.delete(node));
    if (world.random(5) === 0) world.keyMap.clear();
    const found = [...world.keyMap.keys()];
    if (found.length > 0) world.keep(pick(world.random, found));
  },
  "go through the weak-keyed map": (world) => {
    for (const [key] of world.keyMap) {
      if (world.random(3) === 0) world.act();
      key.release();
    }
  },
  "a weak-keyed map of one's own": (world) => {
    const map = world.heap.weakref.keyMap();
    world.withNode((node) => map.set(node, map));
    world.keep(map);
  },
  "change the weak set": (world) => {
    world.withNode((node) => world.weakSet.add(node));
    world.withNode((node) => world.weakSet.delete(node));
    if (world.random(5) === 0) world.weakSet.clear();
  },
  "change the weak-valued map": (world) => {
    const key = world.random(2) ? world.random(10) : world.heap.tuple(["key", world.random(10)]);
    world.withNode((node) => world.valueMap.set(key, node));
    if (world.random(3) === 0) world.valueMap.delete(world.random(10));
    const found = world.valueMap.get(world.random(10));
    if (found) world.keep(found);
  },
  "finalize later": (world) => {
    world.withNode((node) => {
      const made = world.heap.weakref.finalize(node, () => {
        world.hook();
      });
      world.finalizers.push(made);
    });
  },
  "finalize now": (world) => {
    if (world.finalizers.length > 0) pick(world.random, world.finalizers).call();
  },
  collect: (world) => {
    world.heap.gc.collect(world.generation());
  },
  "collect everything": ({ heap }) => {
    heap.gc.collect();
  },
  freeze: ({ heap }) => {
    heap.gc.freeze();
  },
  unfreeze: ({ heap }) => {
    heap.gc.unfreeze();
  },
  "change the thresholds": ({ heap, random }) => {
    heap.gc.setThreshold(pick(random, [-1, 0, 1, 2, 10, 700]), random(3), random(3));
    heap.gc.setByteThreshold(pick(random, [0, 0, 1, 65_536]));
  },
  "enable or disable": ({ heap, random }) => {
    if (random(3) === 0) heap.gc.disable();
    else heap.gc.enable();
  },
  pause: ({ heap, pauses, random }) => {
    if (pauses.length < 2 && random(2) === 0) pauses.push(heap.gc.pause());
    else pauses.pop()?.release();
  },
  "debug flags": ({ heap, random }) => {
    heap.gc.setDebug(pick(random, [0, 0, heap.gc.DEBUG_STATS, heap.gc.DEBUG_COLLECTABLE, heap.gc.DEBUG_SAVEALL, 39]));
  },
  "empty the garbage": ({ heap }) => {
    heap.gc.garbage.clear();
  },
  "callbacks of collections": (world) => {
    const { callbacks } = world.heap.gc;
    if (callbacks.length < 3)
      callbacks.push(() => {
        world.hook();
      });
    else callbacks.splice(world.random(3), 1);
  },
  "look around": (world) => {
    const { gc } = world.heap;
    const lists: (() => Handle[])[] = [
      () => gc.getObjects(world.generation()),
      () => gc.getReferrers(...world.held.slice(0, 3)),
      () => gc.getReferents(...world.held.slice(0, 3)),
    ];
    // Among the dicts is that of the weak-valued map, which is nobody's to change.
    const found = pick(world.random, lists)().filter((handle) => !(handle instanceof DictHandle));
    if (found.length > 0) world.keep(pick(world.random, found));
    world.heap.stats();
    gc.getFreezeCount();
  },
  "copy in and out": (world) => {
    world.keep(world.heap.from({ list: [1, "text", world.any() ?? null], when: 2n ** 40n }));
    const text = world.any()?.repr();
    if (text === "") throw new Error("everything has a repr");
  },
  "dispose of another heap": (world) => {
    if (world.random(4) > 0) return;
    const other = Heap.createSync();
    const Other = other.struct("Other", NODE, {
      finalize: () => {
        world.act();
      },
    });
    const node = Other.new();
    node.left = node;
    other.dispose();
  },
  "dispose of the heap itself": (world) => {
    if (world.keyMap.store.depth === 0) return;
    try {
      world.heap.dispose();
    } catch (error) {
      if ((error as { code?: string }).code === "HEAP_BUSY") return;
    }
    throw new Error("a heap was disposed of from inside its own hook");
  },
  "torture on or off": ({ heap, random }) => {
    collectAlways(heap, random(2) === 0);
  },
  throw: () => {
    throw ON_PURPOSE;
  },
};
const NAMES = Object.keys(ACTIONS);

/** Whether an error is none: thrown by a hook on purpose, or the name of what another hook has done. */
export function isExpected(error: unknown): boolean {
  return error === ON_PURPOSE || ALLOWED.includes((error as { code?: string }).code ?? "");
}
