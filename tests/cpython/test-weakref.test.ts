// What CPython's own Lib/test/test_weakref.py and test_weakset.py show, shown of heap.weakref. Left out is what has no
// counterpart: functions, methods and classes as objects, subclasses of `ref`, threads.

import { describe, expect, test } from "vitest";
import { Handle, Heap, WeakrefHandle } from "../../src/index.js";
import type { DictHandle, Finalizer, WeakKeyMapHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { NODE, dropLoop, holdings, pair, peek, releaseAll, selfLoop } from "../support/scenes.js";
import type { Node } from "../support/scenes.js";

describe.each(CORES)("weak references, %s core", (_, options) => {
  test("a weak reference without a callback is reused while it lives; afterwards a new one is created", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      const [first, second] = [heap.weakref.ref(node), heap.weakref.ref(node)];
      const loud = heap.weakref.ref(node, () => undefined);
      expect([first.is(second), first.is(loud), heap.weakref.getCount(node)]).toEqual([true, false, 2]);
      releaseAll([first, second]);
      expect(heap.weakref.getCount(node)).toBe(1);
      const again = heap.weakref.ref(node);
      expect([heap.weakref.getCount(node), again.refcount]).toEqual([2, 1]);
      releaseAll([again, loud]);
      expect(heap.weakref.getCount(node)).toBe(0);
      node.release();
    });
  });

  test("getRefs lists the shared one first, then the others, newest first; none for types that cannot have weak references", () => {
    withHeap(options(), (heap) => {
      heap.scope(() => {
        const node = heap.struct("Node", NODE).new();
        const plain = heap.weakref.ref(node);
        const [first, second] = [heap.weakref.ref(node, () => 1), heap.weakref.ref(node, () => 2)];
        const addresses = (refs: Handle[]): number[] => refs.map(({ address }) => address);
        expect(addresses(heap.weakref.getRefs(node))).toEqual(addresses([plain, second, first]));
        for (const none of [heap.int(1), heap.str("x"), heap.list(), plain])
          expect([heap.weakref.getCount(none), heap.weakref.getRefs(none)]).toEqual([0, []]);
      });
    });
  });

  test("callbacks run once, with their weak references, after the object is dead; the newest first", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      const events: string[] = [];
      const refs: WeakrefHandle[] = [];
      for (const n of [0, 1, 2])
        refs.push(
          heap.weakref.ref(node, (dead) => {
            events.push(`${n} ${dead.is(refs[n] as Handle)} ${refs.some(({ alive }) => alive)}`);
          }),
        );
      node.release();
      expect(events).toEqual(["2 true false", "1 true false", "0 true false"]);
      heap.gc.collect();
      expect(events.length).toBe(3);
      releaseAll(refs);
    });
  });

  test("the attribute `callback` is readable while the object lives, and null afterwards", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      const seen: unknown[] = [];
      const callback = (dead: WeakrefHandle): unknown => seen.push(dead.callback);
      const [plain, loud] = [heap.weakref.ref(node), heap.weakref.ref(node, callback)];
      expect([plain.callback, loud.callback === callback]).toEqual([null, true]);
      node.release();
      expect([seen, loud.callback]).toEqual([[null], null]);
      releaseAll([plain, loud]);
    });
  });

  test("an error of a callback is reported, and the others still run", () => {
    const told: string[] = [];
    const onUnraisable = (error: unknown, { where, type }: { where: string; type?: string }): unknown =>
      told.push(`${where} of ${type ?? "?"}: ${(error as Error).message}`);
    withHeap({ ...options(), onUnraisable }, (heap) => {
      const Node = heap.struct("Node", NODE);
      const failing = (n: number) => (): never => {
        throw new Error(`${n}`);
      };
      const watched = [Node.new(), selfLoop(Node)];
      const refs = watched.flatMap((node) => [1, 2].map((n) => heap.weakref.ref(node, failing(n))));
      releaseAll(watched);
      expect(told.splice(0)).toEqual(["callback of weakref: 2", "callback of weakref: 1"]);
      heap.gc.collect();
      expect(told).toEqual(["callback of weakref: 2", "callback of weakref: 1"]);
      releaseAll(refs);
    });
  });

  test("a weak reference that is garbage together with its object calls nothing", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      let calls = 0;
      // In the cycle; reached from it one way; held by an object that only the watched one holds.
      for (const place of ["in the cycle", "one way", "in itself"]) {
        heap.scope(() => {
          const [a, b] = pair(Node);
          const weakref = heap.weakref.ref(b, () => calls++);
          if (place === "in the cycle") a.right = weakref;
          else if (place === "one way") a.right = heap.list([weakref]);
          else b.right = weakref;
        });
        expect(heap.gc.collect()).toBeGreaterThan(2);
      }
      expect([calls, heap.gc.getTrackedCount(), heap.stats().weakrefs]).toEqual([0, 0, 0]);
    });
  });

  test("a weak reference outside the garbage calls its callback, even if one inside for the same object does not", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const events: string[] = [];
      const outside = heap.scope(() => {
        const [a, b] = pair(Node);
        a.right = heap.weakref.ref(b, () => events.push("inside"));
        return heap.weakref.ref(b, () => events.push("outside"));
      });
      expect(events).toEqual([]);
      expect([heap.gc.collect(), events]).toEqual([3, ["outside"]]);
      outside.release();
    });
  });

  test("of two weak references to a holder and its referent, only the one outside the garbage is called", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const told: string[] = [];
      const external = heap.scope(() => {
        const [c, d] = pair(Node);
        const holder = Node.new();
        holder.right = heap.weakref.ref(c, () => told.push("c"));
        holder.left = d;
        d.right = holder;
        return heap.weakref.ref(holder, () => told.push("holder"));
      });
      heap.gc.collect();
      expect(told).toEqual(["holder"]);
      external.release();
    });
  });

  test("a callback may collect during a death: no object is seen half dead", () => {
    withHeap({ ...options(), thresholds: [1, 1, 1] }, (heap) => {
      const Node = heap.struct("Node", NODE);
      let calls = 0;
      const refs = [1, 2, 3].map((n) => {
        const node = Node.new({ right: heap.list([n]) });
        const weakref = heap.weakref.ref(node, () => {
          calls++;
          heap.gc.collect((n % 3) as 0 | 1 | 2);
          heap.verify();
        });
        node.release();
        return weakref;
      });
      expect(calls).toBe(3);
      releaseAll(refs);
    });
  });

  test("creating a weak reference collects garbage that has one to the same object", () => {
    withHeap({ ...options(), thresholds: [1, 1, 1] }, (heap) => {
      const Node = heap.struct("Node", NODE);
      for (const callback of [undefined, (): void => undefined]) {
        const referent = Node.new();
        const garbage = selfLoop(Node);
        heap.scope(() => {
          garbage.right = heap.weakref.ref(referent, callback);
        });
        garbage.release();
        const made = heap.weakref.ref(referent, callback);
        expect(peek(made, (found) => found.is(referent))).toBe(true);
        heap.verify();
        releaseAll([made, referent]);
      }
    });
  });

  test("creating a weak reference runs a finalizer that creates the shared one: there is only one", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const referent = Node.new();
      const made: WeakrefHandle[] = [];
      const Maker = heap.struct("Maker", NODE, { finalize: () => made.push(heap.weakref.ref(referent)) });
      heap.gc.collect();
      dropLoop(Maker);
      heap.gc.setThreshold(1);
      made.push(heap.weakref.ref(referent));
      expect([made.length, made[0]?.is(made[1] as Handle), heap.weakref.getCount(referent)]).toEqual([2, true, 1]);
      releaseAll([...made, referent]);
    });
  });

  test("deep in a death, a weak reference to an object about to die reads null", () => {
    withHeap(options(), (heap) => {
      const Link = heap.struct("Link", { parent: "ref", self: "ref" });
      const seen: boolean[] = [];
      const map = heap.weakref.keyMap();
      const root = heap.scope(() => {
        const root = Link.new();
        let link = root;
        for (let n = 0; n < 100; n++) {
          const child = Link.new();
          const itself = heap.weakref.ref(child);
          child.self = itself;
          child.parent = heap.weakref.ref(link, () => {
            const found = itself.released ? null : itself.deref();
            if (found) seen.push(found.refcount > 0);
            found?.release();
          });
          map.set(link, child);
          link = child;
        }
        return root;
      });
      expect(map.size).toBe(100);
      root.release();
      heap.gc.collect();
      expect([map.size, seen.every((is) => is), heap.gc.getTrackedCount()]).toEqual([0, true, 1]);
      map.release();
    });
  });

  test("of thousands of weak references to one object, those not released are called, newest first", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      const calls: number[] = [];
      const refs = Array.from({ length: 2000 }, (_none, n) => heap.weakref.ref(node, () => calls.push(n)));
      refs.filter((_ref, n) => n % 3 === 0).forEach((ref) => ref.release());
      heap.verify();
      node.release();
      const expected = refs.map((_ref, n) => n).filter((n) => n % 3 !== 0);
      expect(calls).toEqual(expected.reverse());
      releaseAll(refs);
    });
  });
});

