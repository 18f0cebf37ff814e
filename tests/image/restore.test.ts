import {
  adoptOrphan,
  lostFunctions,
  orphans,
  releaseOrphans,
  restore,
  restoreSync,
  save,
  saveStream,
} from "../../src/image.js";
import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { checkedCore } from "../../src/checked.js";
import { BadImageError, Handle, Heap } from "../../src/index.js";
import type { HeapOptions, WeakrefHandle } from "../../src/index.js";
import { CORES, codeOf } from "../support/heap.js";
import { saturate } from "../support/torture.js";
import { withMeta, withWords } from "../support/images.js";

type SyncOptions = HeapOptions<WebAssembly.Module | BufferSource>;

function restored(image: Uint8Array, { module }: SyncOptions = {}): Heap {
  return restoreSync(image, module === undefined ? {} : { module, traceHandles: false });
}

const PERSON = { title: "str", buddy: "ref" } as const;

describe.each(CORES)("%s core", (_, options) => {
  test("a restored heap has its named roots, and the saved program's handles as left-over references", () => {
    const heap = Heap.createSync(options());
    const Person = heap.struct("Person", PERSON);
    const alice = Person.new({ title: "Alice" });
    const bob = Person.new({ title: "Bob", buddy: alice });
    heap.roots.set("alice", alice).set("bob", bob).set("alice", alice);
    expect(alice.refcount).toBe(3);
    expect([...heap.roots.keys()]).toEqual(["alice", "bob"]);
    heap.roots.delete("bob");
    const copy = restored(save(heap), options());
    expect(copy.roots.size).toBe(1);
    expect(orphans(copy)).toEqual([
      { address: alice.address, type: "Person", references: 1, sites: [] },
      { address: bob.address, type: "Person", references: 1, sites: [] },
    ]);
    const again = copy.roots.get("alice") as Handle;
    expect(again.address).toBe(alice.address);
    expect(again.refcount).toBe(4);
    expect(codeOf(() => adoptOrphan(copy, again.address + 8))).toBe("BAD_VALUE");
    const adopted = adoptOrphan(copy, bob.address);
    expect(codeOf(() => adoptOrphan(copy, bob.address))).toBe("BAD_VALUE");
    expect(releaseOrphans(copy)).toBe(1);
    expect(orphans(copy)).toEqual([]);
    expect(again.refcount).toBe(3);
    adopted.release();
    expect(again.refcount).toBe(2);
    copy.verify();
    copy.roots.clear();
    expect(again.refcount).toBe(1);
    copy.dispose();
    heap.dispose();
  });

  test("roots reject invalid names and handles, and end with the heap", () => {
    const heap = Heap.createSync(options());
    const other = Heap.createSync(options());
    const text = heap.str("x");
    expect(codeOf(() => heap.roots.set(1 as never, text))).toBe("BAD_VALUE");
    expect(codeOf(() => heap.roots.set("x", "x" as never))).toBe("BAD_VALUE");
    expect(codeOf(() => heap.roots.set("x", other.str("x")))).toBe("FOREIGN_HANDLE");
    expect(heap.roots.get("x")).toBeUndefined();
    heap.roots.set("__proto__", text);
    expect(heap.roots.has("__proto__")).toBe(true);
    const dead: string[] = [];
    const Loud = heap.struct("Loud", {}, { finalize: () => dead.push("loud") });
    const loud = Loud.new();
    heap.roots.set("loud", loud);
    loud.release();
    expect(dead).toEqual([]);
    heap.dispose();
    expect(dead).toEqual(["loud"]);
  });

  test("structs that are defined again get their finalizers and methods back, if their fields are the same", () => {
    const heap = Heap.createSync(options());
    const Base = heap.struct("Base", { a: "ref", n: "f64" }, { finalize: () => undefined });
    const Derived = heap.struct("Derived", { b: "value" }, { extends: Base });
    heap.struct("Plain", { x: "i32" });
    heap.roots.set("it", Derived.new({ n: 2 }));
    const image = save(heap);

    const copy = restored(image, options());
    expect(lostFunctions(copy)).toEqual([
      { kind: "finalizer", type: "Base", name: "" },
      { kind: "finalizer", type: "Derived", name: "" },
    ]);
    const it = copy.roots.get("it") as Handle & { n: number };
    expect([it.type, it.n]).toEqual(["Derived", 2]);
    const mismatch = "TYPE_MISMATCH";
    expect(codeOf(() => copy.struct("Base", { n: "f64", a: "ref" }))).toBe(mismatch);
    expect(codeOf(() => copy.struct("Base", { a: "ref", n: "f32" }))).toBe(mismatch);
    expect(codeOf(() => copy.struct("Base", { a: "ref" }))).toBe(mismatch);
    expect(codeOf(() => copy.struct("Derived", { a: "ref", n: "f64", b: "value" }))).toBe(mismatch);
    expect(codeOf(() => copy.struct("Plain", { x: "i32" }, { finalize: () => undefined }))).toBe(mismatch);
    const ended: number[] = [];
    const NewBase = copy.struct("Base", { a: "ref", n: "f64" }, { finalize: (base) => ended.push(base.n) });
    expect(NewBase.is(it)).toBe(true);
    const NewDerived = copy.struct(
      "Derived",
      { b: "value" },
      {
        extends: NewBase,
        methods: {
          twice(): number {
            return 2 * this.n;
          },
        },
      },
    );
    expect(codeOf(() => copy.struct("Base", { a: "ref", n: "f64" }))).toBe("DUPLICATE_TYPE");
    expect(NewDerived.id).toBe(Derived.id);
    expect(lostFunctions(copy)).toEqual([]);
    const again = copy.roots.get("it") as ReturnType<typeof NewDerived.new>;
    expect(again.twice()).toBe(4);
    copy.verify();
    copy.dispose();
    expect(ended).toEqual([2]);
  });

  test("callbacks and finalizations are listed as lost, and their weak references still die", () => {
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", PERSON);
    const node = Node.new();
    heap.roots.set("node", node);
    const weak = heap.weakref.ref(node, function onDeath() {});
    heap.roots.set("weak", weak);
    heap.weakref.finalize(node, function cleanUp() {});
    const values = heap.weakref.valueMap();
    values.set("key", node);
    const copy = restored(save(heap), options());
    const address = node.address;
    expect(lostFunctions(copy).sort((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      { kind: "callback", type: "Node", name: "onDeath", address },
      { kind: "finalize", type: "Node", name: "cleanUp", address },
      { kind: "value map", type: "Node", name: "", address },
    ]);
    expect(releaseOrphans(copy)).toBeGreaterThan(2);
    copy.roots.delete("node");
    const dead = copy.roots.get("weak") as WeakrefHandle;
    expect(dead.deref()).toBeNull();
    expect(lostFunctions(copy)).toEqual([]);
    // New ones get ids that no old one has.
    let calls = 0;
    const fresh = copy.struct("Node", PERSON).new();
    copy.weakref.ref(fresh, () => calls++);
    fresh.release();
    expect(calls).toBe(1);
    copy.verify();
    copy.dispose();
  });

  test("called weak references are equal in an image, however many there were", () => {
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", PERSON);
    let calls = 0;
    for (const dies of ["by its references", "in a cycle"]) {
      const node = Node.new();
      if (dies === "in a cycle") node.buddy = node;
      for (let i = 0; i < 3; i++)
        heap.roots.set(
          `${dies} ${i}`,
          heap.weakref.ref(node, () => calls++),
        );
      node.release();
    }
    heap.gc.collect();
    expect(calls).toBe(6);
    const copy = restored(save(heap), options());
    expect([...copy.roots.values()].map((weak) => (weak as WeakrefHandle).deref())).toEqual(Array(6).fill(null));
    copy.verify();
    copy.dispose();
    heap.dispose();
  });

  test("large counts, large blocks, many types and frozen objects are restored", () => {
    const heap = Heap.createSync(options());
    const types = Array.from({ length: 150 }, (_, i) => heap.struct(`Type ${i}`, { a: "ref", [`field${i}`]: "i64" }));
    const popular = types[149]?.new() as Handle;
    const clones = saturate(popular, 300);
    const list = heap.list(Array.from({ length: 60_000 }, (_, i) => i));
    const text = heap.str("long ".repeat(50_000));
    const bytes = heap.bytes(new Uint8Array(1 << 20).fill(7));
    const dict = heap.dict(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i]));
    heap.roots.set("all", heap.tuple([popular, list, text, bytes, dict]));
    heap.gc.freeze();
    const image = save(heap);
    const copy = restored(image, options());
    expect(Buffer.compare(save(copy), image)).toBe(0);
    expect(copy.gc.getFreezeCount()).toBe(heap.gc.getFreezeCount());
    const all = copy.roots.get("all") as ReturnType<Heap["tuple"]>;
    expect(all.read(0, "a")).toBeNull();
    expect(all.read(1, 59_999)).toBe(59_999);
    expect((all.read(2) as string).length).toBe(250_000);
    expect(all.read(4, "key 19999")).toBe(19_999);
    expect(orphans(copy).find(({ address }) => address === popular.address)?.references).toBe(clones.length + 1);
    releaseOrphans(copy);
    copy.gc.unfreeze();
    copy.gc.collect();
    copy.verify();
    copy.dispose();
  });

  test("save is rejected inside the heap's own callbacks, and during operations", () => {
    const heap = Heap.createSync(options());
    const codes: string[] = [];
    const take = (): void => void codes.push(codeOf(() => save(heap)));
    const Loud = heap.struct("Loud", { me: "ref" }, { finalize: take });
    Loud.new().release();
    const cyclic = Loud.new();
    cyclic.me = cyclic;
    cyclic.release();
    heap.gc.callbacks.push(take);
    heap.gc.collect();
    heap.gc.callbacks.pop();
    const list = heap.list([2, 1]);
    list.sort((a, b) => (take(), Number(a) - Number(b)));
    heap.from({
      get a() {
        take();
        return 1;
      },
    });
    expect(codes.length).toBeGreaterThanOrEqual(6);
    expect(new Set(codes)).toEqual(new Set(["HEAP_BUSY"]));
    save(heap);
    heap.dispose();
    expect(codeOf(() => save(heap))).toBe("HEAP_DISPOSED");
  });

  test("thresholds, counters, statistics and debug flags are restored; pauses end", () => {
    const heap = Heap.createSync({
      ...options(),
      thresholds: [50, 3, 2],
      byteThreshold: 1 << 20,
      weakrefTiming: "3.12",
    });
    const Node = heap.struct("Node", PERSON);
    const keep = Array.from({ length: 777 }, () => Node.new());
    heap.gc.setDebug(heap.gc.DEBUG_SAVEALL);
    heap.gc.pause();
    heap.gc.disable();
    const copy = restored(save(heap), options());
    expect(copy.gc.getThreshold()).toEqual([50, 3, 2]);
    expect(copy.gc.getByteThreshold()).toBe(1 << 20);
    expect(copy.gc.getCount()).toEqual(heap.gc.getCount());
    expect(copy.gc.getStats()).toEqual(heap.gc.getStats());
    expect(copy.gc.getDebug()).toBe(heap.gc.DEBUG_SAVEALL);
    expect(copy.gc.garbage.address).toBe(heap.gc.garbage.address);
    expect([copy.gc.isEnabled(), copy.gc.isPaused]).toEqual([false, false]);
    expect(copy.stats().byType).toEqual(heap.stats().byType);
    expect(keep.length).toBe(777);
    copy.gc.enable();
    copy.verify();
  });
});

