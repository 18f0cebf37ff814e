// Nothing of the program's that fails where nobody can catch it is lost, and none of it ends the process.

import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Heap } from "../../src/index.js";
import type { UnraisableContext } from "../../src/index.js";
import { codeOf } from "../support/heap.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets promises that are rejected say so. */
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

const LATER = {
  "an async function": async (): Promise<void> => undefined as unknown as Promise<void>, // eslint-disable-line @typescript-eslint/require-await
  "a generator": function* (): Generator<void> {}, // eslint-disable-line @typescript-eslint/no-empty-function
  "an async generator": async function* (): AsyncGenerator<void> {}, // eslint-disable-line @typescript-eslint/no-empty-function
};

describe.each(Object.entries(LATER))("%s", (_, later) => {
  test("is rejected before it runs", () => {
    const heap = Heap.createSync();
    const run = later as unknown as () => undefined;
    const thing = heap.struct("Thing", {}).new();
    const tries = [
      () => heap.scope(run),
      () => heap.gc.pause(run),
      () => heap.struct("Other", {}, { finalize: run }),
      () => heap.weakref.ref(thing, run),
      () => heap.weakref.proxy(thing, run),
      () => heap.weakref.finalize(thing, run),
      () => heap.gc.callbacks.push(run),
    ];
    for (const tried of tries) expect(codeOf(tried), tried.toString()).toBe("BAD_VALUE");
    expect(heap.gc.callbacks).toEqual([]);
    expect(codeOf(() => heap.struct("Other", {}))).toBe("no error");
    heap.verify();
    heap.dispose();
  });
});

test("the rejection of a promise that a function returned by mistake goes to the hook", async () => {
  const told: [unknown, UnraisableContext["where"]][] = [];
  const heap = Heap.createSync({ onUnraisable: (error, { where }) => void told.push([error, where]) });
  const mine = new Error("mine");
  const fail = (): Promise<never> => Promise.reject(mine);
  const Thing = heap.struct("Thing", {}, { finalize: fail as never });
  const thing = Thing.new();
  heap.weakref.ref(thing, fail as never);
  heap.gc.callbacks.push(fail as never);
  thing.release();
  heap.gc.collect();
  expect(codeOf(() => heap.scope(fail))).toBe("BAD_VALUE");
  expect(codeOf(() => heap.gc.pause(fail))).toBe("BAD_VALUE");
  await tick();
  const wheres = told.filter(([error]) => error === mine).map(([, where]) => where);
  expect(wheres.sort()).toEqual(["callback", "finalizer", "gc callback", "gc callback", "pause", "scope"]);
  heap.verify();
});

test("gc.callbacks accepts only functions, however it is changed", () => {
  const heap = Heap.createSync();
  const { callbacks } = heap.gc;
  const bad = "x" as never;
  for (const change of [
    () => callbacks.push(bad),
    () => callbacks.unshift(bad),
    () => callbacks.splice(0, 0, bad),
    () => (callbacks[0] = bad),
  ])
    expect(codeOf(change)).toBe("BAD_VALUE");
  callbacks.length = 0;
  const phases: string[] = [];
  callbacks.push((phase) => phases.push(phase) as never);
  callbacks.length = 3;
  heap.gc.collect();
  expect(phases).toEqual(["start", "stop"]);
  expect(Array.isArray(callbacks)).toBe(true);
});

test("without a hook the error is written to the console, like in Python", () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const heap = Heap.createSync();
  const mine = new Error("mine");
  const Thing = heap.struct("Thing", {}, {
    finalize: () => {
      throw mine;
    },
  }); // prettier-ignore
  Thing.new().release();
  expect(said.mock.calls).toEqual([["Exception ignored in: finalizer of Thing\n", mine]]);
  heap.verify();
});

test.each([
  ["", 0, "went on"],
  ['{ onUnraisable: "throw" }', 1, ""],
])("a process with the options %s ends with %i", (options, status, out) => {
  const program = `
    import { Heap } from "heapwright";
    const heap = Heap.createSync(${options});
    heap.struct("P", {}, { finalize() { throw new Error("mine"); } }).new().release();
    setTimeout(() => console.log("went on"), 20);`;
  const args = ["--input-type=module", "--eval", program];
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect([run.status, run.stdout.trim()]).toEqual([status, out]);
  expect(run.stderr).toContain("mine");
});
