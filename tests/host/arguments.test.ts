// Whatever is given to a function of the package, it takes it or throws an error with a code, and the heap is sound.

import { trace } from "../../src/trace.js";
import { restore, restoreSync, save } from "../../src/image.js";
import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { Heap, HeapwrightError, lending } from "../../src/index.js";
import { readHeapSnapshot, readImage } from "../../src/dump.js";
import { BAD_VALUES, MINE } from "../support/bad-values.js";
import { failMemory } from "../support/torture.js";
import { codeOf } from "../support/heap.js";
import { ARGUMENTS, functionsOf, makeCast } from "../support/calls.js";

type AnyFunction = (...values: unknown[]) => unknown;

const QUIET = { traceHandles: false, onUnraisable: (): void => undefined };

/** Lists of arguments with one that is bad, or with too few. */
function* badLists(good: readonly unknown[], heap: Heap): Generator<[what: string, list: unknown[]]> {
  for (let place = 0; place < good.length; place++) {
    yield [`${place} arguments`, good.slice(0, place)];
    for (const [what, make] of Object.entries(BAD_VALUES))
      yield [`${what} as argument ${place}`, [...good.slice(0, place), make(heap), ...good.slice(place + 1)]];
  }
}

/** What is wrong with what was thrown; "" if nothing is. What the bad values throw themselves may come out. */
function faultIn(error: unknown): string {
  return error === MINE || (error instanceof HeapwrightError && error.code.length > 0) ? "" : String(error);
}

/** What is wrong with what something throws, and with the heap afterwards. */
function faultOf(heap: Heap, run: () => unknown): string {
  let fault = "";
  try {
    run();
  } catch (error) {
    fault = faultIn(error);
  }
  heap.verify();
  return fault;
}

function countsOf(heap: Heap): unknown {
  const { objects, handles, weakrefs, interned } = heap.stats();
  return { objects, handles, weakrefs, interned };
}

function call(object: object, method: string, values: unknown[]): unknown {
  if (!method.endsWith("=")) return Reflect.apply(object[method as never] as AnyFunction, object, values);
  (object as Record<string, unknown>)[method.slice(0, -1)] = values[0];
  return undefined;
}

describe("each bad argument: an error with a code, and a sound heap", () => {
  test("every function with arguments is in the table", () => {
    const heap = Heap.createSync();
    const cast = makeCast(heap);
    const missing = functionsOf(cast).filter((name) => {
      const [kind, method] = name.split(".") as [keyof typeof cast, string];
      return ARGUMENTS[name] === undefined && ((cast[kind] as object)[method as never] as AnyFunction).length > 0;
    });
    expect(missing).toEqual([]);
    heap.dispose();
  });

  // The release core takes raw addresses as they are.
  const heaps = [Heap.createSync(QUIET), Heap.createSync({ ...QUIET, module: checkedCore() })] as const;
  test.each(Object.entries(ARGUMENTS))("%s", (name, goodArguments) => {
    const [kind, method] = name.split(".") as [keyof ReturnType<typeof makeCast>, string];
    const heap = heaps[kind === "core" ? 1 : 0];
    heap.gc.garbage.clear(); // it is there from now on
    const before = countsOf(heap);
    const faults = heap.scope(() => {
      const cast = makeCast(heap);
      return [...badLists(goodArguments(cast), heap)].map(([what, values]) => {
        const fault = faultOf(heap, () => call(cast[kind], method, values));
        return fault && `${what}: ${fault}`;
      });
    });
    expect(faults.filter((fault) => fault !== "")).toEqual([]);
    // Nor is anything left of what was refused, but the reference that was to be given back.
    trace(heap).stop();
    heap.roots.clear();
    heap.gc.setDebug(0);
    heap.gc.garbage.clear();
    heap.gc.collect();
    if (method !== "decref") expect(countsOf(heap)).toEqual(before);
  });
});

test("a heap created with `new` is a named error", () => {
  expect(codeOf(() => Reflect.construct(Heap, []))).toBe("BAD_VALUE");
  expect(codeOf(() => Reflect.construct(Heap, [{ pauses: "bounded" }]))).toBe("BAD_VALUE");
});

test("the message says why a module is invalid: here, that it was not fetched", async () => {
  const module = Promise.reject(new TypeError("fetch failed"));
  await expect(Heap.create({ module })).rejects.toThrow("rejected: fetch failed");
  expect(() => Heap.createSync({ module: new Uint8Array(3) })).toThrow(
    /is not a core of this version of heapwright: .*WebAssembly/,
  );
});

