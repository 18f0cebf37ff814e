// Every operation, with every single request for memory in it refused: it says so, and nothing has happened.

import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import type { Handle, Value, DictHandle } from "../../src/index.js";
import { failMemory, saturate } from "../support/torture.js";

interface Operation {
  run: () => unknown;
  /** What can be seen of what the operation works on. */
  look?: () => string;
  /** What an operation that is many may leave when it fails half-way. */
  partial?: string[];
}

/** On an empty heap: everything an operation needs. */
type Setup = (heap: Heap) => Operation;

const LONG = "é".repeat(1500);
const MANY = Array.from({ length: 40 }, (_, i) => i * 1.5);

function structOf(heap: Heap) {
  return heap.struct("Thing", { title: "str", other: "ref", rank: "i32" });
}

const OPERATIONS: Record<string, Setup> = {
  "heap.str": (heap) => ({ run: () => heap.str("text") }),
  "heap.str, long": (heap) => ({ run: () => heap.str(LONG) }),
  "heap.bytes": (heap) => ({ run: () => heap.bytes(new Uint8Array(100)) }),
  "heap.int": (heap) => ({ run: () => heap.int(2 ** 40) }),
  "heap.int of a bigint": (heap) => ({ run: () => heap.int(2n ** 60n) }),
  "heap.float": (heap) => ({ run: () => heap.float(0.5) }),
  "heap.intern": (heap) => ({ run: () => heap.intern("text") }),
  "heap.intern, long": (heap) => ({ run: () => heap.intern(LONG) }),
  "heap.intern into a table that must grow": (heap) => {
    const strings = Array.from({ length: 42 }, (_, i) => heap.intern(`text ${i}`));
    return { run: () => heap.intern("one more"), look: () => strings.map((string) => string.isInterned).join() };
  },
  "heap.list": (heap) => ({ run: () => heap.list([1.5, "text", 2n, LONG, ...MANY]) }),
  "heap.tuple": (heap) => ({ run: () => heap.tuple([1.5, "text", 2n, LONG, ...MANY]) }),
  "heap.dict": (heap) => ({ run: () => heap.dict(MANY.map((key) => [key, `value ${key}`])) }),
  "heap.dict of an object": (heap) => ({ run: () => heap.dict({ a: 1.5, b: "text", [LONG]: 2n }) }),
  "heap.set": (heap) => ({ run: () => heap.set([1.5, "text", 2n, LONG, ...MANY]) }),
  "list.append": (heap) =>
    onList(heap, (list) => {
      list.append(3);
    }),
  "list.append of what needs memory": (heap) =>
    onList(heap, (list) => {
      list.append(LONG);
    }),
  "list.extend by an array": (heap) =>
    onList(heap, (list) => {
      list.extend([0.25, "a", ...MANY]);
    }),
  "list.extend by a list": (heap) =>
    onList(heap, (list, other) => {
      list.extend(other);
    }),
  "list.extend by itself": (heap) =>
    onList(heap, (list) => {
      list.extend(list);
    }),
  "list.extend by a tuple": (heap) => {
    const tuple = heap.tuple(MANY);
    return onList(heap, (list) => {
      list.extend(tuple);
    });
  },
  "list.insert": (heap) =>
    onList(heap, (list) => {
      list.insert(1, 0.75);
    }),
  "list.set": (heap) =>
    onList(heap, (list) => {
      list.set(1, 0.75);
    }),
  "list.remove": (heap) => onList(heap, (list) => list.remove(LONG)),
  "list.indexOf": (heap) => onList(heap, (list) => list.indexOf(LONG)),
  "list.slice": (heap) => onList(heap, (list) => list.slice(1)),
  "list.sort": (heap) => {
    const list = heap.list(MANY.toReversed());
    return {
      run: () => {
        list.sort();
      },
      look: () => list.repr(),
    };
  },
  "list.sort by a comparator": (heap) =>
    onList(heap, (list) => {
      list.sort((a, b) => String(b).localeCompare(String(a)));
    }),

  ...Object.fromEntries(
    (["union", "intersection", "difference", "symmetricDifference", "isSubsetOf"] as const).flatMap(
      (name): [string, Setup][] => [
        [
          `set.${name}`,
          (heap) => {
            const set = heap.set([...MANY, LONG]);
            const other = heap.list([...MANY.slice(20), LONG, "more", 0.125]);
            return { run: () => set[name](other), look: () => set.repr() + other.repr() };
          },
        ],
        [
          `set.${name} of an iterable`,
          (heap) => {
            const set = heap.set([...MANY, LONG]);
            return { run: () => set[name](new Set([...MANY.slice(20), LONG, "more"])), look: () => set.repr() };
          },
        ],
      ],
    ),
  ),
  "set.isSupersetOf of an iterable": (heap) => {
    const set = heap.set([...MANY, LONG]);
    return { run: () => set.isSupersetOf([0, 1.5, LONG, "more"]), look: () => set.repr() };
  },
  "set.isDisjointFrom of an iterable": (heap) => {
    const set = heap.set([...MANY, LONG]);
    return { run: () => set.isDisjointFrom(["more", 0.25, LONG]), look: () => set.repr() };
  },
  "dict.set of a new string": (heap) => onDict(heap, (dict) => dict.set("new", "value")),
  "dict.set of a new long string": (heap) => onDict(heap, (dict) => dict.set(LONG, LONG)),
  "dict.set of a new int": (heap) => onDict(heap, (dict) => dict.set(1e9, 1)),
  "dict.set of a new bigint": (heap) => onDict(heap, (dict) => dict.set(7n, 1)),
  "dict.set of a new float": (heap) => onDict(heap, (dict) => dict.set(1e-9, 1)),
  "dict.set of new bytes": (heap) => onDict(heap, (dict) => dict.set(Uint8Array.of(1, 2), 1)),
  "dict.set of a new tuple": (heap) => {
    const key = heap.tuple([1, 2]);
    return onDict(heap, (dict) => dict.set(key, null));
  },
  "dict.set of another value": (heap) => onDict(heap, (dict) => dict.set("key 1", 0.125)),
  "dict.set in a dict of deleted entries": (heap) =>
    onDict(
      heap,
      (dict) => dict.set("new", 0.125),
      (dict) => {
        for (const i of [0, 1, 3]) dict.delete(`key ${i}`);
      },
    ),
  "dict.setDefault": (heap) => onDict(heap, (dict) => dict.setDefault("new", 0.125)),
  "dict.get": (heap) => onDict(heap, (dict) => dict.get(LONG)),
  "dict.has": (heap) => onDict(heap, (dict) => dict.has(new Uint8Array(5000))),
  "dict.delete": (heap) =>
    onDict(
      heap,
      (dict) => dict.delete(LONG),
      (dict) => {
        dict.set(LONG, 1);
        dict.delete("key 0");
      },
    ),
  "dict.pop": (heap) =>
    onDict(
      heap,
      (dict) => dict.pop(LONG),
      (dict) => {
        dict.set(LONG, 1);
        dict.delete("key 0");
      },
    ),
  "dict.update": (heap) => {
    const dict: DictHandle = heap.dict([["a", 1]]);
    const partial = ["{'a': 1}", "{'a': 0.5}", "{'a': 0.5, 'b': 1}"];
    return {
      run: () => {
        dict.update({ a: 0.5, b: 1, c: "text" });
      },
      look: () => dict.repr(),
      partial,
    };
  },
  "set.add of a new string": (heap) => onSet(heap, (set) => set.add("new")),
  "set.add of a new long string": (heap) => onSet(heap, (set) => set.add(LONG)),
  "set.add of a new float": (heap) => onSet(heap, (set) => set.add(0.125)),
  "set.has": (heap) => onSet(heap, (set) => set.has(LONG)),
  "set.delete": (heap) => onSet(heap, (set) => set.delete(LONG)),

  "struct.new": (heap) => {
    const Thing = structOf(heap);
    const other = Thing.new();
    return { run: () => Thing.new({ title: "title", other, rank: 1 }), look: () => String(other.refcount) };
  },
  "a str field": (heap) => {
    const thing = structOf(heap).new({ title: "before" });
    return { run: () => (thing.title = "after"), look: () => thing.repr() };
  },
  "heap.from": (heap) => {
    const inner = { text: "inner", bytes: new Uint8Array(50), big: 2n ** 60n };
    const value = {
      a: [1, 0.5, inner, null, ...MANY],
      m: new Map<unknown, unknown>([
        [1.5, inner],
        ["x", LONG],
        [LONG, 1],
      ]),
      s: new Set(["x", 2n ** 50n]),
      cycle: [] as unknown[],
    };
    value.cycle.push(value);
    const there = heap.dict({ x: 1, text: 2 });
    return { run: () => heap.from(value), look: () => there.repr() };
  },
  "weakref.ref": (heap) => {
    const thing = structOf(heap).new();
    return { run: () => heap.weakref.ref(thing), look: () => String(heap.weakref.getCount(thing)) };
  },
  "weakref.ref with a callback": (heap) => {
    const thing = structOf(heap).new();
    return { run: () => heap.weakref.ref(thing, () => undefined), look: () => String(heap.weakref.getCount(thing)) };
  },
  "batch.create": (heap) => {
    const Thing = structOf(heap);
    return { run: () => heap.batch.create(Thing, 100) };
  },
  "batch.get": (heap) => onBatch(heap, (objects, Thing) => heap.batch.get(Thing, "rank", objects)),
  "batch.set": (heap) =>
    onBatch(heap, (objects, Thing) => {
      heap.batch.set(Thing, "rank", objects, new Int32Array(20).fill(7));
    }),
  "batch.incref": (heap) =>
    onBatch(heap, (objects) => {
      heap.batch.incref(objects);
    }),
  "batch.incref of what has many references": (heap) =>
    onBatch(
      heap,
      (objects) => {
        heap.batch.incref(new Uint32Array(250).map((_, i) => objects[i % 2 ? 0 : i % 20] as number));
      },
      (objects) => {
        for (let i = 0; i < 200; i++) heap.core.incref(objects[0] as number);
      },
    ),
};

