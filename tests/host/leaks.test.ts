import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Heap } from "../../src/index.js";
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

describe.each(CORES)("the leak net, %s core", (build, options) => {
  test("releases forgotten handles, lists them, and leaves the others alone", async () => {
    expect((globalThis as { gc?: unknown }).gc, "run with --expose-gc").toBeDefined();
    const heap = HeapClass.createSync({ ...options(), traceHandles: build === "checked" });
    const kept = heap.list(["kept"]);
    forgetHandles(heap, 1000);
    await collectJavaScript(() => heap.leaks().length >= 800);
    const leaks = heap.leaks();
    // Handles share registrations: those of the batches that a live handle is in stay.
    expect(leaks.length).toBeGreaterThanOrEqual(800);
    expect(new Set(leaks.map(({ type }) => type))).toEqual(new Set(["list", "Node"]));
    // The first line is the one that made the handle.
    for (const { site } of leaks)
      expect(site?.split("\n")[0]?.includes("forgetHandles")).toBe(build === "checked" ? true : undefined);
    expect(heap.gc.getTrackedCount()).toBe(1 + 1000 - leaks.length);
    expect(kept.toJS()).toEqual(["kept"]);
    heap.verify();
    heap.dispose();
  });

  test("handles that come and go register nothing new", () => {
    const heap = HeapClass.createSync({ ...options(), traceHandles: build === "checked" });
    const list = heap.list();
    for (let i = 0; i < 1000; i++) list.clone().release();
    expect([heap.stats().handles, list.refcount]).toEqual([1, 1]);
    heap.dispose();
  });
});

test("the first line of a handle's site is the user's, whatever made the handle", () => {
  const heap = HeapClass.createSync({ ...CORES[1]?.[1](), traceHandles: true });
  const Person = heap.struct("Person", { buddy: "ref" });
  const Student = heap.struct("Student", { school: "str" }, { extends: Person });
  const list = heap.list([Person.new()]);
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
  const { net } = heap.none.store;
  return [...net.records].flatMap(({ sites }) => sites ?? []);
}
