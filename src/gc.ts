import { FLAG_FINALIZED, FLAG_TRACKED, INFO_OFFSET, NEXT_OFFSET, PREV_OFFSET } from "../assembly/layout.js";
import { addressIn } from "./handle.js";
import type { Handle } from "./handle.js";
import { checkGeneration, checkThresholds } from "./options.js";
import type { Generation } from "./options.js";
import type { Store } from "./store.js";
import type { Address } from "./wasm/exports.js";

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
export class GcFace {
  readonly #store: Store;
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Collects a generation and all younger ones, by default everything. Also when disabled; from inside
   * a finalizer or callback of a collection it does nothing.
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
    return this.#store.core.isEnabled() !== 0;
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

  /** How many objects the collector looks after, in one generation or in all. */
  getTrackedCount(generation?: Generation): number {
    const { core } = this.#store;
    if (generation !== undefined) return core.trackedCount(checkGeneration(generation)) >>> 0;
    return core.trackedCount(0) + core.trackedCount(1) + core.trackedCount(2);
  }

  /** A new handle for each object that the collector looks after, generation by generation, each in birth order. */
  getObjects(generation?: Generation): Handle[] {
    const generations = generation === undefined ? ([0, 1, 2] as const) : [checkGeneration(generation)];
    const addresses = generations.flatMap((one) => this.#tracked(one));
    return addresses.map((address) => this.#store.share(address));
  }

  #tracked(generation: Generation): Address[] {
    const { core, memory } = this.#store;
    const found: Address[] = [];
    const after = (object: Address): Address => core.trackedAfter(generation, object) >>> 0;
    for (let object = after(0); object !== 0; object = after(object)) found.push(object);
    if (generation < 2) return found;
    const birth = (object: Address): number =>
      memory.word(object + PREV_OFFSET) * 2 ** 32 + memory.word(object + NEXT_OFFSET);
    return found.sort((a, b) => birth(a) - birth(b));
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
