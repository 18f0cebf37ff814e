// After dispose() the bytes of a heap are garbage, whatever the program keeps of it.

import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { lostFunctions, orphans, restoreSync, save } from "../../src/image.js";
import { trace } from "../../src/trace.js";
import { CORES, codeOf } from "../support/heap.js";
import { makeCast } from "../support/calls.js";

/** What a program may keep. Each is kept alone. */
const KEPT: Record<string, (heap: Heap) => unknown> = {
  nothing: () => undefined,
  "the heap": (heap) => heap,
  "the functions of heap.core": ({ core }) => Object.values(core),
  "a handle": (heap) => heap.list([1, heap.list()]),
  "a handle that was released": (heap) => {
    const list = heap.list();
    list.release();
    return list;
  },
  "a handle that was lent to a finalizer": (heap) => {
    const kept: unknown[] = [];
    heap
      .struct("Node", {}, { finalize: (node) => kept.push(node) })
      .new()
      .release();
    return kept;
  },
  "a handle of each kind, and all modules": makeCast,
  "iterators that were left in the middle": (heap) => {
    const list = heap.list([heap.list(), heap.list()]);
    const dict = heap.dict([
      [1, heap.list()],
      [2, heap.list()],
    ]);
    const map = heap.weakref.valueMap();
    const set = heap.weakref.set();
    for (const item of list) set.add(heap.set([item === null ? 1 : 2]));
    map.set(1, heap.set());
    heap.roots.set("a", list).set("b", list);
    const begun = [
      ...[list[Symbol.iterator](), heap.tuple([list, list])[Symbol.iterator]()],
      ...[dict.keys(), dict.values(), dict.entries(), dict[Symbol.iterator](), heap.set([1, 2])[Symbol.iterator]()],
      ...[map.entries(), map.keys(), map.values(), set.values(), heap.roots.entries(), heap.roots.values()],
    ];
    for (const iterator of begun) iterator.next();
    return begun;
  },
  "iterators that have not begun": (heap) => {
    const list = heap.list([1, 2]);
    return [
      list[Symbol.iterator](),
      heap.dict([[1, 2]]).entries(),
      heap.set([1])[Symbol.iterator](),
      heap.roots.entries(),
    ];
  },
  "a struct type": (heap) => heap.struct("Node", { next: "ref", n: "i32" }, { finalize: () => undefined }),
  "a weak reference, with a callback": (heap) => {
    const node = heap.struct("Node", {}).new();
    return [heap.weakref.ref(node), heap.weakref.ref(node, () => undefined), heap.weakref.proxy(node)];
  },
  "finalizers, some of them never to run": (heap) => {
    const node = heap.struct("Node", {}).new();
    const late = heap.weakref.finalize(node, () => undefined);
    late.atExit = false;
    return [late, heap.weakref.finalize(node, () => undefined)];
  },
  "a tracer that is on": (heap) => {
    const tracer = trace(heap);
    tracer.start({ frames: 3 });
    heap.list([1]);
    return [tracer, tracer.takeSnapshot()];
  },
  "a tracer that was stopped": (heap) => {
    const tracer = trace(heap);
    tracer.start();
    heap.list([1]);
    tracer.stop();
    return tracer;
  },
  "a pause": (heap) => heap.gc.pause(),
  "records and callbacks of collections": (heap) => {
    const records: unknown[] = [];
    heap.gc.callbacks.push((...args) => records.push(args));
    heap.gc.collect();
    return [records, heap.gc.records, heap.gc.callbacks, heap.gc.garbage];
  },
  "addresses and fields of a batch": (heap) => {
    const Node = heap.struct("Node", { n: "i32" });
    const nodes = heap.batch.create(Node, 10);
    return [nodes, heap.batch.get(Node, "n", nodes), heap.batch];
  },
  "bytes, an image and a stream of one": (heap) => [
    heap.bytes(new Uint8Array(10)).toJS(),
    heap.stats(),
    heap.handles(),
    orphans(heap),
    lostFunctions(heap),
  ],
  "what a scope and a copy give": (heap) => heap.scope(() => [heap.from({ a: [1, { b: "text" }] }), heap.str("text")]),
  "what finalizers and callbacks have thrown": (heap) => {
    const fail = (): void => {
      throw new Error("of the program");
    };
    const node = heap.struct("Node", {}, { finalize: () => void heap.dispose() }).new();
    heap.weakref.ref(node, fail);
    heap.gc.callbacks.push(fail);
    heap.gc.collect();
    node.release();
  },
  "errors of the core": (heap) => {
    const errors: unknown[] = [];
    const bad = [() => heap.list([1]).get(7), () => heap.core.refcount({} as never), () => heap.core.refcount(12)];
    for (const act of bad) {
      try {
        act();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  },
};

/** Ends a heap. What is kept of it, and its memory, if somebody holds that. */
function endHeap(
  options: Parameters<typeof Heap.createSync>[0],
  keep: (heap: Heap) => unknown,
  isRestored: boolean,
): { kept: unknown[]; memory: WeakRef<object>; buffer: WeakRef<object> } {
  const errors: unknown[] = [];
  const onUnraisable = (error: unknown): void => void errors.push(error);
  const { module } = options ?? {};
  let heap = Heap.createSync({ ...options, onUnraisable });
  if (isRestored) heap = restoreSync(save(heap), { ...(module && { module }), onUnraisable });
  const { memory } = heap.none.store.core;
  const kept = [keep(heap), errors];
  const buffer = new WeakRef(memory.buffer);
  heap.dispose();
  expect(codeOf(() => heap.list())).toBe("HEAP_DISPOSED");
  return { kept, memory: new WeakRef(memory), buffer };
}

const CASES = [
  ...CORES.map(([build, options]) => ({ heap: `a heap of the ${build} core`, options, isRestored: false })),
  { heap: "a restored heap", options: () => ({}), isRestored: true },
];

describe.each(CASES)("$heap frees its memory, even if the program keeps", ({ options, isRestored }) => {
  const ended = new Map<string, ReturnType<typeof endHeap>>();

  beforeAll(async () => {
    for (const [name, keep] of Object.entries(KEPT)) ended.set(name, endHeap(options(), keep, isRestored));
    for (let i = 0; i < 3; i++) {
      await delay(0);
      (globalThis as unknown as { gc(): void }).gc();
    }
  });

  test.each(Object.keys(KEPT))("%s", (name) => {
    const end = ended.get(name);
    expect(end?.kept.length).toBe(2);
    expect([end?.memory.deref() === undefined, end?.buffer.deref() === undefined]).toEqual([true, true]);
  });
});
