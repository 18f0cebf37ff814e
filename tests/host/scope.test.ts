// What a scope keeps, where it looks for it, and what does not depend on scopes.

import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { Handle, Heap, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

class Holder {
  readonly handle: unknown;
  readonly parts: unknown[] = [];
  constructor(handle: unknown) {
    this.handle = handle;
  }
}
class Named extends Map<string, unknown> {
  override forEach(): void {
    throw new Error("not to be called");
  }
}

const SYMBOL = Symbol("handle");
/** Values that hold a handle, by where it is. */
const PLACES: Record<string, (handle: Handle) => unknown> = {
  "a value of a Map": (handle) => new Map([["k", handle]]),
  "a key of a Map": (handle) => new Map([[handle, 1]]),
  "a Set": (handle) => new Set([1, handle]),
  "an instance of a class": (handle) => new Holder(handle),
  "a class that extends Map": (handle) => new Named([["k", handle]]),
  "a property of a Map": (handle) => Object.assign(new Map(), { handle }),
  "a property named by a symbol": (handle) => ({ [SYMBOL]: handle }),
  "a property of an array": (handle) => Object.assign([1], { handle }),
  "a Map of another realm": (handle) => runInNewContext("new Map([['k', [handle]]])", { handle }) as unknown,
  "an object of another realm": (handle) => runInNewContext("({ a: { handle } })", { handle }) as unknown,
  "all of these": (handle) => [{ map: new Map([["k", new Set([new Holder({ a: [handle] })])]]) }],
  "a ring": (handle) => {
    const ring: unknown[] = [new Map()];
    (ring[0] as Map<unknown, unknown>).set(ring, new Holder([ring, handle]));
    return ring;
  },
  "an object without a prototype": (handle) => Object.assign(Object.create(null) as object, { handle }),
};

describe.each(CORES)("the value that a scope returns, %s core", (_, options) => {
  test("is searched for handles, wherever they can be seen", () => {
    withHeap(options(), (heap) => {
      const before = heap.stats().handles;
      for (const [place, put] of Object.entries(PLACES)) {
        const made: Handle[] = [];
        const result = heap.scope(() => {
          made.push(heap.list([1]), heap.list([2]));
          return put(made[0] as Handle);
        });
        expect([place, result === undefined, made.map(({ released }) => released)]).toEqual([
          place,
          false,
          [false, true],
        ]);
        made[0]?.release();
      }
      expect(heap.stats().handles).toBe(before);
    });
  });

  test("of nested scopes moves to the outer scope", () => {
    withHeap(options(), (heap) => {
      let inner: Map<string, Handle> | undefined;
      heap.scope(() => {
        inner = heap.scope(() => new Map([["k", heap.list()]]));
        expect(inner.get("k")?.released).toBe(false);
      });
      expect(inner?.get("k")?.released).toBe(true);
    });
  });

  test("may be an owner of a handle that is not a handle itself", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { n: "i32" });
      const node = Node.new({ n: 7 });
      const { map, proxy } = heap.scope(() => ({ map: heap.weakref.valueMap(), proxy: heap.weakref.proxy(node) }));
      expect([map.released, proxy.n]).toEqual([false, 7]);
      map.set("k", node);
      const [lostMap, lostProxy] = [[] as unknown[], [] as unknown[]];
      heap.scope(() => {
        lostMap.push(heap.weakref.valueMap());
        lostProxy.push(heap.weakref.proxy(node));
      });
      expect([lostMap, lostProxy].map(([one]) => (one as Handle).released)).toEqual([true, true]);
      const dead = heap.weakref.proxy(node);
      for (const one of [node, map, proxy]) one.release();
      // A proxy that leads nowhere can be returned, too.
      expect(heap.scope(() => [dead, heap.list()]).length).toBe(2);
      dead.release();
    });
  });

  test("is not searched after all handles have been found, or if there are none", () => {
    withHeap(options(), (heap) => {
      let reads = 0;
      const trap = (): unknown => new Proxy({}, { ownKeys: () => (reads++, []) });
      const document = heap.from({ list: Array.from({ length: 100 }, (_none, n) => ({ n })) });
      heap.scope(() => [trap(), document.toJS()]);
      heap.scope(() => {
        heap.from([1]).release();
        return [trap()];
      });
      heap.scope(() => [heap.list(), [trap()]])[0];
      expect(reads).toBe(0);
      heap.scope(() => (heap.list(), [trap()]));
      expect(reads).toBeGreaterThan(0);
    });
  });

  test("is rejected if it is too large to search while handles are live that it could contain", () => {
    withHeap(options(), (heap) => {
      const endless = (): object => {
        const world = new Map<unknown, unknown>();
        for (let i = 0; i < 2; i++)
          world.set(
            i,
            Array.from({ length: 510_000 }, () => ({})),
          );
        return world;
      };
      const before = heap.stats().handles;
      expect(codeOf(() => heap.scope(() => (heap.list(), endless())))).toBe("BAD_VALUE");
      expect(heap.stats().handles).toBe(before);
    });
  });
});