describe.each(CORES)("proxies, %s core", (_, options) => {
  test("a proxy behaves like its object, but does not keep it alive", () => {
    withHeap(options(), (heap) => {
      const Person = heap.struct(
        "Person",
        { title: "str", age: "i32" },
        {
          methods: {
            greet(who: string) {
              return `${this.title ?? "?"} greets ${who}`;
            },
          },
        },
      );
      const alice = Person.new({ title: "Alice" });
      const proxy = heap.weakref.proxy(alice);
      expect([proxy.title, proxy.greet("Bob"), alice.refcount]).toEqual(["Alice", "Alice greets Bob", 1]);
      proxy.age = 7;
      expect([alice.age, proxy.type, "title" in proxy, proxy.get("age")]).toEqual([7, "Person", true, 7]);
      expect(heap.weakref.getCount(alice)).toBe(1);
      expect(String(proxy)).toMatch(/^<weakproxy/);
      alice.release();
      for (const use of [() => proxy.title, () => (proxy.age = 8), () => proxy.greet("Bob"), () => proxy.refcount])
        expect(codeOf(use)).toBe("DEAD_REFERENCE");
      expect(() => proxy.title).toThrow("weakly-referenced object no longer exists");
      expect(String(proxy)).toMatch(/^<weakproxy.*dead/);
      proxy.release();
      expect([proxy.released, String(proxy)]).toEqual([true, "<released proxy>"]);
    });
  });

  test("a proxy with a callback calls it; the heap does not accept a proxy in place of its object", () => {
    withHeap(options(), (heap) => {
      const set = heap.set([1]);
      let calls = 0;
      const proxy = heap.weakref.proxy(set, () => calls++);
      expect([proxy.has(1), proxy.size]).toEqual([true, 1]);
      expect(codeOf(() => heap.weakref.ref(proxy))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.weakref.proxy(heap.list()))).toBe("BAD_VALUE");
      set.release();
      expect(calls).toBe(1);
      proxy.release();
    });
  });
});