test("an image is restored only into the same kind of core, and within the memory limit", async () => {
  const heap = Heap.createSync();
  heap.roots.set("list", heap.list(Array.from({ length: 200_000 }, (_, i) => i / 3)));
  const image = save(heap);
  expect(codeOf(() => restoreSync(image, { module: checkedCore() }))).toBe("BAD_OPTION");
  expect(codeOf(() => restoreSync(image, { maxBytes: 1 << 20 }))).toBe("OUT_OF_MEMORY");
  expect(codeOf(() => restoreSync(image, { maxBytes: 7 }))).toBe("BAD_OPTION");
  expect(codeOf(() => restoreSync({} as never))).toBe("BAD_VALUE");
  expect(codeOf(() => restoreSync(new Uint8Array()))).toBe("BAD_IMAGE");
  await expect(restore([new Uint8Array(3), 7 as never])).rejects.toMatchObject({ code: "BAD_VALUE" });
  await expect(restore("x" as never)).rejects.toMatchObject({ code: "BAD_VALUE" });
  const limited = restoreSync(image, { maxBytes: 16 << 20 });
  expect(codeOf(() => limited.bytes(new Uint8Array(16 << 20)))).toBe("OUT_OF_MEMORY");
  limited.verify();
});

test("images come from arrays, buffers, streams and chunks of any size, at any alignment", async () => {
  const heap = Heap.createSync();
  heap.roots.set("text", heap.str("hello"));
  const image = save(heap);
  const shifted = new Uint8Array(image.length + 3);
  shifted.set(image, 3);
  const chunks = function* (): Generator<Uint8Array, void> {
    for (let at = 0; at < image.length; at += 999) yield image.subarray(at, at + 999);
  };
  const shared = new Uint8Array(new SharedArrayBuffer(image.length));
  shared.set(image);
  const sources = [image, image.buffer, Buffer.from(image), new DataView(image.buffer), shifted.subarray(3), shared];
  for (const source of [...sources, chunks(), saveStream(heap), new Blob([image]).stream()]) {
    const copy = await restore(source);
    expect(copy.roots.get("text")?.toJS()).toBe("hello");
  }
});

