import { BadOptionError, describe } from "../base/errors.js";
import type { Signal } from "../base/platform.js";
import {
  checkByteThreshold,
  checkMaxBytes,
  checkPauses,
  checkThresholds,
  checkWeakrefTiming,
} from "../state/options.js";
import type { Pauses, Thresholds, WeakrefTiming } from "../state/options.js";
import type { LeakHook } from "../state/leak-log.js";
import { Store } from "../state/store.js";
import { reportIgnored, reportUncaught } from "../state/unraisable.js";
import type { UnraisableHook } from "../state/unraisable.js";
import type { CoreSource } from "../wasm/instance.js";

export interface HeapOptions<Source = CoreSource> {
  /** Most bytes of linear memory that the heap may take. @default 0xFFFF0000 (4 GiB less 64 KiB) */
  maxBytes?: number;
  /** When to collect: see `heap.gc.setThreshold`. @default [700, 10, 10] */
  thresholds?: Thresholds;
  /** Bytes by which the heap may grow between collections; 0 = any number: see `heap.gc.setByteThreshold`. @default 64 MiB */
  byteThreshold?: number;
  /**
   * "bounded": collections of the whole heap, and the deaths of large structures, go in steps, so that none stops the
   * program for long, whatever the size of the heap. See `heap.gc.pauses`. @default "unbounded"
   */
  pauses?: Pauses;
  /**
   * When weak references to cyclic garbage die: those with a callback before its finalizers run, and those without
   * after them ("3.15", as Python does it from then on); or all of them before ("3.12"). @default "3.15"
   */
  weakrefTiming?: WeakrefTiming;
  /**
   * The core to run, as a module, bytes, response or promise of one: `heapwright/core.wasm`, or
   * `checkedCore()` of `heapwright/checked`. @default the release core, inlined in this package
   */
  module?: Source;
  /**
   * Seed of the hashes of strings, bytes, tuples and large numbers, as Python's `PYTHONHASHSEED`: one that others cannot
   * know keeps them from choosing keys that collide. Nothing else depends on it. @default random
   */
  hashSeed?: number;
  /** Remember where each handle was made, for `handles()`, `leaks()` and `onLeak`. Costs a stack trace a handle. @default true with the checked core, else false */
  traceHandles?: boolean;
  /**
   * Gets each handle that was forgotten, before it is released for you: see `leaks()`. What it throws goes to
   * `onUnraisable`. @default nothing
   */
  onLeak?: LeakHook;
  /**
   * Gets what finalizers, callbacks and `onLeak` throw, which nothing can catch; or "throw", to let it be an uncaught error,
   * which ends Node. @default `console.error("Exception ignored in: …", error)`, as Python does, and the program goes on
   */
  onUnraisable?: UnraisableHook | "throw";
}

/** What a restored heap does not know from its image. */
export interface RestoreOptions<Source = CoreSource> extends Pick<
  HeapOptions<Source>,
  "module" | "traceHandles" | "onLeak" | "onUnraisable"
> {
  /** Most bytes of linear memory that the heap may take. @default what it was */
  maxBytes?: number;
}

/** Options of a restore that may wait for the bytes of the image. */
export interface AsyncRestoreOptions<Source = CoreSource> extends RestoreOptions<Source> {
  /** Ends the reading of the image: the promise is rejected with the signal's reason. */
  signal?: Signal;
}

/**
 * Growth, in bytes, after which a heap collects though few objects were born. Programs whose objects hold less than 90 KiB
 * each, on average, never reach it: the 701st birth collects before.
 */
const DEFAULT_BYTE_THRESHOLD = 64 * 2 ** 20;

export const RESTORE_OPTIONS: Record<keyof RestoreOptions, true> = {
  module: true,
  traceHandles: true,
  onLeak: true,
  onUnraisable: true,
  maxBytes: true,
};
export const ASYNC_RESTORE_OPTIONS: Record<keyof AsyncRestoreOptions, true> = { ...RESTORE_OPTIONS, signal: true };
export const HEAP_OPTIONS: Record<keyof HeapOptions, true> = {
  ...RESTORE_OPTIONS,
  thresholds: true,
  byteThreshold: true,
  pauses: true,
  weakrefTiming: true,
  hashSeed: true,
};

/** A store for these options, which are checked. @throws {@link BadOptionError} */
export function makeStore(options: HeapOptions): Store {
  if (options.maxBytes !== undefined) checkMaxBytes(options.maxBytes);
  if (options.thresholds !== undefined) checkThresholds(options.thresholds);
  if (options.byteThreshold !== undefined) checkByteThreshold(options.byteThreshold);
  if (options.weakrefTiming !== undefined) checkWeakrefTiming(options.weakrefTiming);
  if (options.pauses !== undefined) checkPauses(options.pauses);
  if (options.hashSeed !== undefined && !Number.isInteger(options.hashSeed))
    throw new BadOptionError(`hashSeed is a whole number, not ${describe(options.hashSeed)}`);
  const { onUnraisable: given = reportIgnored } = options;
  const onUnraisable = given === "throw" ? reportUncaught : given;
  if (typeof onUnraisable !== "function")
    throw new BadOptionError(`onUnraisable is a function or "throw", not ${describe(onUnraisable)}`);
  const { traceHandles, onLeak } = options;
  if (onLeak !== undefined && typeof onLeak !== "function")
    throw new BadOptionError(`onLeak is a function, not ${describe(onLeak)}`);
  if (traceHandles !== undefined && typeof traceHandles !== "boolean")
    throw new BadOptionError(`traceHandles is true or false, not ${describe(traceHandles)}`);
  return new Store(onUnraisable, onLeak, traceHandles);
}

/** Sets up a heap that has just been started. */
export function applyOptions({ core }: Store, options: HeapOptions<unknown>): void {
  core.setHashSeed(options.hashSeed ?? Math.floor(Math.random() * 2 ** 32));
  if (options.thresholds !== undefined) core.setThresholds(...options.thresholds);
  core.setByteThreshold(options.byteThreshold ?? DEFAULT_BYTE_THRESHOLD);
  if (options.weakrefTiming === "3.12") core.setClearsAllWeakrefs(1);
  if (options.pauses === "bounded") core.setBounded(1);
}
