import { lend } from "../../handles/adopt.js";
import {
  DEBUG_COLLECTABLE,
  DEBUG_SAVEALL,
  DEBUG_STATS,
  DEBUG_UNCOLLECTABLE,
  FLAG_FINALIZED,
  FLAG_TRACKED,
  INFO_OFFSET,
} from "../../../assembly/layout.js";
import type { ListHandle } from "../../handles/containers/list.js";
import { outside } from "../../base/entered.js";
import { BadOptionError, BadValueError, HeapBusyError, describe } from "../../base/errors.js";
import { uncloneable } from "../../base/uncloneable.js";
import { addressIn } from "../../handles/handle.js";
import type { AnyStruct } from "../../handles/field-types.js";
import type { Handle } from "../../handles/handle.js";
import type { ObjectOf } from "../../handles/struct-handle.js";
import { checkByteThreshold, checkGeneration, checkPauses, checkThresholds, checkUnits } from "../../state/options.js";
import type { Generation, Pauses } from "../../state/options.js";
import { checkAtOnce } from "../../state/unraisable.js";
import type { Store } from "../../state/store.js";
import type { CollectionLog, CollectionRecord, GcCallback } from "./collections.js";
import { handlesOfReferents, objectsOf, referrersOf } from "./listings.js";
import { GcPause } from "./pause.js";
import { referentsOf } from "../../object/referents.js";

/** Units of a step without an argument. */
const DEFAULT_STEP = 20_000;

/** What the collections of one generation have done since the heap was created. */
export interface GenerationStats {
  /** How many had this as their oldest generation. */
  collections: number;
  /** Objects they found to be garbage. */
  collected: number;
  /** Always 0: there are no objects that cannot be collected. */
  uncollectable: number;
}

/** Python's `gc` module: `heap.gc`. */
export class Gc {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("heap.gc");
  /** Write a summary of each collection. */
  readonly DEBUG_STATS = DEBUG_STATS;
  /** Write a line for each object found to be garbage. */
  readonly DEBUG_COLLECTABLE = DEBUG_COLLECTABLE;
  /** At `dispose`, list what is left in `garbage`. */
  readonly DEBUG_UNCOLLECTABLE = DEBUG_UNCOLLECTABLE;
  /** Put garbage into `garbage` instead of clearing it. */
  readonly DEBUG_SAVEALL = DEBUG_SAVEALL;
  /** What helps to find leaks: collectable, uncollectable and save all. */
  readonly DEBUG_LEAK = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL;

  readonly #store: Store;
  readonly #log: CollectionLog;
  #garbage: ListHandle | undefined;

  /** @internal */
  constructor(store: Store, log: CollectionLog) {
    this.#store = store;
    this.#log = log;
  }

  /**
   * Collects a generation and all younger ones, by default all. Works also when automatic collection is disabled. Inside
   * a finalizer or callback of a collection it does nothing, and returns 0.
   *
   * @returns How many objects were found to be garbage and not resurrected.
   */
  collect(generation: Generation = 2): number {
    return this.#store.core.collect(checkGeneration(generation)) >>> 0;
  }

  /** Automatic collection on, as it is from the start. */
  enable(): void {
    this.#store.core.setEnabled(1);
  }
  /** Automatic collection off. `collect()` still works. */
  disable(): void {
    this.#store.core.setEnabled(0);
  }
  isEnabled(): boolean {
    return this.#store.core.isEnabled();
  }

