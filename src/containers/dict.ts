import { NO_ENTRY, TABLE_ORIGIN_OFFSET } from "../../assembly/layout.js";
import { BadIndexError, BadValueError, describe } from "../errors.js";
import { addressIn } from "../handle.js";
import type { Store } from "../store.js";
import { borrowedValue, ownedValue, withKey } from "../values.js";
import type { Value } from "../values.js";
import type { Address } from "../wasm/exports.js";
import { TableHandle, checkResult } from "./table.js";

/** What a dict can be made of, or updated with. */
export type DictInit = Iterable<readonly [Value, Value]> | Readonly<Record<string, Value>>;

/**
 * Handle of a Python `dict`, which keeps the order of insertion. Its members are those of a `Map`, and
 * Python's. Keys and values that are None, booleans, numbers, strings or bytes are read as JavaScript
 * values; for any other an own handle is returned, which the caller releases.
 */
export class DictHandle extends TableHandle {
  protected readonly width = 2;

  /** Value of a key; `undefined` if it is not there. @throws {@link BadKeyError} */
  get(key: Value): Value | undefined {
    const entry = this.find(key);
    return entry === NO_ENTRY ? undefined : borrowedValue(this.store, this.#valueOf(entry));
  }

  /**
   * Sets the value of a key; the old one may die before this returns. A key that is there stays as it is, as
   * in Python: after `set(1, "a")` and `set(true, "b")` there is one key, 1. Strings become interned keys.
   *
   * @throws {@link BadKeyError}, {@link OutOfMemoryError}; the dict is as before.
   */
  set(key: Value, value: Value): this {
    const { store } = this;
    const item = ownedValue(store, value);
    try {
      setEntry(store, () => this.address, key, item);
    } finally {
      store.core.decref(item);
    }
    return this;
  }

  /** Value of a key, which is set to `value` first if it is not there: Python's `setdefault`. */
  setDefault(key: Value, value: Value = null): Value {
    let entry = this.find(key);
    if (entry === NO_ENTRY) {
      this.set(key, value);
      entry = this.lastEntry;
    }
    return borrowedValue(this.store, this.#valueOf(entry));
  }

  /** Sets many: entries of another dict or a `Map`, pairs, or the properties of an object. */
  update(init: DictInit): void {
    if (init instanceof DictHandle) this.#updateFrom(init);
    else for (const [key, value] of entriesIn(init)) this.set(key, value);
  }

  /** The keys and values themselves, not what they are to JavaScript. */
  #updateFrom(other: DictHandle): void {
    const { store } = this;
    addressIn(store, other);
    for (const slot of other.each((slot) => slot)) {
      const key = store.memory.word(slot);
      const value = store.memory.word(slot + 4);
      store.require(() => store.core.dictSet(this.address, key, value), "a larger dict");
    }
  }

  /** Removes a key and returns its value; `undefined`, or what else is given, if it is not there. */
  pop(key: Value): Value | undefined;
  pop<T>(key: Value, missing: T): Value | T;
  pop(key: Value, missing?: unknown): unknown {
    const entry = this.find(key);
    if (entry === NO_ENTRY) return missing;
    const value = borrowedValue(this.store, this.#valueOf(entry));
    this.deleteEntry(entry);
    return value;
  }

  /** Removes the last entry and returns it: Python's `popitem`. @throws {@link BadIndexError} if there is none. */
  popItem(): [key: Value, value: Value] {
    if (this.length === 0) throw new BadIndexError("popItem from an empty dict");
    const entry = this.lastEntry;
    const item = this.#read(this.slotOf(entry));
    this.deleteEntry(entry);
    return item;
  }

  /** The dict's own key, for one that has just been set; borrowed as long as it is there. @internal */
  ownKey(key: Value): Address {
    const entry = this.find(key);
    // Only a NaN is not found, and is always new.
    return this.store.memory.word(this.slotOf(entry === NO_ENTRY ? this.lastEntry : entry));
  }

  #valueOf(entry: number): Address {
    return this.store.memory.word(this.slotOf(entry) + 4);
  }

  #read(slot: Address): [key: Value, value: Value] {
    const { memory } = this.store;
    const value = memory.word(slot + 4);
    return [borrowedValue(this.store, memory.word(slot)), borrowedValue(this.store, value)];
  }

  /** The keys, in the order of insertion. @throws {@link ContainerChangedError} if keys come or go meanwhile. */
  keys(): Generator<Value, void> {
    return this.each((slot) => borrowedValue(this.store, this.store.memory.word(slot)));
  }
  /** The values, as `keys`. */
  values(): Generator<Value, void> {
    return this.each((slot) => borrowedValue(this.store, this.store.memory.word(slot + 4)));
  }
  /** The entries, as `keys`. */
  entries(): Generator<[key: Value, value: Value], void> {
    return this.each((slot) => this.#read(slot));
  }
  /** The entries, as of a `Map`. */
  [Symbol.iterator](): Generator<[key: Value, value: Value], void> {
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

/** @throws {@link BadValueError} */
function entriesIn(init: DictInit): Iterable<readonly [Value, Value]> {
  if (typeof init !== "object" || (init as unknown) === null)
    throw new BadValueError(`expected entries, got ${describe(init)}`);
  if (!(Symbol.iterator in init)) return Object.entries(init);
  return checkedPairs(init as Iterable<readonly [Value, Value]>);
}

function* checkedPairs(pairs: Iterable<unknown>): Generator<readonly [Value, Value]> {
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new BadValueError(`expected a key and its value, got ${describe(pair)}`);
    yield pair as unknown as [Value, Value];
  }
}