/** Operations that make the 255th outside reference to something. */
const SATURATING: Record<string, (heap: Heap, thing: Handle) => Operation> = {
  clone: (_, thing) => ({ run: () => thing.clone() }),
  "list.append": (heap, thing) => {
    const list = heap.list();
    return {
      run: () => {
        list.append(thing);
      },
      look: () => list.repr(),
    };
  },
  "list.get": (heap, thing) => {
    const list = heap.list([1, thing]);
    return { run: () => list.get(1), look: () => list.repr() };
  },
  "list.sort": (heap, thing) => {
    const list = heap.list([thing, 2, 1]);
    return {
      run: () => {
        list.sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : 0));
      },
      look: () => list.repr(),
    };
  },
  "list iteration": (heap, thing) => {
    const list = heap.list([1, thing]);
    return { run: () => [...list], look: () => list.repr() };
  },
  "dict.get": (heap, thing) => {
    const dict = heap.dict([[1, thing]]);
    return { run: () => dict.get(1), look: () => dict.repr() };
  },
  "dict.set of a key": (heap, thing) => {
    const dict = heap.dict();
    return { run: () => dict.set(thing, 1), look: () => dict.repr() };
  },
  "dict.set of a value": (heap, thing) => {
    const dict = heap.dict();
    return { run: () => dict.set(1, thing), look: () => dict.repr() };
  },
  "dict.delete": (heap, thing) => {
    const dict = heap.dict([
      [1, thing],
      [thing, 2],
    ]);
    return { run: () => dict.delete(1) && dict.delete(thing), look: () => dict.repr() };
  },
  "dict.clear": (heap, thing) => {
    const dict = heap.dict([
      [1, thing],
      [thing, 2],
      [3, thing],
    ]);
    return {
      run: () => {
        dict.clear();
      },
      look: () => dict.repr(),
    };
  },
  "dict.pop": (heap, thing) => {
    const dict = heap.dict([[1, thing]]);
    return { run: () => dict.pop(1), look: () => dict.repr() };
  },
  "dict.popItem": (heap, thing) => {
    const dict = heap.dict([[thing, heap.list([1])]]);
    return { run: () => dict.popItem(), look: () => dict.repr() };
  },
  "dict iteration": (heap, thing) => {
    const dict = heap.dict([[thing, heap.list([1])]]);
    return { run: () => [...dict], look: () => dict.repr() };
  },
  "set.pop": (heap, thing) => {
    const set = heap.set([thing]);
    return { run: () => set.pop(), look: () => set.repr() };
  },
  "heap.tuple": (heap, thing) => ({ run: () => heap.tuple([1, thing]) }),
  "heap.from, many references": (heap, thing) => ({
    run: () => heap.from([{ a: thing }, new Map([[thing, 1]]), new Set([thing])]),
  }),
  "a ref field": (heap, thing) => {
    const holder = heap.struct("Holder", { to: "ref" }).new();
    return {
      run: () => {
        holder.to = thing;
      },
      look: () => holder.repr(),
    };
  },
  "read of a ref field": (heap, thing) => {
    const holder = heap.struct("Holder", { to: "ref" }).new({ to: thing });
    return { run: () => holder.to, look: () => holder.repr() };
  },
  "weakref.deref": (heap, thing) => {
    const weakref = heap.weakref.ref(thing);
    return { run: () => alive(weakref.deref()) };
  },
  "read of a weak field": (heap, thing) => {
    const holder = heap.struct("Holder", { to: "weak" }).new({ to: thing });
    return { run: () => alive(holder.to), look: () => String(holder.read("to", "n")) };
  },
  "value of a weak-valued map": (heap, thing) => {
    const map = heap.weakref.valueMap();
    map.set(1, thing);
    return { run: () => alive(map.get(1)), look: () => String(map.has(1)) };
  },
  "iteration over a weak-valued map": (heap, thing) => {
    const map = heap.weakref.valueMap();
    map.set(1, thing);
    return { run: () => alive([...map.values()][0]) };
  },
  "gc.getObjects": (heap) => ({ run: () => heap.gc.getObjects() }),
};