  /**
   * No automatic collection until the pause is released, or while a function runs. Pauses nest, and leave
   * `isEnabled()` as it is, so they are safe where code that is called disables and enables, too.
   *
   * ```ts
   * using pause = heap.gc.pause();          // TypeScript, or Node >= 24
   * heap.gc.pause(() => buildALargeGraph());
   * ```
   *
   * @throws {@link BadValueError} if the function is async: the pause ends when it returns.
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
   * With "bounded", automatic pauses do not grow with the heap. Instead of a full collection a cycle begins: each young
   * collection from then on, and each `step`, does a part of its work. A large structure that is dropped is freed in
   * parts, too: an object that waits for it has no references, and weak references to it are null. `collect()` stays
   * exact, and frees all that waits.
   *
   * It may be changed at any time, but not from inside a collection; "unbounded" first ends what is under way.
   *
   * @throws {@link BadOptionError}; {@link HeapBusyError} while a collection runs, from its finalizers and callbacks.
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
   * With bounded pauses: does about so many units of the work that waits, and begins a cycle if the heap has grown
   * enough. Call it when the program is idle:
   *
   * ```ts
   * requestIdleCallback(function idle(deadline) {
   *   while (deadline.timeRemaining() > 1 && heap.gc.step());
   *   requestIdleCallback(idle);
   * });
   * ```
   *
   * @param units One unit is about one block or slot visited. `npm run bench:shapes -- --bounded` prints what steps take.
   * @returns Whether there is more to do.
   * @throws {@link BadOptionError} unless `units` is a whole number from 1 to 2^31 − 1.
   */
  step(units = DEFAULT_STEP): boolean {
    return this.#store.core.step(checkUnits(units)) !== 0;
  }

  /** Whether a pause holds automatic collection up. */
  get isPaused(): boolean {
    return this.#store.core.pauses() !== 0;
  }

  getThreshold(): [number, number, number] {
    const { core } = this.#store;
    return [core.threshold(0), core.threshold(1), core.threshold(2)];
  }

  /**
   * Sets the first, the first two or all three thresholds; the others stay. A first threshold of 0
   * turns automatic collection off. All or nothing.
   *
   * @throws {@link BadOptionError} unless all are whole numbers of 32 bits.
   */
  setThreshold(threshold0: number, threshold1?: number, threshold2?: number): void {
    const { core } = this.#store;
    const [, now1, now2] = this.getThreshold();
    const [t0, t1, t2] = checkThresholds([threshold0, threshold1 ?? now1, threshold2 ?? now2]);
    core.setThresholds(t0, t1, t2);
  }

  /**
   * Also collects when the bytes in use, counted in pages of 64 KiB, have grown by so many since the last collection:
   * 64 MiB unless set, 0 for never. The collection is a full one if the heap has grown by that and by a quarter since the
   * last full one, or if the thresholds ask for one. Otherwise it collects generation 0, and 1 if its threshold says so.
   *
   * @throws {@link BadOptionError} unless it is a whole number of 32 bits.
   */
  setByteThreshold(bytes: number): void {
    this.#store.core.setByteThreshold(checkByteThreshold(bytes));
  }
  getByteThreshold(): number {
    return this.#store.core.byteThreshold() >>> 0;
  }

  /** Births less deaths since the last collection, then runs of generation 0 and of 1 since the next older one ran. */
  getCount(): [number, number, number] {
    const { core } = this.#store;
    return [core.count(0), core.count(1), core.count(2)];
  }

  /** For each generation, what its collections did. */
  getStats(): [GenerationStats, GenerationStats, GenerationStats] {
    const { core } = this.#store;
    const of = (generation: Generation): GenerationStats => ({
      collections: core.collections(generation) >>> 0,
      collected: core.collected(generation) >>> 0,
      uncollectable: 0,
    });
    return [of(0), of(1), of(2)];
  }

  /** The latest 64 collections, the oldest first. */
  get records(): readonly CollectionRecord[] {
    return this.#log.records.map((record) => ({ ...record }));
  }

  /**
   * Functions that are called, in this order, when a collection starts and when it has ended. The list may be changed at
   * any time. What they throw goes to `onUnraisable`. Anything but a function, and an async function, is refused with
   * a {@link BadValueError}.
   */
  get callbacks(): GcCallback[] {
    return this.#log.checkedCallbacks;
  }

