// Finalizers, callbacks of weak references and of collections that do what they like, on a heap that collects at every
// birth. Whatever they do, every invariant holds after it, and all is given back in the end.

import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import type { DictHandle, Finalizer, Handle, ListHandle, WeakKeyMapHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { runProgram } from "../support/program.js";
import { NODE, dropLoop, holdings, releaseAll, selfLoop } from "../support/scenes.js";
import type { NodeType } from "../support/scenes.js";
import { collectAlways } from "../support/torture.js";
import { World, isExpected } from "./world.js";
import { howMany } from "../support/random.js";

const CHECKED = { module: checkedCore(), traceHandles: false };

/** What a hook finds around it. */
interface Scene {
  heap: Heap;
  Loud: NodeType;
  Plain: NodeType;
  /** Handles that somebody else owns. */
  others: Handle[];
  list: ListHandle;
  dict: DictHandle;
  map: WeakKeyMapHandle;
  /** What was brought back. */
  saved: Handle[];
  finalizers: Finalizer[];
}

/** Those of the containers that are still there. */
function containersOf({ list, dict, map }: Scene): (ListHandle | DictHandle | WeakKeyMapHandle)[] {
  return [list, dict, map].filter(({ released }) => !released);
}

/** What hooks do, each on each occasion. The handle is that of the object that dies, or of the dead weak reference. */
const MISDEEDS: Record<string, (scene: Scene, given: Handle | undefined) => void> = {
  allocate: ({ heap, Plain }) => {
    heap.scope(() => {
      for (let n = 0; n < 5; n++) heap.list([heap.dict([[n, Plain.new({ title: "new" })]]), heap.tuple([n])]);
    });
  },
  "leave garbage": ({ Plain, Loud }) => {
    dropLoop(Plain);
    dropLoop(Loud, "made in a hook");
  },
  "drop what others own": ({ others }) => {
    others.pop()?.release();
  },
  "link to what lives": ({ list, dict, others }, given) => {
    const [other] = others;
    if (given !== undefined && !dict.released) dict.set("given", given);
    if (other !== undefined && !list.released) list.append(other);
  },
  collect: ({ heap }) => {
    for (const generation of [0, 1, 2] as const) heap.gc.collect(generation);
  },
  freeze: ({ heap }) => {
    heap.gc.freeze();
  },
  unfreeze: ({ heap }) => {
    heap.gc.unfreeze();
  },
  "dispose of other heaps": () => {
    const other = Heap.createSync(CHECKED);
    const Node = other.struct("Node", NODE, { finalize: () => other.gc.collect() });
    dropLoop(Node);
    Node.new();
    other.dispose();
  },
  throw: () => {
    throw new Error("thrown");
  },
  "change the thresholds": ({ heap }) => {
    heap.gc.setThreshold(heap.gc.getThreshold()[0] === 1 ? 0 : 1, 0, 0);
    heap.gc.setByteThreshold(heap.gc.getByteThreshold() === 0 ? 1 : 0);
  },
  "let go of the containers": (scene) => {
    releaseAll(containersOf(scene));
  },
  "change the containers": (scene) => {
    if (containersOf(scene).length < 3) return;
    const { heap, list, dict, map, Plain } = scene;
    heap.scope(() => {
      if (list.length > 0) list.pop(0);
      list.insert(1, 7);
      list.reverse();
      dict.delete("b");
      dict.set("new", list);
      map.set(Plain.new(), list);
    });
  },
  "empty the containers": (scene) => {
    for (const container of containersOf(scene)) container.clear();
  },
  "bring back": ({ saved }, given) => {
    if (given !== undefined && saved.length < 50) saved.push(given.clone());
  },
  "refer weakly to the dying": ({ heap, saved, finalizers }, given) => {
    if (given === undefined || given.type === "weakref") return;
    saved.push(
      heap.weakref.ref(given),
      heap.weakref.ref(given, () => undefined),
    );
    finalizers.push(heap.weakref.finalize(given, () => undefined));
  },
  "watch collections": ({ heap }) => {
    if (heap.gc.callbacks.length < 5)
      heap.gc.callbacks.push(() => {
        heap.gc.collect();
        heap.gc.callbacks.pop();
      });
  },
  "save garbage": ({ heap }) => {
    heap.gc.setDebug(heap.gc.getDebug() === 0 ? heap.gc.DEBUG_SAVEALL : 0);
    heap.gc.garbage.clear();
  },
  "look around": ({ heap, others }) => {
    heap.scope(() => {
      heap.gc.getObjects().length;
      heap.gc.getReferrers(...others);
      heap.gc.getReferents(...others);
      heap.stats();
    });
  },
  "dispose of its own heap": ({ heap }) => {
    expect(codeOf(() => heap.dispose())).toBe("HEAP_BUSY");
  },
};

/** When hooks run. */
const OCCASIONS: Record<string, (scene: Scene) => void> = {
  "the list is emptied": ({ list }) => {
    list.clear();
  },
  "the list is cut": ({ list }) => {
    list.removeRange(1, 6);
  },
  "the list goes": ({ list }) => {
    list.release();
  },
  "the dict is emptied": ({ dict }) => {
    dict.clear();
  },
  "the dict's values are replaced": ({ dict }) => {
    for (const key of ["a", "b", "c"]) if (!dict.released) dict.set(key, null);
  },
  "the weak-keyed map goes": ({ map }) => {
    map.release();
  },
  "a young collection": ({ heap }) => {
    heap.gc.collect(0);
  },
  "a full collection": ({ heap }) => {
    heap.gc.collect();
  },
  "births under torture": ({ heap, Plain }) => {
    collectAlways(heap, true);
    heap.scope(() => {
      for (let n = 0; n < 5; n++) heap.list([Plain.new(), heap.weakref.ref(Plain.new(), () => undefined)]);
    });
    collectAlways(heap, false);
  },
};

describe.each(["3.15", "3.12"] as const)("weak references as in %s: hooks that", (weakrefTiming) => {
  test.each(Object.keys(MISDEEDS))("%s", (misdeed) => {
    for (const [occasion, happen] of Object.entries(OCCASIONS)) {
      const failures: string[] = [];
      const onUnraisable = (error: unknown): unknown => failures.push((error as Error).message);
      const heap = Heap.createSync({ ...CHECKED, weakrefTiming, onUnraisable });
      heap.gc.debugSink = () => undefined;
      heap.gc.garbage.clear();
      const before = holdings(heap);
      let fuel = 60;
      const hook = (given?: Handle): void => {
        if (fuel-- <= 0) return;
        heap.verify();
        MISDEEDS[misdeed]?.(scene, given);
        heap.verify();
      };
      const scene = build(heap, hook);
      const started = fuel;
      happen(scene);
      heap.verify();
      expect(fuel, `hooks ran when ${occasion}`).toBeLessThan(started);
      const expected = misdeed === "throw" ? ["thrown"] : [];
      expect([...new Set(failures)], occasion).toEqual(expected);
      // From here on hooks do nothing.
      fuel = 0;
      heap.gc.callbacks.length = 0;
      for (const finalizer of scene.finalizers) finalizer.call();
      releaseAll([scene.list, scene.dict, scene.map, ...scene.others, ...scene.saved]);
      heap.gc.setDebug(0);
      heap.gc.garbage.clear();
      heap.gc.unfreeze();
      heap.gc.collect();
      heap.verify();
      expect(holdings(heap), occasion).toEqual(before);
      heap.dispose();
    }
  });
});

function build(heap: Heap, hook: (given?: Handle) => void): Scene {
  const Plain = heap.struct("Plain", NODE);
  const Loud = heap.struct("Loud", NODE, { finalize: hook });
  const watched = (title: string): Handle => {
    const node = Loud.new({ title });
    // Some are held by garbage too, and so silent if nobody else holds them.
    watchers.push(heap.weakref.ref(node, hook));
    heap.weakref.finalize(node, () => {
      hook();
    });
    return node;
  };
  const watchers: Handle[] = [];
  return heap.scope(() => {
    const list = heap.list(Array.from({ length: 8 }, (_, n) => watched(`item ${n}`)));
    const dict = heap.dict(["a", "b", "c"].map((key) => [key, watched(key)] as const));
    const map = heap.weakref.keyMap();
    const others = ["x", "y", "z"].map((title) => watched(title));
    for (const other of others) map.set(other, watched(`value of ${other.repr()}`));
    for (let n = 0; n < 4; n++) {
      const garbage = watched("garbage") as ReturnType<typeof Loud.new>;
      garbage.left = garbage;
      garbage.right = heap.list([watched("held by garbage"), ...(n % 2 ? [watchers.at(-1) as Handle] : [])]);
    }
    return { heap, Loud, Plain, others, list, dict, map, saved: [...watchers], finalizers: [] };
  });
}

describe.each(CORES)("objects that a hook may free during an operation, %s core", (_, options) => {
  /** A heap on which the next birth collects garbage whose finalizer does this. */
  function atNextBirth(heap: Heap, act: () => void): void {
    const Trap = heap.struct("Trap", NODE, { finalize: act });
    heap.gc.collect();
    dropLoop(Trap);
    heap.gc.setThreshold(1);
  }

  test("the object of weakref.finalize: its function has run by then", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      let calls = 0;
      atNextBirth(heap, () => node.release());
      const made = heap.weakref.finalize(node, () => calls++);
      expect([made.alive, calls]).toEqual([false, 1]);
    });
  });

  test("the referent of a new weak reference: it is dead, and its callback was called", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      let calls = 0;
      atNextBirth(heap, () => node.release());
      const weakref = heap.weakref.ref(node, () => calls++);
      expect([weakref.alive, calls]).toEqual([false, 1]);
      weakref.release();
    });
  });

  test("the value put into a weak-valued map, or the key put into a weak-keyed one: there is no entry", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const [values, keys] = [heap.weakref.valueMap(), heap.weakref.keyMap()];
      const [value, key] = [Node.new(), Node.new()];
      atNextBirth(heap, () => releaseAll([value, key]));
      values.set("key", value);
      expect([values.size, values.get("key"), key.released]).toEqual([0, undefined, true]);
      values.release();
      keys.release();
    });
    withHeap(options(), (heap) => {
      const keys = heap.weakref.keyMap();
      const key = heap.struct("Node", NODE).new();
      atNextBirth(heap, () => key.release());
      keys.set(key, "value");
      expect([keys.size, key.released]).toEqual([0, true]);
      keys.release();
    });
  });
});

