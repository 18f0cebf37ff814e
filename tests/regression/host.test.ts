// What a second reading of the host found: each test names what broke before.

import { trace } from "../../src/trace.js";
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { BadCoreError, Heap } from "../../src/index.js";
import { CORES, codeOf } from "../support/heap.js";

/** Does in a core what nobody should, and what the checked core refuses: follows an address that is none. */
function trap(heap: Heap): void {
  expect(codeOf(() => heap.core.getRef(0xfffffff0, 0))).toBe("CORRUPT_HEAP");
}

describe("a heap whose core has failed", () => {
  // Fields, lengths and texts were read from memory, past the functions that throw.
  test("throws when bytes are read or written, too", () => {
    const heap = Heap.createSync();
    const Node = heap.struct("Node", { n: "i32" });
    const node = Node.new({ n: 7 });
    const list = heap.list([1]);
    const text = heap.str("x");
    trap(heap);
    for (const use of [() => node.n, () => (node.n = 8), () => node.type, () => list.length, () => text.toJS()]) {
      expect(codeOf(use)).toBe("CORRUPT_HEAP");
    }
    heap.dispose();
    for (const use of [() => node.n, () => node.type, () => node.isTracked]) {
      expect(codeOf(use)).toBe("HEAP_DISPOSED");
    }
  });

  // Releasing threw, and so hid the error that ended a scope.
  test("releases handles without an error", () => {
    const heap = Heap.createSync();
    const error = new Error("mine");
    expect(() =>
      heap.scope(() => {
        heap.list();
        trap(heap);
        throw error;
      }),
    ).toThrow(error);
  });
});

describe.each(CORES)("the end of a heap, %s core", (_, options) => {
  // One reference was let go in each of 100 rounds.
  test("runs a finalizer behind a thousand outside references", () => {
    const heap = Heap.createSync();
    let finalized = 0;
    const Node = heap.struct("Node", {}, { finalize: () => finalized++ });
    const node = heap.core.alloc(Node.id);
    for (let i = 0; i < 1000; i++) heap.core.incref(node);
    heap.dispose();
    expect(finalized).toBe(1);
  });

  // The walk over the handles met those that finalizers had just made, for ever.
  test("terminates although every finalizer creates another object", () => {
    const heap = Heap.createSync();
    let finalized = 0;
    const Node = heap.struct(
      "Node",
      {},
      {
        finalize: () => {
          if (++finalized > 10_000) throw new Error("no end");
          Node.new();
        },
      },
    );
    Node.new();
    heap.dispose();
    expect(finalized).toBeGreaterThan(1);
    expect(finalized).toBeLessThan(1000);
  });

  test("ends scopes, too", () => {
    const heap = Heap.createSync();
    heap.dispose();
    expect(codeOf(() => heap.scope(() => 1))).toBe("HEAP_DISPOSED");
  });
});

describe.each(CORES)("odd arguments, %s core", (_, options) => {
  // Values without a constructor broke the message about them.
  test("are named errors, with or without a prototype", () => {
    const heap = Heap.createSync();
    const Nameless = Object.create({ constructor: null }) as object;
    for (const wrong of [Object.create(null), { constructor: null }, Nameless, Symbol("s"), () => 1, undefined]) {
      expect(codeOf(() => heap.int(wrong as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.gc.isTracked(wrong as never))).toBe("BAD_VALUE");
    }
    for (const wrong of [Nameless, Symbol("s"), () => 1, undefined])
      expect(codeOf(() => heap.list([wrong as never]))).toBe("BAD_VALUE");
    // What is no more than its properties becomes a dict.
    expect(String(heap.list([Object.create(null), { constructor: null }]))).toBe("[{}, {'constructor': None}]");
    expect(codeOf(() => heap.list(5 as never))).toBe("BAD_VALUE");
    expect(codeOf(() => heap.list(null as never))).toBe("BAD_VALUE");
    expect(codeOf(() => heap.struct("Node", null as never))).toBe("BAD_FIELD");
    heap.verify();
  });

  // A long array was spread into arguments; an object without a prototype was not looked into.
  test("a scope returns arrays of any length, and handles in any plain object", () => {
    const heap = Heap.createSync();
    expect(heap.scope(() => new Array<number>(300_000).fill(0))).toHaveLength(300_000);
    const kept = heap.scope(() => Object.assign(Object.create(null) as object, { list: heap.list() }));
    expect(kept.list.released).toBe(false);
  });

  test("a threshold may use all 32 bits", () => {
    const heap = Heap.createSync();
    heap.gc.setThreshold(-(2 ** 31), 2 ** 31 - 1);
    expect(heap.gc.getThreshold()).toEqual([-(2 ** 31), 2 ** 31 - 1, 10]);
    expect(codeOf(() => heap.gc.setThreshold(-(2 ** 31) - 1))).toBe("BAD_OPTION");
  });
});

describe("options of a heap", () => {
  test("that are invalid are named errors", () => {
    expect(codeOf(() => Heap.createSync({ onUnraisable: 5 as never }))).toBe("BAD_OPTION");
    expect(codeOf(() => Heap.createSync({ thresholds: null as never }))).toBe("BAD_OPTION");
  });

  test("an invalid module is a named error with the engine's error as its cause", async () => {
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const page = new TextEncoder().encode("<!doctype html>");
    for (const module of [empty, page]) {
      const error: unknown = await Heap.create({ module }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(BadCoreError);
      expect((error as BadCoreError).cause).toBeInstanceOf(Error);
      expect(codeOf(() => Heap.createSync({ module }))).toBe("BAD_CORE");
    }
    expect(codeOf(() => Heap.createSync({ module: Promise.resolve(empty) as never }))).toBe("BAD_CORE");
  });
});

describe.each(CORES)("weak maps, %s core", (_, options) => {
  // `verify` counted the entries of every key but those that are weak maps themselves.
  test("can be keys of weak maps", () => {
    const heap = Heap.createSync();
    const map = heap.weakref.keyMap();
    map.set(heap.weakref.keyMap(), "inner");
    map.set(map, "itself");
    heap.verify();
    heap.dispose();
  });
});

// Own frames were told by the address of the file, which a source map calls by another name: every site was heapwright's.
test("sites are the user's, also with source maps", () => {
  const program = `
    import { Heap } from "heapwright";
    const heap = Heap.createSync();
    (await import("heapwright/trace")).trace(heap).start({ frames: 3 });
    function make() { return heap.str("made"); }
    console.log((await import("heapwright/trace")).trace(heap).getObjectTraceback(make())[0].trim().split(" ")[1]);`;
  for (const flag of ["--no-warnings", "--enable-source-maps"])
    expect(execFileSync(process.execPath, [flag, "--input-type=module", "-e", program], { encoding: "utf8" })).toBe(
      "make\n",
    );
});
