// The parts of Python's sys module that are about memory, shown of handles and heap.stats().

import { describe, expect, test } from "vitest";
import { BUFFER_DATA_OFFSET, SLOTS_BUFFER_OFFSET } from "../../assembly/layout.js";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import { CORES, withHeap } from "../support/heap.js";
import { NODE, releaseAll } from "../support/scenes.js";

describe.each(CORES)("what sys reports about memory, %s core", (core, options) => {
  test("getrefcount: every reference is counted, without one for the argument", () => {
    withHeap(options(), (heap) => {
      const list = heap.list();
      expect(list.refcount).toBe(1); // sys.getrefcount: 2
      const holders = [heap.list([list, list]), list.clone(), heap.dict([["list", list]])];
      expect(list.refcount).toBe(5);
      releaseAll(holders);
      expect(list.refcount).toBe(1);
      list.release();
    });
  });

  test("getsizeof: includes the object's own buffer, not its referents", () => {
    withHeap(options(), (heap) => {
      heap.scope(() => {
        const text = heap.str("x".repeat(1000));
        expect(text.byteSize).toBeGreaterThan(1000);
        const list = heap.list();
        const empty = list.byteSize;
        list.append(text);
        const one = list.byteSize;
        expect([one > empty, one < 200]).toEqual([true, true]);
        for (let n = 0; n < 1000; n++) list.append(null);
        expect(list.byteSize).toBeGreaterThan(4000);
        list.clear();
        expect(list.byteSize).toBe(empty);
        if (core === "release") expect(heap.struct("Pair", { a: "ref", b: "ref" }).new().byteSize).toBe(24);
      });
    });
  });

  test("getallocatedblocks: counts one block for each object and each buffer, by size class", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", NODE);
      const { blocks } = heap.stats();
      const nodes = Array.from({ length: 1000 }, () => Node.new());
      expect(heap.stats().blocks).toBe(blocks + 1000);
      const list = heap.list([1]);
      const stats = heap.stats();
      expect(stats.blocks).toBe(blocks + 1002);
      // Those of large objects have no class; here are none.
      expect(stats.sizeClasses.reduce((sum, { used }) => sum + used, 0)).toBe(stats.blocks);
      expect(stats.byType.find(({ type }) => type === "Node")?.count).toBe(1000);
      releaseAll([...nodes, list]);
      expect(heap.stats().blocks).toBe(blocks);
    });
  });

  test("intern: one string for each text, as long as it is referenced", () => {
    withHeap(options(), (heap) => {
      const { interned } = heap.stats();
      const [first, second, other] = [heap.intern("a text"), heap.intern("a text"), heap.str("a text")];
      expect([first.is(second), first.isInterned, other.isInterned, other.is(first)]).toEqual([
        true,
        true,
        false,
        false,
      ]);
      expect(heap.stats().interned).toBe(interned + 1);
      releaseAll([first, second, other]);
      expect(heap.stats().interned).toBe(interned);
    });
  });

  test("PYTHONHASHSEED: the same seed gives the same hashes; another seed gives others", () => {
    const bytesOfDict = (hashSeed: number): string => {
      let bytes = "";
      withHeap({ ...options(), hashSeed }, (heap) => {
        const dict = heap.dict([["key", 1]]);
        const { memory } = dict.store;
        const buffer = memory.word(dict.address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
        bytes = memory.u8.slice(buffer, buffer + 64).join();
        dict.release();
      });
      return bytes;
    };
    expect(bytesOfDict(1)).toBe(bytesOfDict(1));
    expect(bytesOfDict(1)).not.toBe(bytesOfDict(2));
  });

  test("_is_immortal: None, booleans, the ints from -5 to 256 and the empty tuple have constant refcounts", () => {
    withHeap(options(), (heap) => {
      heap.scope(() => {
        const immortal = [heap.none, heap.bool(true), heap.bool(false), heap.int(-5), heap.int(256), heap.tuple()];
        const mortal = [heap.int(-6), heap.int(257), heap.float(0), heap.str("a"), heap.list(), heap.tuple([1])];
        expect(immortal.map(({ isImmortal }) => isImmortal)).toEqual(immortal.map(() => true));
        expect(mortal.map(({ isImmortal }) => isImmortal)).toEqual(mortal.map(() => false));
        const counts = immortal.map(({ refcount }) => refcount);
        heap.list([...immortal, ...immortal]);
        expect(immortal.map(({ refcount }) => refcount)).toEqual(counts);
        expect([heap.int(256).is(heap.int(256)), heap.int(257).is(heap.int(257))]).toEqual([true, false]);
      });
    });
  });
});

describe("PYTHONMALLOC=debug is the checked core", () => {
  /** A heap with a live pair and one that was freed, and its memory. */
  function spoil(damage: (bytes: Uint8Array, live: number, freed: number, heap: Heap) => void): Heap {
    const heap = Heap.createSync({ module: checkedCore(), traceHandles: false });
    const Pair = heap.struct("Pair", { n: "u32", m: "u32" });
    const live = Pair.new({ n: 1, m: 2 });
    const freed = heap.core.alloc(Pair.id);
    heap.core.decref(freed);
    heap.verify();
    damage(live.store.memory.u8, live.address, freed, heap);
    return heap;
  }

  test("freed memory is filled with 0xDD, and a write to it is detected when it is used again", () => {
    const heap = spoil((bytes, live, freed) => {
      expect([...bytes.subarray(live + 8, live + 16)]).toEqual([1, 0, 0, 0, 2, 0, 0, 0]);
      expect([...bytes.subarray(freed + 12, freed + 16)]).toEqual([0xdd, 0xdd, 0xdd, 0xdd]);
      bytes[freed + 12] = 1;
    });
    const Same = heap.struct("Same size", { n: "u32", m: "u32" });
    expect(() => Same.new()).toThrow(/freed/);
  });

  test("a write past the end of an object is detected", () => {
    const heap = spoil((bytes, live) => {
      expect([...bytes.subarray(live + 16, live + 24)]).toEqual(Array.from({ length: 8 }, () => 0xfd));
      bytes[live + 16] = 0;
    });
    expect(() => {
      heap.verify();
    }).toThrow("an object was written past its end");
  });

  test("an address without a live object is rejected with the likely cause", () => {
    spoil((_bytes, _live, freed, heap) => {
      expect(() => heap.core.decref(freed)).toThrow(/address of a live object/);
    });
  });
});