/** What has no memory is not what is dead. */
function alive(object: unknown): void {
  if (object === null || object === undefined) throw new Error("an object that is alive was taken for dead");
}

function onList(
  heap: Heap,
  use: (list: ReturnType<Heap["list"]>, other: ReturnType<Heap["list"]>) => unknown,
): Operation {
  // As full as its buffer.
  const list = heap.list([1.5, "text", 2n, "b"]);
  const other = heap.list(MANY);
  return { run: () => use(list, other), look: () => list.repr() + other.repr() };
}

function onDict(
  heap: Heap,
  use: (dict: ReturnType<Heap["dict"]>) => unknown,
  prepare: (dict: ReturnType<Heap["dict"]>) => void = () => undefined,
): Operation {
  // As full as the first of its buffers.
  const dict = heap.dict(Array.from({ length: 5 }, (_, i) => [`key ${i}`, i + 0.5] as [Value, Value]));
  prepare(dict);
  return { run: () => use(dict), look: () => dict.repr() };
}

function onSet(heap: Heap, use: (set: ReturnType<Heap["set"]>) => unknown): Operation {
  const set = heap.set(Array.from({ length: 5 }, (_, i) => `key ${i}`));
  return { run: () => use(set), look: () => set.repr() };
}

function onBatch(
  heap: Heap,
  use: (objects: ReturnType<Heap["batch"]["create"]>, Thing: ReturnType<typeof structOf>) => unknown,
  prepare: (objects: Uint32Array) => void = () => undefined,
): Operation {
  const Thing = structOf(heap);
  const objects = heap.batch.create(Thing, 20);
  prepare(objects);
  return {
    run: () => use(objects, Thing),
    look: () => [...objects].map((object) => heap.core.refcount(object)).join(),
  };
}

