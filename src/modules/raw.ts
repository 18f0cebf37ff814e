import { checkGeneration, checkThresholds } from "../state/options.js";
import type { Generation } from "../state/options.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";

/**
 * The heap on raw addresses: `heap.core`, for hot loops. Nothing is allocated in JavaScript and, in the
 * release build, nothing is checked: an address that is not a live object's, a slot that does not
 * exist or a `decref` too many damages the heap. (The checked build refuses them.)
 *
 * An "outside reference" is one that this side holds, and gives back with `decref`.
 */
export interface RawHeap {
  /** A zeroed object of a type (`StructType.id`), with one outside reference. May collect. @throws {@link OutOfMemoryError} */
  alloc(type: number): Address;
  /** Adds an outside reference. @throws {@link OutOfMemoryError} only past 254 of them. */
  incref(object: Address): void;
  /** Takes one away. The object dies if it was the last reference. */
  decref(object: Address): void;
  refcount(object: Address): number;
  /** What a slot refers to, or 0. Borrowed: good as long as the slot holds it. */
  getRef(object: Address, slot: number): Address;
  /** Puts a reference (0 = none) into a slot, which counts it itself. */
  setRef(object: Address, slot: number, value: Address): void;
  /** How many objects were found to be garbage. */
  collect(generation: Generation): number;
  threshold(generation: Generation): number;
  setThresholds(t0: number, t1: number, t2: number): void;
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
