import { checkGeneration, checkThresholds } from "../state/options.js";
import type { Generation } from "../state/options.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";

/**
 * Operations on raw addresses: `heap.core`, for hot loops. They allocate nothing in JavaScript. The release core checks
 * nothing: the address of a freed object, a slot that does not exist, or one `decref` too many damages the heap. The
 * checked core rejects these.
 *
 * An outside reference is a reference held by JavaScript code. That code releases it with `decref`.
 *
 * @example
 * const object = heap.core.alloc(Person.id);
 * heap.core.decref(object);
 */
export interface RawHeap {
  /**
   * Allocates a zeroed object of a type (`StructType.id`). The caller owns one outside reference. May collect.
   *
   * @example
   * const object = heap.core.alloc(Person.id); // owned: one reference
   * heap.core.decref(object); // frees it
   *
   * @throws {@link OutOfMemoryError}
   */
  alloc(type: number): Address;
  /**
   * Adds an outside reference.
   *
   * @example
   * heap.core.incref(alice.address);
   * alice.refcount; // 3: the handle, bob's slot and this one
   * heap.core.decref(alice.address);
   *
   * @throws {@link OutOfMemoryError}, only for an object with more than 254 outside references.
   */
  incref(object: Address): void;
  /**
   * Releases an outside reference. The object is freed if it was the last reference.
   *
   * @example
   * const object = heap.core.alloc(Person.id);
   * heap.core.decref(object); // the last reference: the object is freed
   */
  decref(object: Address): void;
  /**
   * The number of references to the object.
   *
   * @example
   * heap.core.refcount(alice.address); // 2: the handle, and bob's slot
   */
  refcount(object: Address): number;
  /**
   * The address in a slot, or 0. It is borrowed: valid while the slot holds it.
   *
   * @example
   * const slot = Person.slotOf("buddy");
   * heap.core.getRef(bob.address, slot) === alice.address; // true: borrowed, no decref
   */
  getRef(object: Address, slot: number): Address;
  /**
   * Stores an address (0 for none) in a slot. The slot adds its own reference; the caller keeps its own.
   *
   * @example
   * const slot = Person.slotOf("buddy");
   * heap.core.setRef(alice.address, slot, bob.address); // a cycle
   * heap.core.setRef(alice.address, slot, 0); // broken again
   */
  setRef(object: Address, slot: number, value: Address): void;
  /**
   * As `heap.gc.collect`.
   *
   * @example
   * alice.buddy = bob;
   * bob.release();
   * alice.release(); // from here only the cycle keeps both
   * heap.core.collect(2); // 2
   *
   * @returns The number of objects found to be garbage.
   */
  collect(generation: Generation): number;
  /**
   * One of the three thresholds: see `heap.gc.setThreshold`.
   *
   * @example
   * heap.core.threshold(0); // 700
   */
  threshold(generation: Generation): number;
  /**
   * Sets all three thresholds: see `heap.gc.setThreshold`.
   *
   * @example
   * heap.core.setThresholds(10_000, 10, 10);
   * heap.core.threshold(0); // 10000
   *
   * @throws {@link BadOptionError}
   */
  setThresholds(t0: number, t1: number, t2: number): void;
  /**
   * One of the three counters: see `heap.gc.getCount`.
   *
   * @example
   * const allocated = heap.core.count(0); // since the last collection, less what was freed
   */
  count(generation: Generation): number;
}

export function makeRawHeap(store: Store): RawHeap {
  return {
    alloc(type) {
      const object = store.core.alloc(type);
      return object !== 0 ? object >>> 0 : store.require(() => store.core.alloc(type), "an object");
    },
    incref(object) {
      store.incref(object);
    },
    decref(object) {
      store.core.decref(object);
    },
    refcount: (object) => store.core.refcount(object) >>> 0,
    getRef: (object, slot) => store.core.getRef(object, slot) >>> 0,
    setRef(object, slot, value) {
      store.core.setRef(object, slot, value);
    },
    collect: (generation) => store.core.collect(checkGeneration(generation)) >>> 0,
    threshold: (generation) => store.core.threshold(checkGeneration(generation)),
    setThresholds(t0, t1, t2) {
      store.core.setThresholds(...checkThresholds([t0, t1, t2]));
    },
    count: (generation) => store.core.count(checkGeneration(generation)),
  };
}