/** Runs something in each turn of a loop. */
function loop(values: Iterable<unknown>, body: () => unknown): void {
  for (const value of values) {
    body();
    if (value instanceof Handle) value.release();
  }
}

describe.each(CORES)("weak-valued maps, %s core", (_, options) => {
  test("an entry exists as long as its value lives", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const map = heap.weakref.valueMap<Node>();
      const nodes = ["a", "b", "c"].map((title) => Node.new({ title }));
      nodes.forEach((node, n) => map.set(n, node));
      expect(nodes.map(({ refcount }) => refcount)).toEqual([1, 1, 1]);
      const found = map.get(1);
      expect([map.size, map.has(1), found?.is(nodes[1] as Node)]).toEqual([3, true, true]);
      found?.release();
      nodes[1]?.release();
      expect([map.size, map.has(1), map.get(1), [...map.keys()]]).toEqual([2, false, undefined, [0, 2]]);
      expect([map.delete(0), map.delete(0), map.size]).toEqual([true, false, 1]);
      map.set(2, nodes[0] as Node);
      nodes[2]?.release();
      expect(map.size).toBe(1);
      expect(codeOf(() => map.set(3, heap.list() as never))).toBe("BAD_VALUE");
      expect(codeOf(() => map.get(heap.list()))).toBe("BAD_KEY");
      releaseAll(nodes);
      expect(map.size).toBe(0);
      map.release();
    });
  });

  test("values in a cycle are freed by a collection, together with keys that nothing else holds", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const before = holdings(heap);
      const map = heap.weakref.valueMap<Node>();
      for (let n = 0; n < 50; n++) {
        heap.scope(() => map.set(n % 2 ? heap.tuple(["key", n]) : `key ${n}`, selfLoop(Node)));
      }
      expect(map.size).toBe(50);
      heap.gc.collect();
      expect(map.size).toBe(0);
      map.release();
      expect(holdings(heap)).toMatchObject({ objects: before.objects, weakrefs: 0 });
    });
  });

  test("a NaN is an ordinary key, and is freed with its value", () => {
    withHeap(options(), (heap) => {
      const map = heap.weakref.valueMap();
      const nan = heap.float(NaN);
      const [first, second] = [heap.set(), heap.set()];
      map.set(NaN, first).set(nan, second);
      expect([map.size, map.has(NaN), map.has(nan)]).toEqual([2, false, true]);
      first.release();
      expect(map.size).toBe(1);
      second.release();
      expect([map.size, nan.refcount]).toEqual([0, 1]);
      releaseAll([nan]);
      map.release();
    });
  });

  test("a map created inside a scope ends with the scope; one from outside keeps entries set inside", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const before = holdings(heap);
      const nodes = ["a", "b"].map((title) => Node.new({ title }));
      const outside = heap.weakref.valueMap<Node>();
      const inside = heap.scope(() => {
        const map = heap.weakref.valueMap<Node>();
        for (const node of nodes) {
          outside.set(heap.tuple([node.title]), node);
          map.set(heap.tuple([node.title]), node);
        }
        return () => map;
      })();
      expect([inside.released, outside.size]).toEqual([true, 2]);
      nodes.pop()?.release();
      expect([outside.size, heap.scope(() => outside.get(heap.tuple(["a"]))?.title)]).toEqual([1, "a"]);
      releaseAll(nodes);
      outside.release();
      expect(holdings(heap)).toEqual(before);
    });
  });

  test("during a loop values may die; an added or removed entry ends the loop with an error, as in Python", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const map = heap.weakref.valueMap<Node>();
      const nodes = Array.from({ length: 10 }, (_none, n) => Node.new({ title: `${n}` }));
      nodes.forEach((node, n) => map.set(n, node));
      const seen: unknown[] = [];
      for (const [key, value] of map) {
        nodes[(key as number) + 1]?.release();
        seen.push([key, value.title]);
        value.release();
        heap.verify();
      }
      expect(seen).toEqual([0, 2, 4, 6, 8].map((n) => [n, `${n}`]));
      const live = nodes.filter(({ released }) => !released);
      expect(map.size).toBe(5);
      // A new value for a key is no change.
      for (const key of map.keys()) map.set(key, live[0] as Node);
      for (const change of [() => map.set("new", live[0] as Node), () => map.delete("new"), () => map.clear()])
        expect(codeOf(() => loop(map.keys(), change))).toBe("CONTAINER_CHANGED");
      releaseAll(live);
      expect(map.size).toBe(0);
      map.release();
    });
  });

  test("a finalizer that looks up its own object finds it during a death, and no dead object", () => {
    withHeap(options(), (heap) => {
      const map = heap.weakref.valueMap();
      const seen: unknown[] = [];
      const Node = heap.struct("Node", NODE, {
        finalize: (node) => {
          const found = map.get(node.title);
          seen.push([node.title, found !== undefined]);
          found?.release();
        },
      });
      const [dying, cyclic] = [Node.new({ title: "dying" }), selfLoop(Node, "cyclic")];
      map.set("dying", dying).set("cyclic", cyclic);
      releaseAll([dying, cyclic]);
      heap.gc.collect();
      // Entries are weak references with a callback: they are dead before finalizers of cyclic garbage run.
      expect([seen, map.size]).toEqual([
        [
          ["dying", true],
          ["cyclic", false],
        ],
        0,
      ]);
      map.release();
    });
  });
});

