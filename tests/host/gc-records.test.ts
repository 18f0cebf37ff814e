import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

const NODE = { left: "ref", right: "ref" } as const;

describe.each(CORES)("heap.gc beyond Python, %s core", (_, options) => {
  test("a pause suspends automatic collection, nests, and leaves isEnabled unchanged", () => {
    withHeap({ ...options(), thresholds: [10, 10, 10] }, (heap) => {
      const Node = heap.struct("Node", NODE);
      const make = (count: number): Handle[] => Array.from({ length: count }, () => Node.new());
      const outer = heap.gc.pause();
      const inner = heap.gc.pause();
      expect([heap.gc.isPaused, heap.gc.isEnabled()]).toEqual([true, true]);
      const nodes = make(50);
      outer.release();
      outer.release();
      nodes.push(...make(50));
      expect(heap.gc.getStats()[0].collections).toBe(0);
      expect(heap.gc.getCount()[0]).toBe(100);
      inner.release();
      expect(heap.gc.isPaused).toBe(false);
      nodes.push(...make(1));
      expect(heap.gc.getStats()[0].collections).toBe(1);
      for (const node of nodes) node.release();
    });
  });

  test("a pause around a function ends with it, also after an error, and rejects async functions", () => {
    withHeap(options(), (heap) => {
      expect(heap.gc.pause(() => heap.gc.isPaused)).toBe(true);
      expect(() =>
        heap.gc.pause(() => {
          throw new Error("half-way");
        }),
      ).toThrow("half-way");
      expect(codeOf(() => heap.gc.pause(() => Promise.resolve()))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.gc.pause(1 as never))).toBe("BAD_VALUE");
      expect(heap.gc.isPaused).toBe(false);
      // A pause neither enables what was disabled, nor the other way round.
      heap.gc.pause(() => {
        heap.gc.disable();
      });
      expect(heap.gc.isEnabled()).toBe(false);
    });
  });

  test("collect works while paused", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const node = Node.new();
      node.left = node;
      node.release();
      expect(heap.gc.pause(() => heap.gc.collect())).toBe(1);
    });
  });

  test("a record of each collection has the numbers of objects examined, found and freed", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const kept = Array.from({ length: 20 }, () => Node.new());
      const size = kept[0]?.byteSize ?? 0;
      for (let i = 0; i < 5; i++) {
        const node = Node.new();
        node.left = node;
        node.release();
      }
      heap.gc.collect(0);
      heap.gc.collect(1);
      heap.scope(() => {
        const garbage = Node.new({ left: heap.str("x".repeat(1000)) });
        garbage.right = garbage;
      });
      heap.gc.collect();
      const [young, middle, full] = heap.gc.records.slice(-3);
      expect(young).toMatchObject({ generation: 0, candidates: 25, collected: 5, bytesFreed: 5 * size });
      expect(middle).toMatchObject({ generation: 1, candidates: 20, collected: 0, bytesFreed: 0 });
      expect(full).toMatchObject({ generation: 2, candidates: 21, collected: 1 });
      expect(full?.bytesFreed).toBeGreaterThan(1000);
      for (const record of heap.gc.records) expect(record.duration).toBeGreaterThanOrEqual(0);
      for (const node of kept) node.release();
    });
  });

  test("the latest 64 records are kept, and the program cannot change them", () => {
    withHeap(options(), (heap) => {
      for (let i = 0; i < 100; i++) heap.gc.collect((i % 3) as 0 | 1 | 2);
      expect(heap.gc.records.map(({ generation }) => generation)).toEqual(
        Array.from({ length: 64 }, (_, i) => (36 + i) % 3),
      );
      const first = heap.gc.records[0];
      if (first) first.generation = 2;
      expect(heap.gc.records[0]?.generation).toBe(0);
    });
  });

  test("growth beyond the byte threshold triggers a collection", () => {
    withHeap({ ...options(), thresholds: [1_000_000, 10, 10], byteThreshold: 1_000_000 }, (heap) => {
      const Node = heap.struct("Node", NODE);
      const makeLoop = (): void => {
        heap.scope(() => {
          const node = Node.new({ right: heap.bytes(new Uint8Array(100_000)) });
          node.left = node;
        });
      };
      expect(heap.gc.getByteThreshold()).toBe(1_000_000);
      let most = 0;
      for (let i = 0; i < 300; i++) {
        makeLoop();
        most = Math.max(most, heap.stats().bytes.live);
      }
      // Thirty megabytes of garbage, of which a handful of bodies is there at a time.
      expect(most).toBeLessThan(1_600_000);
      expect(heap.gc.records.length).toBeGreaterThan(15);
      heap.gc.setByteThreshold(0);
      const collections = heap.gc.records.length;
      for (let i = 0; i < 30; i++) {
        makeLoop();
      }
      expect(heap.gc.records.length).toBe(collections);
    });
  });

  test("live bytes make old garbage due when the heap has grown by a quarter", () => {
    withHeap({ ...options(), thresholds: [1_000_000, 1000, 1000], byteThreshold: 100_000 }, (heap) => {
      const Node = heap.struct("Node", NODE);
      const alive = heap.list();
      const append = (): void => {
        alive.append(new Uint8Array(50_000));
      };
      for (let i = 0; i < 60; i++) append();
      // Old garbage that only a full collection finds.
      const old = Node.new();
      old.left = old;
      heap.gc.collect(1);
      old.release();
      const before = heap.gc.getStats()[2].collections;
      for (let i = 0; i < 40; i++) {
        append();
        Node.new().release();
      }
      const after = heap.gc.getStats()[2];
      expect(after.collections).toBeGreaterThan(before);
      expect(after.collections - before).toBeLessThan(8);
      alive.release();
    });
  });

  test("bad thresholds, flags, sinks and generations are rejected", () => {
    for (const byteThreshold of [-1, 1.5, 2 ** 32, "1"])
      expect(codeOf(() => Heap.createSync({ ...options(), byteThreshold: byteThreshold as number }))).toBe(
        "BAD_OPTION",
      );
    expect(codeOf(() => Heap.createSync({ ...options(), weakrefTiming: "3.11" as "3.12" }))).toBe("BAD_OPTION");
    withHeap(options(), (heap) => {
      expect(codeOf(() => heap.gc.setDebug(1.5))).toBe("BAD_OPTION");
      expect(codeOf(() => (heap.gc.debugSink = 1 as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.gc.getObjects(-1 as never))).toBe("BAD_OPTION");
      expect(codeOf(() => heap.gc.getReferrers(1 as never))).toBe("BAD_VALUE");
    });
  });
});

