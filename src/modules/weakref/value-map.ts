import { adoptOutsideScopes, lend, share } from "../../handles/adopt.js";
import { markAsSource } from "../../handles/containers/container.js";
import type { DictHandle } from "../../handles/containers/dict.js";
import { pairsOf } from "../../handles/containers/pairs.js";
import { ContainerChangedError } from "../../base/errors.js";
import { uncloneable } from "../../base/uncloneable.js";
import { DISPOSE } from "../../handles/handle.js";
import { isHandle } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import type { Store } from "../../state/store.js";
import { borrowedValue, ownedValue, withRest } from "../../handles/values.js";
import type { Value } from "../../handles/values.js";
import type { Address } from "../../wasm/exports.js";
import { createWeakref, referentOf, weakrefableIn } from "../../handles/weak/weakref.js";
import type { WeakrefHandle } from "../../handles/weak/weakref.js";

/**
 * A map that does not keep its values alive: Python's `WeakValueDictionary`. An entry is removed when its value is freed.
 * The map keeps its keys alive. A dict of the heap holds the keys and a weak reference to each value. The caller releases
 * the map.
 */
export class WeakValueMap<T extends Handle = Handle> {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a value map");
  readonly #store: Store;
  readonly #dict: DictHandle;
  /** From the address of a weak reference to its key's address: finds the entry to remove when a value is freed. */
  readonly #keys = new Map<Address, Address>();

  /** The epoch of the heap that the addresses are of. */
  #epoch: number;

  /** Counts changes that invalidate iteration: all but removals because a value was freed. */
  #changes = 0;

  /** @internal */
  constructor(store: Store, dict: DictHandle) {
    this.#store = store;
    this.#dict = dict;
    this.#epoch = store.epoch;
    markAsSource(this);
  }

  /** The number of entries. Inside callbacks of a collection it may include entries whose values are freed. */
  get size(): number {
    return this.#dict.size;
  }

  /**
   * Returns a new handle for the value of a key, or `undefined` if there is no entry. The caller releases the handle.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * using person = cache.get("alice");
   * person?.title; // "Alice"
   *
   * @throws {@link BadKeyError} for a key that cannot be hashed.
   */
  get(key: Value): T | undefined {
    const weakref = this.#dict.get(key) as WeakrefHandle | undefined;
    const value = withRest(weakref, () => weakref?.deref() ?? undefined);
    weakref?.release();
    return value as T | undefined;
  }

  /**
   * Whether there is an entry for the key whose value is alive.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * cache.has("alice"); // true
   *
   * @throws {@link BadKeyError} for a key that cannot be hashed.
   */
  has(key: Value): boolean {
    const weakref = this.#dict.get(key) as WeakrefHandle | undefined;
    const isAlive = weakref?.alive ?? false;
    weakref?.release();
    return isAlive;
  }

  /**
   * Sets the value of a key. The caller keeps its handle for the value.
   *
   * @example
   * using cache = heap.weakref.valueMap();
   * cache.set("bob", bob);
   * bob.release(); // frees Bob, and so the entry
   * cache.has("bob"); // false
   *
   * @throws {@link BadValueError} for a value that cannot have weak references; {@link BadKeyError} for a key that cannot
   *   be hashed; {@link OutOfMemoryError}.
   */
  set(key: Value, value: T): this {
    const store = this.#store;
    // The value must not be freed before its entry exists.
    store.holding(weakrefableIn(store, value), () => this.#set(key, value, false));
    return this;
  }

  /** `set`; or, if `keeps`, leaves an entry whose value is alive as it is, and returns a handle for that. */
  #set(key: Value, value: T, keeps: boolean): T | undefined {
    const store = this.#store;
    // A strong reference from the callback would keep a forgotten map alive.
    const self = new WeakRef(this);
    const forget = (dead: WeakrefHandle): void => {
      const map = self.deref();
      if (map !== undefined) map.#forget(dead.address);
    };
    // Make the key an object now, because looking up the new entry below must not collect.
    const object = adoptOutsideScopes<Handle>(store, ownedValue(store, key));
    let weakref: WeakrefHandle<T> | undefined;
    let first: WeakrefHandle<T> | undefined;
    try {
      weakref = createWeakref(store, value, forget, { kind: "value map", name: "" });
      // To make room may run code of the program that sets or deletes the key. From here on it needs no memory.
      first = this.#dict.setDefault(object, weakref) as WeakrefHandle<T>;
      if (first.is(weakref)) this.#changes++;
      else {
        const found = keeps ? first.deref() : null;
        if (found !== null) return found;
        this.#refresh();
        this.#dict.set(object, weakref);
        this.#keys.delete(first.address);
      }
      this.#refresh();
      this.#keys.set(weakref.address, this.#dict.ownKey(object));
      return undefined;
    } finally {
      first?.release();
      weakref?.release();
      object.release();
    }
  }

