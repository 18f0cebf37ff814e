// What CPython's own Lib/test/test_gc.py shows of its collector, shown of this one. Left out is what has no
// counterpart: classes, functions and frames as objects, legacy finalizers, threads.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { CollectionInfo, GcCallback, Generation, Handle, ListHandle, WeakrefHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { NODE, dropLoop, pair, peek, releaseAll, selfLoop } from "../support/scenes.js";
import type { Node } from "../support/scenes.js";

describe.each(CORES)("cycles that are found, %s core", (core, options) => {
  const shapes: [what: string, found: number, build: (heap: Heap) => void][] = [
    ["a list that holds itself", 1, (heap) => selfList(heap)],
    [
      "a dict that holds itself as a value",
      1,
      (heap) => {
        const dict = heap.dict();
        dict.set("self", dict);
      },
    ],
    [
      "a tuple and a list that hold each other",
      2,
      (heap) => {
        const list = heap.list();
        list.append(heap.tuple([list]));
      },
    ],
    ["an instance that holds itself", 1, (heap) => selfLoop(heap.struct("Node", NODE))],
    ["a pair", 2, (heap) => pair(heap.struct("Node", NODE))],
    [
      "a namespace and the function that was defined in it",
      2,
      (heap) => {
        const globals = heap.dict();
        globals.set("f", heap.struct("Function", { globals: "ref" }).new({ globals }));
      },
    ],
    [
      "a set's element that holds the set",
      2,
      (heap) => {
        const set = heap.set();
        set.add(heap.struct("Node", NODE).new({ left: set }));
      },
    ],
  ];
  test.each(shapes)("%s: %i", (_what, found, build) => {
    withHeap(options(), (heap) => {
      heap.scope(() => {
        build(heap);
      });
      expect([heap.gc.collect(), heap.gc.getTrackedCount()]).toEqual([found, 0]);
    });
  });

  test("instances of types that extend others are found, one after the other", () => {
    withHeap(options(), (heap) => {
      const Base = heap.struct("Base", { self: "ref" });
      const Middle = heap.struct("Middle", { other: "ref" }, { extends: Base });
      const Derived = heap.struct("Derived", {}, { extends: Middle });
      const [a, b] = [Middle.new(), Derived.new()];
      a.self = a;
      b.other = b;
      expect(heap.gc.collect()).toBe(0);
      a.release();
      expect(heap.gc.collect()).toBe(1);
      b.release();
      expect(heap.gc.collect()).toBe(1);
      expect(heap.gc.collect()).toBe(0);
    });
  });

  test("nothing is uncollectable: with or without finalizers, gc.garbage stays empty", () => {
    withHeap(options(), (heap) => {
      const Plain = heap.struct("Plain", NODE);
      const deaths: unknown[] = [];
      const Loud = heap.struct("Loud", NODE, { finalize: (node) => deaths.push(node.title) });
      heap.gc.setDebug(heap.gc.DEBUG_UNCOLLECTABLE);
      dropLoop(Plain);
      dropLoop(Loud, "loud");
      expect([heap.gc.collect(), heap.gc.garbage.length, deaths]).toEqual([2, 0, ["loud"]]);
      expect(heap.gc.getStats().map(({ uncollectable }) => uncollectable)).toEqual([0, 0, 0]);
    });
  });

  test("the collector does not call the accessors of a type", () => {
    withHeap(options(), (heap) => {
      let calls = 0;
      const Boom = heap.struct("Boom", NODE, {
        methods: {
          get trap(): number {
            this.left = null;
            return ++calls;
          },
        },
      });
      heap.scope(() => {
        const [a, b] = [Boom.new(), Boom.new()];
        a.left = b;
        b.left = a;
      });
      expect([heap.gc.collect(), calls, heap.gc.garbage.length]).toEqual([2, 0, 0]);
    });
  });

  test("cycles created in a tight loop do not accumulate", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      let most = 0;
      for (let i = 0; i < 5000; i++) {
        dropLoop(Node);
        most = Math.max(most, heap.gc.getCount()[0]);
      }
      expect(most).toBeLessThanOrEqual(700);
      expect(heap.gc.getTrackedCount()).toBeLessThanOrEqual(701);
      expect(heap.gc.getStats().reduce((sum, { collected }) => sum + collected, 0)).toBeGreaterThan(4000);
    });
  });

  test("a refcount that is too low is detected: at once by the checked core, otherwise by verify", () => {
    const heap = Heap.createSync(options());
    const [node] = pair(heap.struct("Node", NODE));
    const isChecked = core === "checked";
    const takeTooMany = (): void => {
      // The outside reference, and one that belongs to the other's slot.
      heap.core.decref(node.address);
      heap.core.decref(node.address);
    };
    if (isChecked) expect(takeTooMany).toThrow(/decref/);
    else {
      takeTooMany();
      expect(() => {
        heap.verify();
      }).toThrow(/a slot does not point to a live object/);
    }
  });
});