test("an image stream contains the heap at the moment of the call", async () => {
  const heap = Heap.createSync();
  const list = heap.list(Array.from({ length: 3_000_000 }, () => 0.5));
  heap.roots.set("list", list);
  const expected = save(heap);
  const stream = saveStream(heap);
  list.clear();
  heap.roots.delete("list");
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(5);
  expect(Buffer.compare(Buffer.concat(chunks), expected)).toBe(0);
});

test("an image contains no freed data", () => {
  const heap = Heap.createSync();
  const secret = "correct horse battery staple";
  const keep = Array.from({ length: 50 }, (_, i) => heap.str(`${i} `.repeat(12)));
  heap.roots.set("list", heap.list(keep));
  const list = heap.list(Array.from({ length: 9 }, () => heap.str(secret)));
  const dict = heap.dict([[secret, heap.bytes(new TextEncoder().encode(secret))]]);
  heap.from({ [secret]: secret }).release();
  list.clear();
  dict.clear();
  for (const handle of heap.gc.getObjects()) handle.release();
  const image = Buffer.from(heap.scope(() => save(heap)));
  // The handles of the texts themselves are still there: they go with the heap's leaks, or here.
  const copy = restoreSync(image);
  releaseOrphans(copy);
  expect(Buffer.from(save(copy)).includes(secret)).toBe(false);
});

