// What happens when the engine has no memory for a compaction, and whether it can have the old memory back afterwards.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { compact } from "../../src/image.js";
import { codeOf } from "../support/heap.js";

/** A heap with holes, and a handle of what is left. */
function holey(): { heap: Heap; kept: ReturnType<Heap["list"]> } {
  const heap = Heap.createSync();
  const gone = heap.from(Array.from({ length: 40_000 }, (_, i) => [`text ${i}`]));
  const kept = heap.list(["kept"]);
  gone.release();
  return { heap, kept };
}

/** Runs something while a function of the engine fails at its n-th call. Whether it got so far. */
function failing(holder: object, name: string, n: number, run: () => void): boolean {
  const real = Reflect.get(holder, name) as (...args: unknown[]) => unknown;
  let calls = 0;
  const fake = function (this: unknown, ...args: unknown[]): unknown {
    if (++calls === n) throw new RangeError("could not allocate memory");
    return new.target === undefined ? Reflect.apply(real, this, args) : Reflect.construct(real, args);
  };
  fake.prototype = real.prototype as unknown;
  Object.setPrototypeOf(fake, real);
  Object.defineProperty(holder, name, { value: fake, configurable: true, writable: true });
  try {
    run();
  } finally {
    Object.defineProperty(holder, name, { value: real, configurable: true, writable: true });
  }
  return calls >= n;
}

test("if any memory is refused, the heap is as it was, and the next call succeeds", () => {
  const steps: [object, string][] = [
    [globalThis, "Uint8Array"],
    [globalThis, "Uint32Array"],
    [globalThis, "Float64Array"],
    [WebAssembly, "Instance"],
    [WebAssembly.Memory.prototype, "grow"],
  ];
  let refused = 0;
  for (const [holder, name] of steps) {
    const { heap, kept } = holey();
    for (let n = 1, isRefused = true; isRefused; n += 1 + (n >> 3)) {
      let code = "";
      isRefused = failing(holder, name, n, () => {
        code = codeOf(() => compact(heap));
      });
      if (!isRefused) expect(code, name).toBe("no error");
      if (!isRefused) continue;
      refused++;
      expect(code, `${name} ${n}`).toBe("OUT_OF_MEMORY");
      expect(heap.epoch, `${name} ${n}`).toBe(0);
      expect(kept.toJS()).toEqual(["kept"]);
      heap.verify();
    }
    expect(heap.epoch).toBe(1);
    expect(kept.toJS()).toEqual(["kept"]);
  }
  expect(refused).toBeGreaterThan(10);
});

test("near the end of the stack it either moves all objects, or changes nothing", () => {
  const { heap, kept } = holey();
  let moved = 0;
  let tries = 0;
  const dive = (): void => {
    try {
      dive();
    } catch {
      // The stack is full. From here on there is more room in each frame.
    }
    if (tries++ % 8 > 0 || moved > 1) return;
    try {
      compact(heap);
      moved++;
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  };
  dive();
  expect(tries).toBeGreaterThan(16);
  expect([moved, heap.epoch]).toEqual([2, 2]);
  expect(kept.toJS()).toEqual(["kept"]);
  heap.verify();
});

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Whether the engine lets go of a memory, although `held` is still there. */
async function isCollected(memory: WeakRef<object>, held: unknown): Promise<boolean> {
  for (let round = 0; round < 10; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    gc();
    if (memory.deref() === undefined) return held !== undefined;
  }
  return false;
}

test("the engine can have the old memory back at once, whatever the program holds", async () => {
  const { heap, kept } = holey();
  const memory = new WeakRef(kept.store.core.memory.buffer);
  const held: unknown[] = [
    heap,
    kept,
    kept[Symbol.iterator](),
    heap.core,
    heap.core.alloc,
    heap.batch,
    heap.gc.pause(),
    heap.weakref,
  ];
  held.push(compact(heap));
  expect(await isCollected(memory, held)).toBe(true);
  heap.verify();
});

test("the engine can have the memory of a heap that was disposed of, whatever the program holds", async () => {
  const { heap, kept } = holey();
  compact(heap);
  const memory = new WeakRef(kept.store.core.memory.buffer);
  const held: unknown[] = [heap, kept, kept[Symbol.iterator](), heap.core, heap.core.alloc, heap.batch, heap.weakref];
  heap.dispose();
  expect(await isCollected(memory, held)).toBe(true);
});
