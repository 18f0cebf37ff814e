// What is refused is a named error, and the heap is as it was.

import { trace } from "../../src/trace.js";
import { restoreSync, save } from "../../src/image.js";
import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import { codeOf } from "../support/heap.js";
import { WAYS, quietHeap } from "../support/ways.js";

const MIB = 2 ** 20;

describe.each(WAYS)("%s core, %s pauses", (core, pauses, options) => {
  // A count of slots, times four, did not fit 32 bits.
  test("a batch of 2^30 objects is out of memory, and nothing has changed", () => {
    const heap = quietHeap(options, pauses, { maxBytes: 64 * MIB });
    const Thing = heap.struct("Thing", { a: "ref" });
    const list = heap.list([1, 2, 3]);
    for (const count of [2 ** 30, 2 ** 30 + 1, 2 ** 31, 2 ** 32 - 1])
      expect(codeOf(() => heap.batch.create(Thing, count))).toMatch(/^(OUT_OF_MEMORY|BAD_VALUE|BAD_INDEX)$/);
    heap.verify();
    expect(list.toJS()).toEqual([1, 2, 3]);
  });

  // An argument that cannot be turned into a number was taken for a trap of the core.
  test("a rejected argument of heap.core leaves the heap unchanged", () => {
    const heap = quietHeap(options, pauses);
    const document = heap.from({ all: "my data" });
    const gone = heap.list();
    gone.release();
    expect(codeOf(() => heap.core.refcount(gone as unknown as number))).toMatch(/^(RELEASED_HANDLE|BAD_VALUE)$/);
    expect(codeOf(() => heap.core.refcount(Symbol() as unknown as number))).toBe("BAD_VALUE");
    expect(document.toJS()).toEqual({ all: "my data" });
    // The checked core refuses what is no live object; the release core does not look.
    if (core === "checked") {
      for (const address of [12_345, 0, document.address + 8])
        expect(codeOf(() => heap.core.refcount(address))).toBe("BAD_VALUE");
      expect(document.toJS()).toEqual({ all: "my data" });
    }
    heap.verify();
  });
});

describe("invalid arguments", () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const cases: Record<string, (heap: any) => unknown> = {
    "bytes of 2^32": (heap) => heap.bytes({ length: 2 ** 32 }),
    "list.extend(5)": (heap) => heap.list().extend(5),
    "set.update(1)": (heap) => heap.set().update(1),
    "batch.get()": (heap) => heap.batch.get(),
    "batch.set() of a name": (heap) => heap.batch.set("P", "n", new Uint32Array(0), new Int32Array(0)),
    "createSync(null)": () => Heap.createSync(null as never),
    "restoreSync(image, null)": (heap: Heap) => restoreSync(save(heap), null as never),
    "struct() with null for options": (heap) => heap.struct("Q", {}, null),
    "trace.start(null)": (heap) => trace(heap).start(null as never),
    "from(a revoked proxy)": (heap) => heap.from(revoked()),
    "dict.set(key, a revoked proxy)": (heap) => heap.dict().set("a", revoked()),
    "list.slice(a bigint)": (heap) => heap.list([3, 1, 2]).slice(10n),
  };
  test.each(Object.entries(cases))("%s: a named error, and nothing has changed", (_, run) => {
    const heap = Heap.createSync({ module: checkedCore(), traceHandles: false });
    const before = heap.stats().objects;
    const code = codeOf(() => {
      heap.scope(() => run(heap));
    });
    expect(code).toMatch(/^[A-Z_]+$/);
    expect(heap.stats().objects).toBe(before);
    heap.verify();
  });
});

test("the records of forgotten handles do not grow with their number", async () => {
  const collectGarbage = (globalThis as { gc?: () => void }).gc;
  if (!collectGarbage) throw new Error("run with --expose-gc");
  const heap = Heap.createSync({ traceHandles: false });
  const before = heap.stats().objects;
  const N = 20_000;
  const forget = (): void => {
    for (let i = 0; i < N; i++) heap.list();
  };
  for (let round = 0; round < 3; round++) {
    forget();
    for (let i = 0; i < 4; i++) {
      collectGarbage();
      await new Promise((done) => setTimeout(done, 10));
    }
  }
  expect(heap.stats().objects).toBeLessThan(N);
  expect(heap.leaks().length).toBeLessThan(2 * N);
  // How many there were is known all the same.
  expect(heap.stats().forgotten).toBe(3 * N - (heap.stats().objects - before));
});
