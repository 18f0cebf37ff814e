// Few objects that hold much: what is done before memory is out, and what the error says when it is.

import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { ownedItems } from "../../src/handles/containers/container.js";
import { Pressure } from "../../src/state/pressure.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

const MIB = 2 ** 20;

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}

/** How often JavaScript's collector is asked to look while something runs: it is, by a large buffer that is dropped. */
function looksDuring(run: () => void): number {
  let looks = 0;
  const { ArrayBuffer: Plain } = globalThis;
  globalThis.ArrayBuffer = class extends Plain {
    constructor(bytes: number) {
      super(bytes < 64 * MIB ? bytes : 0);
      if (bytes >= 64 * MIB) looks++;
    }
  } as typeof ArrayBuffer;
  try {
    run();
  } finally {
    globalThis.ArrayBuffer = Plain;
  }
  return looks;
}

describe.each(CORES)("large payloads, %s core", (_, options) => {
  test("cycles that hold a megabyte each are collected after 64 MiB of growth", () => {
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", { next: "ref", data: "ref" });
    const data = new Uint8Array(8 * MIB);
    for (let i = 0; i < 20; i++) {
      heap.scope(() => {
        const node = Node.new({ data: heap.bytes(data) });
        node.next = Node.new({ next: node });
      });
    }
    expect(heap.gc.getByteThreshold()).toBe(64 * MIB);
    expect(heap.gc.getStats()[2].collections).toBeGreaterThan(0);
    expect(heap.stats().bytes.reserved).toBeLessThan(100 * MIB);
    heap.verify();
    heap.dispose();
  });

  test("forgotten handles to a megabyte each prompt JavaScript's collector before the memory is full", () => {
    const heap = Heap.createSync({ ...options(), maxBytes: 64 * MIB, traceHandles: false });
    const data = new Uint8Array(MIB);
    // In one job, in which none can be released. When it looks, and what it finds, is the engine's to decide.
    const looks = looksDuring(() => {
      for (let i = 0; i < 50; i++) heap.bytes(data);
    });
    expect(looks).toBeGreaterThan(0);
    heap.verify();
    heap.dispose();
  });

  test("the out-of-memory message has the limit, the size in use, and the number of live handles", () => {
    const heap = Heap.createSync({ ...options(), maxBytes: 16 * MIB });
    const kept = [heap.list(), heap.list()];
    const message = messageOf(() => heap.bytes(new Uint8Array(20 * MIB)));
    expect(message).toMatch(
      /^out of memory: 20971520 bytes\. \d+ of at most 16777216 bytes are in use, and 2 handles are alive \(heap\.handles\(\) /,
    );
    for (const handle of kept) handle.release();
    expect(messageOf(() => heap.bytes(new Uint8Array(20 * MIB)))).toMatch(/, and 0 handles are alive$/);
    expect(
      messageOf(() => Heap.createSync({ ...options(), maxBytes: 4 * 65536 }).list(Array(1e5).fill(0.5))),
    ).toContain("of at most 262144 bytes are in use");
    heap.dispose();
  });
});

test("one function creates all out-of-memory errors of a heap", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const makers = files.filter((file) => readFileSync(`src/${file}`, "utf8").includes("new OutOfMemoryError"));
  // What JavaScript or the engine has no memory for, no heap can count.
  expect(makers.sort()).toEqual(["state/out-of-memory.ts", "wasm/refused.ts"]);
});

describe("JavaScript's collector is prompted", () => {
  const limit = 1024 * MIB;
  const looks = (pressure: Pressure, ...used: number[]): boolean[] =>
    used.map((mib) => pressure.look({ used: mib * MIB, limit }));

  test("after 64 MiB of growth, or half of the heap; not while the size stays the same", () => {
    expect(looks(new Pressure(), 10, 63, 64, 64, 120, 128, 128, 191, 192, 280, 288)).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  test("again after a heap that shrank grows", () => {
    expect(looks(new Pressure(), 64, 128, 8, 60, 72, 72)).toEqual([true, true, false, false, true, false]);
  });

  test("earlier in a heap that has little room left", () => {
    const pressure = new Pressure();
    const small = (mib: number): boolean => pressure.look({ used: mib * MIB, limit: 16 * MIB });
    expect([2, 8, 11, 12, 15, 16].map(small)).toEqual([false, true, false, true, false, true]);
  });
});

test("the addresses of many items are not collected in an Array, which ends the process at 100 million", () => {
  withHeap({}, (heap) => {
    const { store } = heap.none;
    const items = ownedItems(
      store,
      Array.from({ length: 100 }, (_, i) => 1000 + i),
    );
    expect(items).toBeInstanceOf(Uint32Array);
    for (const item of items) store.core.decref(item);
    const wide = heap.list(Array.from({ length: 100 }, (_, i) => i));
    expect(wide.slice(undefined, undefined, -1).toJS()).toEqual(wide.toJS().reverse());
    // What has been made when one item is refused, also beyond the first pieces of memory, is given back.
    const { objects } = heap.stats();
    for (const count of [0, 15, 16, 17, 40])
      expect(codeOf(() => heap.tuple([...Array.from({ length: count }, (_, i) => 1000 + i), Symbol() as never]))).toBe(
        "BAD_VALUE",
      );
    expect(heap.stats().objects).toBe(objects);
    heap.verify();
  });
});