describe.each(CORES)("counts and generations, %s core", (_, options) => {
  test("after a collection all counts are 0; a birth raises only the first", () => {
    withHeap(options(), (heap) => {
      heap.list().release();
      heap.gc.collect();
      expect(heap.gc.getCount()).toEqual([0, 0, 0]);
      const dict = heap.dict();
      expect(heap.gc.getCount()).toEqual([1, 0, 0]);
      dict.release();
      expect(heap.gc.getCount()).toEqual([0, 0, 0]);
    });
  });

  test("each collection raises the count of the next older generation, and clears its own", () => {
    withHeap(options(), (heap) => {
      heap.gc.collect();
      const held: Handle[] = [];
      const counts = ([0, 1, 2] as Generation[]).map((generation) => {
        held.push(heap.dict());
        heap.gc.collect(generation);
        return heap.gc.getCount();
      });
      expect(counts).toEqual([
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ]);
      releaseAll(held);
    });
  });

  test("collect() works when disabled; nested in a finalizer it returns 0", () => {
    withHeap(options(), (heap) => {
      const nested: number[] = [];
      const Node = heap.struct("Node", NODE, { finalize: () => nested.push(heap.gc.collect()) });
      const Other = heap.struct("Other", NODE);
      heap.gc.disable();
      expect(heap.gc.isEnabled()).toBe(false);
      dropLoop(Node);
      dropLoop(Other);
      expect([heap.gc.collect(), nested]).toEqual([2, [0]]);
      heap.gc.enable();
      expect(heap.gc.isEnabled()).toBe(true);
    });
  });

  test("statistics are counted for the oldest generation of each run", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const none = { collections: 0, collected: 0, uncollectable: 0 };
      expect(heap.gc.getStats()).toEqual([none, none, none]);
      heap.gc.collect(0);
      expect(heap.gc.getStats()).toEqual([{ ...none, collections: 1 }, none, none]);
      dropLoop(Node);
      heap.gc.collect(2);
      expect(heap.gc.getStats()).toEqual([
        { ...none, collections: 1 },
        none,
        { collections: 1, collected: 1, uncollectable: 0 },
      ]);
      heap.gc.collect(1);
      expect(heap.gc.getStats()[1]).toEqual({ ...none, collections: 1 });
    });
  });

  test("automatic collection runs below 10,000 births with thresholds (1000, 0, 0), and not when disabled or with 0", () => {
    withHeap({ ...options(), thresholds: [1000, 0, 0] }, (heap) => {
      const Node = heap.struct("Node", NODE);
      const runsWith = (births: number): number => {
        const before = heap.gc.getStats();
        const nodes = Array.from({ length: births }, () => heap.core.alloc(Node.id));
        const runs = heap.gc.getStats().map(({ collections }, i) => collections - (before[i]?.collections ?? 0));
        for (const node of nodes) heap.core.decref(node);
        return runs.reduce((sum, one) => sum + one, 0);
      };
      expect(runsWith(10_000)).toBeGreaterThan(0);
      heap.gc.disable();
      expect(runsWith(10_000)).toBe(0);
      heap.gc.enable();
      heap.gc.setThreshold(0);
      expect(runsWith(50_000)).toBe(0);
    });
  });

  test("with a threshold of 1, a finalizer that allocates neither recurses nor fails", () => {
    withHeap({ ...options(), thresholds: [1, 10, 10] }, (heap) => {
      let depth = 0;
      let deepest = 0;
      let runs = 0;
      const Node = heap.struct("Node", NODE, {
        finalize: () => {
          deepest = Math.max(deepest, ++depth);
          for (let i = 0; i < 5; i++) heap.list([heap.dict()]).release();
          runs++;
          depth--;
        },
      });
      for (let i = 0; i < 20; i++) {
        Node.new().release();
        dropLoop(Node);
      }
      heap.gc.collect();
      expect([deepest, runs]).toEqual([1, 40]);
    });
  });

  test("getObjects lists a live list as young, middle and old, and then it stays old", () => {
    withHeap(options(), (heap) => {
      const list = heap.list();
      list.append(list);
      const where = (): number[] =>
        ([0, 1, 2] as Generation[]).filter((generation) =>
          heap.scope(() => heap.gc.getObjects(generation).some((object) => object.is(list))),
        );
      const found = [where()];
      for (const generation of [0, 1, 2, 2] as Generation[]) {
        heap.gc.collect(generation);
        found.push(where());
      }
      expect(found).toEqual([[0], [1], [2], [2], [2]]);
      const counts = heap.scope(() => [heap.gc.getObjects().length, heap.gc.getObjects(undefined).length]);
      expect(counts).toEqual([1, 1]);
      for (const bad of [1000, -1000, "1", 1.234])
        expect(codeOf(() => heap.gc.getObjects(bad as never))).toBe("BAD_OPTION");
      list.clear();
    });
  });

  test("during a collection its garbage is in no generation and has no referrers", () => {
    withHeap(options(), (heap) => {
      const seen: unknown[] = [];
      const Node = heap.struct("Node", NODE, {
        finalize: (node) => {
          heap.scope(() => {
            seen.push(heap.gc.getObjects().some((object) => object.is(node)));
            seen.push(heap.gc.getReferrers(node).length);
          });
        },
      });
      const witness = heap.list();
      dropLoop(Node);
      releaseAll(pair(Node));
      expect(heap.gc.collect()).toBe(3);
      expect(seen).toEqual([false, 0, false, 0, false, 0]);
      witness.release();
    });
  });
});

