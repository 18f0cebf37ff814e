import { lend } from "../../handles/adopt.js";
import { DEBUG_COLLECTABLE, DEBUG_SAVEALL, DEBUG_STATS, DEBUG_UNCOLLECTABLE } from "../../../assembly/layout.js";
import type { ListHandle } from "../../handles/containers/list.js";
import { outside } from "../../base/entered.js";
import { BadOptionError, BadValueError, HeapBusyError, describe } from "../../base/errors.js";
import { moveLent } from "../../handles/handle.js";
import { uncloneable } from "../../base/uncloneable.js";
import { checkByteThreshold, checkGeneration, checkPauses, checkThresholds, checkUnits } from "../../state/options.js";
import type { Generation, Pauses } from "../../state/options.js";
import { checkAtOnce } from "../../state/unraisable.js";
import type { Store } from "../../state/store.js";
import type { CollectionLog, CollectionRecord, GcCallback } from "./collections.js";
import { GcObjects } from "./objects.js";
import { GcPause } from "./pause.js";
import { referentsOf } from "../../object/referents.js";

/** Units of a step without an argument. */
const DEFAULT_STEP = 20_000;

/** Totals for the collections of one generation since the heap was created. */
export interface GenerationStats {
  /** Number of collections whose oldest generation was this one. */
  collections: number;
  /** Number of objects these collections found to be garbage. */
  collected: number;
  /** Always 0: every object can be collected. The field exists in Python. */
  uncollectable: number;
}

/** Python's `gc` module: `heap.gc`. */
export class Gc extends GcObjects {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("heap.gc");
  /** Write a summary of each collection. */
  readonly DEBUG_STATS = DEBUG_STATS;
  /** Write a line for each object found to be garbage. */
  readonly DEBUG_COLLECTABLE = DEBUG_COLLECTABLE;
  /** At `dispose()`, list the objects left in `garbage`. */
  readonly DEBUG_UNCOLLECTABLE = DEBUG_UNCOLLECTABLE;
  /** Append garbage to `garbage` instead of freeing it. */
  readonly DEBUG_SAVEALL = DEBUG_SAVEALL;
  /** The flags for finding leaks: `DEBUG_COLLECTABLE`, `DEBUG_UNCOLLECTABLE` and `DEBUG_SAVEALL`. */
  readonly DEBUG_LEAK = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL;

  readonly #store: Store;
  readonly #log: CollectionLog;
  #garbage: ListHandle | undefined;

  /** @internal */
  constructor(store: Store, log: CollectionLog) {
    super(store);
    this.#store = store;
    this.#log = log;
  }

  /**
   * Collects a generation and all younger ones. The default is all generations. It works while automatic collection is
   * disabled. Inside a finalizer or callback of a collection it does nothing and returns 0.
   *
   * @example
   * const list = heap.list([]);
   * list.append(list); // a cycle
   * list.release();
   * heap.gc.collect(); // 1
   *
   * @returns The number of objects found to be garbage and not resurrected.
   * @throws {@link BadOptionError} unless `generation` is 0, 1 or 2.
   */
  collect(generation: Generation = 2): number {
    return this.#store.core.collect(checkGeneration(generation)) >>> 0;
  }

  /**
   * Turns automatic collection on. It is on in a new heap.
   *
   * @example
   * heap.gc.disable();
   * heap.gc.enable();
   * heap.gc.isEnabled(); // true
   */
  enable(): void {
    this.#store.core.setEnabled(1);
  }
  /**
   * Turns automatic collection off. `collect()` still works. To turn it off for a while, use `pause()`.
   *
   * @example
   * heap.gc.disable();
   * heap.gc.isEnabled(); // false
   */
  disable(): void {
    this.#store.core.setEnabled(0);
  }
  /**
   * Whether automatic collection is on. A pause does not change the answer: see `isPaused`.
   *
   * @example
   * heap.gc.isEnabled(); // true
   */
  isEnabled(): boolean {
    return this.#store.core.isEnabled();
  }

