// Operations that read one container and change another, while memory is out and the collection that makes room runs a
// finalizer that empties all of them: nothing that was read before may be used after.

import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import type { DictHandle, Handle, ListHandle, SetHandle, TupleHandle, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { failMemory, saturate } from "../support/torture.js";

const LONG = "é".repeat(1500);
const LONG_BYTES = new Uint8Array(5000).fill(7);

/** What operations work on; the finalizer empties and releases all of it. */
interface Scene {
  heap: Heap;
  list: ListHandle;
  dict: DictHandle;
  set: SetHandle;
  pairs: ListHandle;
  tuple: TupleHandle;
  /** A struct that holds a dict of dicts, with a long key. */
  holder: Handle & { read: (...path: [string, ...string[]]) => unknown };
}

const OPERATIONS: Record<string, (scene: Scene) => unknown> = {
  "dict.update(dict)": ({ heap, dict }) => {
    heap.dict().update(dict);
  },
  "heap.dict(dict)": ({ heap, dict }) => heap.dict(dict),
  "dict.update(list of tuples)": ({ heap, pairs }) => {
    heap.dict().update(pairs as never);
  },
  "set.update(set)": ({ heap, set }) => {
    heap.set().update(set);
  },
  "set.update(dict)": ({ heap, dict }) => {
    heap.set().update(dict as never);
  },
  "set.update(list)": ({ heap, list }) => {
    heap.set().update(list);
  },
  "list.extend(list)": ({ heap, list }) => {
    heap.list<Value>([1]).extend(list);
  },
  "list.extend(set)": ({ heap, set }) => {
    heap.list<Value>([1]).extend(set);
  },
  "list.extend by itself": ({ list }) => {
    list.extend(list);
  },
  "list.slice": ({ list }) => list.slice(1),
  "heap.tuple(list)": ({ heap, list }) => heap.tuple(list),
  "heap.tuple(dict)": ({ heap, dict }) => heap.tuple(dict as never),
  "list.insert of a long text": ({ list }) => {
    list.insert(3, LONG);
  },
  "list.set of a long text": ({ list }) => {
    list.set(3, LONG);
  },
  "list.indexOf a long text": ({ list }) => list.indexOf(LONG),
  "list.remove of a long text": ({ list }) => list.remove(LONG),
  "list.sort": ({ heap }) => {
    heap.list([3, 1, 2]).sort();
  },
  "list.sort by a comparator": ({ list }) => {
    list.sort((a, b) => (a as Handle).address - (b as Handle).address);
  },
  "dict.set of a long key": ({ dict }) => dict.set(LONG, LONG),
  "dict.setDefault of a long key": ({ dict }) => dict.setDefault(LONG, LONG),
  "dict.setDefault of a key that is there": ({ dict }) => dict.setDefault(1, LONG),
  "dict.get of a long key": ({ dict }) => dict.get(LONG_BYTES),
  "dict.pop of a long key": ({ dict }) => dict.pop(LONG_BYTES),
  "dict.delete of a long key": ({ dict }) => dict.delete(LONG_BYTES),
  "set.add of a long key": ({ set }) => set.add(LONG),
  "a path with a long key": ({ holder }) => holder.read("dict", LONG, LONG),
  "valueMap.set of a long key": ({ heap, holder }) => {
    const map = heap.weakref.valueMap();
    try {
      map.set(LONG, holder);
    } finally {
      map.release();
    }
  },
  "keyMap.set": ({ heap, holder }) => heap.weakref.keyMap().set(holder, LONG),
  "weakref.ref": ({ heap, holder }) => heap.weakref.ref(holder, () => undefined),
  "weakref.finalize": ({ heap, holder }) => heap.weakref.finalize(holder, () => undefined),
  "gc.getReferrers": ({ heap, holder }) => heap.gc.getReferrers(holder),
  "heap.from of handles": ({ heap, list, dict }) => heap.from({ list, dict, [LONG]: [LONG] }),
};

/** What an operation may answer that finds its operands emptied, or gone, on the way. */
const ANSWERS = ["no error", "OUT_OF_MEMORY", "CONTAINER_CHANGED", "RELEASED_HANDLE", "BAD_INDEX", "BAD_VALUE"];

function makeScene(heap: Heap): Scene {
  const Item = heap.struct("Item", { n: "i32", to: "ref" });
  const Holder = heap.struct("Holder", { dict: "ref" });
  const item = (n: number): Handle => Item.new({ n });
  return heap.scope(() => ({
    heap,
    list: heap.list(Array.from({ length: 20 }, (_, n) => item(n))),
    dict: heap.dict([[1, item(0)], ...Array.from({ length: 20 }, (_, n) => [`key ${n}`, item(n)] as const)]),
    set: heap.set(Array.from({ length: 20 }, (_, n) => item(n))),
    pairs: heap.list(Array.from({ length: 20 }, (_, n) => heap.tuple([`key ${n}`, item(n)]))),
    tuple: heap.tuple([item(1), item(2)]),
    holder: Holder.new({ dict: heap.dict([[LONG, heap.dict([[LONG, item(1)]])]]) }) as unknown as Scene["holder"],
  }));
}

/** Garbage whose finalizer, in the collection that is to make room, takes everything away and writes over it. */
function plant({ heap, ...scene }: Scene): () => boolean {
  let ran = false;
  const Bomb = heap.struct(
    "Bomb",
    { me: "ref" },
    {
      finalize: () => {
        ran = true;
        failMemory(heap, 0);
        for (const one of [scene.list, scene.dict, scene.set, scene.pairs]) if (!one.released) tryTo(() => one.clear());
        for (const one of Object.values(scene) as Handle[]) one.release();
        for (let i = 0; i < 300; i++) heap.bytes(new Uint8Array(8 * (i % 12)).fill(0x41)).release();
        heap.verify();
      },
    },
  );
  const bomb = Bomb.new();
  bomb.me = bomb;
  bomb.release();
  return () => ran;
}

/** A list that is being sorted does not change. */
function tryTo(run: () => void): void {
  const code = codeOf(run);
  if (code !== "CONTAINER_CHANGED" && code !== "no error") throw new Error(code);
}

describe("when the collection for lack of memory frees everything else, checked core", () => {
  test.each(Object.entries(OPERATIONS))("%s", (_, operate) => {
    let ran = 0;
    for (let n = 1; ; n++) {
      const errors: unknown[] = [];
      const heap = Heap.createSync({
        module: checkedCore(),
        traceHandles: false,
        hashSeed: 1,
        onUnraisable: (error) => errors.push(error),
      });
      heap.gc.disable();
      const scene = makeScene(heap);
      const hasRun = plant(scene);
      failMemory(heap, n);
      const code = heap.scope(() => codeOf(() => operate(scene)));
      failMemory(heap, 0);
      expect(errors).toEqual([]);
      expect(ANSWERS, `request ${n}`).toContain(code);
      heap.verify();
      const isDone = !hasRun();
      if (!isDone) ran++;
      heap.dispose();
      if (isDone) break;
    }
    expect(ran).toBeGreaterThan(0);
  });
});

describe.each(CORES)("a source that changes during a copy, %s core", (_, options) => {
  test("dict.update() ends with CONTAINER_CHANGED if the death of a replaced value changes the source", () => {
    withHeap(options(), (heap) => {
      const source: DictHandle = heap.dict(Array.from({ length: 10 }, (_, n) => [n, n] as const));
      const Item = heap.struct("Item", {}, { finalize: () => void source.delete(9) });
      const target: DictHandle = heap.scope(() => heap.dict([[3, Item.new()]]));
      expect(
        codeOf(() => {
          target.update(source);
        }),
      ).toBe("CONTAINER_CHANGED");
      expect([target.repr(), source.size]).toEqual(["{3: 3, 0: 0, 1: 1, 2: 2}", 9]);
      // A new value for a key is no change.
      const Other = heap.struct("Other", {}, { finalize: () => void source.set(5, "later") });
      heap.scope(() => target.set(0, Other.new()));
      target.update(source);
      expect(target.get(5)).toBe("later");
      target.update(target);
      target.update(heap.dict());
      expect(target.size).toBe(9);
    });
  });

  test("dict.update() holds both dicts, even if a hook releases them", () => {
    withHeap(options(), (heap) => {
      const source: DictHandle = heap.dict(Array.from({ length: 10 }, (_, n) => [n, n] as const));
      const target = heap.dict();
      const Item = heap.struct(
        "Item",
        {},
        {
          finalize: () => {
            source.release();
            target.release();
          },
        },
      );
      heap.scope(() => target.set(3, Item.new()));
      const weak = heap.set();
      target.update(source);
      expect([source.released, target.released]).toEqual([true, true]);
      weak.update([1, 2]);
      weak.update(weak);
      expect(weak.size).toBe(2);
    });
  });

  test("references that a batch moves between objects stay alive; replaced objects die at the end", () => {
    withHeap(options(), (heap) => {
      const died: [n: number, refs: number[]][] = [];
      const Node = heap.struct("Node", { to: "ref" });
      const Item = heap.struct(
        "Item",
        { n: "i32" },
        {
          finalize: ({ n }) => {
            if (died.length < 2) died.push([n, [...(heap.batch.get(Node, "to", objects) as Uint32Array)]]);
            heap.verify();
          },
        },
      );
      const objects = heap.batch.create(Node, 4);
      const items = Array.from({ length: 4 }, (_, n) => Item.new({ n }));
      const addresses = Uint32Array.from(items, (item) => item.address);
      heap.batch.set(Node, "to", objects, addresses);
      for (const item of items) item.release();
      // Each is held by one field alone, and the first write takes it out of there.
      const turned = heap.batch.get(Node, "to", objects).reverse() as Uint32Array<ArrayBuffer>;
      heap.batch.set(Node, "to", objects, turned);
      heap.verify();
      expect([...heap.batch.get(Node, "to", objects)]).toEqual([...addresses].reverse());
      const [a, b] = [addresses[0] as number, addresses[1] as number];
      heap.batch.set(Node, "to", objects, Uint32Array.of(a, b, a, 0));
      const after = [a, b, a, 0];
      expect(died).toEqual([
        [3, after],
        [2, after],
      ]);
      heap.batch.decref(objects);
      expect(heap.gc.getTrackedCount()).toBe(0);
    });
  });

  test("adding a reference may fail in the middle, and nothing is left", () => {
    withHeap(options(), (heap) => {
      const thing = heap.struct("Thing", { a: "ref" }).new();
      const clones = saturate(thing, 253);
      const target = heap.dict();
      target.update(heap.dict([[thing, thing]]));
      expect(target.get(thing)).toBeDefined();
      target.clear();
      for (const clone of clones) clone.release();
    });
  });
});
