// Where this heap differs from CPython 3.12 on purpose: D1 to D7, and nothing else. Each test says in its comments what
// CPython 3.12.7 does instead. All run with both timings of weak references; only D2 depends on that.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { WeakrefHandle, WeakrefTiming } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { NODE, releaseAll, selfLoop } from "../support/scenes.js";
import type { Node, NodeType } from "../support/scenes.js";

const TIMINGS: WeakrefTiming[] = ["3.15", "3.12"];

describe.each(CORES)("%s core", (_, options) => {
  describe.each(TIMINGS)("weakrefTiming %s", (timing) => {
    const play = (run: (heap: Heap) => void): void => {
      withHeap({ ...options(), weakrefTiming: timing }, run);
    };

    // CPython: at the next bytecode, when the object is there: it would be 101.
    test("D1: a collection runs inside the call that allocates, before the new object exists", () => {
      play((heap) => {
        heap.gc.setThreshold(100);
        const Node = heap.struct("Node", NODE);
        const seen: unknown[] = [];
        heap.gc.callbacks.push((phase) => seen.push([phase, heap.gc.getCount()[0], heap.gc.getTrackedCount()]));
        const nodes = Array.from({ length: 100 }, () => Node.new());
        expect(seen).toEqual([]);
        const last = Node.new();
        expect(seen).toEqual([
          ["start", 101, 100],
          ["stop", 0, 100],
        ]);
        // It was not looked at, and so is the only young one.
        expect([heap.gc.getTrackedCount(0), heap.gc.getCount()[0]]).toEqual([1, 0]);
        heap.gc.callbacks.length = 0;
        releaseAll([...nodes, last]);
      });
    });

    // CPython 3.12 clears all of them before any callback or finalizer runs; 3.15 those without a callback afterwards.
    test("D2: weak references without a callback die after the finalizers of garbage, or together with all others before", () => {
      play((heap) => {
        const isLate = timing === "3.15";
        const events: string[] = [];
        const refs: WeakrefHandle[] = [];
        const kept: Node[] = [];
        const state = (): string => refs.map(({ alive }) => (alive ? "alive" : "dead")).join();
        const Node = heap.struct("Node", NODE, {
          finalize: (node) => {
            events.push(`finalizer: ${state()}`);
            if (node.title === "back") kept.push(node.clone());
          },
        });
        for (const title of ["back", "gone"]) {
          const node = selfLoop(Node, title);
          refs.push(
            heap.weakref.ref(node),
            heap.weakref.ref(node, () => events.push(`callback: ${state()}`)),
          );
          node.release();
          expect(heap.gc.collect()).toBe(title === "back" ? 0 : 1);
          expect(events.splice(0)).toEqual([
            isLate ? "callback: alive,dead" : "callback: dead,dead",
            isLate ? "finalizer: alive,dead" : "finalizer: dead,dead",
          ]);
          // The one who came back can still be reached so.
          expect(state()).toBe(isLate && title === "back" ? "alive,dead" : "dead,dead");
          releaseAll(refs.splice(0));
        }
        releaseAll(kept);
        expect([heap.gc.collect(), heap.gc.getTrackedCount()]).toEqual([1, 0]);
      });
    });

    // CPython calls it when the object dies (and no longer in the latest patches of 3.13 and 3.14).
    test("D2: a weak reference that a finalizer turns into garbage is not called, except with the timing of 3.12", () => {
      play((heap) => {
        const made: WeakrefHandle[] = [];
        let calls = 0;
        const Other = heap.struct("Other", NODE);
        const Node = heap.struct("Node", NODE, {
          finalize: (node) => {
            const other = node.right as Node;
            made.push(heap.weakref.ref(other, () => calls++));
            other.release();
          },
        });
        heap.scope(() => {
          const node = Node.new();
          node.right = Other.new({ left: node });
        });
        expect([heap.gc.collect(), made[0]?.alive, calls]).toEqual([2, false, timing === "3.12" ? 1 : 0]);
        releaseAll(made);
      });
    });

    // CPython keeps such an entry for ever.
    test("D3: a weak-keyed map is an ephemeron map: a value that refers to its key or to the map does not keep them alive", () => {
      play((heap) => {
        const Node = heap.struct("Node", NODE);
        const map = heap.weakref.keyMap();
        heap.scope(() => {
          const [direct, first, second, last] = [Node.new(), Node.new(), Node.new(), Node.new()];
          map.set(direct, heap.list([direct]));
          map.set(first, heap.list([second])).set(second, heap.list([first]));
          map.set(last, heap.list([map]));
        });
        // The last key is nobody's; the first three only their values lead to.
        expect(map.size).toBe(3);
        expect([heap.gc.collect() > 0, map.size]).toEqual([true, 0]);
        heap.scope(() => {
          const [key, loop] = [Node.new(), heap.weakref.keyMap()];
          loop.set(key, heap.list([loop, key]));
        });
        heap.gc.collect();
        expect(heap.gc.getTrackedCount()).toBe(1);
        // As long as something else holds the key, the value is there.
        const key = Node.new();
        heap.scope(() => map.set(key, heap.list([key])));
        heap.gc.collect();
        expect(map.size).toBe(1);
        releaseAll([key, map]);
      });
    });

    // CPython: an entry is a weak reference with a callback, so it is gone before any finalizer of the collection runs, and
    // lost to a key that comes back. (In a death by refcount the finalizer comes first there, too.)
    test("D3: during a collection a key's finalizer finds its entry, which stays if the key is resurrected", () => {
      play((heap) => {
        const [map, set] = [heap.weakref.keyMap(), heap.weakref.set()];
        const seen: unknown[] = [];
        const kept: Node[] = [];
        const Node: NodeType = heap.struct("Node", NODE, {
          finalize: (node) => {
            seen.push([map.get(node), set.has(node)]);
            if (node.title === "back") kept.push(node.clone());
          },
        });
        for (const title of ["back", "gone", "by refcount"]) {
          const node = title === "by refcount" ? Node.new({ title }) : selfLoop(Node, title);
          map.set(node, title);
          set.add(node);
          node.release();
        }
        heap.gc.collect();
        expect(seen).toEqual([
          ["by refcount", true],
          ["back", true],
          ["gone", true],
        ]);
        expect([map.size, set.size, map.get(kept[0] as Node)]).toEqual([1, 1, "back"]);
        releaseAll(kept);
        heap.gc.collect();
        expect([map.size, set.size]).toEqual([0, 0]);
        releaseAll([map, set]);
      });
    });

    // CPython: c, b, a, since the collection that the chain survives turns its list round.
    test.each(["finalizers", "callbacks"])("D4: the %s of one collection run in birth order", (hooks) => {
      play((heap) => {
        const order: (string | null)[] = [];
        const Node: NodeType =
          hooks === "finalizers"
            ? heap.struct("Node", NODE, { finalize: (node) => order.push(node.title) })
            : heap.struct("Node", NODE);
        for (const generation of [0, 1, 2] as const) {
          const [a, b, c] = ["a", "b", "c"].map((title) => Node.new({ title })) as [Node, Node, Node];
          b.left = a;
          c.left = b;
          a.right = c;
          const watch = (node: Node): WeakrefHandle => {
            const { title } = node;
            return heap.weakref.ref(node, () => order.push(title));
          };
          const refs = hooks === "callbacks" ? [c, a, b].map(watch) : [];
          // Held through c alone, they survive this one.
          releaseAll([a, b]);
          heap.gc.collect(generation);
          c.release();
          expect([heap.gc.collect(), order.splice(0)]).toEqual([3, ["a", "b", "c"]]);
          releaseAll(refs);
        }
      });
    });

    // CPython 3.12: "5" is set when the second is refused; 3.13 as here.
    test("D5: setThreshold sets all or nothing", () => {
      play(({ gc }) => {
        expect(codeOf(() => gc.setThreshold(5, "x" as never))).toBe("BAD_OPTION");
        expect(codeOf(() => gc.setThreshold(5, 6, 1.5))).toBe("BAD_OPTION");
        expect(gc.getThreshold()).toEqual([700, 10, 10]);
        gc.setThreshold(-1, -2);
        expect(gc.getThreshold()).toEqual([-1, -2, 10]);
      });
    });

    // CPython does so at a depth of 49, and no longer at 60: its trashcan lets what is deeper wait.
    test.each([10, 49, 60, 5000])("D6: a death is depth first, even %i levels deep", (depth) => {
      play((heap) => {
        heap.gc.disable();
        const order: (string | null)[] = [];
        const Node = heap.struct("Node", NODE, { finalize: (node) => order.push(node.title) });
        const root = heap.scope(() => {
          const nodes = Array.from({ length: depth }, (_none, n) => Node.new({ title: `${n}` }));
          nodes.forEach((node, n) => {
            node.left = nodes[n + 1] ?? null;
            node.right = Node.new({ title: `right of ${n}` });
          });
          return nodes[0] as Node;
        });
        root.release();
        const down = Array.from({ length: depth }, (_none, n) => `${n}`);
        expect(order).toEqual([...down, ...down.map((title) => `right of ${title}`).reverse()]);
      });
    });

    // CPython counts objects alone: it would collect nothing before the 701st birth.
    test("D7: growth by 64 MiB triggers a collection after few births; 0 turns that off", () => {
      for (const byteThreshold of [undefined, 0]) {
        const heap = Heap.createSync({
          ...options(),
          weakrefTiming: timing,
          ...(byteThreshold === undefined ? {} : { byteThreshold }),
        });
        const payload = new Uint8Array(16 << 20);
        const kept = Array.from({ length: 6 }, () => heap.list([payload]));
        expect(heap.gc.getStats().map(({ collections }) => collections)).toEqual([0, 0, byteThreshold === 0 ? 0 : 1]);
        releaseAll(kept);
        heap.verify();
        heap.dispose();
      }
    });
  });
});