test("a heap is sent to a worker and back", async () => {
  const heap = Heap.createSync();
  const Person = heap.struct("Person", PERSON);
  const bob = Person.new({ title: "Bob" });
  heap.roots.set("alice", Person.new({ title: "Alice", buddy: bob }));
  const worker = new Worker(new URL("worker.mjs", import.meta.url));
  const image = save(heap);
  worker.postMessage(image, [image.buffer]);
  expect(image.length).toBe(0);
  const [answer] = (await once(worker, "message")) as [{ said: string; image: Uint8Array }];
  await worker.terminate();
  expect(answer.said).toBe("Alice and Bob");
  const back = restoreSync(answer.image);
  expect((back.roots.get("carol") as Handle & { read(...path: string[]): unknown }).read("buddy", "title")).toBe(
    "Alice",
  );
});

test("names may be any text; names that a program cannot create are rejected", () => {
  const heap = Heap.createSync();
  const Odd = heap.struct("\u0000\u001b[2J\ud800", { "\n": "ref", "'\"": "u8", "0": "str", constructor_: "f32" });
  heap.roots.set("\u202e".repeat(10_000), Odd.new({ "0": "x" }));
  const image = save(heap);
  const copy = restoreSync(image);
  expect(Buffer.compare(save(copy), image)).toBe(0);
  expect([...copy.roots.values()][0]?.type).toBe("\u0000\u001b[2J\ud800");
  const types = (change: (types: Record<string, unknown>[]) => void): string =>
    codeOf(() =>
      restoreSync(
        withMeta(image, (meta) => {
          change(meta["types"] as Record<string, unknown>[]);
        }),
      ),
    );
  const bad: [string, (types: Record<string, unknown>[]) => void][] = [
    ["a built-in type", ([type]) => void Object.assign(type as object, { name: "list" })],
    [
      "a field called as a member of handles",
      ([type]) => void Object.assign(type as object, { fields: [["release", "ref", 8]] }),
    ],
    ["a field that lies elsewhere", ([type]) => void Object.assign(type as object, { fields: [["a", "ref", 12]] })],
    ["a field of no type", ([type]) => void Object.assign(type as object, { fields: [["a", "toString", 8]] })],
    [
      "a type that extends itself",
      ([type]) => void Object.assign(type as object, { base: (type as { name: string }).name }),
    ],
    ["a type that is there twice", (all) => void all.push(all[0] as Record<string, unknown>)],
    ["no types", (all) => void all.pop()],
    ["a name that is none", ([type]) => void Object.assign(type as object, { name: 7 })],
    ["another base", ([type]) => void Object.assign(type as object, { base: "nobody" })],
  ];
  for (const [what, change] of bad) expect(types(change), what).toBe("BAD_IMAGE");
});

