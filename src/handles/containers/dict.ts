import { RESULT_ADDED, RESULT_FOUND, TABLE_ORIGIN_OFFSET, TYPE_NONE } from "../../../assembly/layout.js";
import { BadIndexError } from "../../base/errors.js";
import { isHandleOf } from "../handle.js";
import type { Handle } from "../handle.js";
import type { Store } from "../../state/store.js";
import { borrowedValue, ownedValue, withKey, withRest } from "../values.js";
import type { Given, Sought, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { entriesIn } from "./pairs.js";
import type { DictInit } from "./pairs.js";
import { TableHandle, checkResult, clearTable, deleteKey } from "./table.js";

/**
 * Handle of a Python `dict`, which keeps the order of insertion. Its members are those of a `Map`, and
 * Python's. Keys and values that are None, booleans, numbers, strings or bytes are read as JavaScript
 * values; for any other an own handle is returned, which the caller releases.
 */
export class DictHandle<K extends Value = Value, V extends Value = Value> extends TableHandle<K> {
  protected readonly width = 2;

  /**
   * Value of a key; `undefined` if it is not there.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * ages.get("Alice"); // 42
   * ages.get("Bob"); // undefined
   *
   * @throws {@link BadKeyError}
   */
  get(key: Sought<K>): V | undefined {
    return this.lookUp(key, (entry) => borrowedValue(this.store, this.#valueOf(entry)) as V, undefined);
  }

  /**
   * Whether the value of a key is None, as `get(key) === null`; false if the key is not there. Where reading the value would make a
   * handle to be released, this makes none.
   *
   * @example
   * using node = heap.dict({ left: null, right: {} });
   * [node.isNull("left"), node.isNull("right"), node.isNull("up")]; // [true, false, false]
   *
   * @throws {@link BadKeyError}
   */
  isNull(key: Sought<K>): boolean {
    return this.lookUp(key, (entry) => this.store.typeIdAt(this.#valueOf(entry)) === TYPE_NONE, false);
  }

  /**
   * Sets the value of a key; the old one may die before this returns. A key that is there stays as it is, as
   * in Python: after `set(1, "a")` and `set(true, "b")` there is one key, 1. Strings become interned keys.
   *
   * @example
   * using ages = heap.dict<string, number>();
   * ages.set("Alice", 42).set("Bob", 41);
   * ages.size; // 2
   *
   * @throws {@link BadKeyError}, {@link OutOfMemoryError}; the dict is as before.
   */
  set(key: K, value: Given<V>): this {
    const { store } = this;
    const item = ownedValue(store, value);
    try {
      setEntry(store, () => this.address, key, item);
    } finally {
      store.core.decref(item);
    }
    return this;
  }

  /**
   * Value of a key, which is set to `value` first if it is not there: Python's `setdefault`.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * ages.setDefault("Alice", 0); // 42
   * ages.setDefault("Bob", 0); // 0: set now
   *
   * @throws as `set`
   */
  setDefault(key: K, value: Given<V>): V;
  setDefault(key: K): V | null;
  setDefault(key: K, value: unknown = null): Value {
    const { store } = this;
    const item = ownedValue(store, value);
    try {
      // All in one: what makes room for a long key or for the entry, and the end of such a key, may run code that sets or
      // deletes the key.
      let found: Value = null;
      const set = (): number =>
        withKey(store, key, (address) => {
          const result = store.core.dictSetDefault(this.address, address, item);
          if (result !== RESULT_ADDED && result !== RESULT_FOUND) return result;
          const entry = result === RESULT_ADDED ? this.lastEntry : store.core.tableFind(this.address, address) >>> 0;
          found = borrowedValue(store, this.#valueOf(entry));
          return result;
        });
      checkResult(store, set() || store.require(set, "a larger dict"));
      return found;
    } finally {
      store.core.decref(item);
    }
  }

  /**
   * Sets many: entries of another dict or a `Map`, pairs, or the properties of an object.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * ages.update({ Alice: 43, Bob: 41 });
   * ages.repr(); // "{'Alice': 43, 'Bob': 41}"
   *
   * @throws {@link BadValueError} for what is none of these, {@link BadKeyError}, {@link ContainerChangedError} if keys of
   *   the other dict come or go meanwhile, {@link OutOfMemoryError}; what has been set stays.
   */
  update(init: DictInit<K, Given<V>>): void {
    if ((init as unknown) === this) return;
    if (isHandleOf<DictHandle>(init, DictHandle)) this.addAll(init, "a larger dict");
    else for (const [key, value] of entriesIn(this.store, init)) this.set(key as K, value as Given<V>);
  }

  /**
   * Removes a key and returns its value; `undefined`, or what else is given, if it is not there.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * ages.pop("Alice"); // 42
   * ages.pop("Alice", "unknown"); // "unknown"
   */
  pop(key: Sought<K>): V | undefined;
  pop<T>(key: Sought<K>, missing: T): V | T;
  pop(key: Sought<K>, missing?: unknown): unknown {
    const take = (entry: number): Value => {
      const value = borrowedValue(this.store, this.#valueOf(entry));
      this.deleteEntry(entry);
      return value;
    };
    return this.lookUp(key, take, missing);
  }

  /**
   * Removes a key and its value. Either may die before this returns.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * ages.delete("Alice"); // true
   * ages.delete("Alice"); // false
   *
   * @returns Whether the key was there.
   * @throws {@link BadKeyError}
   */
  delete(key: Sought<K>): boolean {
    return deleteKey(this, key);
  }

  /**
   * Removes all entries. They are out of the dict before any key or value dies. Then they die, the first one first.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * ages.clear();
   * ages.size; // 0
   */
  clear(): void {
    clearTable(this);
  }

  /**
   * Removes the last entry and returns it: Python's `popitem`.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * ages.popItem(); // ["Bob", 41]
   *
   * @throws {@link BadIndexError} if there is none.
   */
  popItem(): [key: K, value: V] {
    const item = this.newest();
    this.deleteEntry(this.lastEntry);
    return item;
  }

  /** The last entry. @throws {@link BadIndexError} if there is none. @internal */
  newest(): [key: K, value: V] {
    if (this.size === 0) throw new BadIndexError("popItem from an empty dict");
    return this.#read(this.slotOf(this.lastEntry));
  }

  /** The dict's own key, for a handle of a key that is there; borrowed as long as it is. @internal */
  ownKey(key: Handle): Address {
    return this.store.memory.word(this.slotOf(this.find(key)));
  }

  /** The slots of the entries, while none is added: `check` throws if one was. They may be deleted meanwhile. @internal */
  slots(check: () => void): Generator<Address, void> {
    return this.walk((slot) => slot, check);
  }

  #valueOf(entry: number): Address {
    return this.store.memory.word(this.slotOf(entry) + 4);
  }

  #read(slot: Address): [key: K, value: V] {
    const { store } = this;
    const key = borrowedValue(store, store.memory.word(slot)) as K;
    return withRest(key, () => [key, borrowedValue(store, store.memory.word(slot + 4)) as V]);
  }

  /**
   * The keys, in the order of insertion.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * [...ages.keys()]; // ["Alice", "Bob"]
   *
   * @throws {@link ContainerChangedError} if keys come or go meanwhile.
   */
  keys(): Generator<K, void> {
    return this.each((slot) => borrowedValue(this.store, this.store.memory.word(slot)) as K);
  }
  /**
   * The values, as `keys`.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * Math.max(...ages.values()); // 42
   */
  values(): Generator<V, void> {
    return this.each((slot) => borrowedValue(this.store, this.store.memory.word(slot + 4)) as V);
  }
  /**
   * The entries, as `keys`.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * new Map(ages.entries()).get("Bob"); // 41
   */
  entries(): Generator<[key: K, value: V], void> {
    return this.each((slot) => this.#read(slot));
  }
  /** The entries, as of a `Map`. */
  [Symbol.iterator](): Generator<[key: K, value: V], void> {
    return this.entries();
  }
}

/** `dict[key] = item`; `dict` is asked for anew after a collection, which may release handles. */
export function setEntry(store: Store, dict: () => Address, key: unknown, item: Address): number {
  const set = (): number => withKey(store, key, (address) => store.core.dictSet(dict(), address, item));
  return checkResult(store, set() || store.require(set, "a larger dict"));
}

/** Remembers what a dict was in JavaScript: ORIGIN_*. */
export function setOrigin(store: Store, dict: Address, origin: number): void {
  store.memory.u8[dict + TABLE_ORIGIN_OFFSET] = origin;
}