type Loop = (heap: Heap) => Iterator<unknown>;
const LOOPS: Record<string, Loop> = {
  list: (heap) => heap.list([1, 2, 3])[Symbol.iterator](),
  tuple: (heap) => heap.tuple([1, 2, 3])[Symbol.iterator](),
  dict: (heap) => heap.dict({ a: 1, b: 2, c: 3 }).values(),
  set: (heap) => heap.set([1, 2, 3]).values(),
  "key map": (heap) => {
    const map = heap.weakref.keyMap();
    for (const key of keep(heap)) map.set(key, 1);
    return map.values();
  },
  "weak set": (heap) => {
    const set = heap.weakref.set();
    for (const key of keep(heap)) set.add(key);
    return set.values();
  },
  "value map": (heap) => {
    const map = heap.weakref.valueMap();
    for (const [n, value] of keep(heap).entries()) map.set(n, value);
    return map.keys();
  },
};

/** Three objects that live as long as the heap. */
function keep(heap: Heap): Handle[] {
  const objects = [1, 2, 3].map(() => heap.set());
  for (const [n, object] of objects.entries()) heap.roots.set(`${n}`, object);
  return objects;
}

describe.each(CORES)("loops, %s core", (_, options) => {
  test.each(Object.entries(LOOPS))(
    "%s: one begun in a scope goes on outside of it, and leaves nothing",
    (_name, begin) => {
      withHeap(options(), (heap) => {
        const iterator = begin(heap);
        const before = heap.stats().handles;
        heap.scope(() => void iterator.next());
        const rest: unknown[] = [];
        for (let next = iterator.next(); next.done !== true; next = iterator.next()) rest.push(next.value);
        expect(rest).toHaveLength(2);
        for (const value of rest) if (typeof value === "object") (value as Handle).release();
        expect(heap.stats().handles).toBe(before);
      });
    },
  );

  test.each(Object.entries(LOOPS))("%s: a loop that is left early leaves no handle", (_name, begin) => {
    withHeap(options(), (heap) => {
      const iterator = begin(heap);
      const before = heap.stats().handles;
      for (const value of iterator as IterableIterator<unknown>) {
        if (typeof value === "object") (value as Handle).release();
        break;
      }
      expect(heap.stats().handles).toBe(before);
    });
  });

  test("weak maps: a loop creates handles one by one, however many entries there are", () => {
    withHeap(options(), (heap) => {
      const keys = Array.from({ length: 1000 }, () => heap.set());
      const [map, set, values] = [heap.weakref.keyMap(), heap.weakref.set(), heap.weakref.valueMap()];
      for (const [n, key] of keys.entries()) {
        map.set(key, key);
        set.add(key);
        values.set(n, key);
      }
      const before = heap.stats().handles;
      for (const loop of [map.keys(), map.values(), map.entries(), set.values(), values.values(), values.entries()]) {
        heap.scope(() => void loop.next());
        // One for the map, one for the key.
        expect(heap.stats().handles - before).toBeLessThanOrEqual(2);
        loop.return(undefined);
        expect(heap.stats().handles).toBe(before);
      }
    });
  });

  test("weak maps: a loop skips each entry with a dead key that waits for its death only once", () => {
    withHeap({ ...options(), pauses: "bounded" }, (heap) => {
      const map = heap.weakref.keyMap();
      const keys = Array.from({ length: 4000 }, () => heap.set([heap.tuple([1.5])]));
      for (const [n, key] of keys.entries()) map.set(key, n);
      const { store } = map;
      const { weakMapEntryAfter } = store.core;
      let asked = 0;
      store.core = {
        ...store.core,
        weakMapEntryAfter: (...given) => (asked++, weakMapEntryAfter(...given)),
      };
      const seen: unknown[] = [];
      for (const value of map.values()) {
        // In the first turn all but a few die.
        if (seen.length === 0) for (const [n, key] of keys.entries()) if (n % 1500 !== 7) key.release();
        seen.push(value);
      }
      expect(seen).toEqual([0, 7, 1507, 3007]);
      expect(asked).toBeLessThan(100);
    });
  });

  const READERS: Record<string, (heap: Heap, given: () => Iterable<Value>) => unknown> = {
    "list.extend": (heap, given) => {
      heap.list<Value>([0]).extend(given());
    },
    "list.setSlice": (heap, given) => {
      heap.list<Value>([0]).setSlice(0, 1, given());
    },
    "list.equals": (heap, given) =>
      heap.list([0]).equals({
        get a() {
          return [...given()];
        },
      }),
    "set.union": (heap, given) => heap.set([0]).union(given()),
    "set.intersection": (heap, given) => heap.set([0]).intersection(given()),
    "set.difference": (heap, given) => heap.set([0]).difference(given()),
    "set.symmetricDifference": (heap, given) => heap.set([0]).symmetricDifference(given()),
    "set.isSubsetOf": (heap, given) => heap.set([0]).isSubsetOf(given()),
    "set.isSupersetOf": (heap, given) => heap.set([0]).isSupersetOf(given()),
    "set.isDisjointFrom": (heap, given) => heap.set([0]).isDisjointFrom(given()),
    "dict.update": (heap, given) => {
      heap.dict().update(Array.from(given(), (value) => [value, value] as const));
    },
    "heap.tuple": (heap, given) => heap.tuple(given()),
    "a key of a value map": (heap, given) =>
      codeOf(() =>
        heap.weakref.valueMap().set(
          {
            get a() {
              return [...given()];
            },
          } as never,
          heap.set(),
        ),
      ),
  };
  test.each(Object.entries(READERS))(
    "%s: what an iterable or getter of the program makes ends with the scope",
    (_name, read) => {
      withHeap(options(), (heap) => {
        heap.scope(() => {
          read(heap, function* () {
            yield heap.str("one");
            yield heap.tuple();
          });
        });
        expect(heap.stats().handles).toBe(0);
      });
    },
  );
});