describe.each(CORES)("what gc says of objects, %s core", (_, options) => {
  test("getReferents: items of lists and tuples, keys and values of dicts, all arguments together; atoms have none", () => {
    withHeap(options(), (heap) => {
      heap.scope(() => {
        const of = (...objects: Handle[]): unknown[] => heap.gc.getReferents(...objects).map((each) => each.toJS());
        const [list, tuple] = [heap.list([0, 1, 2]), heap.tuple([0, 3, 4])];
        expect([of(list).sort(), of(tuple).sort()]).toEqual([
          [0, 1, 2],
          [0, 3, 4],
        ]);
        expect(
          of(
            heap.dict([
              [1, 3],
              [5, 7],
            ]),
          ).sort(),
        ).toEqual([1, 3, 5, 7]);
        expect(of(list, tuple, heap.list([0])).sort()).toEqual([0, 0, 0, 1, 2, 3, 4]);
        expect(of(heap.int(1), heap.str("a"), heap.float(4.5), heap.none)).toEqual([]);
        expect(of()).toEqual([]);
      });
    });
  });

  test("isTracked: atoms are not, containers and objects with references are", () => {
    withHeap(options(), (heap) => {
      heap.scope(() => {
        const Empty = heap.struct("Empty", { n: "i32" });
        const Node = heap.struct("Node", NODE);
        const atoms = [heap.none, heap.int(1), heap.float(1), heap.bool(true), heap.bytes(Uint8Array.of(1))];
        const untracked = [...atoms, heap.str("a"), heap.tuple(), Empty.new()];
        const tracked = [heap.list(), heap.set(), Node.new(), heap.weakref.ref(heap.set())];
        expect(untracked.map((each) => heap.gc.isTracked(each))).toEqual(untracked.map(() => false));
        expect(tracked.map((each) => heap.gc.isTracked(each))).toEqual(tracked.map(() => true));
      });
    });
  });

  test("isFinalized: never for atoms, for an object once its finalizer has run", () => {
    withHeap(options(), (heap) => {
      const storage: Node[] = [];
      const inside: boolean[] = [];
      const Lazarus = heap.struct("Lazarus", NODE, {
        finalize: (node) => {
          inside.push(node.isFinalized);
          storage.push(node.clone());
        },
      });
      heap.scope(() => {
        expect(heap.gc.isFinalized(heap.int(3))).toBe(false);
      });
      // In a death it is set behind the call, in a collection in front of it.
      const dying = Lazarus.new();
      expect(dying.isFinalized).toBe(false);
      dying.release();
      dropLoop(Lazarus);
      heap.gc.collect();
      expect([storage.map((node) => heap.gc.isFinalized(node)), inside]).toEqual([
        [true, true],
        [false, true],
      ]);
      releaseAll(storage);
    });
  });
});