function counts(heap: Heap): { objects: number; live: number; handles: number; tables: number } {
  const { objects, bytes, handles } = heap.stats();
  return { objects, live: bytes.live, handles, tables: bytes.tables };
}

/** Bytes by which the heap grows if the same goes wrong again. */
function growthOf(heap: Heap, run: () => unknown): number {
  const before = heap.stats().bytes.live;
  for (let again = 0; again < 3; again++) {
    failMemory(heap, 1);
    expect(run).toThrow("out of memory");
    failMemory(heap, 0);
  }
  return heap.stats().bytes.live - before;
}

/** Runs an operation on a new heap for n = 1, 2, … until its n-th request for memory is not made any more. How many it made. */
function refuseEach(setup: Setup, isKept = false): number {
  for (let n = 1; n < 1000; n++) {
    const heap = Heap.createSync({ module: checkedCore(), traceHandles: false, hashSeed: 1 });
    const { run, look = () => "", partial } = setup(heap);
    heap.gc.collect();
    const before = { ...counts(heap), seen: look() };
    failMemory(heap, n);
    let error: unknown;
    try {
      run();
    } catch (thrown) {
      error = thrown;
    }
    failMemory(heap, 0);
    heap.verify();
    if (error === undefined) {
      heap.dispose();
      return n - 1;
    }
    expect((error as { code?: string }).code, `request ${n}: ${String(error)}`).toBe("OUT_OF_MEMORY");
    const after = { ...counts(heap), seen: look() };
    if (isKept && after.live > before.live) after.live = growthOf(heap, run) + before.live;
    // Memory that grew for such room has brought the tables of its pages.
    if (isKept) after.tables = before.tables;
    if (partial === undefined) expect(after, `after request ${n} was refused`).toEqual(before);
    else expect([before.seen, ...partial], `after request ${n} was refused`).toContain(look());
    // The heap goes on.
    heap.scope(run);
    heap.verify();
    heap.dispose();
  }
  throw new Error("an operation without end");
}