describe("a typed array has its real length", () => {
  const lying = <T extends Uint8Array | Uint32Array>(array: T, length: number): T =>
    Object.defineProperty(array, "length", { value: length });

  test("whatever its own properties say", () => {
    const heap = Heap.createSync(QUIET);
    for (const length of [0, 1, 5000]) {
      const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
      const copy = heap.bytes(lying(bytes.slice(), length));
      expect(copy.toJS()).toEqual(bytes);
      expect(heap.dict([[lying(bytes.slice(), length), 1]]).get(bytes)).toBe(1);
      const Thing = heap.struct(`Thing ${length}`, { n: "i32" });
      const objects = heap.batch.create(Thing, 3);
      heap.batch.set(Thing, "n", lying(objects.slice(), length), Int32Array.of(1, 2, 3));
      expect(heap.batch.get(Thing, "n", lying(objects.slice(), length))).toEqual(Int32Array.of(1, 2, 3));
      heap.batch.decref(lying(objects, length));
      heap.verify();
    }
    heap.dispose();
  });

  test("even if a finalizer resizes it during the copy", () => {
    const heap = Heap.createSync({ ...QUIET, module: checkedCore() });
    const Resizable = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    for (const length of [0, 40, 400]) {
      const buffer = new Resizable(100, { maxByteLength: 1000 });
      // Memory is out until then.
      const finalize = (): void => {
        failMemory(heap, 0);
        (buffer as unknown as { resize(length: number): void }).resize(length);
      };
      const Thing = heap.struct(`Thing ${length}`, { self: "ref" }, { finalize });
      const thing = Thing.new();
      thing.self = thing;
      thing.release();
      const before = heap.stats().objects;
      failMemory(heap, 1);
      expect(codeOf(() => heap.bytes(new Uint8Array(buffer)))).toBe("CONTAINER_CHANGED");
      expect(heap.stats().objects).toBe(before - 1);
      heap.verify();
    }
    heap.dispose();
  });
});

describe("each bad value", () => {
  test.each(Object.entries(BAD_VALUES))("%s", async (what, make) => {
    const heap = Heap.createSync(QUIET);
    const image = save(heap);
    const faults: string[] = [];
    const tryIt = (how: string, run: () => unknown): void => {
      const fault = faultOf(heap, run);
      if (fault !== "") faults.push(`${how}: ${fault}`);
    };
    const bad = (): never => make(heap) as never;
    // Options, and the value of each.
    tryIt("createSync", () => Heap.createSync(bad()));
    tryIt("restoreSync", () => restoreSync(bad()));
    tryIt("restoreSync, options", () => restoreSync(image, bad()));
    const names = ["maxBytes", "thresholds", "byteThreshold", "pauses", "weakrefTiming", "module", "hashSeed"];
    for (const name of [...names, "traceHandles", "onUnraisable", "unknown"]) {
      tryIt(`createSync, ${name}`, () => Heap.createSync({ [name]: bad() }));
    }
    for (const name of ["finalize", "extends", "methods", "class", "unknown"])
      tryIt(`struct, ${name}`, () => heap.struct(`With ${name}`, {}, { [name]: bad() }));
    tryIt("struct, a field", () => heap.struct("With a field", { field: bad() }));
    for (const name of ["frames", "sampleBytes", "seed"])
      tryIt(`trace.start, ${name}`, () => {
        trace(heap).start({ [name]: bad() });
      });
    trace(heap).stop();
    const starts: (() => Promise<unknown>)[] = [
      () => Heap.create(bad()),
      () => restore(bad()),
      () => restore([image.subarray(0, 64), bad()]),
      () => restore(image, bad()),
      () => readHeapSnapshot([Uint8Array.of(0x7b), bad()]),
      () => readHeapSnapshot([], bad()),
    ];
    // Dumps know nothing of handles, and what only looks like one fails in its own iterator.
    if (what !== "a proxy of a handle")
      starts.push(
        () => readImage(bad()),
        () => readHeapSnapshot(bad()),
      );
    for (const start of starts) {
      const fault = await start().then(() => "", faultIn);
      if (fault !== "") faults.push(`${start.toString()}: ${fault}`);
    }
    // What is in it, or comes of it.
    tryIt("lending", () => [...lending(bad())]);
    tryIt("from, in an array", () => heap.from([1, bad()]));
    tryIt("from, as a key", () => heap.from(new Map([[bad() as unknown, 1]])));
    tryIt("dict, in a pair", () => heap.dict([[1, bad()]]));
    tryIt("dict, as a key", () => heap.dict([[bad(), 1]]));
    // What functions return.
    tryIt("scope", () => heap.scope(bad));
    tryIt("scope, in an array", () => heap.scope(() => [bad()] as unknown));
    tryIt("pause", () => heap.gc.pause(bad));
    tryIt("sort", () => {
      heap.list([1, 2]).sort(bad);
    });
    expect(faults, what).toEqual([]);
    heap.dispose();
  });

  test.each(Object.entries(BAD_VALUES))("%s, thrown by each hook", (_, make) => {
    const caught: unknown[] = [];
    const heap = Heap.createSync({ ...QUIET, onUnraisable: (error) => caught.push(error) });
    const bad = make(heap);
    const fail = (): never => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is what is tried
      throw bad;
    };
    const Thing = heap.struct("Thing", { self: "ref" }, { finalize: fail });
    const thing = Thing.new();
    const weak = heap.weakref.ref(thing, fail);
    heap.gc.callbacks.push(fail);
    thing.release();
    heap.verify();
    heap.gc.collect();
    heap.verify();
    const last = heap.list([1]);
    heap.weakref.finalize(Thing.new(), fail);
    // One that was caught by nothing comes out as it is, or as the cause of an error.
    for (const run of [() => heap.scope(fail), () => last.sort(fail), () => heap.gc.pause(fail)]) {
      try {
        run();
      } catch (error) {
        expect(error === bad || (Number.isNaN(error) && Number.isNaN(bad))).toBe(true);
      }
      heap.verify();
    }
    expect(() => heap.from({ get name() { return fail(); } })).toThrow(HeapwrightError); // prettier-ignore
    heap.verify();
    weak.release();
    expect(caught.length).toBe(4);
    heap.dispose();
    expect(caught.length).toBeGreaterThan(5);
  });
});