describe.each(CORES)("weak references and garbage, %s core", (_, options) => {
  test("a callback that looks at all garbage sees that it is dead", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const seen: unknown[][] = [];
      const weakrefs: WeakrefHandle[] = [];
      for (const title of ["a", "b"]) {
        const node = selfLoop(Node, title);
        weakrefs.push(
          heap.weakref.ref(node, () => {
            seen.push(weakrefs.map((weakref) => weakref.deref()));
          }),
        );
        node.release();
      }
      heap.gc.collect();
      expect(seen).toEqual([
        [null, null],
        [null, null],
      ]);
    });
  });

  test("a finalizer may overwrite what its garbage holds", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE, { finalize: (node) => (node.right = null) });
      heap.scope(() => {
        const [, b] = pair(Node);
        b.right = Node.new();
      });
      heap.gc.collect();
      expect(heap.gc.getTrackedCount()).toBe(0);
    });
  });

  /** An old object that only young garbage holds: it dies when that is cleared. Then no weak reference leads to garbage. */
  const watchers: [string, (heap: Heap, see: () => void) => Handle][] = [
    [
      "callback",
      (heap, see) => {
        const old = heap.struct("Old", NODE).new();
        heap.weakref.ref(old, see);
        return old;
      },
    ],
    ["finalizer", (heap, see) => heap.struct("Old", NODE, { finalize: see }).new()],
  ];
  test.each(watchers)(
    "a %s that runs while garbage is cleared cannot get at it through a weak reference",
    (_w, make) => {
      withHeap(options(), (heap) => {
        const Node = heap.struct("Node", NODE);
        const seen: unknown[] = [];
        let plain: WeakrefHandle | undefined;
        const old = make(heap, () => seen.push(plain?.deref()));
        heap.gc.collect();
        const holder = selfLoop(Node);
        holder.right = old;
        const other = selfLoop(Node);
        plain = heap.weakref.ref(other);
        releaseAll([holder, other, old]);
        const { collections } = heap.gc.getStats()[0];
        const births: Handle[] = [];
        while (heap.gc.getStats()[0].collections === collections) births.push(Node.new());
        expect(seen).toEqual([null]);
        releaseAll(births);
      });
    },
  );

  test("a finalizer in garbage hands a weak reference of garbage on to one that runs while that is cleared", () => {
    withHeap(options(), (heap) => {
      const seen: string[] = [];
      let handed: WeakrefHandle | undefined;
      const Old = heap.struct("Old", NODE, {
        finalize: () => {
          const target = handed?.deref();
          seen.push(target ? target.repr() : "None");
          target?.release();
        },
      });
      const Cleared = heap.struct("Cleared", NODE);
      const Maker = heap.struct("Maker", NODE, {
        finalize: (node) => {
          const cleared = node.right as Node;
          handed = heap.weakref.ref(cleared);
          seen.push(peek(handed, (target) => target.title) ?? "None");
          cleared.release();
        },
      });
      // It is no candidate of the collection that follows, and so runs not with the garbage, but when that is cleared.
      const old = Old.new();
      heap.gc.collect();
      heap.scope(() => {
        const [maker, cleared] = [Maker.new(), Cleared.new({ title: "cleared" })];
        maker.right = cleared;
        cleared.left = maker;
        cleared.right = old;
      });
      old.release();
      expect([heap.gc.collect(0), seen, handed?.deref()]).toEqual([2, ["cleared", "None"], null]);
    });
  });

  test("a weak reference that is garbage is never called, even about what garbage holds and the collector cannot see", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const Leaf = heap.struct("Leaf", { n: "i32" });
      let calls = 0;
      heap.scope(() => {
        const [a, b] = pair(Node);
        const leaf = Leaf.new();
        a.right = leaf;
        b.right = heap.weakref.ref(leaf, () => calls++);
      });
      expect([heap.gc.collect(), calls, heap.stats().weakrefs]).toEqual([3, 0, 0]);
    });
  });
});

