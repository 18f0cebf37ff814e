// The methods that weak maps and weak sets have in common with dicts and sets.

import { describe, expect, test } from "vitest";
import { Handle, Heap } from "../../src/index.js";
import type { ObjectOf, Value } from "../../src/index.js";
import { checkedCore } from "../../src/checked.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { collectAlways, failMemory, saturate } from "../support/torture.js";

function cast(heap: Heap) {
  const Node = heap.struct("Node", { n: "u8" });
  const nodes = [1, 2, 3].map((n) => Node.new({ n }));
  return { Node, nodes: nodes as [ObjectOf<typeof Node>, ObjectOf<typeof Node>, ObjectOf<typeof Node>] };
}
/** What is told of a value, which is released. */
function taken(value: unknown): unknown {
  if (!(value instanceof Handle)) return value;
  const text = value.repr();
  value.release();
  return text;
}

describe.each(CORES)("%s core", (_, options) => {
  test("key maps: setDefault, pop, popItem, update", () => {
    withHeap(options(), (heap) => {
      const { nodes } = cast(heap);
      const [a, b, c] = nodes;
      const map = heap.weakref.keyMap<Handle, Value>();
      expect([map.setDefault(a, 1), map.setDefault(a, 2), map.size]).toEqual([1, 1, 1]);
      expect(taken(map.setDefault(b, [1]))).toBe("[1]");
      expect([taken(map.pop(b)), map.pop(b), map.pop(b, "none"), map.size]).toEqual(["[1]", undefined, "none", 1]);
      map.update([
        [a, "one"],
        [c, { k: 3 }],
      ]);
      map.update(new Map([[b, 2]]));
      const other = heap.weakref.keyMap<Handle, Value>();
      other.update(map);
      map.update(map);
      other.update(heap.list([heap.tuple([a, "last"])]) as never);
      expect([...other.values()].map(taken)).toEqual(["last", "{'k': 3}", 2]);
      const drained = [];
      while (other.size > 0) {
        const [key, value] = other.popItem();
        drained.push([taken(key), taken(value)]);
      }
      expect(drained).toEqual([
        ["Node(n=2)", 2],
        ["Node(n=3)", "{'k': 3}"],
        ["Node(n=1)", "last"],
      ]);
      expect(codeOf(() => other.popItem())).toBe("BAD_INDEX");
      for (const bad of [[[1, 2]], [a], 5, new Map([["a", 1]]), [[a]]])
        expect(
          codeOf(() => {
            map.update(bad as never);
          }),
          String(bad),
        ).toBe("BAD_VALUE");
      heap.verify();
    });
  });

  test("value maps: setDefault, pop, popItem, update; entries with dead values are skipped", () => {
    withHeap(options(), (heap) => {
      const { Node, nodes } = cast(heap);
      const [a, b, c] = nodes;
      const map = heap.weakref.valueMap();
      expect([taken(map.setDefault("a", a)), taken(map.setDefault("a", b)), map.size]).toEqual([
        "Node(n=1)",
        "Node(n=1)",
        1,
      ]);
      map.update([["b", b]]);
      map.update(new Map([["c", c]]));
      map.update(heap.dict([["d", c]]) as never);
      const other = heap.weakref.valueMap();
      other.update(map);
      expect([...other.keys()]).toEqual(["a", "b", "c", "d"]);
      expect([taken(other.pop("b")), other.pop("b"), other.pop("b", 0)]).toEqual(["Node(n=2)", undefined, 0]);
      const key = heap.tuple([1]);
      const short = Node.new({ n: 9 });
      other.set(key, short);
      key.release();
      const item = other.popItem();
      expect(item.map(taken)).toEqual(["(1,)", "Node(n=9)"]);
      short.release();
      expect(other.popItem().map(taken)).toEqual(["d", "Node(n=3)"]);
      other.clear();
      other.set(NaN, a);
      expect(other.popItem().map(taken)).toEqual([NaN, "Node(n=1)"]);
      expect(codeOf(() => other.popItem())).toBe("BAD_INDEX");
      heap.verify();
    });
  });

  test("weak sets: update, pop", () => {
    withHeap(options(), (heap) => {
      const { nodes } = cast(heap);
      const set = heap.weakref.set();
      set.update(nodes);
      const other = heap.weakref.set();
      other.update(set);
      other.update(heap.list(nodes));
      set.update(set);
      expect([other.size, taken(other.pop()), taken(other.pop()), other.size]).toEqual([
        3,
        "Node(n=3)",
        "Node(n=2)",
        1,
      ]);
      other.clear();
      expect(codeOf(() => other.pop())).toBe("BAD_INDEX");
      expect(
        codeOf(() => {
          set.update([1 as never]);
        }),
      ).toBe("BAD_VALUE");
      heap.verify();
    });
  });

  test("weak maps and sets start with given entries; if one is invalid, none is created", () => {
    withHeap(options(), (heap) => {
      const { nodes } = cast(heap);
      const [a, b, c] = nodes;
      const map = heap.weakref.keyMap<Handle, Value>([
        [a, 1],
        [b, [2]],
      ]);
      expect([...map.values()].map(taken)).toEqual([1, "[2]"]);
      expect([...heap.weakref.keyMap(map).values()].map(taken)).toEqual([1, "[2]"]);
      expect([...heap.weakref.valueMap(new Map([["a", a]])).keys()]).toEqual(["a"]);
      expect([...heap.weakref.set([c, a])].map(taken)).toEqual(["Node(n=3)", "Node(n=1)"]);
      const { handles, objects } = heap.stats();
      for (const make of [
        () =>
          heap.weakref.keyMap([
            [a, 1],
            [5, 1],
          ] as never),
        () =>
          heap.weakref.valueMap([
            ["a", a],
            ["b", heap.none],
          ] as never),
        () => heap.weakref.set([a, heap.none]),
        () => heap.weakref.set(5 as never),
      ])
        expect(heap.scope(() => codeOf(make))).toBe("BAD_VALUE");
      expect([heap.stats().handles, heap.stats().objects]).toEqual([handles, objects]);
      heap.verify();
    });
  });

  test("these methods leave nothing: the numbers of handles and objects stay the same", () => {
    withHeap(options(), (heap) => {
      const { nodes } = cast(heap);
      const map = heap.weakref.keyMap<Handle, Value>();
      const values = heap.weakref.valueMap();
      map.update(nodes.map((node) => [node, [1]] as const));
      const { objects, handles } = heap.stats();
      const copy = heap.weakref.keyMap<Handle, Value>();
      copy.update(map);
      values.update([["k", nodes[0]]]);
      values.clear();
      copy.release();
      expect([heap.stats().objects, heap.stats().handles]).toEqual([objects, handles]);
    });
  });
});