  /**
   * Stops automatic collection until the returned pause is released, or until `run` returns. The caller releases the
   * pause. Pauses nest. A pause does not change `isEnabled()`, so the called code may use `enable()` and `disable()`.
   *
   * @example
   * using pause = heap.gc.pause(); // until the end of the block
   * heap.gc.pause(() => heap.list([1, 2]).release()); // until the function returns
   * heap.gc.isPaused; // true: the first one is not released yet
   *
   * @throws {@link BadValueError} if the function is async, because the pause ends when the function returns.
   */
  pause(): GcPause;
  pause<T>(run: () => T): T;
  pause<T>(run?: () => T): GcPause | T {
    if (run !== undefined && typeof run !== "function")
      throw new BadValueError(`expected a function to run, got ${describe(run)}`);
    checkAtOnce(run, "pause");
    this.#store.askForRoom();
    const pause = new GcPause(this.#store);
    if (run === undefined) return pause;
    try {
      return this.#store.mustBeOver(outside(run), { where: "pause" });
    } finally {
      pause.release();
    }
  }

  /**
   * Whether the length of automatic collections depends on the size of the heap. With "bounded" it does not: a cycle
   * replaces the full collection. Each later young collection and each `step()` does a part of the cycle. A large
   * structure is freed in parts as well. Its objects have no references while they wait, and weak references to them
   * are null. `collect()` is always complete, and frees the waiting objects.
   *
   * The mode may change at any time outside a collection. Setting "unbounded" first finishes the current cycle.
   *
   * @throws {@link BadOptionError} for any other value; {@link HeapBusyError} inside a finalizer or callback of a
   *   collection.
   */
  get pauses(): Pauses {
    return this.#store.core.isBounded() ? "bounded" : "unbounded";
  }
  set pauses(pauses: Pauses) {
    if (checkPauses(pauses) === this.pauses) return;
    if (this.#store.core.setBounded(pauses === "bounded" ? 1 : 0) === 0)
      throw new HeapBusyError("gc.pauses cannot be changed while a collection runs");
  }

  /**
   * Does about `units` units of waiting work, with bounded pauses. It starts a cycle if the heap has grown enough. Call
   * it when the program is idle.
   *
   * @example
   * requestIdleCallback(function idle(deadline) {
   *   while (deadline.timeRemaining() > 1 && heap.gc.step());
   *   requestIdleCallback(idle);
   * });
   *
   * @param units One unit is about one block or slot visited. `npm run bench:shapes -- --bounded` prints the time of steps.
   * When no work is left and less than a quarter of the memory is free, the WebAssembly memory grows ahead of need: then
   * no allocation has to wait for the engine.
   *
   * @returns Whether more work waits.
   * @throws {@link BadOptionError} unless `units` is a whole number from 1 to 2^31 − 1.
   */
  step(units = DEFAULT_STEP): boolean {
    return this.#store.core.step(checkUnits(units)) !== 0;
  }

  /** Whether at least one pause stops automatic collection. */
  get isPaused(): boolean {
    return this.#store.core.pauses() !== 0;
  }

  /**
   * The three thresholds: see `setThreshold`.
   *
   * @example
   * heap.gc.getThreshold(); // [700, 10, 10]
   */
  getThreshold(): [number, number, number] {
    const { core } = this.#store;
    return [core.threshold(0), core.threshold(1), core.threshold(2)];
  }

  /**
   * Sets one, two or all three thresholds. An omitted threshold keeps its value. Generation 0 is collected when
   * allocations exceed deallocations by `threshold0`; 0 turns automatic collection off. `threshold1` and `threshold2`
   * count collections of the next younger generation.
   *
   * @example
   * heap.gc.setThreshold(10_000); // fewer collections; the other two thresholds stay
   *
   * @throws {@link BadOptionError} unless all are whole numbers of 32 bits. No threshold changes then.
   */
  setThreshold(threshold0: number, threshold1?: number, threshold2?: number): void {
    const { core } = this.#store;
    const [, now1, now2] = this.getThreshold();
    const [t0, t1, t2] = checkThresholds([threshold0, threshold1 ?? now1, threshold2 ?? now2]);
    core.setThresholds(t0, t1, t2);
  }

  /**
   * Sets a second trigger for collections: growth of the memory in use since the last collection. Memory is counted in
   * pages of 64 KiB. The default is 64 MiB; 0 turns the trigger off. The collection is full if the heap has grown by
   * `bytes` and by a quarter since the last full collection, or if the thresholds ask for a full one. Otherwise it
   * collects generation 0, and generation 1 if its threshold is reached.
   *
   * @example
   * heap.gc.setByteThreshold(16 * 2 ** 20);
   *
   * @throws {@link BadOptionError} unless `bytes` is a whole number of 32 bits.
   */
  setByteThreshold(bytes: number): void {
    this.#store.core.setByteThreshold(checkByteThreshold(bytes));
  }
  /**
   * The growth, in bytes, that triggers a collection; 0 means never.
   *
   * @example
   * heap.gc.getByteThreshold(); // 67108864: 64 MiB
   */
  getByteThreshold(): number {
    return this.#store.core.byteThreshold() >>> 0;
  }

  /**
   * The counters that the thresholds limit. The first is allocations minus deallocations since the last collection. The
   * second and third count collections of generation 0 and 1 since the next older generation was collected.
   *
   * @example
   * heap.gc.collect();
   * heap.gc.getCount(); // [0, 0, 0]
   */
  getCount(): [number, number, number] {
    const { core } = this.#store;
    return [core.count(0), core.count(1), core.count(2)];
  }

  /**
   * The totals of each generation's collections since the heap was created.
   *
   * @example
   * heap.gc.collect();
   * heap.gc.getStats()[2]; // { collections: 1, collected: 0, uncollectable: 0 }
   */
  getStats(): [GenerationStats, GenerationStats, GenerationStats] {
    const { core } = this.#store;
    const of = (generation: Generation): GenerationStats => ({
      collections: core.collections(generation) >>> 0,
      collected: core.collected(generation) >>> 0,
      uncollectable: 0,
    });
    return [of(0), of(1), of(2)];
  }

  /** Copies of the records of the latest 64 collections, oldest first. */
  get records(): readonly CollectionRecord[] {
    return this.#log.records.map((record) => ({ ...record }));
  }

  /**
   * The functions to call, in this order, when a collection starts and when it has ended. The list may change at any
   * time. `onUnraisable` receives the errors they throw.
   *
   * @example
   * heap.gc.callbacks.push((phase, info) => {
   *   if (phase === "stop") console.log(info.generation, info.collected);
   * });
   *
   * @throws {@link BadValueError} on storing an async function or anything that is not a function.
   */
  get callbacks(): GcCallback[] {
    return this.#log.checkedCallbacks;
  }

  /**
   * Sets what collections write, and whether they keep garbage. `flags` is a sum of `DEBUG_*`; 0 turns all off.
   *
   * @example
   * heap.gc.setDebug(heap.gc.DEBUG_STATS);
   *
   * @throws {@link BadOptionError} unless `flags` is a whole number of 32 bits.
   */
  setDebug(flags: number): void {
    if (!Number.isInteger(flags) || flags !== (flags | 0))
      throw new BadOptionError(`debug flags are a 32-bit whole number, a sum of gc.DEBUG_*, not ${describe(flags)}`);
    const { core } = this.#store;
    // dispose() reports saved garbage even if DEBUG_SAVEALL is off by then.
    if ((flags & DEBUG_SAVEALL) !== 0) this.#openGarbage();
    core.setDebug(flags);
  }
  /**
   * The debug flags: a sum of `DEBUG_*`.
   *
   * @example
   * heap.gc.getDebug(); // 0
   */
  getDebug(): number {
    return this.#store.core.debug();
  }

  /** The function that receives the output of `setDebug`, one line per call. @default console.error */
  get debugSink(): (line: string) => void {
    return this.#log.sink;
  }
  set debugSink(sink: (line: string) => void) {
    if (typeof sink !== "function") throw new BadValueError(`gc.debugSink must be a function, not ${describe(sink)}`);
    this.#store.mustLive();
    this.#log.sink = sink;
  }

  /** The list of objects kept by DEBUG_SAVEALL. It is always the same list. The heap owns the handle: do not release it. */
  get garbage(): ListHandle {
    return this.#openGarbage();
  }

  #openGarbage(): ListHandle {
    const store = this.#store;
    if (this.#garbage === undefined || this.#garbage.released) {
      const address = store.require(() => store.core.garbage(), "the list of garbage");
      const garbage = lend<ListHandle>(store, address);
      this.#garbage = garbage;
      store.onMove.push((to) => {
        moveLent(garbage, to);
      });
    }
    return this.#garbage;
  }

  /** Reports the objects still in the garbage list. @internal */
  reportGarbage(): void {
    if (this.#garbage === undefined) return;
    this.#log.reportGarbage(referentsOf(this.#store, this.garbage.address).reverse());
  }
}