describe.each(CORES)("resurrection, %s core", (_, options) => {
  test("happens only once", () => {
    withHeap(options(), (heap) => {
      const saved: Node[] = [];
      let calls = 0;
      const Lazarus = heap.struct("Lazarus", NODE, {
        finalize: (node) => {
          calls++;
          saved.push(node.clone());
        },
      });
      dropLoop(Lazarus);
      expect([heap.gc.collect(), calls, saved.length]).toEqual([0, 1, 1]);
      releaseAll(saved);
      expect([heap.gc.collect(), calls, heap.gc.getTrackedCount()]).toEqual([1, 1, 0]);
    });
  });

  test("takes all along that is reachable from the one who is resurrected", () => {
    withHeap(options(), (heap) => {
      const saved: Node[] = [];
      const Cargo = heap.struct("Cargo", NODE);
      const Lazarus = heap.struct("Lazarus", NODE, { finalize: (node) => saved.push(node.clone()) });
      const addresses = heap.scope(() => {
        const lazarus = Lazarus.new();
        const cargo = Cargo.new({ title: "cargo", left: lazarus });
        lazarus.left = cargo;
        return [lazarus.address, cargo.address];
      });
      expect(heap.gc.collect()).toBe(0);
      heap.scope(() => {
        const cargo = saved[0]?.left as Node;
        expect([saved[0]?.address, cargo.address]).toEqual(addresses);
        expect([cargo.title, (cargo.left as Node).is(saved[0] as Node)]).toEqual(["cargo", true]);
      });
      releaseAll(saved);
      expect(heap.gc.collect()).toBe(2);
    });
  });

  test("does not prevent other garbage from being collected, nor count as collected", () => {
    withHeap(options(), (heap) => {
      const zs: Node[] = [];
      const Plain = heap.struct("Plain", NODE);
      const Zombie = heap.struct("Zombie", NODE, { finalize: (node) => zs.push(node.clone()) });
      const collected = (): number => heap.gc.getStats()[2].collected;
      const plain = (): void => {
        for (let i = 0; i < 100; i++) dropLoop(Plain);
      };
      plain();
      expect([heap.gc.collect(), collected()]).toEqual([100, 100]);
      dropLoop(Zombie);
      expect([heap.gc.collect(), collected()]).toEqual([0, 100]);
      plain();
      dropLoop(Zombie);
      expect([heap.gc.collect(), collected()]).toEqual([100, 200]);
      releaseAll(zs.splice(0));
      expect([heap.gc.collect(), collected(), zs.length]).toEqual([2, 202, 0]);
    });
  });
});

