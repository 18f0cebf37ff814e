import { share } from "../adopt.js";
import {
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  RESULT_FOUND,
  WEAKMAP_SIZE_OFFSET,
} from "../../../assembly/layout.js";
import { Handle, addressIn } from "../handle.js";
import { borrowedValue, ownedValue } from "../values.js";
import type { Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { weakrefableIn } from "./weakref.js";

/** What weak maps and weak sets have in common: entries that go with their keys. */
abstract class WeakTableHandle extends Handle {
  /** How many keys there are. (`size` is the bytes of the object.) */
  get length(): number {
    return this.store.memory.word(this.address + WEAKMAP_SIZE_OFFSET);
  }

  /** Whether the object is there; never for what cannot be referred to weakly. */
  has(key: Handle): boolean {
    return this.entryOf(key) !== 0;
  }

  /** Removes an object. @returns Whether it was there. */
  delete(key: Handle): boolean {
    const address = addressIn(this.store, key);
    return this.store.core.weakMapDelete(this.address, address) === RESULT_FOUND;
  }

  /** Removes all. */
  clear(): void {
    this.store.core.weakMapClear(this.address);
  }

  protected entryOf(key: Handle): Address {
    return this.store.core.weakMapFind(this.address, addressIn(this.store, key)) >>> 0;
  }

  protected setEntry(key: Handle, value: Address): void {
    const { store } = this;
    weakrefableIn(store, key);
    store.require(() => store.core.weakMapSet(this.address, key.address, value), "an entry of a weak map");
  }

  /** The entries of now, the oldest first; each is held by the handle that `read` makes, so all are read at once. */
  protected snapshot<T>(read: (entry: Address) => T): T[] {
    const { core } = this.store;
    const entries: Address[] = [];
    const after = (entry: Address): Address => core.weakMapEntryAfter(this.address, entry) >>> 0;
    for (let entry = after(0); entry !== 0; entry = after(entry)) entries.push(entry);
    return entries.reverse().map(read);
  }

  protected keyAt(entry: Address): Handle {
    return share(this.store, this.store.memory.word(entry + EPHEMERON_KEY_OFFSET));
  }
}

/**
 * Handle of a map whose keys are objects that it does not keep alive: Python's `WeakKeyDictionary`. An entry goes when
 * its key dies. It is an ephemeron: a value that leads to its own key does not keep that alive, as it would in Python.
 * Keys are compared by identity.
 */
export class WeakKeyMapHandle extends WeakTableHandle {
  /** Value of a key; `undefined` if it is not there. */
  get(key: Handle): Value | undefined {
    const entry = this.entryOf(key);
    return entry === 0 ? undefined : this.#valueAt(entry);
  }

  /** Sets the value of a key. @throws {@link BadValueError} for a key that cannot be referred to weakly; {@link OutOfMemoryError} */
  set(key: Handle, value: Value): this {
    const item = ownedValue(this.store, value);
    try {
      this.setEntry(key, item);
    } finally {
      this.store.core.decref(item);
    }
    return this;
  }

  /** A new handle for each key that is alive now, the oldest entry first. */
  keys(): IterableIterator<Handle> {
    return this.snapshot((entry) => this.keyAt(entry)).values();
  }
  /** The values of now, as `keys`. */
  values(): IterableIterator<Value> {
    return this.snapshot((entry) => this.#valueAt(entry)).values();
  }
  /** The entries of now, as `keys`. */
  entries(): IterableIterator<[key: Handle, value: Value]> {
    return this.snapshot((entry): [Handle, Value] => [this.keyAt(entry), this.#valueAt(entry)]).values();
  }
  [Symbol.iterator](): IterableIterator<[key: Handle, value: Value]> {
    return this.entries();
  }

  #valueAt(entry: Address): Value {
    return borrowedValue(this.store, this.store.memory.word(entry + EPHEMERON_VALUE_OFFSET));
  }
}

/** Handle of a set of objects that it does not keep alive: Python's `WeakSet`, but that objects are compared by identity. */
export class WeakSetHandle extends WeakTableHandle {
  /** Adds an object. @throws {@link BadValueError} if it cannot be referred to weakly; {@link OutOfMemoryError} */
  add(object: Handle): this {
    this.setEntry(object, this.store.core.none() >>> 0);
    return this;
  }

  /** A new handle for each object that is alive now, the oldest first. */
  values(): IterableIterator<Handle> {
    return this.snapshot((entry) => this.keyAt(entry)).values();
  }
  [Symbol.iterator](): IterableIterator<Handle> {
    return this.values();
  }
}
