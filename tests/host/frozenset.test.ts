// Frozensets, as CPython has them. tests/oracle/frozensets compares equality and look-ups with CPython itself, tests/model
// the algebra with a model.

import { describe, expect, test } from "vitest";
import { FROZENSET_HASH_OFFSET, MAX_KEY_DEPTH } from "../../assembly/layout.js";
import { restoreSync, save } from "../../src/image.js";
import type { FrozensetHandle, Handle, Heap, Value, WeakrefHandle } from "../../src/index.js";
import { collectAlways, failMemory } from "../support/torture.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

/** A frozenset that so many are inside of, itself included. */
function nest(heap: Heap, depth: number, innermost: Value = 7): FrozensetHandle<Value> {
  let set = heap.frozenset<Value>([innermost]);
  for (let i = 1; i < depth; i++) {
    const outer = heap.frozenset<Value>(i % 2 ? [set, i % 3] : [i % 3, set]);
    set.release();
    set = outer;
  }
  return set;
}

describe.each(CORES)("%s core", (build, options) => {
  test("reads as a Set, has a repr, and has no methods that change it", () => {
    withHeap(options(), (heap) => {
      const set = heap.frozenset([2, "a", 2.0, heap.tuple([1])]);
      expect([set.type, set.size, set.repr(), heap.frozenset().repr()]).toEqual([
        "frozenset",
        3,
        "frozenset({2, 'a', (1,)})",
        "frozenset()",
      ]);
      expect(set.toJS()).toEqual(new Set([2, "a", [1]]));
      expect(codeOf(() => JSON.stringify(set))).toBe("BAD_VALUE");
      expect(() => JSON.stringify(set)).toThrow("frozenset");
      expect([set.isTracked, heap.frozenset().isTracked]).toEqual([true, true]);
      expect([set.has(2), set.has("b"), [...heap.frozenset([3, 1])]]).toEqual([true, false, [3, 1]]);
      for (const name of ["add", "delete", "clear", "update", "pop"]) expect(name in set, name).toBe(false);
    });
  });

  test("a frozenset of a frozenset is the same object, of anything else a new one", () => {
    withHeap(options(), (heap) => {
      const set = heap.frozenset([1]);
      const again = heap.frozenset(set);
      expect([again.is(set), set.refcount]).toEqual([true, 2]);
      expect(heap.frozenset(heap.set(set)).is(set)).toBe(false);
      expect(set.union(set).is(set)).toBe(false);
      again.release();
      expect(set.refcount).toBe(1);
    });
  });

  test("sets and frozensets are equal by their elements, whatever their kinds", () => {
    withHeap(options(), (heap) => {
      const [frozen, set] = [heap.frozenset([1, "a"]), heap.set(["a", true])];
      expect([frozen.equals(set), set.equals(frozen), frozen.equals(heap.set([1]))]).toEqual([true, true, false]);
      expect([heap.list([set]).indexOf(frozen), heap.list([frozen]).includes(set)]).toEqual([0, true]);
      expect([heap.list([heap.set([1])]).count(heap.set([1])), heap.list([heap.list()]).count(heap.list())]).toEqual([
        1, 0,
      ]);
      const sets = heap.set([frozen]);
      expect([sets.has(set), sets.has(heap.set([1])), codeOf(() => heap.dict([[frozen, 1]]).has(set))]).toEqual([
        true,
        false,
        "BAD_KEY",
      ]);
      expect([sets.delete(set), sets.size]).toEqual([true, 0]);
      expect(codeOf(() => sets.add(set as never))).toBe("BAD_KEY");
    });
  });

  test("a NaN in one is found only by identity", () => {
    withHeap(options(), (heap) => {
      const nan = heap.float(NaN);
      const [a, b] = [heap.frozenset([nan]), heap.frozenset([nan])];
      expect([a.equals(b), heap.set([a]).has(b), a.equals(heap.frozenset([NaN]))]).toEqual([true, true, false]);
    });
  });

  test("weak references to equal frozensets are equal keys, and keep their hashes", () => {
    withHeap(options(), (heap) => {
      const [a, b, other] = [heap.frozenset([1, 2]), heap.frozenset([2, 1]), heap.frozenset([3])];
      const [toA, toB, toOther] = [a, b, other].map((set): Handle => heap.weakref.ref(set)) as [Handle, Handle, Handle];
      const dict = heap.dict<Value, number>([[toA, 1]]);
      expect([dict.get(toB), dict.get(toOther), toA.equals(toB)]).toEqual([1, undefined, true]);
      expect(heap.frozenset([heap.tuple([toA])]).equals(heap.frozenset([heap.tuple([toB])]))).toBe(true);
      expect(heap.set([heap.frozenset([toA, 5])]).has(heap.frozenset([5, toB]))).toBe(true);
      a.release();
      expect([dict.get(toA), dict.get(toB)]).toEqual([1, undefined]);
    });
  });

  test(`nested ${MAX_KEY_DEPTH} deep they are keys; deeper they exist, and are named errors`, () => {
    withHeap(options(), (heap) => {
      for (const depth of [1, 2, 500, MAX_KEY_DEPTH]) {
        const [a, b, other] = [nest(heap, depth), nest(heap, depth), nest(heap, depth, 8)];
        const dict = heap.dict<Value, string>([
          [a, "a"],
          [other, "other"],
        ]);
        expect([dict.get(b), dict.get(nest(heap, depth, 8)), dict.has(nest(heap, depth, 9))]).toEqual([
          "a",
          "other",
          false,
        ]);
        expect(heap.list([other, a]).indexOf(b)).toBe(1);
      }
      const deepest = nest(heap, MAX_KEY_DEPTH);
      const [a, b] = [heap.frozenset([deepest]), heap.frozenset([nest(heap, MAX_KEY_DEPTH)])];
      expect(() => heap.set([a])).toThrow("1000 deep");
      expect(codeOf(() => heap.set([heap.tuple([deepest])]))).toBe("BAD_KEY");
      expect(codeOf(() => heap.set([heap.weakref.ref(a)]))).toBe("BAD_KEY");
      expect(codeOf(() => heap.set([1]).has(heap.set([deepest]) as never))).toBe("BAD_KEY");
      expect(codeOf(() => heap.list([a]).indexOf(b))).toBe("BAD_VALUE");
      expect([a.equals(b), heap.list([a]).indexOf(a)]).toEqual([true, 0]);
    });
  });

  test("those with shared parts, 2^40 in all, are named errors, and quickly", () => {
    withHeap(options(), (heap) => {
      const share = (): Value => {
        let set: Value = heap.frozenset([7]);
        for (let i = 0; i < 40; i++) set = heap.tuple([set, heap.tuple([set])]);
        return set;
      };
      const [a, b] = [share(), share()];
      expect(codeOf(() => heap.frozenset([a]))).toBe("BAD_KEY");
      expect(codeOf(() => heap.list([a]).indexOf(b))).toBe("BAD_VALUE");
    });
  });

  test("cycles through them are collected", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { of: "ref" });
      const before = heap.stats().objects;
      const weak = heap.scope(() => {
        const node = Node.new();
        const set = heap.frozenset([node, 1]);
        node.of = heap.frozenset([set, 2]);
        const dict = heap.dict<Value, Value>([[set, node]]);
        dict.set("self", dict);
        return heap.weakref.ref(set).clone();
      }) as WeakrefHandle;
      expect(weak.alive).toBe(true);
      expect(heap.gc.collect()).toBe(4);
      expect(weak.alive).toBe(false);
      weak.release();
      expect(heap.stats().objects).toBe(before);
    });
  });

  test("code that reaches one while it is being filled cannot use it as a key", () => {
    withHeap(options(), (heap) => {
      const codes: string[] = [];
      function* elements(): Generator<Value> {
        yield 1;
        for (const found of heap.gc.getObjects()) {
          if (found.type !== "frozenset") continue;
          codes.push(codeOf(() => heap.set([found])));
          codes.push(codeOf(() => heap.set([heap.weakref.ref(found)])));
          codes.push(codeOf(() => heap.frozenset([heap.tuple([found])])));
        }
        yield 2;
      }
      const set = heap.scope(() => heap.frozenset(elements()).clone()) as FrozensetHandle;
      expect(codes).toEqual(["BAD_KEY", "BAD_KEY", "BAD_KEY"]);
      expect([set.size, heap.set([set]).has(heap.frozenset([2, 1]))]).toEqual([2, true]);
    });
  });

  test("an iterable that throws, or yields an unhashable value, leaves nothing", () => {
    withHeap(options(), (heap) => {
      const { objects, handles } = heap.stats();
      expect(codeOf(() => heap.frozenset([1, [2]] as never))).toBe("BAD_KEY");
      expect(
        codeOf(() =>
          heap.frozenset(
            (function* () {
              yield 1000;
              throw new Error("half-way");
            })(),
          ),
        ),
      ).toBe("no code: Error: half-way");
      expect([heap.stats().objects, heap.stats().handles]).toEqual([objects, handles]);
    });
  });

  test("images hold them, with their hashes", () => {
    withHeap(options(), (heap) => {
      const set = heap.frozenset<Value>([heap.frozenset(["a", 1]), heap.tuple([heap.frozenset()])]);
      heap.roots.set("dict", heap.dict([[set, "here"]]));
      const copy = restoreSync(save(heap), options());
      const dict = copy.roots.get("dict") as ReturnType<typeof copy.dict>;
      const twin = copy.frozenset<Value>([copy.tuple([copy.frozenset()]), copy.frozenset([1, "a"])]);
      expect(dict.get(twin)).toBe("here");
      copy.verify();
      copy.dispose();
    });
  });

  test("verify finds a hash that is not that of the elements", () => {
    withHeap(options(), (heap) => {
      const { memory } = heap.none.store;
      const set = heap.frozenset([1, 2]);
      const at = (set.address + FROZENSET_HASH_OFFSET) >>> 2;
      const hash = memory.u32[at] as number;
      memory.u32[at] = hash ^ 1;
      expect(codeOf(() => { heap.verify(); })).toBe("CORRUPT_HEAP"); // prettier-ignore
      memory.u32[at] = hash;
    });
  });
});