describe.each(CORES)("referrers and referents, %s core", (_, options) => {
  const addresses = (handles: Handle[]): number[] =>
    handles.map((handle) => {
      const { address } = handle;
      handle.release();
      return address;
    });

  test("referrers are listed once, by generation and birth, without frozen and untracked ones", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const target = Node.new();
      const other = Node.new();
      const frozen = Node.new({ left: target });
      heap.gc.freeze();
      const old = Node.new({ left: target, right: target });
      heap.gc.collect();
      const middle = heap.list([other, target]);
      heap.gc.collect(0);
      const dict = heap.dict([["key", target]]);
      const untracked = heap.dict([["key", "atom"]]);
      const tuple = heap.tuple([other]);
      expect(heap.gc.getReferrers()).toEqual([]);
      // CPython has the youngest first.
      expect(addresses(heap.gc.getReferrers(target))).toEqual([dict.address, middle.address, old.address]);
      expect(addresses(heap.gc.getReferrers(target, other))).toEqual([
        dict.address,
        tuple.address,
        middle.address,
        old.address,
      ]);
      heap.gc.unfreeze();
      expect(addresses(heap.gc.getReferrers(target))).toEqual([
        dict.address,
        middle.address,
        frozen.address,
        old.address,
      ]);
      expect(addresses(heap.gc.getReferrers(dict))).toEqual([]);
      for (const handle of [target, other, frozen, old, middle, dict, untracked, tuple]) handle.release();
    });
  });

  test("referents are listed in CPython's order, with duplicates", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const [a, b] = [Node.new(), Node.new()];
      const node = Node.new({ left: a, right: a });
      const list = heap.list([a, b, a]);
      const tuple = heap.tuple([a, b]);
      const dict = heap.dict([[a, b]]);
      const map = heap.weakref.keyMap().set(a, b);
      expect(addresses(heap.gc.getReferents(node, list))).toEqual([a, a, a, b, a].map((handle) => handle.address));
      expect(addresses(heap.gc.getReferents(tuple, dict))).toEqual([b, a, b, a].map((handle) => handle.address));
      const named = heap.dict([["a", a]]);
      expect(addresses(heap.gc.getReferents(named))).toEqual([a.address]);
      named.release();
      const small = heap.list([1, "text"]);
      const [text, one] = heap.gc.getReferents(small);
      expect([text?.toJS(), one?.toJS()]).toEqual(["text", 1]);
      text?.release();
      one?.release();
      // The entry of a weak map is nobody's business: the map stands for it.
      expect(addresses(heap.gc.getReferrers(b))).toEqual([list, tuple, dict, map].map((handle) => handle.address));
      expect(heap.scope(() => heap.gc.getObjects().map(({ type }) => type))).not.toContain("ephemeron");
      const atoms = [heap.int(5), heap.none, heap.weakref.ref(a), map, heap.list(), heap.str("x")];
      expect(heap.gc.getReferents(...atoms)).toEqual([]);
      for (const handle of [a, b, node, list, tuple, dict, small, ...atoms]) handle.release();
    });
  });
});
