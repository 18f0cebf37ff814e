import { EPHEMERON_VALUE_OFFSET, TYPE_NONE } from "../../../assembly/layout.js";
import { lentBy } from "../containers/container.js";
import { pairsOf } from "../containers/pairs.js";
import type { Handle } from "../handle.js";
import { borrowedValue, ownedValue, withRest } from "../values.js";
import type { Given, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { WeakTableHandle } from "./table.js";

/**
 * Handle of a map whose keys are objects that it does not keep alive: Python's `WeakKeyDictionary`. An entry goes when
 * its key dies. It is an ephemeron: a value that leads to its own key does not keep that alive, as it would in Python.
 * Keys are compared by identity.
 */
export class WeakKeyMapHandle<K extends Handle = Handle, V extends Value = Value> extends WeakTableHandle {
  /**
   * Value of a key; `undefined` if it is not there.
   *
   * @example
   * using notes = heap.weakref.keyMap([[alice, "likes tea"]]);
   * notes.get(alice); // "likes tea"
   * notes.get(bob); // undefined
   */
  get(key: Handle): V | undefined {
    const entry = this.entryOf(key);
    return entry === 0 ? undefined : this.#valueAt(entry);
  }

  /**
   * Whether the value of a key is None, as `get(key) === null`, without a handle for it; false if the key is not there.
   *
   * @example
   * using notes = heap.weakref.keyMap([[bob, null]]);
   * notes.isNull(bob); // true
   */
  isNull(key: Handle): boolean {
    const { store } = this;
    const entry = this.entryOf(key);
    return entry !== 0 && store.typeIdAt(store.memory.word(entry + EPHEMERON_VALUE_OFFSET)) === TYPE_NONE;
  }

  /**
   * Sets the value of a key.
   *
   * @example
   * using notes = heap.weakref.keyMap();
   * notes.set(bob, "away");
   * bob.release(); // frees Bob, and so the entry
   * notes.size; // 0
   *
   * @throws {@link BadValueError} for a key that cannot be referred to weakly; {@link OutOfMemoryError}
   */
  set(key: K, value: Given<V>): this {
    const item = ownedValue(this.store, value);
    try {
      this.setEntry(key, item);
    } finally {
      this.store.core.decref(item);
    }
    return this;
  }

  /**
   * Value of a key, which is set to `value` first if it is not there: Python's `setdefault`.
   *
   * @example
   * using visits = heap.weakref.keyMap<Handle, number>([[alice, 3]]);
   * visits.setDefault(alice, 0); // 3
   * visits.setDefault(bob, 0); // 0: set now
   *
   * @throws as `set`
   */
  setDefault(key: K, value: Given<V>): V {
    const found = this.get(key);
    if (found !== undefined) return found;
    const { store } = this;
    const item = ownedValue(store, value);
    try {
      this.setEntry(key, item, true);
      const set = this.get(key);
      // What sets it may run code of the program that deletes it again.
      return set === undefined ? (borrowedValue(store, item) as V) : set;
    } finally {
      store.core.decref(item);
    }
  }

  /**
   * Removes a key and returns its value; `undefined`, or what else is given, if it is not there.
   *
   * @example
   * using visits = heap.weakref.keyMap([[alice, 3]]);
   * visits.pop(alice); // 3
   * visits.pop(alice, 0); // 0
   */
  pop(key: Handle): V | undefined;
  pop<T>(key: Handle, missing: T): V | T;
  pop(key: Handle, missing?: unknown): unknown {
    const value = this.get(key);
    if (value === undefined) return missing;
    withRest(value, () => this.delete(key));
    return value;
  }

  /**
   * Removes the newest entry and returns it: Python's `popitem`.
   *
   * @example
   * using visits = heap.weakref.keyMap([[alice, 3]]);
   * const [key, count] = visits.popItem();
   * count; // 3
   * key.release();
   *
   * @throws {@link BadIndexError} if there is none.
   */
  popItem(): [key: K, value: V] {
    const key = this.newestKey<K>();
    return withRest(key, () => [key, this.pop(key) as V]);
  }

  /**
   * Sets many: the entries of another weak map, a `Map`, or pairs.
   *
   * @example
   * using visits = heap.weakref.keyMap();
   * visits.update([[alice, 3], [bob, 1]]);
   * visits.size; // 2
   *
   * @throws {@link BadValueError} for what is none of these, and as `set`; what has been set stays.
   */
  update(entries: Iterable<readonly [K, Given<V>]>): void {
    if ((entries as unknown) === this) return;
    for (const [key, value] of pairsOf<K, Given<V>>(this.store, entries)) this.set(key, value);
  }

  /**
   * A new handle for each key, the oldest entry first. Keys may die meanwhile, but for the one that the loop is at.
   *
   * @example
   * using visits = heap.weakref.keyMap([[alice, 3], [bob, 1]]);
   * for (const person of lending(visits.keys())) console.log(person.title); // prints: Alice, Bob
   *
   * @throws {@link ContainerChangedError} if an entry was added or removed meanwhile.
   */
  keys(): Generator<K, void> {
    return this.each((entry) => this.keyAt<K>(entry));
  }
  /**
   * The values, as `keys`.
   *
   * @example
   * using visits = heap.weakref.keyMap([[alice, 3], [bob, 1]]);
   * [...visits.values()]; // [3, 1]
   */
  values(): Generator<V, void> {
    return this.each((entry) => this.#valueAt(entry));
  }
  /**
   * The entries, as `keys`.
   *
   * @example
   * using visits = heap.weakref.keyMap([[alice, 3]]);
   * for (const [person, count] of lending(visits.entries())) console.log(person.title, count); // prints: Alice 3
   */
  entries(): Generator<[key: K, value: V], void> {
    return this.each((entry): [K, V] => {
      const key = this.keyAt<K>(entry);
      return withRest(key, () => [key, this.#valueAt(entry)]);
    });
  }
  /** The entries, as `entries()`: for `for … of`. */
  [Symbol.iterator](): Generator<[key: K, value: V], void> {
    return this.entries();
  }

  #valueAt(entry: Address): V {
    return borrowedValue(this.store, this.store.memory.word(entry + EPHEMERON_VALUE_OFFSET)) as V;
  }
}

/** Handle of a set of objects that it does not keep alive: Python's `WeakSet`, but that objects are compared by identity. */
export class WeakSetHandle<T extends Handle = Handle> extends WeakTableHandle {
  /**
   * Adds an object.
   *
   * @example
   * using seen = heap.weakref.set();
   * seen.add(alice).add(bob);
   * bob.release(); // frees Bob, and so the entry
   * seen.size; // 1
   *
   * @throws {@link BadValueError} if it cannot be referred to weakly; {@link OutOfMemoryError}
   */
  add(object: T): this {
    this.setEntry(object, this.store.core.none() >>> 0);
    return this;
  }

  /**
   * Adds many: the objects of a list, tuple, set or weak set of the heap, or of anything that can be iterated over.
   *
   * @example
   * using seen = heap.weakref.set();
   * seen.update([alice, bob]);
   * seen.size; // 2
   */
  update(objects: Iterable<T>): void {
    if ((objects as unknown) === this) return;
    for (const object of lentBy(objects)) this.add(object);
  }

  /**
   * Removes the object that was added last and returns it.
   *
   * @example
   * using seen = heap.weakref.set([alice, bob]);
   * using last = seen.pop();
   * last.title; // "Bob"
   *
   * @throws {@link BadIndexError} if there is none.
   */
  pop(): T {
    const object = this.newestKey<T>();
    withRest(object, () => this.delete(object));
    return object;
  }

  /**
   * A new handle for each object, the oldest first. Objects may die meanwhile, but for the one that the loop is at.
   *
   * @example
   * using seen = heap.weakref.set([alice, bob]);
   * for (const person of lending(seen.values())) console.log(person.title); // prints: Alice, Bob
   *
   * @throws {@link ContainerChangedError} if one was added or removed meanwhile.
   */
  values(): Generator<T, void> {
    return this.each((entry) => this.keyAt<T>(entry));
  }
  /** The objects, as `values()`: for `for … of`. */
  [Symbol.iterator](): Generator<T, void> {
    return this.values();
  }
}