/**
 * Room that is made before something else is refused, and stays for the next time: that of the table of
 * interned strings, of weak references, of counts beyond a byte, and a larger buffer of a list, dict or set.
 */
const KEEP_ROOM = [
  ...[
    "heap.intern",
    "heap.intern, long",
    "heap.intern into a table that must grow",
    "heap.dict of an object",
    "heap.set",
  ],
  ...["list.extend by an array", "dict.set of a new string", "dict.set of a new int", "dict.set of a new bigint"],
  ...["dict.set of a new float", "dict.set of new bytes", "dict.set of a new tuple", "dict.setDefault"],
  ...["set.add of a new string", "set.add of a new float", "weakref.ref", "weakref.ref with a callback"],
  ...["dict.set of a key", "heap.from", "heap.from, many references"],
];

describe("an allocation that fails, at each request in turn, changes nothing", () => {
  test.each(Object.entries(OPERATIONS))("%s", (name, setup) => {
    expect(refuseEach(setup, KEEP_ROOM.includes(name))).toBeGreaterThan(0);
  });

  // The outside references of an object are counted in a byte; beyond that, in a table.
  test.each(Object.entries(SATURATING))("%s of an object with hundreds of references", (name, use) => {
    for (const roots of [252, 253, 254, 255]) {
      refuseEach((heap) => {
        const thing = heap.struct("Much", { n: "i32" }).new();
        const operation = use(heap, thing);
        saturate(thing, roots);
        return operation;
      }, KEEP_ROOM.includes(name));
    }
  });
});