describe.each(CORES)("weak-valued maps while callbacks run, %s core", (_, options) => {
  test("an entry whose value is dead is missing, even before its own callback has run", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const map = heap.weakref.valueMap();
      const [a, b] = [Node.new(), Node.new()];
      a.left = b;
      b.left = a;
      let seen: unknown[] = [];
      const weakref = heap.weakref.ref(a, () => {
        seen = [map.has("k"), map.get("k"), [...map.keys()], [...map.values()], [...map], map.size];
      });
      // Born after a: its entry is still in the dict when the callback of a runs.
      map.set("k", b);
      releaseAll([a, b]);
      heap.gc.collect();
      expect(seen).toEqual([false, undefined, [], [], [], 1]);
      expect([map.size, map.has("k")]).toEqual([0, false]);
      releaseAll([weakref]);
      map.release();
    });
  });

  test("a key too long to be borrowed is a single object, held only by the map", () => {
    withHeap(options(), (heap) => {
      const map = heap.weakref.valueMap();
      const before = heap.stats().objects;
      const value = heap.set();
      const long = "é".repeat(3000);
      map.set(long, value).set(long, value);
      expect([map.size, map.has(long), heap.stats().objects - before]).toEqual([1, true, 3]);
      value.release();
      expect([map.size, heap.stats().objects - before]).toEqual([0, 0]);
      map.release();
    });
  });
});