describe.each(CORES)("gc.callbacks, %s core", (_, options) => {
  test("each is called at the start and the stop of each collection", () => {
    withHeap(options(), (heap) => {
      const visits: [who: number, phase: string, info: CollectionInfo][] = [];
      for (const who of [1, 2]) heap.gc.callbacks.push((phase, info) => visits.push([who, phase, info]));
      dropLoop(heap.struct("Node", NODE));
      heap.gc.collect();
      const [start, stop] = [
        { generation: 2, collected: 0, uncollectable: 0 },
        { generation: 2, collected: 1, uncollectable: 0 },
      ];
      expect(visits).toEqual([
        [1, "start", start],
        [2, "start", start],
        [1, "stop", stop],
        [2, "stop", stop],
      ]);
      expect([visits[0]?.[2] === visits[1]?.[2], visits[0]?.[2] === visits[2]?.[2]]).toEqual([true, false]);
      heap.gc.callbacks.length = 0;
    });
  });

  test.each([0, 1, 2] as Generation[])("the generation is that of the collection: %i", (generation) => {
    withHeap(options(), (heap) => {
      const told: number[] = [];
      heap.gc.callbacks.push((_phase, info) => told.push(info.generation));
      heap.gc.collect(generation);
      heap.gc.callbacks.length = 0;
      expect(told).toEqual([generation, generation]);
    });
  });

  test("automatic collections call them, too", () => {
    withHeap({ ...options(), thresholds: [10, 10, 10] }, (heap) => {
      const told: unknown[] = [];
      heap.gc.callbacks.push((phase, info) => told.push([phase, info.generation, heap.gc.getCount()[0]]));
      const Node = heap.struct("Node", NODE);
      const nodes = Array.from({ length: 11 }, () => Node.new());
      expect(told).toEqual([
        ["start", 0, 11],
        ["stop", 0, 0],
      ]);
      heap.gc.callbacks.length = 0;
      releaseAll(nodes);
    });
  });

  test("a callback added meanwhile is called, one that removes itself makes the next one be skipped; errors are reported", () => {
    const errors: unknown[] = [];
    const hook = (error: unknown, { where }: { where: string }): number =>
      errors.push(`${where}: ${(error as Error).message}`);
    withHeap({ ...options(), onUnraisable: hook }, (heap) => {
      const { callbacks } = heap.gc;
      const told: string[] = [];
      const late: GcCallback = (phase) => told.push(`late ${phase}`);
      callbacks.push((phase) => {
        told.push(`first ${phase}`);
        if (phase === "start") callbacks.push(late);
        throw new Error(phase);
      });
      heap.gc.collect();
      expect(told.splice(0)).toEqual(["first start", "late start", "first stop", "late stop"]);
      callbacks.length = 0;
      callbacks.push(
        () => {
          told.push("goes");
          callbacks.shift();
        },
        (phase) => told.push(`hidden ${phase}`),
        (phase) => told.push(`last ${phase}`),
      );
      heap.gc.collect();
      expect(told).toEqual(["goes", "last start", "hidden stop", "last stop"]);
      expect(errors).toEqual(["gc callback: start", "gc callback: stop"]);
      callbacks.length = 0;
    });
  });

  test("collect() in a callback does nothing", () => {
    withHeap(options(), (heap) => {
      const found: number[] = [];
      heap.gc.callbacks.push(() => found.push(heap.gc.collect()));
      dropLoop(heap.struct("Node", NODE));
      expect([heap.gc.collect(), found]).toEqual([1, [0, 0]]);
      heap.gc.callbacks.length = 0;
    });
  });
});

