import { RESULT_FOUND } from "../../../assembly/layout.js";
import { BadIndexError } from "../../base/errors.js";
import type { Store } from "../../state/store.js";
import { borrowedValue, withKey } from "../values.js";
import type { Sought, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { SetAlgebra } from "./set-algebra.js";
import type { ElementOf, Elements } from "./set-algebra.js";
import { checkResult, clearTable, deleteKey } from "./table.js";

/**
 * Handle of a Python `set`; it keeps the order of insertion, which Python's does not. Its members are those
 * of a `Set`, and Python's; its algebra is that of {@link SetAlgebra}. Elements are read as items of a list are.
 */
export class SetHandle<T extends Value = Value> extends SetAlgebra<T> {
  /**
   * Adds an element, unless one equal to it is there.
   *
   * @example
   * using tags = heap.set(["new"]);
   * tags.add("sale").add("new");
   * tags.size; // 2
   *
   * @throws {@link BadKeyError}, {@link OutOfMemoryError}; the set is as before.
   */
  add(value: T): this {
    addElement(this.store, () => this.address, value);
    return this;
  }

  /**
   * Adds many: the elements of another set, list or tuple, the keys of a dict, or what else can be iterated over.
   *
   * @example
   * using tags = heap.set(["new"]);
   * tags.update(["sale", "new"]);
   * tags.repr(); // "{'new', 'sale'}"
   */
  update(values: Iterable<T>): void {
    if ((values as unknown) !== this) this.addElements(values);
  }

  /**
   * Removes an element, which may die before this returns. A set is looked for as the frozenset equal to it.
   *
   * @example
   * using tags = heap.set(["new"]);
   * tags.delete("new"); // true
   * tags.delete("new"); // false
   *
   * @returns Whether it was there.
   * @throws {@link BadKeyError}
   */
  delete(value: Sought<T>): boolean {
    return deleteKey(this, value);
  }

  /**
   * Removes all elements. They are out of the set before any of them dies. Then they die, the first one first.
   *
   * @example
   * using tags = heap.set(["new", "sale"]);
   * tags.clear();
   * tags.size; // 0
   */
  clear(): void {
    clearTable(this);
  }

  /**
   * Removes the last element and returns it.
   *
   * @example
   * using tags = heap.set(["new", "sale"]);
   * tags.pop(); // "sale"
   *
   * @throws {@link BadIndexError} if there is none.
   */
  pop(): T {
    if (this.size === 0) throw new BadIndexError("pop from an empty set");
    const entry = this.lastEntry;
    const value = borrowedValue(this.store, this.store.memory.word(this.slotOf(entry))) as T;
    this.deleteEntry(entry);
    return value;
  }

  /**
   * A new set of the elements of both: Python's `a | b`. The caller releases it.
   *
   * @example
   * using a = heap.set([1, 2]);
   * using both = a.union([2, 3]);
   * [...both]; // [1, 2, 3]
   */
  override union<O extends Elements>(other: O): SetHandle<T | ElementOf<O>> {
    return super.union(other) as SetHandle<T | ElementOf<O>>;
  }
  /**
   * A new set of the elements that only one of both has: Python's `a ^ b`. The caller releases it.
   *
   * @example
   * using a = heap.set([1, 2]);
   * using either = a.symmetricDifference([2, 3]);
   * [...either]; // [1, 3]
   */
  override symmetricDifference<O extends Elements>(other: O): SetHandle<T | ElementOf<O>> {
    return super.symmetricDifference(other) as SetHandle<T | ElementOf<O>>;
  }
}

/** `set.add(value)`. @returns Whether it was not there. */
export function addElement(store: Store, set: () => Address, value: unknown): boolean {
  const add = (): number => withKey(store, value, (key) => store.core.setAdd(set(), key));
  return checkResult(store, add() || store.require(add, "a larger set")) !== RESULT_FOUND;
}