  /**
   * Returns a new handle for the value of a key. It first sets the key to `value` if there is no entry. The caller releases
   * the handle, and keeps its own for `value`.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * using person = cache.setDefault("alice", bob);
   * person.title; // "Alice": the entry was there
   *
   * @throws as `set`
   */
  setDefault(key: Value, value: T): T {
    const found = this.get(key);
    if (found !== undefined) return found;
    const store = this.#store;
    // Making the entry may collect, and a hook of that collection may release the caller's handle.
    const address = weakrefableIn(store, value);
    return store.holding(address, () => this.#set(key, value, true) ?? share<T>(store, address));
  }

  /**
   * Removes a key and returns a new handle for its value. It returns `missing` if there is no entry; the default is
   * `undefined`. The caller releases the handle.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * using person = cache.pop("alice");
   * cache.size; // 0
   *
   * @throws {@link BadKeyError} for a key that cannot be hashed.
   */
  pop(key: Value): T | undefined;
  pop<M>(key: Value, missing: M): T | M;
  pop(key: Value, missing?: unknown): unknown {
    const value = this.get(key);
    if (value === undefined) return missing;
    withRest(value, () => this.delete(key));
    return value;
  }

  /**
   * Removes the newest entry whose value is alive, and returns its key and a new handle for the value. The caller releases
   * the handle, and the key if it is a handle.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * const [key, person] = cache.popItem();
   * key; // "alice"
   * person.release();
   *
   * @throws {@link BadIndexError} if the map has no such entry.
   */
  popItem(): [key: Value, value: T] {
    for (;;) {
      const [key, weakref] = this.#dict.newest() as [Value, WeakrefHandle<T>];
      try {
        const value = weakref.deref();
        withRest(value, () => {
          this.#remove(weakref);
        });
        if (value !== null) return [key, value];
      } catch (error) {
        if (isHandle(key)) key.release();
        throw error;
      } finally {
        weakref.release();
      }
      if (isHandle(key)) key.release();
    }
  }

  /**
   * Sets many entries: those of another value map, a `Map`, a dict of the heap, or pairs.
   *
   * @example
   * using cache = heap.weakref.valueMap();
   * cache.update([["alice", alice], ["bob", bob]]);
   * cache.size; // 2
   *
   * @throws {@link BadValueError} for any other argument, and as `set`. Entries set before the error stay.
   */
  update(entries: Iterable<readonly [Value, T]>): void {
    if ((entries as unknown) === this) return;
    for (const [key, value] of pairsOf(this.#store, entries)) this.set(key, value);
  }

  /**
   * Removes a key.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * cache.delete("alice"); // true
   *
   * @returns Whether there was an entry.
   * @throws {@link BadKeyError} for a key that cannot be hashed.
   */
  delete(key: Value): boolean {
    const weakref = this.#dict.get(key) as WeakrefHandle | undefined;
    if (weakref === undefined) return false;
    this.#remove(weakref);
    weakref.release();
    return true;
  }

  /** Removes an entry by its weak reference: another NaN than its own is no way to a key that is NaN. */
  #remove(weakref: WeakrefHandle): void {
    this.#changes++;
    this.#forget(weakref.address);
  }

  /**
   * Removes all entries.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * cache.clear();
   * cache.size; // 0
   */
  clear(): void {
    this.#changes++;
    this.#epoch = this.#store.epoch;
    this.#keys.clear();
    this.#dict.clear();
  }

  /** Reads the addresses anew if objects have moved. */
  #refresh(): void {
    const store = this.#store;
    if (this.#epoch === store.epoch) return;
    this.#epoch = store.epoch;
    this.#keys.clear();
    if (this.released) return;
    for (const slot of this.#dict.slots(() => undefined))
      this.#keys.set(store.memory.word(slot + 4), store.memory.word(slot));
  }

  /** Removes the entry of a weak reference, if there is one. */
  #forget(weakref: Address): void {
    this.#refresh();
    const key = this.#keys.get(weakref);
    if (key === undefined || this.released) return;
    this.#keys.delete(weakref);
    const lent = lend<Handle>(this.#store, key);
    this.#dict.delete(lent);
    lent.release();
  }

  /**
   * Iterates over the entries whose values are alive, in the order of insertion. It yields the key as a dict does, and a
   * new handle for the value. The caller releases the handles.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice]]);
   * for (const [key, person] of lending(cache.entries())) console.log(key, person.title); // prints: alice Alice
   *
   * @throws {@link ContainerChangedError} if the program added or removed an entry meanwhile. Removal of an entry because
   *   its value was freed does not count.
   */
  entries(): Generator<[key: Value, value: T], void> {
    return this.#each((key, value): [Value, T] => withRest(value, () => [key(), value]));
  }
  /**
   * Iterates over the keys, like `entries()`. The caller releases those that are handles.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice], ["bob", bob]]);
   * [...cache.keys()]; // ["alice", "bob"]
   */
  keys(): Generator<Value, void> {
    return this.#each((key, value) => {
      value.release();
      return key();
    });
  }
  /**
   * Iterates over new handles for the values, like `entries()`. The caller releases them.
   *
   * @example
   * using cache = heap.weakref.valueMap([["alice", alice], ["bob", bob]]);
   * for (const person of lending(cache.values())) console.log(person.title); // prints: Alice, Bob
   */
  values(): Generator<T, void> {
    return this.#each((_key, value) => value);
  }
  /** The entries, as `entries()`: for `for … of`. */
  [Symbol.iterator](): Generator<[key: Value, value: T], void> {
    return this.entries();
  }

  // The generator must not hold the core: an abandoned loop would keep the memory of a disposed heap.
  *#each<R>(read: (key: () => Value, value: T) => R): Generator<R, void> {
    const store = this.#store;
    const before = this.#changes;
    const check = (): void => {
      if (this.#changes !== before) throw new ContainerChangedError("a value map changed while it was iterated over");
    };
    for (const slot of this.#dict.slots(check)) {
      const target = referentOf(store, store.memory.word(slot + 4));
      if (target === 0) continue;
      yield read(() => borrowedValue(store, store.memory.word(slot)), share<T>(store, target));
    }
  }

  /** Whether the map has been released. */
  get released(): boolean {
    return this.#dict.released;
  }
  /**
   * Releases the map and removes its entries. A second call does nothing.
   *
   * @example
   * const cache = heap.weakref.valueMap([["alice", alice]]);
   * cache.release(); // or: using cache = heap.weakref.valueMap()
   */
  release(): void {
    if (this.released) return;
    if (!this.#store.isDead) this.clear();
    this.#dict.release();
  }
  /** Releases the map: for `using`. */
  [DISPOSE](): void {
    this.release();
  }
}
