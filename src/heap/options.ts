import { checkFlag } from "../base/arguments.js";
import { BadOptionError, describe } from "../base/errors.js";
import type { Signal } from "../base/platform.js";
import {
  checkByteThreshold,
  checkInitialBytes,
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

/** What {@link Heap.create} takes. Any other option is refused with a {@link BadOptionError}. */
export interface HeapOptions<Source = CoreSource> {
  /** Maximum size of linear memory, in bytes. @default 0xFFFF0000 (4 GiB less 64 KiB) */
  maxBytes?: number;
  /**
   * Size of linear memory from the start on, in bytes: so much it need not grow later. It is taken while nothing lives, when
   * that costs least, and takes no room until it is touched: see `heap.reserve`. @default 0 (what an empty heap needs)
   */
  initialBytes?: number;
  /** Thresholds of automatic collection: see `heap.gc.setThreshold`. @default [700, 10, 10] */
  thresholds?: Thresholds;
  /** Growth of the heap, in bytes, that triggers a collection; 0 for never: see `heap.gc.setByteThreshold`. @default 64 MiB */
  byteThreshold?: number;
  /**
   * With "bounded", full collections and the freeing of large structures run in steps. The length of a step does not
   * depend on the size of the heap. See `heap.gc.pauses`. @default "unbounded"
   */
  pauses?: Pauses;
  /**
   * When the collector clears weak references to cyclic garbage. With "3.15", like Python from 3.15 on, it clears those
   * with a callback before finalizers run, and those without a callback afterwards. With "3.12" it clears all of them
   * before. @default "3.15"
   */
  weakrefTiming?: WeakrefTiming;
  /**
   * The core to run: a module, bytes, a response, or a promise of one of these. Use `heapwright/core.wasm`, or
   * `checkedCore()` of `heapwright/checked`. @default the release core, inlined in this package
   */
  module?: Source;
  /**
   * Seed of the hashes of strings, bytes, tuples and large numbers, like Python's `PYTHONHASHSEED`. An attacker who does
   * not know the seed cannot choose keys that collide. Nothing else depends on it. @default random
   */
  hashSeed?: number;
  /** Record where each handle was created, for `handles()`, `leaks()` and `onLeak`. It costs one stack trace per handle. @default true with the checked core, else false */
  traceHandles?: boolean;
  /**
   * Called with each forgotten handle before the leak net releases it: see `leaks()`. `onUnraisable` receives its errors.
   * @default none
   */
  onLeak?: LeakHook;
  /**
   * Called with each error of a finalizer, callback or `onLeak`, because no caller can catch these. With "throw", the error
   * becomes an uncaught error, which ends Node. @default `console.error("Exception ignored in: …", error)`, like Python
   */
  onUnraisable?: UnraisableHook | "throw";
}

/** Options that an image does not contain. */
export interface RestoreOptions<Source = CoreSource> extends Pick<
  HeapOptions<Source>,
  "module" | "traceHandles" | "onLeak" | "onUnraisable" | "initialBytes"
> {
  /** Maximum size of linear memory, in bytes. @default the limit of the saved heap */
  maxBytes?: number;
  /**
   * Moves all objects to the lowest pages before they are placed, so that the heap takes as little memory as what is
   * alive, however large the saved heap once was. Addresses are others then. @default false
   */
  compact?: boolean;
}

/** Options of a restore that may wait for the bytes of the image. */
export interface AsyncRestoreOptions<Source = CoreSource> extends RestoreOptions<Source> {
  /** Ends the reading of the image: the promise is rejected with the signal's reason. */
  signal?: Signal;
}

/**
 * Growth, in bytes, that triggers a collection after few allocations. A program whose objects average less than 90 KiB
 * never reaches it, because its 701st allocation collects first.
 */
const DEFAULT_BYTE_THRESHOLD = 64 * 2 ** 20;

/** Options that both `create` and `restore` take. */
const COMMON_OPTIONS = {
  module: true,
  traceHandles: true,
  onLeak: true,
  onUnraisable: true,
  maxBytes: true,
  initialBytes: true,
} as const;
export const RESTORE_OPTIONS: Record<keyof RestoreOptions, true> = { ...COMMON_OPTIONS, compact: true };
export const ASYNC_RESTORE_OPTIONS: Record<keyof AsyncRestoreOptions, true> = { ...RESTORE_OPTIONS, signal: true };
export const HEAP_OPTIONS: Record<keyof HeapOptions, true> = {
  ...COMMON_OPTIONS,
  thresholds: true,
  byteThreshold: true,
  pauses: true,
  weakrefTiming: true,
  hashSeed: true,
};

/** Checks the options and creates a store. @throws {@link BadOptionError} */
export function makeStore(options: HeapOptions): Store {
  const maxBytes = options.maxBytes === undefined ? undefined : checkMaxBytes(options.maxBytes);
  if (options.initialBytes !== undefined) checkInitialBytes(options.initialBytes, maxBytes);
  if (options.thresholds !== undefined) checkThresholds(options.thresholds);
  if (options.byteThreshold !== undefined) checkByteThreshold(options.byteThreshold);
  if (options.weakrefTiming !== undefined) checkWeakrefTiming(options.weakrefTiming);
  if (options.pauses !== undefined) checkPauses(options.pauses);
  if (options.hashSeed !== undefined && !Number.isInteger(options.hashSeed))
    throw new BadOptionError(`hashSeed must be a whole number, not ${describe(options.hashSeed)}`);
  const { onUnraisable: given = reportIgnored } = options;
  const onUnraisable = given === "throw" ? reportUncaught : given;
  if (typeof onUnraisable !== "function")
    throw new BadOptionError(`onUnraisable must be a function or "throw", not ${describe(onUnraisable)}`);
  const { traceHandles, onLeak } = options;
  if (onLeak !== undefined && typeof onLeak !== "function")
    throw new BadOptionError(`onLeak must be a function, not ${describe(onLeak)}`);
  if (traceHandles !== undefined) checkFlag(traceHandles, "traceHandles");
  return new Store(onUnraisable, onLeak, traceHandles);
}

/** Applies the options to a new heap. */
export function applyOptions({ core }: Store, options: HeapOptions<unknown>): void {
  core.setHashSeed(options.hashSeed ?? Math.floor(Math.random() * 2 ** 32));
  if (options.thresholds !== undefined) core.setThresholds(...options.thresholds);
  core.setByteThreshold(options.byteThreshold ?? DEFAULT_BYTE_THRESHOLD);
  if (options.weakrefTiming === "3.12") core.setClearsAllWeakrefs(1);
  if (options.pauses === "bounded") core.setBounded(1);
}
