import { adopt, lend, share } from "../../handles/adopt.js";
import { lending } from "../../handles/containers/container.js";
import type { DictHandle } from "../../handles/containers/dict.js";
import { pairsOf } from "../../handles/containers/pairs.js";
import { ContainerChangedError } from "../../base/errors.js";
import { isA } from "../../base/untrusted.js";
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
 * A map whose values are objects that it does not keep alive: Python's `WeakValueDictionary`. It keeps its keys, and a
 * weak reference for each, in a dict of the heap. An entry goes when its value dies. `release()` it after use.
 */
export class WeakValueMap<T extends Handle = Handle> {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a value map");
  readonly #store: Store;
  readonly #dict: DictHandle;
  /** The dict's keys, by the addresses of the weak references that are their values: to find them when those die. */
  readonly #keys = new Map<Address, Address>();

  /** How often an entry was added, or removed otherwise than by the death of its value. */
  #changes = 0;

  /** @internal */
  constructor(store: Store, dict: DictHandle) {
    this.#store = store;
    this.#dict = dict;
  }

  /** How many entries there are. While callbacks of a collection run, those of dead values that are not removed yet count. */
  get size(): number {
    return this.#dict.size;
  }

  /** A new handle for the value of a key; `undefined` if it is not there. @throws {@link BadKeyError} */
  get(key: Value): T | undefined {
    const weakref = this.#dict.get(key) as WeakrefHandle | undefined;
    const value = withRest(weakref, () => weakref?.deref() ?? undefined);
    weakref?.release();
    return value as T | undefined;
  }

  /** Whether a key is there, and its value alive. @throws {@link BadKeyError} */
  has(key: Value): boolean {
    const weakref = this.#dict.get(key) as WeakrefHandle | undefined;
    const isAlive = weakref?.alive ?? false;
    weakref?.release();
    return isAlive;
  }

  /** Sets the value of a key. @throws {@link BadValueError} for what cannot be referred to weakly; {@link BadKeyError}, {@link OutOfMemoryError} */
  set(key: Value, value: T): this {
    const store = this.#store;
    // The entry is made before the value can die.
    store.holding(weakrefableIn(store, value), () => {
      this.#set(key, value);
    });
    return this;
  }

  #set(key: Value, value: T): void {
    const store = this.#store;
    // The callback must not keep the map from being forgotten.
    const self = new WeakRef(this);
    const forget = (dead: WeakrefHandle): void => {
      const map = self.deref();
      if (map !== undefined) map.#forget(dead.address);
    };
    // An object from the start: once the entry is made, to find it must not collect.
    const object = store.outsideScopes(() => adopt<Handle>(store, ownedValue(store, key)));
    let weakref: WeakrefHandle | undefined;
    try {
      weakref = createWeakref(store, value, forget, { kind: "value map", name: "" });
      const old = this.#dict.get(object) as WeakrefHandle | undefined;
      this.#dict.set(object, weakref);
      this.#keys.set(weakref.address, this.#dict.ownKey(object));
      if (old === undefined) this.#changes++;
      else {
        this.#keys.delete(old.address);
        old.release();
      }
    } finally {
      weakref?.release();
      object.release();
    }
  }

  /** A new handle for the value of a key, which is set to `value` first if it is not there. @throws as `set` */
  setDefault(key: Value, value: T): T {
    const found = this.get(key);
    if (found !== undefined) return found;
    this.set(key, value);
    return value.clone();
  }

  /** Removes a key and returns a new handle for its value; `undefined`, or what else is given, if it is not there. @throws {@link BadKeyError} */
  pop(key: Value): T | undefined;
  pop<M>(key: Value, missing: M): T | M;
  pop(key: Value, missing?: unknown): unknown {
    const value = this.get(key);
    if (value === undefined) return missing;
    withRest(value, () => this.delete(key));
    return value;
  }

  /** Removes the newest entry whose value is alive and returns it: Python's `popitem`. @throws {@link BadIndexError} if there is none. */
  popItem(): [key: Value, value: T] {
    for (;;) {
      const [key, weakref] = this.#dict.newest() as [Value, WeakrefHandle<T>];
      try {
        const value = weakref.deref();
        withRest(value, () => this.delete(key));
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
   * Sets many: the entries of another value map, a `Map`, a dict of the heap, or pairs.
   *
   * @throws {@link BadValueError} for what is none of these, and as `set`; what has been set stays.
   */
  update(entries: Iterable<readonly [Value, T]>): void {
    if ((entries as unknown) === this) return;
    const isLent = isA(entries, WeakValueMap);
    const pairs = pairsOf(this.#store, entries);
    for (const [key, value] of isLent ? lending(pairs) : pairs) this.set(key, value);
  }

  /** Removes a key. @returns Whether it was there. @throws {@link BadKeyError} */
  delete(key: Value): boolean {
    const weakref = this.#dict.get(key) as WeakrefHandle | undefined;
    if (weakref === undefined) return false;
    this.#changes++;
    this.#forget(weakref.address);
    weakref.release();
    return true;
  }

  /** Removes all. */
  clear(): void {
    this.#changes++;
    this.#keys.clear();
    this.#dict.clear();
  }

  /** The entry of a weak reference goes, if it is there. */
  #forget(weakref: Address): void {
    const key = this.#keys.get(weakref);
    if (key === undefined || this.released) return;
    this.#keys.delete(weakref);
    const lent = lend<Handle>(this.#store, key);
    this.#dict.delete(lent);
    lent.release();
  }

  /**
   * The entries whose values are alive, in the order of insertion: keys as a dict gives them, a new handle for each value.
   *
   * @throws {@link ContainerChangedError} if an entry was added or removed meanwhile. (That one goes with its value is no change.)
   */
  entries(): Generator<[key: Value, value: T], void> {
    return this.#each((key, value): [Value, T] => withRest(value, () => [key(), value]));
  }
  /** The keys, as `entries`. */
  keys(): Generator<Value, void> {
    return this.#each((key, value) => {
      value.release();
      return key();
    });
  }
  /** The values, as `entries`. */
  values(): Generator<T, void> {
    return this.#each((_key, value) => value);
  }
  [Symbol.iterator](): Generator<[key: Value, value: T], void> {
    return this.entries();
  }

  // Not the core: a loop that is left in the middle would keep it, and its memory, when the heap is gone.
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

  get released(): boolean {
    return this.#dict.released;
  }
  /** Lets go of the map. Harmless when repeated. */
  release(): void {
    if (this.released) return;
    if (!this.#store.isDead) this.clear();
    this.#dict.release();
  }
  /** Lets go of the map: for `using`. */
  [DISPOSE](): void {
    this.release();
  }
}
