import { share } from "../adopt.js";
import {
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  RESULT_ADDED,
  RESULT_FOUND,
  WEAKMAP_SIZE_OFFSET,
} from "../../../assembly/layout.js";
import { BadIndexError, ContainerChangedError } from "../../base/errors.js";
import { lentBy } from "../containers/container.js";
import { pairsOf } from "../containers/pairs.js";
import { Handle, addressIn } from "../handle.js";
import { borrowedValue, ownedValue, withRest } from "../values.js";
import type { Given, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { entryNewerThan } from "./entries.js";
import { weakrefableIn } from "./weakref.js";

/** What weak maps and weak sets have in common: entries that go with their keys. */
abstract class WeakTableHandle extends Handle {
  /** How many keys there are. */
  get size(): number {
    return this.store.memory.word(this.address + WEAKMAP_SIZE_OFFSET);
  }

  /**
   * Whether the object is there; never for what cannot be referred to weakly.
   *
   * @example
   * using seen = heap.weakref.set([alice]);
   * seen.has(alice); // true
   */
  has(key: Handle): boolean {
    return this.entryOf(key) !== 0;
  }

  /**
   * Removes an object.
   *
   * @example
   * using seen = heap.weakref.set([alice]);
   * seen.delete(alice); // true
   *
   * @returns Whether it was there.
   */
  delete(key: Handle): boolean {
    if (this.entryOf(key) === 0) return false;
    this.#countChange();
    return this.store.core.weakMapDelete(this.address, key.address) === RESULT_FOUND;
  }

  /**
   * Removes all.
   *
   * @example
   * using seen = heap.weakref.set([alice, bob]);
   * seen.clear();
   * seen.size; // 0
   */
  clear(): void {
    this.#countChange();
    this.store.core.weakMapClear(this.address);
  }

  protected entryOf(key: Handle): Address {
    return this.store.core.weakMapFind(this.address, addressIn(this.store, key)) >>> 0;
  }

  /** With `keeps`, an entry that is there stays as it is. To make room may run code of the program that sets one. */
  protected setEntry(key: Handle, value: Address, keeps = false): void {
    const { store } = this;
    weakrefableIn(store, key);
    const set = (): number =>
      keeps && this.entryOf(key) !== 0 ? RESULT_FOUND : store.core.weakMapSet(this.address, key.address, value);
    if (store.require(set, "an entry of a weak map") === RESULT_ADDED) this.#countChange();
  }

  /** Tells loops over the map that an entry has come, or is about to go. (That one goes with its key is no change.) */
  #countChange(): void {
    const loops = this.store.loops.get(this.address);
    if (loops !== undefined) loops.changes++;
  }

  /**
   * Goes through the entries, the oldest first; what comes of each is made by `read`. Map and key are held meanwhile, so
   * the entry is still there when the loop goes on, unless the map has been changed. Outside of scopes, since the loop
   * may begin in one and go on after it.
   *
   * @throws {@link ContainerChangedError} if an entry was added or removed meanwhile.
   */
  protected *each<T>(read: (entry: Address) => T): Generator<T, void> {
    const { store } = this;
    const held = store.outsideScopes(() => this.clone());
    const map = held.address;
    const now = store.loops.get(map) ?? { loops: 0, changes: 0 };
    store.loops.set(map, now);
    now.loops++;
    let key: Handle | undefined;
    try {
      const before = now.changes;
      for (let entry = entryNewerThan(store, map, 0); entry !== 0;) {
        const found = entry;
        const last = key;
        key = store.outsideScopes(() => held.keyAt<Handle>(found));
        // It may die, and its hooks may change the map.
        last?.release();
        if (now.changes !== before) throw changed(held.type);
        yield read(entry);
        if (now.changes !== before) throw changed(held.type);
        entry = entryNewerThan(store, map, entry);
      }
    } finally {
      if (--now.loops === 0) store.loops.delete(map);
      key?.release();
      held.release();
    }
  }

  /** A handle for the key that was added last. @throws {@link BadIndexError} if there is none. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the map knows what its keys are
  protected newestKey<K extends Handle>(): K {
    const entry = this.store.core.weakMapEntryAfter(this.address, 0) >>> 0;
    if (entry === 0) throw new BadIndexError(`pop from an empty ${this.type}`);
    return this.keyAt<K>(entry);
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the map knows what its keys are
  protected keyAt<K extends Handle>(entry: Address): K {
    return share<K>(this.store, this.store.memory.word(entry + EPHEMERON_KEY_OFFSET));
  }
}

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

function changed(type: string): ContainerChangedError {
  return new ContainerChangedError(`a ${type} changed while it was iterated over`);
}