describe.each(CORES)("weak-keyed maps and weak sets, %s core", (_, options) => {
  test("an entry exists as long as its key lives, and releases its value", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const map = heap.weakref.keyMap();
      const keys = ["a", "b", "c"].map((title) => Node.new({ title }));
      const value = heap.list([1]);
      keys.forEach((key, n) => map.set(key, n === 0 ? value : n));
      expect([keys.map(({ refcount }) => refcount), value.refcount, map.size]).toEqual([[1, 1, 1], 2, 3]);
      expect([map.get(keys[1] as Node), map.has(keys[2] as Node)]).toEqual([1, true]);
      map.set(keys[1] as Node, "again");
      expect([map.get(keys[1] as Node), map.size]).toEqual(["again", 3]);
      keys[0]?.release();
      expect([map.size, value.refcount]).toEqual([2, 1]);
      expect([map.delete(keys[1] as Node), map.delete(keys[1] as Node)]).toEqual([true, false]);
      expect([...map.values()]).toEqual([2]);
      const stranger = Node.new();
      expect([map.get(stranger), map.has(value)]).toEqual([undefined, false]);
      expect(codeOf(() => map.set(value, 1))).toBe("BAD_VALUE");
      releaseAll([...keys, value, stranger]);
      expect(map.size).toBe(0);
      map.release();
    });
  });

  test("keys may die because the death of another key releases them", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const map = heap.weakref.keyMap();
      const first = heap.scope(() => {
        const nodes = Array.from({ length: 60 }, () => Node.new());
        nodes.forEach((node, n) => map.set(node, nodes[n + 1] ?? "last"));
        return nodes[0] as Node;
      });
      expect(map.size).toBe(60);
      first.release();
      expect(map.size).toBe(0);
      map.release();
    });
  });

  test("during a loop keys may die; an added or removed entry ends the loop with an error, as in Python", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const [map, set] = [heap.weakref.keyMap(), heap.weakref.set()];
      const nodes = Array.from({ length: 10 }, (_none, n) => Node.new({ title: `${n}` }));
      nodes.forEach((node, n) => {
        map.set(node, n);
        set.add(node);
      });
      const seen: unknown[] = [];
      for (const [key, value] of map) {
        nodes[(value as number) + 1]?.release();
        seen.push([(key as Node).title, value]);
        key.release();
        heap.verify();
      }
      expect(seen).toEqual([0, 2, 4, 6, 8].map((n) => [`${n}`, n]));
      expect([map.size, set.size, heap.scope(() => [...set].length)]).toEqual([5, 5, 5]);
      const live = nodes.filter(({ released }) => !released);
      const [first, last] = [live[0] as Node, live[4] as Node];
      // A new value for a key is no change, and an element that is there already neither.
      for (const key of map.keys()) {
        map.set(key, "again");
        set.add(key);
        key.release();
      }
      const added = Node.new();
      const other = map.clone();
      for (const change of [() => other.set(added, 1), () => other.delete(added), () => other.delete(first)])
        expect(codeOf(() => loop(map.keys(), change))).toBe("CONTAINER_CHANGED");
      expect(codeOf(() => loop(set.values(), () => set.add(added)))).toBe("CONTAINER_CHANGED");
      expect(codeOf(() => loop(set.values(), () => set.delete(last)))).toBe("CONTAINER_CHANGED");
      // Nothing is removed, so nothing changes.
      expect(codeOf(() => loop(set.values(), () => set.delete(last)))).toBe("no error");
      expect(codeOf(() => loop(set.values(), () => set.clear()))).toBe("CONTAINER_CHANGED");
      // A loop in a loop sees the same changes, and nothing is remembered of loops that are over.
      map.set(first, 1);
      map.set(last, 1);
      const inner = (): void => {
        expect(codeOf(() => loop(map.keys(), () => map.delete(first)))).toBe("CONTAINER_CHANGED");
      };
      expect(codeOf(() => loop(map.keys(), inner))).toBe("CONTAINER_CHANGED");
      expect(map.store.loops.size).toBe(0);
      releaseAll([...live, added, other]);
      expect([map.size, set.size]).toEqual([0, 0]);
      releaseAll([map, set]);
    });
  });

  test("a map that dies releases its values, and its keys stay alive", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const deaths: unknown[] = [];
      const Value = heap.struct("Value", NODE, { finalize: (value) => deaths.push(value.title) });
      const key = Node.new();
      const maps: WeakKeyMapHandle[] = [0, 1].map((n) => {
        const map = heap.weakref.keyMap();
        heap.scope(() => map.set(key, Value.new({ title: `${n}` })));
        return map;
      });
      maps[0]?.release();
      expect(deaths).toEqual(["0"]);
      expect(maps[1]?.size).toBe(1);
      maps[1]?.clear();
      expect([deaths, maps[1]?.size, key.refcount]).toEqual([["0", "1"], 0, 1]);
      releaseAll([...maps, key]);
    });
  });

  test("a weak set contains its elements as long as they live", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const set = heap.weakref.set();
      const nodes = ["a", "b"].map((title) => Node.new({ title }));
      for (const node of [...nodes, ...nodes]) set.add(node);
      const list = heap.list();
      expect([set.size, set.has(nodes[0] as Node), set.has(list)]).toEqual([2, true, false]);
      expect(codeOf(() => set.add(list))).toBe("BAD_VALUE");
      const titles = [...set].map((node) => {
        const { title } = node as Node;
        node.release();
        return title;
      });
      expect(titles).toEqual(["a", "b"]);
      nodes[0]?.release();
      expect([set.size, set.delete(nodes[1] as Node), set.delete(nodes[1] as Node)]).toEqual([1, true, false]);
      set.add(nodes[1] as Node);
      set.clear();
      expect([set.size, nodes[1]?.refcount]).toEqual([0, 1]);
      heap.scope(() => set.add(selfLoop(Node)));
      // The entry counts as collected, as CPython's weak reference does that dies of its callback.
      expect([set.size, heap.gc.collect(), set.size]).toEqual([1, 2, 0]);
      releaseAll([...nodes, list, set]);
    });
  });
});