  /** What collections write, and whether they save garbage: a sum of `DEBUG_*`. @throws {@link BadOptionError} */
  setDebug(flags: number): void {
    if (!Number.isInteger(flags) || flags !== (flags | 0))
      throw new BadOptionError(`debug flags are a whole number, not ${describe(flags)}`);
    const { core } = this.#store;
    // What is saved is reported at the end, also if saving is over by then.
    if ((flags & DEBUG_SAVEALL) !== 0) this.#openGarbage();
    core.setDebug(flags);
  }
  getDebug(): number {
    return this.#store.core.debug();
  }

  /** Gets what `setDebug` asks for, line by line. @default console.error */
  get debugSink(): (line: string) => void {
    return this.#log.sink;
  }
  set debugSink(sink: (line: string) => void) {
    if (typeof sink !== "function") throw new BadValueError(`a sink is a function, not ${describe(sink)}`);
    this.#store.mustLive();
    this.#log.sink = sink;
  }

  /** The list of what DEBUG_SAVEALL saved, always the same. The handle is lent: it need not be released. */
  get garbage(): ListHandle {
    return this.#openGarbage();
  }

  #openGarbage(): ListHandle {
    const store = this.#store;
    if (this.#garbage === undefined || this.#garbage.released) {
      const address = store.require(() => store.core.garbage(), "the list of garbage");
      this.#garbage = lend<ListHandle>(store, address);
    }
    return this.#garbage;
  }

  /** Writes a report of what is still in the list of garbage. @internal */
  reportGarbage(): void {
    if (this.#garbage === undefined) return;
    this.#log.reportGarbage(referentsOf(this.#store, this.garbage.address).reverse());
  }

  /**
   * Takes all objects that are tracked now out of collections, as Python's `gc.freeze()`. Collections ignore them, and
   * cost almost nothing for them. They are still freed when their last reference is dropped.
   */
  freeze(): void {
    this.#store.core.freeze();
  }
  /** Moves all frozen objects into generation 2. */
  unfreeze(): void {
    this.#store.core.unfreeze();
  }
  /** How many objects are frozen. Walks the heap. */
  getFreezeCount(): number {
    return this.#store.core.freezeCount() >>> 0;
  }

  /** How many objects are tracked, in one generation or in all; entries of weak maps included. */
  getTrackedCount(generation?: Generation): number {
    const { core } = this.#store;
    if (generation !== undefined) return core.trackedCount(checkGeneration(generation)) >>> 0;
    return core.trackedCount(0) + core.trackedCount(1) + core.trackedCount(2);
  }

  /**
   * A new handle for each tracked object, generation by generation, each in birth order. (Not for the entries of weak
   * maps, which are the heap's own objects.) Each handle keeps its object alive; a scope releases them:
   *
   * ```ts
   * const lists = heap.scope(() => heap.gc.getObjects().filter((object) => object.type === "list").length);
   * ```
   *
   * With a struct instead of a generation: its objects, and those of structs that extend it. (Objects without references
   * and finalizers are not tracked.)
   */
  getObjects(generation?: Generation): Handle[];
  getObjects<S extends AnyStruct>(struct: S): ObjectOf<S>[];
  getObjects(which?: Generation | AnyStruct): Handle[] {
    return objectsOf(this.#store, which);
  }

  /**
   * A new handle for each tracked object that refers to any of these, generation by generation, each in birth order;
   * not for frozen ones. A weak map refers to its values. One pass over the heap, however many are asked for.
   */
  getReferrers(...objects: Handle[]): Handle[] {
    return referrersOf(this.#store, objects);
  }

  /**
   * A new handle for each reference that these hold: of lists and tuples from their end, of dicts each value before its
   * key, and no keys if all are strings, as in Python. An object appears once for each reference to it.
   */
  getReferents(...objects: Handle[]): Handle[] {
    return handlesOfReferents(this.#store, objects);
  }

  isTracked(object: Handle): boolean {
    return this.#hasFlag(object, FLAG_TRACKED);
  }
  isFinalized(object: Handle): boolean {
    return this.#hasFlag(object, FLAG_FINALIZED);
  }
  #hasFlag(object: Handle, flag: number): boolean {
    return (this.#store.memory.word(addressIn(this.#store, object) + INFO_OFFSET) & flag) !== 0;
  }
}
