// How the work of an operation grows with the size of what it works on: the same scene at n and at 4n.
//
// HEAPWRIGHT_SCALE multiplies every n (npm run test:scale): a fault that the everyday sizes are too small for shows there.

import { expect } from "vitest";
import type { Heap } from "../../src/index.js";
import type { Build } from "./core.js";
import type { SyncOptions } from "./heap.js";
import { countedHeap, unitsOf, watchCalls } from "./work.js";

export const MODES = ["unbounded", "bounded"] as const;
export type Mode = (typeof MODES)[number];

export const SCALE = Number(process.env.HEAPWRIGHT_SCALE ?? 1);

/** Four times as large, up to this many times the work: a table that doubles may stand differently. */
export const LINEAR = 4.6;
/** An operation whose work does not depend on the size. */
export const CONSTANT = 1.2;
/** The same, through a hash table, where one key may be luckier than another. */
export const PROBED = 3;
/** A merge sort of what was found. */
export const SORTED = 5.2;

/** Units that a constant amount of work may differ by between two sizes: a page more, a table rebuilt. */
const SLACK = 300;

/** Nothing collects but what the scene asks for. */
const QUIET: SyncOptions = { thresholds: [1_000_000_000, 10, 10] };

export interface Scene<T = unknown> {
  /** The smaller size; the larger is four times as large. */
  n: number;
  /** @default QUIET */
  options?: SyncOptions;
  /** @default "release" */
  build?: Build;
  /** Whether the core may have next to nothing to do. */
  isIdle?: boolean;
  make: (heap: Heap, n: number) => T;
  /** What is measured. */
  work: (heap: Heap, made: T, n: number) => void;
}

export interface Measured {
  units: number;
  /** The most units that one call of each function of the core took. */
  longest: ReadonlyMap<string, number>;
}

async function measure<T>(scene: Scene<T>, pauses: Mode, n: number): Promise<Measured> {
  const heap = await countedHeap(scene.build, { ...(scene.options ?? QUIET), pauses });
  const made = scene.make(heap, n);
  const longest = watchCalls(heap);
  const units = unitsOf(heap, () => {
    scene.work(heap, made, n);
  });
  return { units, longest };
}

export interface Growth {
  ratio: number;
  small: Measured;
  large: Measured;
}

export async function growthOf<T>(scene: Scene<T>, pauses: Mode): Promise<Growth> {
  const n = scene.n * SCALE;
  const small = await measure(scene, pauses, n);
  const large = await measure(scene, pauses, 4 * n);
  return { ratio: large.units / small.units, small, large };
}

/** Fails if four times the size takes more than `most` times the work. */
export async function expectGrowth<T>(scene: Scene<T>, pauses: Mode, most = LINEAR): Promise<Growth> {
  const growth = await growthOf(scene, pauses);
  const { small, large, ratio } = growth;
  const slack = most < LINEAR ? SLACK : 0;
  const message = `${small.units} units at ${scene.n * SCALE}, ${large.units} at four times that: ${ratio.toFixed(2)} times the work`;
  if (process.env.HEAPWRIGHT_GROWTH) console.log(expect.getState().currentTestName, message);
  // A scene whose work does not grow does not do what it says.
  if (most >= LINEAR && !scene.isIdle)
    expect(large.units, `the scene does its work: ${message}`).toBeGreaterThan(2 * small.units);
  expect(large.units, message).toBeLessThanOrEqual(small.units * most + slack);
  return growth;
}

/** What bounded pauses promise to keep short, whatever is on the heap. */
export const SHORT_CALLS = ["step", "alloc", "decref", "setRef"] as const;

/** Units that are no pause: some ten microseconds. */
const SHORT = 12_000;

/** Fails if the longest of some calls is no short one, and got longer with the size. */
export function expectShortCalls({ small, large }: Growth, most = CONSTANT): void {
  for (const name of SHORT_CALLS) {
    const [before, after] = [small.longest.get(name) ?? 0, large.longest.get(name) ?? 0];
    if (process.env.HEAPWRIGHT_GROWTH && after) console.log("    longest", name, before, after);
    expect(after, `the longest ${name} took ${before} units, and ${after} at four times the size`).toBeLessThanOrEqual(
      Math.max(SHORT, before * most),
    );
  }
}

/** Units of a step that a program asks for. */
const STEP = 2000;

/** Collects the whole heap: at once, or by the steps of one cycle. */
export function collectWhole(heap: Heap): void {
  if (heap.gc.pauses === "unbounded") {
    heap.gc.collect();
    return;
  }
  const before = heap.gc.getStats()[2].collections;
  settle(heap);
  if (heap.gc.getStats()[2].collections === before) throw new Error("there was no cycle");
}

/** Does all that waits, step by step. */
export function settle(heap: Heap): void {
  while (heap.gc.step(STEP));
}

/** Makes all that is young old, and sees to it that there is something old: then there is reason for a cycle. */
export function age(heap: Heap): void {
  heap.list();
  // With bounded pauses a collection looks at so many and no more.
  while (heap.gc.getTrackedCount(0) + heap.gc.getTrackedCount(1) > 0) heap.gc.collect(1);
}