describe.each(CORES)("freeze, %s core", (_, options) => {
  test("hides all tracked objects, and unfreeze moves them to the oldest generation", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const nodes = [Node.new(), Node.new()];
      heap.gc.collect(0);
      nodes.push(Node.new());
      expect(heap.gc.getFreezeCount()).toBe(0);
      heap.gc.freeze();
      expect([heap.gc.getFreezeCount(), heap.gc.getCount(), heap.gc.getTrackedCount()]).toEqual([3, [0, 0, 0], 0]);
      expect(nodes.map((node) => node.isTracked)).toEqual([true, true, true]);
      nodes[0]?.release();
      expect(heap.gc.getFreezeCount()).toBe(2);
      heap.gc.unfreeze();
      expect([heap.gc.getFreezeCount(), heap.gc.getTrackedCount(2)]).toEqual([0, 2]);
      releaseAll(nodes);
    });
  });

  test("garbage that refers to frozen objects is collected, and drops its references to them", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const frozen = Node.new();
      heap.gc.freeze();
      const loop = selfLoop(Node);
      loop.right = frozen;
      loop.release();
      expect(frozen.refcount).toBe(2);
      expect(heap.gc.collect()).toBe(1);
      heap.gc.unfreeze();
      heap.gc.collect();
      expect(frozen.refcount).toBe(1);
      frozen.release();
    });
  });

  test("freeze, collect and unfreeze in turn lose nothing, and frozen garbage is collected after unfreeze", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      for (let round = 0; round < 3; round++) {
        dropLoop(Node);
        heap.gc.freeze();
        dropLoop(Node);
        expect(heap.gc.collect()).toBe(1);
        heap.gc.freeze();
      }
      heap.gc.unfreeze();
      expect(heap.gc.collect()).toBe(3);
    });
  });
});

/** Sets the place of debug lines, and returns them. Addresses and times are not compared. */
function listen(heap: Heap): string[] {
  const lines: string[] = [];
  heap.gc.debugSink = (line) =>
    lines.push(line.replace(/0x[0-9a-f]+/, "0x…").replace(/\d+\.\d{4}s elapsed/, "…s elapsed"));
  return lines;
}

