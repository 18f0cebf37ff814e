// A program's recursion fills the stack and is caught, as servers and interpreters do. Whatever the heap was asked for
// by then, at whichever depth: it is done or refused, and the heap goes on.

import { describe, expect, test } from "vitest";
import type { Handle, Heap, DictHandle, Value } from "../../src/index.js";
import { Heap as HeapClass } from "../../src/index.js";
import { save as saved } from "../../src/image.js";
import { checkedCore } from "../../src/checked.js";
import type { SyncOptions } from "../support/heap.js";

// The test runner reaches what is imported through a getter, which fails in its own way at the end of the stack.
const save = saved;

const MODES: [string, () => SyncOptions][] = [
  ["release core", () => ({})],
  ["checked core", () => ({ module: checkedCore(), traceHandles: false })],
  ["release core, bounded pauses", () => ({ pauses: "bounded" })],
  ["checked core, bounded pauses", () => ({ module: checkedCore(), traceHandles: false, pauses: "bounded" })],
];

const DEPTHS = 400;

/**
 * Fills the stack; then runs something at the last depths, from the deepest up, and says what it threw each time.
 * `parity`: at the even or the odd ones alone.
 */
function atTheEnd(run: () => unknown, parity?: 0 | 1): unknown[] {
  const outcomes: unknown[] = [];
  const attempt = (what: () => unknown): void => {
    try {
      what();
      outcomes.push("done");
    } catch (error) {
      outcomes.push(error);
    }
  };
  // V8 compiles no function where less than 40 KiB are left.
  attempt(() => undefined);
  outcomes.pop();
  let left = DEPTHS;
  // The arguments make the frames larger, so that the depths span 64 KiB or so.
  const descend = (a: number, b: number, c: number, d: number, e: number, f: number): number => {
    try {
      return descend(b, c, d, e, f, a) + 1;
    } catch (error) {
      if (left-- > 0 && (parity === undefined || left % 2 === parity)) attempt(run);
      throw error;
    }
  };
  try {
    descend(1, 2, 3, 4, 5, 6);
  } catch (error) {
    if (!isOverflow(error)) throw error;
  }
  return outcomes;
}

function isOverflow(error: unknown): boolean {
  // The second is how newer V8s say that a regular expression has found no room.
  return (
    (error instanceof RangeError && error.message.includes("call stack")) ||
    (error instanceof SyntaxError && error.message.includes("Stack overflow"))
  );
}

/** A heap with some of everything in it. */
function world(options: SyncOptions) {
  const log = { born: 0, finalized: 0, called: 0, unraisable: [] as unknown[] };
  const heap = HeapClass.createSync({ ...options, onUnraisable: (error) => log.unraisable.push(error) });
  const Plain = heap.struct("Plain", { a: "value", b: "ref", n: "f64" });
  const Final = heap.struct("Final", { a: "value", b: "ref" }, { finalize: () => void log.finalized++ });
  const list = heap.list([1, "two", 3.5, heap.tuple([1, heap.tuple([2])])]);
  const numbers = heap.list([3, 1, 2]);
  const dict: DictHandle = heap.dict({ k: 1, "another key": [2].join() });
  const set = heap.set<Value>([1, 2, 3]);
  const plain = Plain.new({ a: 1 });
  const weakMap = heap.weakref.keyMap();
  const kept = heap.from({ all: "my data", deep: [[[1, 2, { three: 3 }]]] });
  return { heap, log, Plain, Final, list, numbers, dict, set, plain, weakMap, kept };
}
type World = ReturnType<typeof world>;