describe.each(CORES)("disposing of a heap in its own hooks, %s core", (_, options) => {
  test("is a named error in each of them, and the heap continues", () => {
    const codes: string[] = [];
    const heap = Heap.createSync(options());
    const dispose = (): void => {
      codes.push(codeOf(() => heap.dispose()));
      heap.verify();
    };
    const { gc, weakref } = heap;
    const Loud = heap.struct("Loud", NODE, { finalize: dispose });
    const Plain = heap.struct("Plain", NODE);
    Loud.new().release();
    dropLoop(Loud);
    const watched = [Plain.new(), selfLoop(Plain)];
    const refs = watched.map((node) => weakref.ref(node, dispose));
    for (const node of watched) weakref.finalize(node, dispose);
    releaseAll(watched);
    gc.callbacks.push(dispose);
    gc.debugSink = dispose;
    gc.setDebug(gc.DEBUG_STATS | gc.DEBUG_COLLECTABLE);
    gc.collect();
    // Deaths 1, 2; the dead's callbacks 2; the collection: 2 callbacks, 4 + 2 lines, 1 finalizer, 2 callbacks.
    expect(codes).toEqual(Array.from({ length: 1 + 2 + 2 + 6 + 1 + 2 }, () => "HEAP_BUSY"));
    gc.callbacks.length = 0;
    gc.setDebug(0);
    releaseAll(refs);
    expect([heap.list([1]).toJS(), heap.disposed]).toEqual([[1], false]);
    heap.verify();
    heap.dispose();
    expect(heap.disposed).toBe(true);
  });

  test("is a named error during dispose(), too", () => {
    const codes: string[] = [];
    const heap = Heap.createSync(options());
    const dispose = (): unknown => codes.push(codeOf(() => heap.dispose()));
    const node = heap.struct("Loud", NODE, { finalize: dispose }).new();
    heap.weakref.finalize(node, dispose);
    heap.dispose();
    expect([codes, heap.disposed]).toEqual([["HEAP_BUSY", "HEAP_BUSY"], true]);
  });
});

const SEEDS = howMany(6);
const STEPS = 150;

describe("hooks that do anything, at any time", () => {
  test.each(["3.15", "3.12"] as const)("random programs, weak references as in %s", (weakrefTiming) => {
    const failures: unknown[] = [];
    const onUnraisable = (error: unknown): void => {
      if (!isExpected(error)) failures.push(error);
    };
    let hooksRun = 0;
    const program = { seeds: SEEDS, steps: STEPS, firstSeed: 1 };
    runProgram({ ...CHECKED, weakrefTiming, onUnraisable }, program, (heap, random) => {
      failures.length = 0;
      const world = new World(heap, random, failures);
      return (step) => {
        if (step < STEPS) world.step();
        else {
          world.end();
          hooksRun += world.hooksRun;
        }
      };
    });
    expect(hooksRun).toBeGreaterThan(20 * SEEDS);
  });
});