test("the checked core rejects changes to a complete one", () => {
  withHeap(CORES[1]?.[1]() ?? {}, (heap) => {
    const set = heap.frozenset([1]);
    const { core } = set.store;
    const address = set.address;
    for (const act of [
      () => core.setAdd(address, heap.int(1000).address),
      () => core.tableDelete(address, heap.int(1).address),
      () => core.tableDeleteAt(address, 0),
      () => core.containerClear(address),
      () => core.freezeSet(address),
      () => core.tableAddAll(address, heap.set([2]).address, 0, 0),
    ])
      expect(codeOf(act)).toBe("BAD_VALUE");
    expect(() => core.setAdd(address, address)).toThrow("never changes");
    heap.verify();
  });
});

test("an allocation that fails at any step leaves nothing", () => {
  const codes = new Set<string>();
  for (let n = 1; n < 20; n++)
    withHeap(CORES[1]?.[1]() ?? {}, (heap) => {
      const words = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(4));
      const first = heap.frozenset([1, "x"]);
      const { objects } = heap.stats();
      for (const make of [() => heap.frozenset(words), () => first.union(words), () => heap.frozenset([first, 1.5])]) {
        failMemory(heap, n);
        let made: Handle | undefined;
        codes.add(codeOf(() => (made = make())));
        failMemory(heap, 0);
        made?.release();
        heap.verify();
        expect(heap.stats().objects).toBe(objects);
      }
    });
  expect([...codes].sort()).toEqual(["OUT_OF_MEMORY", "no error"]);
});

test("collections while they are created change nothing", () => {
  withHeap(CORES[1]?.[1]() ?? {}, (heap) => {
    collectAlways(heap, true);
    const deep = nest(heap, 30);
    const set = heap.frozenset<Value>([deep, heap.tuple([heap.frozenset(["a"])])]).union([heap.frozenset([1])]);
    expect(heap.set([set]).has(set.union([]))).toBe(true);
    collectAlways(heap, false);
  });
});