const OPERATIONS: Record<string, (world: World) => unknown> = {
  "a struct": ({ Plain }) => Plain.new({ a: 1.5, n: 2 }).release(),
  "a struct with a finalizer": ({ Final, log }) => {
    // Where there is no room for the handle, the object is born all the same.
    log.born++;
    Final.new().release();
  },
  "a cycle of structs with finalizers": ({ Final, log }) => {
    log.born++;
    const object = Final.new();
    object.b = object;
    object.release();
  },
  "a field": ({ plain, Plain }) => (plain.b = Plain.new()),
  "a field that is emptied": ({ plain }) => (plain.b = null),
  "list.append": ({ list }) => list.append("x"),
  "list.insert": ({ list }) => list.insert(0, 2.5),
  "list.pop": ({ list }) => list.length > 4 && list.pop(),
  "list.extend": ({ list, numbers }) => list.extend(numbers),
  "list.removeRange": ({ list }) => list.removeRange(4),
  "list.sort": ({ numbers }) => numbers.sort(),
  "list.sort by a comparator": ({ numbers }) => numbers.sort((a, b) => Number(b) - Number(a)),
  "list.indexOf": ({ list, heap }) => {
    const tuple = heap.tuple([1, 2]);
    list.indexOf(tuple);
    tuple.release();
  },
  "dict.set": ({ dict, log }) => dict.set(`key ${log.unraisable.length}`, 1),
  "dict.set of a tuple": ({ dict, heap }) => {
    const tuple = heap.tuple([1, 2]);
    dict.set(tuple, 2);
    tuple.release();
  },
  "dict.get": ({ dict }) => dict.get("k"),
  "dict.delete": ({ dict }) => dict.delete("another key"),
  "dict.update": ({ dict }) => dict.update({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 }),
  "set.add": ({ set }) => set.add("element"),
  "heap.from": ({ heap }) => heap.from({ a: [1, 2, { b: 3 }], c: new Map([[1, 2]]), d: new Set([1]) }).release(),
  "heap.list": ({ heap }) => heap.list([1, 2, 3]).release(),
  "heap.dict": ({ heap }) => heap.dict({ a: 1 }).release(),
  "heap.tuple": ({ heap }) => heap.tuple([1, "b"]).release(),
  "heap.intern": ({ heap }) => heap.intern("a text that is interned").release(),
  "heap.bytes": ({ heap }) => heap.bytes(new Uint8Array(100_000)).release(),
  toJS: ({ kept }) => kept.toJS(),
  repr: ({ kept }) => kept.repr(),
  "a weak reference": ({ heap, plain }) => heap.weakref.ref(plain).release(),
  "a weak reference with a callback": ({ heap, plain, log }) =>
    heap.weakref.ref(plain, () => void log.called++).release(),
  "a callback that is called": ({ heap, Plain, log }) => {
    const object = Plain.new();
    const weakref = heap.weakref.ref(object, () => void log.called++);
    object.release();
    weakref.release();
  },
  "a weak map": ({ weakMap, plain }) => weakMap.set(plain, "value"),
  "gc.collect": ({ heap }) => heap.gc.collect(),
  "gc.collect of the young": ({ heap }) => heap.gc.collect(0),
  "gc.step": ({ heap }) => heap.gc.step(1000),
  "gc.pause": ({ heap }) => {
    heap.gc.pause(() => heap.list().release());
  },
  "gc.getReferrers": ({ heap, plain }) => heap.scope(() => void heap.gc.getReferrers(plain)),
  "gc.setThreshold": ({ heap }) => heap.gc.setThreshold(700),
  "gc.freeze": ({ heap }) => heap.gc.freeze(),
  "batch.create": ({ heap, Plain }) => heap.batch.decref(heap.batch.create(Plain, 100)),
  stats: ({ heap }) => heap.stats(),
  verify: ({ heap }) => heap.verify(),
  image: ({ heap }) => save(heap),
  roots: ({ heap, plain }) => {
    heap.roots.set("root", plain);
    heap.roots.delete("root");
  },
  "a type": ({ heap, log }) => heap.struct(`Type ${log.born++}`, { a: "value" }),
};

