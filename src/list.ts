import { LIST_LENGTH_OFFSET } from "../assembly/layout.js";
import { BadIndexError } from "./errors.js";
import { Handle, addressIn, describe } from "./handle.js";
import type { Store } from "./store.js";
import { borrowedValue, ownedValue } from "./values.js";
import type { Value } from "./values.js";
import type { Address } from "./wasm/exports.js";

/**
 * Handle of a Python `list`. Items that are None, booleans, numbers or strings are read as JavaScript
 * values; for any other an own handle is returned, which the caller releases.
 */
export class ListHandle extends Handle {
  /** @internal */
  static lengthAt(store: Store, address: Address): number {
    return store.memory.word(address + LIST_LENGTH_OFFSET);
  }

  get length(): number {
    return ListHandle.lengthAt(this.store, this.address);
  }

  /**
   * Adds an item at the end. The list has its own reference to it.
   *
   * @throws {@link OutOfMemoryError}, the list unchanged.
   */
  append(value: Value): void {
    const { store } = this;
    addressIn(store, this);
    const item = ownedValue(store, value);
    try {
      // A collection that makes room may run finalizers, which may have released this handle.
      store.require(() => store.core.listAppend(this.address, item), "a longer list");
    } finally {
      store.core.decref(item);
    }
  }

  /** Item at an index; negative ones count from the end. @throws {@link BadIndexError} */
  get(index: number): Value {
    return borrowedValue(this.store, this.store.core.listGet(this.address, this.#resolve(index)) >>> 0);
  }

  /** Replaces an item; the old one may die before this returns. @throws {@link BadIndexError} */
  set(index: number, value: Value): void {
    this.#resolve(index);
    const item = ownedValue(this.store, value);
    try {
      this.store.core.listSet(this.address, this.#resolve(index), item);
    } finally {
      this.store.core.decref(item);
    }
  }

  /** Removes the last item and returns it. @throws {@link BadIndexError} if the list is empty. */
  pop(): Value {
    if (this.length === 0) throw new BadIndexError("pop from an empty list");
    const item = this.store.require(() => this.store.core.listPop(this.address), "a reference");
    const value = borrowedValue(this.store, item);
    this.store.core.decref(item);
    return value;
  }

  /** The items, as `get` gives them. Follows a list that grows or shrinks meanwhile, as Python's does. */
  *[Symbol.iterator](): Generator<Value, void> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  #resolve(index: number): number {
    const { length } = this;
    const resolved = index < 0 ? index + length : index;
    if (!Number.isInteger(index) || resolved < 0 || resolved >= length) {
      throw new BadIndexError(`no item ${describe(index)} in a list of ${length}`);
    }
    return resolved;
  }
}
