import { describe, expect, test } from "vitest";
import { PHASE_IDLE, STEP_ENDS } from "../../assembly/layout.js";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import type { SyncOptions } from "../support/heap.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

/** Nothing collects but what the test asks for. */
const QUIET = { thresholds: [1_000_000_000, 10, 10] as [number, number, number], traceHandles: false };
/** A step may go over by what it does at once at most: a part of an object, a page of bitmaps. */
const MOST_AT_ONCE = 2200;

const bounded = (options: SyncOptions): SyncOptions => ({ ...options, ...QUIET, pauses: "bounded" });

/** Units that each step took. */
function watchSteps(heap: Heap): number[] {
  const { store } = heap.none;
  const taken: number[] = [];
  const before = store.onCollection;
  store.onCollection = (phase, generation, collected) => {
    if (phase === STEP_ENDS) taken.push(collected | 0);
    before(phase, generation, collected);
  };
  return taken;
}

function finish(heap: Heap, units = 1000): number {
  let steps = 1;
  for (; heap.gc.step(units); steps++) if (steps > 1_000_000) throw new Error("it does not end");
  return steps;
}

describe.each(CORES)("bounded pauses, %s core", (core, options) => {
  const size = core === "release" ? 200_000 : 20_000;

  test("a step does the work it was given, and little more, whatever is on the heap", () => {
    withHeap(bounded(options()), (heap) => {
      const Node = heap.struct("Node", { next: "ref", other: "ref" }, { finalize: () => undefined });
      const Plain = heap.struct("Plain", { next: "ref", other: "ref" });
      const list = heap.list();
      const dict = heap.dict();
      const map = heap.weakref.keyMap();
      for (let i = 0; i < size / 20; i++) {
        const node = (i % 50 ? Plain : Node).new();
        node.next = node;
        if (i % 3 === 0) list.append(node);
        if (i % 3 === 1) dict.set(i, node);
        if (i % 30 === 0) map.set(node, node);
        node.release();
      }
      heap.gc.collect(1);
      const taken = watchSteps(heap);
      finish(heap, 100);
      expect(taken.length).toBeGreaterThan(50);
      expect(Math.max(...taken)).toBeLessThan(100 + MOST_AT_ONCE);
      expect(heap.gc.records.at(-1)).toMatchObject({ generation: 2, steps: taken.length, hurried: false });
    });
  });

  const holders: Record<string, (heap: Heap, items: Handle[]) => Handle> = {
    list: (heap, items) => heap.list(items),
    dict: (heap, items) => heap.dict(items.map((item, i) => [i, item])),
    "list of lists": (heap, items) => heap.list(items.map((item) => heap.list([item]))),
    chain: (heap, items) => {
      const Link = heap.struct("Link", { item: "value", next: "ref" });
      let chain: ReturnType<typeof Link.new> | null = null;
      for (const item of items) {
        const link = Link.new({ item, next: chain });
        chain?.release();
        chain = link;
      }
      return chain as Handle;
    },
  };
  test.each(Object.entries(holders))("a large %s dies in slices after its last handle is released", (_, hold) => {
    withHeap(bounded(options()), (heap) => {
      const Node = heap.struct("Node", { a: "ref" });
      const before = heap.stats().objects;
      const holder = heap.scope(() =>
        hold(
          heap,
          Array.from({ length: 5000 }, () => Node.new()),
        ).clone(),
      );
      const full = heap.stats().objects;
      holder.release();
      const { objects, waiting } = heap.stats();
      expect(waiting).toBeGreaterThan(0);
      expect(objects).toBeGreaterThan(full - 2500);
      heap.verify();
      const taken = watchSteps(heap);
      for (let left = objects; heap.gc.step(500); left = heap.stats().objects) {
        heap.verify();
        expect(heap.stats().objects).toBeLessThanOrEqual(left);
      }
      expect(Math.max(...taken)).toBeLessThan(500 + MOST_AT_ONCE);
      expect(heap.stats()).toMatchObject({ objects: before, waiting: 0 });
    });
  });

  test("an object that waits for its death reads null through weak references, and dies with collect()", () => {
    withHeap(bounded(options()), (heap) => {
      const Node = heap.struct("Node", { a: "ref" });
      const list = heap.list();
      const weakrefs = Array.from({ length: 3000 }, () => {
        const node = Node.new();
        list.append(node);
        const weakref = heap.weakref.ref(node);
        node.release();
        return weakref;
      });
      list.release();
      expect(heap.stats().waiting).toBeGreaterThan(0);
      // Lists die from their end: the last are dead, the first still held by what waits.
      expect(weakrefs.at(-1)?.deref()).toBeNull();
      heap.gc.collect();
      expect(heap.stats().waiting).toBe(0);
      expect(weakrefs.every((weakref) => !weakref.alive)).toBe(true);
    });
  });

  test("memory does not grow while an object waits for its death", () => {
    withHeap(bounded(options()), (heap) => {
      const Node = heap.struct("Node", { a: "ref", b: "ref" });
      const fill = (): Handle => heap.scope(() => heap.list(Array.from({ length: size }, () => Node.new())).clone());
      fill().release();
      fill().release();
      const { reserved } = heap.stats().bytes;
      for (let i = 0; i < 3; i++) fill().release();
      expect(heap.stats().bytes.reserved).toBeLessThan(reserved * 1.5);
      heap.verify();
    });
  });

  test("births drive a cycle to its end", () => {
    withHeap({ ...options(), traceHandles: false, thresholds: [200, 3, 2], pauses: "bounded" }, (heap) => {
      const Node = heap.struct("Node", { other: "ref" });
      const ring: Handle[] = [];
      for (let i = 0; i < 60_000; i++) {
        const a = Node.new();
        const b = Node.new({ other: a });
        a.other = b;
        b.release();
        ring[i % 5000]?.release();
        ring[i % 5000] = a;
      }
      // Cycles of two: each of both is found.
      const cycles = heap.gc.records.filter(({ steps }) => steps !== undefined);
      const { collections, collected } = heap.gc.getStats()[2];
      expect(collections).toBeGreaterThan(3);
      expect(collected).toBeGreaterThan(20_000);
      expect(cycles.every(({ collected: found, candidates }) => found <= candidates)).toBe(true);
      // Ten thousand live. The trigger lets a quarter of that pile up, a cycle a tenth more.
      expect(heap.stats().objects).toBeLessThan(20_000);
      heap.verify();
      heap.gc.collect();
      expect(heap.gc.getObjects()).toHaveLength(10_000);
      const found = heap.gc.getStats().reduce((sum, { collected: some }) => sum + some, 0);
      expect(found).toBe(120_000 - 10_000);
    });
  });

  test("finalizers run once, callbacks are called, and resurrected objects live", () => {
    withHeap(bounded(options()), (heap) => {
      const told: number[] = [];
      const called: number[] = [];
      const kept: Handle[] = [];
      const Loud = heap.struct(
        "Loud",
        { id: "i32", other: "ref" },
        {
          finalize: (loud) => {
            told.push(loud.id);
            if (loud.id % 10 === 0) kept.push(loud.clone());
          },
        },
      );
      const weakrefs = Array.from({ length: 100 }, (_, id) => {
        const loud = Loud.new({ id });
        loud.other = loud;
        const weakref = heap.weakref.ref(loud, () => called.push(id));
        loud.release();
        return weakref;
      });
      heap.gc.collect(1);
      // The young collection has told them already: those that were kept go round again.
      for (const handle of kept.splice(0)) handle.release();
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(new Set(told).size).toBe(100);
      heap.gc.collect(1);
      finish(heap, 50);
      expect(told).toHaveLength(100);
      expect(called).toHaveLength(100);
      expect(weakrefs.every(({ alive }) => !alive)).toBe(true);
      heap.verify();
    });
  });

  test("old garbage with finalizers is finalized in birth order, and freed by the next cycle", () => {
    withHeap(bounded(options()), (heap) => {
      const told: number[] = [];
      const Loud = heap.struct("Loud", { id: "i32", other: "ref" }, { finalize: ({ id }) => void told.push(id) });
      const loud = Array.from({ length: 300 }, (_, id) => {
        const one = Loud.new({ id });
        one.other = one;
        return one;
      });
      heap.gc.collect(1);
      for (const one of loud) one.release();
      const phases = new Set<number>();
      const { core: exports } = heap.none.store;
      for (let more = true; more; more = heap.gc.step(20)) {
        phases.add(exports.phase());
        heap.verify();
      }
      expect(phases.size).toBeGreaterThan(5);
      expect([...told].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, id) => id));
      expect(heap.gc.collect()).toBe(300);
      expect(told).toHaveLength(300);
    });
  });

  test("an explicit collection is exact, whatever work is under way", () => {
    for (let steps = 0; steps < 60; steps += 3) {
      withHeap(bounded(options()), (heap) => {
        const Node = heap.struct("Node", { other: "ref" });
        const alive = Array.from({ length: 50 }, () => Node.new());
        for (let i = 0; i < 200; i++) {
          const node = Node.new();
          node.other = node;
          node.release();
        }
        heap.gc.collect(1);
        for (let i = 0; i < 200; i++) {
          const node = Node.new();
          node.other = node;
          alive.push(node);
        }
        heap.gc.collect(1);
        for (const node of alive.splice(50)) node.release();
        for (let i = 0; i < steps; i++) heap.gc.step(40);
        heap.gc.collect();
        expect(heap.none.store.core.phase()).toBe(PHASE_IDLE);
        expect(heap.gc.getObjects()).toHaveLength(50);
        heap.verify();
      });
    }
  });

  test("a cycle is not disturbed by freezing, switching pauses or saving in the middle", () => {
    const misdeeds: ((heap: Heap) => void)[] = [
      (heap) => heap.gc.freeze(),
      (heap) => (heap.gc.freeze(), heap.gc.unfreeze()),
      (heap) => (heap.gc.pauses = "unbounded"),
      (heap) => heap.gc.setDebug(heap.gc.DEBUG_SAVEALL),
      (heap) => heap.gc.disable(),
    ];
    for (const misdeed of misdeeds) {
      for (let steps = 0; steps < 40; steps += 4) {
        withHeap(bounded(options()), (heap) => {
          heap.gc.garbage.length;
          const Node = heap.struct("Node", { other: "ref" });
          const nodes = Array.from({ length: 200 }, () => Node.new());
          for (const node of nodes) node.other = node;
          heap.gc.collect(1);
          for (const node of nodes.splice(100)) node.release();
          for (let i = 0; i < steps; i++) heap.gc.step(40);
          misdeed(heap);
          heap.verify();
          while (heap.gc.step(40)) heap.verify();
          heap.gc.setDebug(0);
          heap.gc.garbage.clear();
          heap.gc.unfreeze();
          heap.gc.collect();
          expect(heap.gc.getObjects().filter(({ type }) => type === "Node")).toHaveLength(100);
          heap.verify();
        });
      }
    }
  });

  test("more young objects than can be examined become old", () => {
    withHeap({ ...options(), traceHandles: false, pauses: "bounded" }, (heap) => {
      const Node = heap.struct("Node", { other: "ref" });
      heap.gc.disable();
      const nodes = Array.from({ length: 40_000 }, () => Node.new());
      heap.gc.enable();
      for (let i = 0; i < 5000; i++) nodes.push(Node.new());
      expect(Math.max(...heap.gc.records.map(({ candidates }) => candidates))).toBeLessThan(16_385);
      expect(heap.gc.getObjects(2).length).toBeGreaterThan(16_000);
      heap.verify();
    });
  });

  test("pauses cannot be switched while a collection runs, but can during a death", () => {
    withHeap(options(), (heap) => {
      const codes: string[] = [];
      const Node = heap.struct(
        "Node",
        { me: "ref" },
        {
          finalize: () => {
            const { pauses } = heap.gc;
            // What they are already is no change.
            heap.gc.pauses = pauses;
            codes.push(codeOf(() => (heap.gc.pauses = pauses === "bounded" ? "unbounded" : "bounded")));
          },
        },
      );
      const cycle = (): void => {
        const node = Node.new();
        node.me = node;
        node.release();
      };
      cycle();
      heap.gc.collect();
      expect([codes.splice(0), heap.gc.pauses]).toEqual([["HEAP_BUSY"], "unbounded"]);
      Node.new().release();
      expect([codes.splice(0), heap.gc.pauses]).toEqual([["no error"], "bounded"]);
      heap.gc.callbacks.push(() => codes.push(codeOf(() => (heap.gc.pauses = "unbounded"))));
      heap.gc.collect();
      expect([codes, heap.gc.pauses]).toEqual([["HEAP_BUSY", "HEAP_BUSY"], "bounded"]);
      heap.gc.callbacks.length = 0;
    });
  });

  test("invalid options are BAD_OPTION", () => {
    expect(codeOf(() => Heap.createSync({ ...options(), pauses: "short" as never }))).toBe("BAD_OPTION");
    withHeap(options(), (heap) => {
      expect(heap.gc.pauses).toBe("unbounded");
      expect(codeOf(() => (heap.gc.pauses = "short" as never))).toBe("BAD_OPTION");
      for (const units of [0, -1, 1.5, 2 ** 31, "1"])
        expect(codeOf(() => heap.gc.step(units as number))).toBe("BAD_OPTION");
      expect(heap.gc.step()).toBe(false);
      heap.gc.pauses = "bounded";
      expect(heap.gc.pauses).toBe("bounded");
    });
  });
});
