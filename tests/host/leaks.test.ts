import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Handle, Heap, Leak, Value } from "../../src/index.js";
import { Heap as HeapClass } from "../../src/index.js";
import { CORES } from "../support/heap.js";

/** Lets JavaScript's collector find what is forgotten, and tell. */
async function collectJavaScript(until: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !until(); i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await delay(10);
  }
}

function forgetHandles(heap: Heap, count: number): void {
  const Node = heap.struct("Node", { next: "ref" });
  for (let i = 0; i < count; i++) i % 2 ? heap.list([i]) : Node.new();
}

/** Makes handles and forgets all but one of each so many. (In a function: its variables may hold on to the last one.) */
function keepSome(heap: Heap, count: number, each: number): Handle[] {
  const Node = heap.struct("Node", {});
  const made = Array.from({ length: count }, () => Node.new());
  return made.filter((_, i) => i % each === 0);
}

describe.each(CORES)("the leak net, %s core", (build, options) => {
  test("releases forgotten handles, logs them, and leaves other handles alone", async () => {
    expect((globalThis as { gc?: unknown }).gc, "run with --expose-gc").toBeDefined();
    const heap = HeapClass.createSync({ ...options(), traceHandles: build === "checked" });
    const kept = heap.list(["kept"]);
    forgetHandles(heap, 1000);
    heap.leaks();
    await collectJavaScript(() => heap.stats().forgotten === 1000);
    const leaks = heap.leaks();
    expect(leaks.length).toBe(1000);
    expect(new Set(leaks.map(({ type }) => type))).toEqual(new Set(["list", "Node"]));
    // The first line is the one that made the handle.
    for (const { site } of leaks)
      expect(site?.split("\n")[0]?.includes("forgetHandles")).toBe(build === "checked" ? true : undefined);
    expect(heap.gc.getTrackedCount()).toBe(1);
    expect(kept.toJS()).toEqual(["kept"]);
    heap.clearLeaks();
    expect([heap.leaks(), heap.stats().forgotten]).toEqual([[], 1000]);
    heap.verify();
    heap.dispose();
  });

  test("a reachable handle does not hide a forgotten one", async () => {
    const heap = HeapClass.createSync(options());
    const kept = keepSome(heap, 6400, 64);
    await collectJavaScript(() => heap.stats().forgotten === 6300 - 63);
    // Of the newest 64, which nothing has followed, all are kept alive.
    expect([heap.stats().handles, heap.stats().forgotten]).toEqual([100 + 63, 6300 - 63]);
    heap.gc.collect();
    await collectJavaScript(() => heap.stats().forgotten === 6300);
    expect([heap.stats().handles, heap.stats().forgotten]).toEqual([100, 6300]);
    expect(kept.every((node) => !node.released && node.refcount === 1)).toBe(true);
    heap.verify();
    heap.dispose();
  });

  test("handles forgotten in one long job are all found after it", async () => {
    const heap = HeapClass.createSync(options());
    // More than the net keeps alive until the end of a job.
    const count = build === "checked" ? 1000 : 64 * 4096 + 6400;
    const kept = keepSome(heap, count, 1000);
    heap.leaks();
    await collectJavaScript(() => heap.stats().handles === kept.length);
    expect([heap.stats().handles, kept.every((node) => node.refcount === 1)]).toEqual([kept.length, true]);
    heap.dispose();
  });

  test("onLeak receives each forgotten handle before its release; its errors go to onUnraisable", async () => {
    const seen: Leak[] = [];
    const errors: unknown[] = [];
    const heap = HeapClass.createSync({
      ...options(),
      onLeak: (leak) => {
        expect(heap.core.refcount(leak.address)).toBe(1);
        seen.push(leak);
        if (seen.length === 1) throw new Error("of onLeak");
        heap.list(["made in onLeak"]).release();
      },
      onUnraisable: (error, context) => errors.push([(error as Error).message, context]),
    });
    forgetHandles(heap, 100);
    heap.leaks();
    await collectJavaScript(() => seen.length === 100);
    expect(seen).toEqual(heap.leaks());
    expect(errors).toEqual([["of onLeak", { where: "leak", type: seen[0]?.type }]]);
    expect(heap.gc.getTrackedCount()).toBe(0);
    heap.verify();
    heap.dispose();
  });

  test("heap.handles() lists the live handles at once, in the order of creation", () => {
    const heap = HeapClass.createSync({ ...options(), traceHandles: true });
    const made = Array.from({ length: 100 }, (_, i) => (i % 2 ? heap.list() : heap.set()));
    for (let i = 0; i < 100; i += 3) made[i]?.release();
    const alive = made.filter((handle) => !handle.released);
    const listed = heap.handles();
    expect(listed.map(({ type, address }) => [type, address])).toEqual(
      alive.map(({ type, address }) => [type, address]),
    );
    for (const { site } of listed) expect(site?.split("\n")[0]).toContain("leaks.test.ts");
    heap.dispose();
  });

  test("short-lived handles are never registered", () => {
    const heap = HeapClass.createSync({ ...options(), traceHandles: build === "checked" });
    const list = heap.list();
    for (let i = 0; i < 1000; i++) list.clone().release();
    expect([heap.stats().handles, list.refcount]).toEqual([1, 1]);
    heap.dispose();
  });
});

test("the first line of a handle's site is the user's, whatever created the handle", () => {
  const heap = HeapClass.createSync({ ...CORES[1]?.[1](), traceHandles: true });
  const Person = heap.struct("Person", { buddy: "ref" });
  const Student = heap.struct("Student", { school: "str" }, { extends: Person });
  const list = heap.list<Value>([Person.new()]);
  const dict = heap.dict([[1, list]]);
  const loop = (values: Iterable<unknown>): void => {
    for (const value of values) void value;
  };
  const makers: (() => unknown)[] = [
    () => Student.new(),
    () => Person.new({ buddy: list }).buddy,
    () => list.get(0),
    () => list.clone().pop(),
    () => list.slice(),
    () => dict.get(1),
    () => dict.read(1),
    () => heap.from([{ a: [1] }]),
    () => heap.tuple([list]).get(0),
    () => heap.weakref.ref(Person.new()).deref(),
    () => heap.gc.getObjects(),
    () => {
      loop(list);
    },
    () => {
      loop(dict);
    },
    () => {
      loop(dict.values());
    },
  ];
  for (const make of makers) {
    make();
    const sites = sitesOf(heap);
    expect(sites.length).toBeGreaterThan(0);
    for (const site of sites) expect(site.split("\n")[0], make.toString()).toContain("leaks.test.ts");
    list.append(null);
  }
  heap.dispose();
});

/** Sites of the handles that are alive. */
function sitesOf(heap: Heap): string[] {
  return heap.handles().flatMap(({ site }) => site ?? []);
}