describe.each(CORES)("finalize, %s core", (_, options) => {
  test("peek, call, detach: the function runs once, and `alive` is true until then", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      const calls: number[][] = [];
      const add = (a: number, b: number): number => {
        calls.push([a, b]);
        return a + b;
      };
      const [called, detached, left] = [1, 2, 3].map((n) => heap.weakref.finalize(node, add, n, 10)) as [
        Finalizer,
        Finalizer,
        Finalizer,
      ];
      const peeked = called.peek();
      expect([called.alive, peeked?.object.is(node), peeked?.fn === add, peeked?.args]).toEqual([
        true,
        true,
        true,
        [1, 10],
      ]);
      peeked?.object.release();
      expect([called.call(), called.call(), called.alive, called.peek(), called.detach()]).toEqual([
        11,
        undefined,
        false,
        null,
        null,
      ]);
      const found = detached.detach();
      expect([found?.args, detached.alive, detached.call()]).toEqual([[2, 10], false, undefined]);
      found?.object.release();
      node.release();
      expect([calls, left.alive, left.call()]).toEqual([
        [
          [1, 10],
          [3, 10],
        ],
        false,
        undefined,
      ]);
    });
  });

  test("several finalizers and weak references on one object run newest first; a finalizer keeps itself alive", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      const order: string[] = [];
      const push = (name: string): unknown => order.push(name);
      const gone = heap.weakref.ref(node, () => push("f1"));
      heap.weakref.finalize(node, push, "f2");
      const f3 = heap.weakref.ref(node, () => push("f3"));
      heap.weakref.finalize(node, push, "f4");
      const f5 = heap.weakref.ref(node, () => push("f5"));
      gone.release();
      node.release();
      expect(order).toEqual(["f5", "f4", "f3", "f2"]);
      releaseAll([f3, f5]);
    });
  });

  test("a finalizer created inside a scope outlives it, because it is not a handle", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", NODE).new();
      let calls = 0;
      const made = heap.scope(() => {
        const made = heap.weakref.finalize(node, () => calls++);
        return () => made;
      })();
      expect([made.alive, calls]).toEqual([true, 0]);
      node.release();
      expect([made.alive, calls]).toEqual([false, 1]);
    });
  });

  test("a finalizer runs before the object's own finalizer in cyclic garbage, even if that resurrects it, and after it in a death", () => {
    withHeap(options(), (heap) => {
      const events: string[] = [];
      const kept: Node[] = [];
      const Node = heap.struct("Node", NODE, {
        finalize: (node) => {
          events.push(`finalizer of ${node.title}`);
          if (node.title === "back") kept.push(node.clone());
        },
      });
      const push = (what: string): unknown => events.push(what);
      for (const title of ["cyclic", "back"]) {
        const node = selfLoop(Node, title);
        heap.weakref.finalize(node, push, title);
        node.release();
        heap.gc.collect();
      }
      const dying = Node.new({ title: "dying" });
      heap.weakref.finalize(dying, push, "dying");
      dying.release();
      expect(events).toEqual([
        ...["cyclic", "finalizer of cyclic"],
        ...["back", "finalizer of back"],
        ...["finalizer of dying", "dying"],
      ]);
      releaseAll(kept);
    });
  });

  test("at the end of the heap the remaining finalizers run, newest first, whatever they throw, except those with atExit = false", () => {
    const told: string[] = [];
    const heap = Heap.createSync({
      ...options(),
      onUnraisable: (error, { where }) => told.push(`${where}: ${(error as Error).message}`),
    });
    const node = heap.struct("Node", NODE).new();
    const order: string[] = [];
    const push = (name: string): unknown => order.push(name);
    heap.weakref.finalize(node, push, "f1");
    heap.weakref.finalize(node, () => {
      push("f2");
      // Those that are made meanwhile run, too.
      heap.weakref.finalize(node, push, "from f2");
    });
    heap.weakref.finalize(node, push, "f3").atExit = false;
    heap.weakref.finalize(node, () => {
      push("f4");
      throw new Error("no");
    });
    heap.verify();
    heap.dispose();
    // f3 is not for the end, and no function runs any more when its object dies of it.
    expect(order).toEqual(["f4", "f2", "from f2", "f1"]);
    expect(told).toEqual(["exit: no"]);
  });

  test("after the end none runs: not for objects held by handles, roots, addresses or cycles, made by finalizers, or called", () => {
    const heap = Heap.createSync(options());
    const ran: string[] = [];
    const late: Finalizer[] = [];
    const Node = heap.struct("Node", NODE, {
      finalize: (node) => {
        if (late.length === 0) late.push(heap.weakref.finalize(node, () => ran.push("made after the end")));
        expect(late[0]?.call()).toBeUndefined();
      },
    });
    const nodes = ["handle", "root", "cycle", "address", "switched"].map((title) => {
      const node = title === "cycle" ? selfLoop(Node, title) : Node.new({ title });
      const finalizer = heap.weakref.finalize(node, () => ran.push(title));
      finalizer.atExit = false;
      return [node, finalizer] as const;
    });
    // The last moment to change one's mind is the turn of the function itself.
    const [, switched] = nodes[4] as (typeof nodes)[number];
    heap.weakref.finalize(nodes[4]?.[0] as Node, () => (switched.atExit = true));
    heap.roots.set("root", nodes[1]?.[0] as Node);
    heap.core.incref((nodes[3]?.[0] as Node).address);
    for (const at of [1, 2, 3]) nodes[at]?.[0].release();
    heap.dispose();
    expect([ran, late.length]).toEqual([["switched"], 1]);
    expect(nodes.map(([, finalizer]) => finalizer.alive)).toEqual([false, false, false, false, false]);
  });

  test("finalizers, callbacks and weak references are all freed", () => {
    withHeap(options(), (heap) => {
      const before = holdings(heap);
      const Node = heap.struct("Node", NODE);
      const dict: DictHandle = heap.dict();
      heap.scope(() => {
        for (let n = 0; n < 300; n++) {
          const node = n % 2 ? Node.new() : selfLoop(Node);
          heap.weakref.finalize(node, () => undefined).peek();
          dict.set(heap.weakref.ref(node), n);
          if (n % 3 === 0) heap.weakref.ref(node, () => undefined);
        }
      });
      dict.release();
      heap.gc.collect();
      expect(holdings(heap)).toEqual(before);
      expect(heap.none.store.callbacks.size).toBe(0);
    });
  });
});