test("errors have the offset of the damage", () => {
  const heap = Heap.createSync();
  heap.roots.set("list", heap.list([1, 2, 3]));
  const image = save(heap);
  const bad = withWords(image, "HAND", (words) => {
    words[0] = 12345678;
  });
  let error: unknown;
  try {
    restoreSync(bad);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(BadImageError);
  expect((error as BadImageError).offset).toBeGreaterThan(0);
  expect((error as BadImageError).message).toMatch(/handle .*at byte \d+/);
});

describe("restore with a signal", () => {
  /** A source that never answers after its first bytes, and says when it is given up. */
  function stalled(bytes: Uint8Array): { source: AsyncIterable<Uint8Array>; isOver(): boolean } {
    let isOver = false;
    async function* give(): AsyncGenerator<Uint8Array> {
      try {
        yield bytes.subarray(0, 100);
        await new Promise(() => undefined);
      } finally {
        isOver = true;
      }
    }
    const given = give();
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => given.next(),
        return: () => ((isOver = true), given.return(undefined)),
      }),
    };
    return { source, isOver: () => isOver };
  }

  test("an aborted signal rejects with its reason, before or during reading, and the source is closed", async () => {
    const heap = Heap.createSync();
    const bytes = save(heap);
    heap.dispose();
    const reason = new Error("enough");
    for (const source of [bytes, bytes.buffer as ArrayBuffer, [bytes]])
      await expect(restore(source, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const late = new AbortController();
    const starting = restore(bytes, { signal: late.signal });
    late.abort(reason);
    await expect(starting).rejects.toBe(reason);
    const { source, isOver } = stalled(bytes);
    const control = new AbortController();
    const restored = restore(source, { signal: control.signal });
    setTimeout(() => {
      control.abort(reason);
    });
    await expect(restored).rejects.toBe(reason);
    await new Promise((resolve) => setTimeout(resolve));
    expect(isOver()).toBe(true);
    const again = await restore([bytes], { signal: new AbortController().signal });
    again.verify();
    again.dispose();
  });

  test("an invalid signal is BAD_OPTION, and restoreSync has no such option", async () => {
    const heap = Heap.createSync();
    const bytes = save(heap);
    heap.dispose();
    for (const signal of [null, {}, 5, { aborted: true }, Object.create(AbortSignal.prototype) as unknown])
      await expect(restore(bytes, { signal: signal as never })).rejects.toMatchObject({ code: "BAD_OPTION" });
    expect(codeOf(() => restoreSync(bytes, { signal: new AbortController().signal } as never))).toBe("BAD_OPTION");
  });
});