describe.each(CORES)("debug flags, %s core", (_, options) => {
  test("SAVEALL appends unreachable objects to gc.garbage, and counts them as collected", () => {
    withHeap(options(), (heap) => {
      const { gc } = heap;
      gc.setDebug(gc.getDebug() | gc.DEBUG_SAVEALL);
      const address = heap.scope(() => selfList(heap).address);
      expect([gc.collect(), gc.garbage.length]).toEqual([1, 1]);
      const [saved] = heap.gc.getReferents(gc.garbage);
      expect([saved?.address, saved?.repr()]).toEqual([address, "[[...]]"]);
      saved?.release();
      gc.setDebug(0);
      gc.garbage.clear();
      expect([gc.collect(), gc.getStats()[2].collected]).toEqual([1, 2]);
    });
  });

  test("SAVEALL takes effect after finalizers have run and weak references are cleared", () => {
    withHeap(options(), (heap) => {
      const events: string[] = [];
      const Node = heap.struct("Node", NODE, { finalize: () => events.push("finalizer") });
      heap.gc.setDebug(heap.gc.DEBUG_SAVEALL);
      const node = selfLoop(Node);
      const weakrefs = [heap.weakref.ref(node), heap.weakref.ref(node, () => events.push("callback"))];
      node.release();
      expect([heap.gc.collect(), events, heap.gc.garbage.length]).toEqual([1, ["callback", "finalizer"], 1]);
      expect(weakrefs.map((weakref) => weakref.alive)).toEqual([false, false]);
      releaseAll(weakrefs);
      heap.gc.setDebug(0);
      heap.gc.garbage.clear();
      expect([heap.gc.collect(), events.length]).toEqual([1, 2]);
    });
  });

  test("STATS writes four lines at each collection; without it there are none", () => {
    withHeap(options(), (heap) => {
      const { gc } = heap;
      const lines = listen(heap);
      const kept = heap.list();
      dropLoop(heap.struct("Node", NODE));
      gc.collect(0);
      expect(lines).toEqual([]);
      gc.setDebug(gc.DEBUG_STATS);
      gc.freeze();
      const other = heap.list();
      expect([gc.getDebug(), gc.collect(1)]).toEqual([1, 0]);
      expect(lines).toEqual([
        "gc: collecting generation 1...",
        "gc: objects in each generation: 1 0 0",
        "gc: objects in permanent generation: 1",
        "gc: done, 0 unreachable, 0 uncollectable, …s elapsed",
      ]);
      gc.setDebug(0);
      gc.unfreeze();
      releaseAll([kept, other]);
    });
  });

  test("COLLECTABLE writes a line for each unreachable object", () => {
    withHeap(options(), (heap) => {
      const lines = listen(heap);
      heap.gc.setDebug(heap.gc.DEBUG_COLLECTABLE);
      dropLoop(heap.struct("Node", NODE));
      selfList(heap).release();
      heap.gc.collect();
      expect(lines).toEqual(["gc: collectable <Node 0x…>", "gc: collectable <list 0x…>"]);
    });
  });

  test("the end of a heap reports the number of objects in gc.garbage; with UNCOLLECTABLE also which; with SAVEALL nothing", () => {
    const linesAtEnd = (flagsOf: (heap: Heap) => number): string[] => {
      const heap = Heap.createSync(options());
      heap.gc.setDebug(heap.gc.DEBUG_SAVEALL);
      const X = heap.struct("X", NODE);
      dropLoop(X);
      dropLoop(X);
      heap.gc.collect();
      heap.gc.setDebug(flagsOf(heap));
      heap.verify();
      const lines = listen(heap);
      heap.dispose();
      return lines;
    };
    expect(linesAtEnd(() => 0)).toEqual([
      "gc: 2 uncollectable objects at shutdown; use gc.setDebug(gc.DEBUG_UNCOLLECTABLE) to list them",
    ]);
    expect(linesAtEnd(({ gc }) => gc.DEBUG_UNCOLLECTABLE)).toEqual([
      "gc: 2 uncollectable objects at shutdown",
      "      <X 0x…>",
      "      <X 0x…>",
    ]);
    expect(linesAtEnd(({ gc }) => gc.DEBUG_LEAK)).toEqual([]);
  });
});

describe.each(CORES)("deep structures and the end of a heap, %s core", (_, options) => {
  test("chains of lists and dicts, 150 deep, are freed while every 17th finalizer collects", () => {
    withHeap(options(), (heap) => {
      let [born, finalized] = [0, 0];
      const collect = (): void => {
        if (++finalized % 17 === 0) heap.gc.collect();
      };
      const Ouch = heap.struct("Ouch", NODE, { finalize: collect });
      const containers: ((inner: Handle | null) => Handle)[] = [
        (inner) => heap.list([Ouch.new(), inner]),
        (inner) => heap.list([inner, Ouch.new()]),
        (inner) =>
          heap.dict([
            ["inner", inner],
            ["ouch", Ouch.new()],
          ]),
      ];
      for (const wrap of containers) {
        const outermost = heap.scope(() => {
          let inner: Handle | null = null;
          for (let depth = 0; depth < 150; depth++) {
            inner = wrap(inner);
            born++;
          }
          return inner;
        });
        outermost?.release();
        heap.verify();
      }
      expect([finalized, heap.gc.getTrackedCount()]).toEqual([born, 0]);
    });
  });

  test("cycles left at the end of the heap are finalized", () => {
    const deaths: unknown[] = [];
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", NODE, { finalize: (node) => deaths.push(node.title) });
    dropLoop(Node, "garbage");
    const globals = heap.dict();
    globals.set("globals", globals);
    heap.scope(() => globals.set("node", selfLoop(Node, "global")));
    heap.verify();
    heap.dispose();
    expect(deaths.sort()).toEqual(["garbage", "global"]);
  });
});

function selfList(heap: Heap): ListHandle {
  const list = heap.list();
  list.append(list);
  return list;
}
