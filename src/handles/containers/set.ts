import { RESULT_FOUND } from "../../../assembly/layout.js";
import { BadIndexError } from "../../base/errors.js";
import { isHandleOf } from "../handle.js";
import type { Store } from "../../state/store.js";
import { borrowedValue, withKey } from "../values.js";
import type { PlainOf, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { ownedElements } from "./container.js";
import { TableHandle, checkResult } from "./table.js";

/**
 * Handle of a Python `set`; it keeps the order of insertion, which Python's does not. Its members are those
 * of a `Set`, and Python's. Elements are read as items of a list are.
 */
export class SetHandle<T extends Value = Value> extends TableHandle {
  protected readonly width = 1;

  /**
   * Adds an element, unless one equal to it is there.
   *
   * @throws {@link BadKeyError}, {@link OutOfMemoryError}; the set is as before.
   */
  add(value: T): this {
    addElement(this.store, () => this.address, value);
    return this;
  }

  /** Adds many: the elements of another set, list or tuple, the keys of a dict, or what else can be iterated over. */
  update(values: Iterable<T>): void {
    const { store } = this;
    if ((values as unknown) === this) return;
    if (isHandleOf(values, TableHandle)) {
      this.addAll(values, "a larger set");
      return;
    }
    for (const element of ownedElements(store, values)) {
      const add = (): number => store.core.setAdd(this.address, element);
      try {
        checkResult(store, store.require(add, "a larger set"));
      } finally {
        store.core.decref(element);
      }
    }
  }

  /** Removes the last element and returns it. @throws {@link BadIndexError} if there is none. */
  pop(): T {
    if (this.size === 0) throw new BadIndexError("pop from an empty set");
    const entry = this.lastEntry;
    const value = borrowedValue(this.store, this.store.memory.word(this.slotOf(entry))) as T;
    this.deleteEntry(entry);
    return value;
  }

  override toJS(): Set<PlainOf<T>> {
    return super.toJS() as Set<PlainOf<T>>;
  }

  /** The elements, in the order of insertion. @throws {@link ContainerChangedError} if elements come or go meanwhile. */
  values(): Generator<T, void> {
    return this.each((slot) => borrowedValue(this.store, this.store.memory.word(slot)) as T);
  }
  [Symbol.iterator](): Generator<T, void> {
    return this.values();
  }
}

/** `set.add(value)`. @returns Whether it was not there. */
export function addElement(store: Store, set: () => Address, value: unknown): boolean {
  const add = (): number => withKey(store, value, (key) => store.core.setAdd(set(), key));
  return checkResult(store, add() || store.require(add, "a larger set")) !== RESULT_FOUND;
}
