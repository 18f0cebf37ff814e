// What the regressions of the core share.

import { Heap } from "../../src/index.js";
import { MODES, settle } from "./growth.js";
import type { Mode } from "./growth.js";
import { CORES } from "./heap.js";
import type { SyncOptions } from "./heap.js";

/** Nothing collects but what the test asks for. */
const QUIET = { thresholds: [1_000_000_000, 10, 10] as [number, number, number], traceHandles: false };

/** Both cores, with both pause modes. */
export const WAYS = CORES.flatMap(([core, options]) =>
  MODES.map((pauses) => [core, pauses, options] as [string, Mode, () => SyncOptions]),
);

export function quietHeap(options: () => SyncOptions, pauses: Mode, more: SyncOptions = {}): Heap {
  return Heap.createSync({ ...options(), ...QUIET, pauses, ...more });
}

/** Collects the whole heap: at once, or in steps; a cycle leaves what has finalizers to the next. */
export function collectAll(heap: Heap): void {
  if (heap.gc.pauses === "unbounded") heap.gc.collect();
  else for (let round = 0; round < 2; round++) settle(heap);
}