describe.each(MODES)("%s", (_, options) => {
  // What differs between them is little, and what all do takes long: half of the depths with either pauses.
  const parity = options().pauses === "bounded" ? 1 : 0;
  test.each(Object.entries(OPERATIONS))("near the end of the stack: %s", (_name, operation) => {
    const all = world(options());
    const { heap, kept, list } = all;
    // The first time some functions have not run yet; V8 refuses to compile them here.
    for (const isWarm of [false, true]) {
      if (isWarm) for (let i = 0; i < 20; i++) operation(all);
      const outcomes = atTheEnd(() => operation(all), parity);
      expect(outcomes.filter((outcome) => outcome !== "done" && !isOverflow(outcome))).toEqual([]);
      heap.verify();
      expect(outcomes.length).toBeGreaterThan(DEPTHS / 2 - 5);
      // (To show an error takes the runner long, and it would show them all.)
      if (isWarm) expect(outcomes.includes("done")).toBe(true);
    }
    // Nothing is left under way.
    heap.gc.collect();
    heap.verify();
    expect(heap.gc.isPaused).toBe(false);
    expect(save(heap).length).toBeGreaterThan(0);
    list.append("last");
    expect(list.pop()).toBe("last");
    expect(kept.toJS()).toEqual({ all: "my data", deep: [[[1, 2, { three: 3 }]]] });
    heap.dispose();
    expect(all.log.finalized).toBeLessThanOrEqual(all.log.born);
  });

  test("no finalizer and no callback is lost", () => {
    const all = world(options());
    const { heap, Final, log } = all;
    const finals: Handle[] = [];
    const weakrefs: Handle[] = [];
    let callbacks = 0;
    const outcomes = atTheEnd(() => {
      const object = Final.new();
      log.born++;
      finals.push(object);
      weakrefs.push(heap.weakref.ref(object, () => void log.called++));
      callbacks++;
      object.release();
    });
    expect(outcomes.includes("done")).toBe(true);
    // Where releasing a handle failed, it has not been released.
    for (const object of finals) object.release();
    expect(weakrefs.length).toBe(callbacks);
    heap.gc.collect();
    heap.verify();
    expect(log.finalized).toBe(log.born);
    expect(log.called).toBe(callbacks);
  });
});

describe.each(MODES)("a recursion that uses the heap, %s", (_, options) => {
  const caught = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      if (!isOverflow(error)) throw error;
    }
  };

  function mustGoOn(heap: Heap, kept: Handle): void {
    heap.verify();
    expect(save(heap).length).toBeGreaterThan(0);
    heap.gc.collect();
    heap.verify();
    expect(kept.toJS()).toEqual({ all: "my data", deep: [[[1, 2, { three: 3 }]]] });
    heap.dispose();
  }

  test("a handle at each level, released on the way back: each released object has been finalized", () => {
    const { heap, Final, kept, log } = world(options());
    let released = 0;
    const walk = (): void => {
      const node = Final.new();
      log.born++;
      try {
        walk();
      } finally {
        node.release();
        released++;
      }
    };
    caught(walk);
    heap.gc.collect();
    expect(log.finalized).toBe(released);
    // Those for which there was no room are handles still: as many as are missing.
    expect(log.born - released).toBeLessThan(200);
    mustGoOn(heap, kept);
    expect(log.finalized).toBe(log.born);
  });

  test("a collection at each level", () => {
    const { heap, kept } = world(options());
    const walk = (): void => {
      heap.gc.collect(0);
      walk();
    };
    caught(walk);
    mustGoOn(heap, kept);
  });

  test("a weak reference with a callback at each level", () => {
    const { heap, plain, kept, log } = world(options());
    const walk = (): void => {
      const weakref = heap.weakref.ref(plain, () => void log.called++);
      try {
        walk();
      } finally {
        weakref.release();
      }
    };
    caught(walk);
    mustGoOn(heap, kept);
  });

  test("a finalizer that recurses endlessly", () => {
    const { heap, kept, log } = world(options());
    const Deep = heap.struct("Deep", {}, { finalize: () => descend() });
    const descend = (): void => {
      descend();
    };
    Deep.new().release();
    expect(log.unraisable.every(isOverflow)).toBe(true);
    expect(log.unraisable.length).toBeGreaterThan(0);
    heap.verify();
    expect(kept.toJS()).toEqual({ all: "my data", deep: [[[1, 2, { three: 3 }]]] });
  });

  test("a copy of an object whose getter recurses endlessly", () => {
    const { heap, kept } = world(options());
    const endless = {
      get again(): unknown {
        return heap.from(endless).toJS();
      },
    };
    caught(() => heap.from(endless));
    mustGoOn(heap, kept);
  });
});