test("pop without memory for another handle leaves the entry in place", () => {
  withHeap({ module: checkedCore(), traceHandles: false }, (heap) => {
    const { nodes } = cast(heap);
    const [key] = nodes;
    const map = heap.weakref.keyMap<Handle, Value>();
    const value = heap.list();
    map.set(key, value);
    const clones = saturate(value, 254);
    failMemory(heap, 1);

    expect(codeOf(() => map.pop(key))).toBe("OUT_OF_MEMORY");
    failMemory(heap, 0);
    expect(map.size).toBe(1);
    for (const clone of clones) clone.release();
    heap.verify();
  });
});

test.each(["key map", "value map"])(
  "setDefault of a %s keeps a value that a finalizer sets while room is made",
  (kind) => {
    const long = "k".repeat(5000);
    withHeap({ module: checkedCore(), traceHandles: false }, (heap) => {
      const { nodes } = cast(heap);
      const [key, ours, theirs] = nodes;
      let hook = (): void => undefined;
      const Trash = heap.struct("Trash", { self: "ref" }, { finalize: () => { hook(); } }); // prettier-ignore
      let runs = 0;
      for (let n = 1; n < 8; n++) {
        const map = heap.weakref.keyMap<Handle, Value>();
        const values = heap.weakref.valueMap();
        let isSet = false;
        hook = () => {
          failMemory(heap, 0);
          isSet = true;
          if (kind === "key map") map.set(key, "theirs");
          else values.set(long, theirs);
        };
        const trash = Trash.new();
        trash.self = trash;
        trash.release();
        failMemory(heap, n);
        const result = taken(kind === "key map" ? map.setDefault(key, long) : values.setDefault(long, ours));
        failMemory(heap, 0);
        const expected = kind === "key map" ? ["theirs", long] : ["Node(n=3)", "Node(n=2)"];
        expect(result, `request ${n}`).toBe(expected[isSet ? 0 : 1]);
        expect(taken(kind === "key map" ? map.get(key) : values.get(long))).toBe(result);
        runs += Number(isSet);
        heap.verify();
        hook = () => undefined;
        heap.gc.collect();
        map.release();
        values.release();
      }
      expect(runs).toBeGreaterThan(1);
    });
  },
);
test.each(CORES)("%s core: setDefault() keeps a value that the getter of its value has set meanwhile", (_, options) => {
  withHeap(options(), (heap) => {
    const [key] = cast(heap).nodes;
    const map = heap.weakref.keyMap<Handle, Value>();
    const dict = heap.dict();
    for (const table of [map, dict] as { set(key: Handle, value: Value): unknown; setDefault: typeof map.setDefault }[])
      expect(
        table.setDefault(key, {
          get a() {
            table.set(key, "first");
            return 1;
          },
        }),
      ).toBe("first");
    expect([map.get(key), dict.get(key)]).toEqual(["first", "first"]);
  });
});

