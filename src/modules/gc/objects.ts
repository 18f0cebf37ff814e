import { FLAG_FINALIZED, FLAG_TRACKED, INFO_OFFSET } from "../../../assembly/layout.js";
import { addressIn } from "../../handles/handle.js";
import type { AnyStruct } from "../../handles/field-types.js";
import type { Handle } from "../../handles/handle.js";
import type { ObjectOf } from "../../handles/struct-handle.js";
import { checkGeneration } from "../../state/options.js";
import type { Generation } from "../../state/options.js";
import type { Store } from "../../state/store.js";
import { handlesOfReferents, objectsOf, referrersOf } from "./listings.js";

/** Which objects the collector knows, and how they refer to one another. */
export abstract class GcObjects {
  readonly #store: Store;

  /** @internal */
  protected constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Moves all tracked objects to the permanent generation, like Python's `gc.freeze()`. Collections ignore these objects,
   * which therefore cost almost nothing. Such an object is still freed when its last reference is dropped.
   *
   * @example
   * heap.gc.collect();
   * heap.gc.freeze(); // after the program has built its long-lived objects
   */
  freeze(): void {
    this.#store.core.freeze();
  }
  /**
   * Moves all frozen objects into generation 2.
   *
   * @example
   * heap.gc.freeze();
   * heap.gc.unfreeze();
   * heap.gc.getFreezeCount(); // 0
   */
  unfreeze(): void {
    this.#store.core.unfreeze();
  }
  /**
   * The number of frozen objects. It walks the heap: O(objects).
   *
   * @example
   * heap.gc.freeze();
   * heap.gc.getFreezeCount(); // 2: alice and bob
   */
  getFreezeCount(): number {
    return this.#store.core.freezeCount() >>> 0;
  }

  /**
   * The number of tracked objects, in one generation or in all. Entries of weak maps count as objects.
   *
   * @example
   * heap.gc.getTrackedCount(); // 2: alice and bob
   * heap.gc.getTrackedCount(2); // 0: they are young
   *
   * @throws {@link BadOptionError} unless `generation` is 0, 1 or 2.
   */
  getTrackedCount(generation?: Generation): number {
    const { core } = this.#store;
    if (generation !== undefined) return core.trackedCount(checkGeneration(generation)) >>> 0;
    return core.trackedCount(0) + core.trackedCount(1) + core.trackedCount(2);
  }

  /**
   * Returns a new handle for each tracked object, generation by generation, in birth order within each. The caller
   * releases the handles; a scope does it for the caller. Entries of weak maps belong to the heap and are not listed.
   *
   * Given a struct, it returns the objects of this struct and of structs that extend it. Objects that have neither
   * reference fields nor a finalizer are not tracked, and so not listed.
   *
   * @example
   * const lists = heap.scope(() => heap.gc.getObjects().filter((object) => object.type === "list").length);
   */
  getObjects(generation?: Generation): Handle[];
  getObjects<S extends AnyStruct>(struct: S): ObjectOf<S>[];
  getObjects(which?: Generation | AnyStruct): Handle[] {
    return objectsOf(this.#store, which);
  }

  /**
   * Returns a new handle for each tracked object that refers to any of `objects`, generation by generation, in birth
   * order within each. The caller releases the handles. Frozen objects are not listed. A weak map counts as a referrer of
   * its values. The call takes one pass over the heap for any number of arguments.
   *
   * @example
   * heap.scope(() => heap.gc.getReferrers(alice).map(({ type }) => type)); // ["Person"]: bob
   */
  getReferrers(...objects: Handle[]): Handle[] {
    return referrersOf(this.#store, objects);
  }

  /**
   * Returns a new handle for each reference that `objects` hold. An object appears once for each reference to it. The
   * caller releases the handles. The order is Python's: lists and tuples from their end, dicts with each value before its
   * key. The keys of a dict are left out if all are strings.
   *
   * @example
   * heap.scope(() => heap.gc.getReferents(bob).map(({ type }) => type)); // [ "str", "Person" ]
   */
  getReferents(...objects: Handle[]): Handle[] {
    return handlesOfReferents(this.#store, objects);
  }

  /**
   * Whether collections visit the object. Objects that cannot be part of a cycle are not tracked.
   *
   * @example
   * heap.gc.isTracked(alice); // true
   * using name = heap.str("Alice");
   * heap.gc.isTracked(name); // false: a str refers to nothing
   */
  isTracked(object: Handle): boolean {
    return this.#hasFlag(object, FLAG_TRACKED);
  }
  /**
   * Whether the object's finalizer has run. It runs at most once.
   *
   * @example
   * heap.gc.isFinalized(alice); // false
   */
  isFinalized(object: Handle): boolean {
    return this.#hasFlag(object, FLAG_FINALIZED);
  }
  #hasFlag(object: Handle, flag: number): boolean {
    return (this.#store.memory.word(addressIn(this.#store, object) + INFO_OFFSET) & flag) !== 0;
  }
}