describe.each(CORES)("%s core: keys that are NaN", (_, options) => {
  test("value maps: popItem() removes an entry whose key is NaN, which no lookup finds", () => {
    withHeap(options(), (heap) => {
      const { nodes } = cast(heap);
      const map = heap.weakref.valueMap<Handle>(nodes.map((node) => [NaN, node] as const));
      expect([map.size, map.has(NaN), map.delete(NaN)]).toEqual([3, false, false]);
      expect(nodes.map(() => map.popItem().map(taken))).toEqual([
        [NaN, "Node(n=3)"],
        [NaN, "Node(n=2)"],
        [NaN, "Node(n=1)"],
      ]);
      expect([map.size, codeOf(() => map.popItem())]).toEqual([0, "BAD_INDEX"]);
    });
  });

  test("value maps: popItem() in a callback terminates while values with NaN keys are dead but still listed", () => {
    withHeap(options(), (heap) => {
      const map = heap.weakref.valueMap<Handle>();
      const codes: string[] = [];
      const ring = heap.list<Value>();
      for (let i = 0; i < 2; i++) {
        const value = heap.set([1]);
        ring.append(value);
        map.set(NaN, value);
        heap.weakref.finalize(value, () => codes.push(codeOf(() => map.popItem())));
        value.release();
      }
      ring.append(ring);
      ring.release();
      heap.gc.collect();
      expect([map.size, codes]).toEqual([0, ["BAD_INDEX", "BAD_INDEX"]]);
    });
  });
});

test("value maps: setDefault() returns the value that it has set, even if a hook has released the caller's handle", () => {
  const heap = Heap.createSync({ module: checkedCore(), traceHandles: false });
  const map = heap.weakref.valueMap<Handle>();
  const value = heap.set([1]);
  const Loud = heap.struct(
    "Loud",
    { self: "ref" },
    {
      finalize: () => {
        value.release();
      },
    },
  );
  const loud = Loud.new();
  loud.self = loud;
  loud.release();
  collectAlways(heap, true);
  const kept = map.setDefault("k", value);
  collectAlways(heap, false);
  expect([value.released, taken(kept), map.size]).toEqual([true, "{1}", 0]);
  heap.verify();
  heap.dispose();
});
