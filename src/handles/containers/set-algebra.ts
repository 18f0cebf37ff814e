import { adopt, adoptOutsideScopes } from "../adopt.js";
import { NO_ENTRY, TYPE_SET } from "../../../assembly/layout.js";
import { filled } from "../filled.js";
import { addressIn, isHandleOf } from "../handle.js";
import type { Store } from "../../state/store.js";
import { borrowedValue, ownedKey } from "../values.js";
import type { PlainOf, Value, Widened } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { ownedElements } from "./container.js";
import type { DictHandle } from "./dict.js";
import { TableHandle, checkResult } from "./table.js";

/** What an operation on sets takes: a set, list or tuple, the keys of a dict of the heap, or anything that can be iterated over. */
export type Elements = Iterable<Value> | DictHandle;

/** The elements of such an argument. */
export type ElementOf<O extends Elements> =
  O extends DictHandle<infer K> ? K : O extends Iterable<infer E> ? (E extends Value ? Widened<E> : never) : never;

/**
 * What sets and frozensets can do without changing: the operations have the names of JavaScript's `Set`, and do what Python's do. Each
 * takes a set, list or tuple, the keys of a dict of the heap, or anything that can be iterated over; also the set itself.
 *
 * Results are new sets of the receiver's type, which the caller releases. Their order is that of the receiver's elements, then that of the
 * argument's. Of two equal elements the result has the receiver's.
 *
 * All throw {@link BadKeyError} if an element of the argument cannot be a key, {@link ContainerChangedError} if a finalizer
 * or an iterator changes a set that is being read, {@link ForeignHandleError}, {@link OutOfMemoryError}, or what the
 * iterable throws. No part of a result is left then.
 *
 * @example
 * using a = heap.set([1, 2, 3]);
 * using common = a.intersection([3, 2]); // keeps the order of a
 * common.repr(); // "{2, 3}"
 * a.isSupersetOf(new Set([1])); // true
 */
export abstract class SetAlgebra<T extends Value = Value> extends TableHandle<T> {
  protected readonly width = 1;

  /**
   * A new set of the elements of both: Python's `a | b`.
   *
   * @example
   * using a = heap.set([1, 2]);
   * using both = a.union([2, 3]);
   * [...both]; // [1, 2, 3]
   */
  union<O extends Elements>(other: O): SetAlgebra<T | ElementOf<O>> {
    const made = this.#made((result) => {
      result.addAll(this, LARGER);
      result.addElements(other);
    });
    return made as SetAlgebra<T | ElementOf<O>>;
  }

  /**
   * A new set of the elements that the argument has, too: Python's `a & b`.
   *
   * @example
   * using a = heap.set([1, 2]);
   * using common = a.intersection([2, 3]);
   * [...common]; // [2]
   */
  intersection(other: Elements): this {
    return this.#withTable(other, (table) =>
      this.#made((result) => {
        result.#addSome(this, table, true);
      }),
    );
  }

  /**
   * A new set of the elements that the argument does not have: Python's `a - b`.
   *
   * @example
   * using a = heap.set([1, 2]);
   * using rest = a.difference([2, 3]);
   * [...rest]; // [1]
   */
  difference(other: Elements): this {
    return this.#withTable(other, (table) =>
      this.#made((result) => {
        result.#addSome(this, table, false);
      }),
    );
  }

  /**
   * A new set of the elements that only one of both has: Python's `a ^ b`.
   *
   * @example
   * using a = heap.set([1, 2]);
   * using either = a.symmetricDifference([2, 3]);
   * [...either]; // [1, 3]
   */
  symmetricDifference<O extends Elements>(other: O): SetAlgebra<T | ElementOf<O>> {
    const made = this.#withTable(other, (table) =>
      this.#made((result) => {
        result.#addSome(this, table, false);
        result.#addSome(table, this, false);
      }),
    );
    return made as SetAlgebra<T | ElementOf<O>>;
  }

  /**
   * Whether the argument has all elements: Python's `a <= b`.
   *
   * @example
   * using a = heap.set([1, 2]);
   * a.isSubsetOf([1, 2, 3]); // true
   */
  isSubsetOf(other: Elements): boolean {
    return this.#withTable(other, (table) => this.size <= table.size && hasAll(table, this));
  }

  /**
   * Whether the set has all elements of the argument: Python's `a >= b`. An iterable is read up to the first that is
   * not there.
   *
   * @example
   * using a = heap.set([1, 2]);
   * a.isSupersetOf([1]); // true
   */
  isSupersetOf(other: Elements): boolean {
    addressIn(this.store, this);
    if (isTable(other)) {
      addressIn(this.store, other);
      return other.size <= this.size && hasAll(this, other);
    }
    return !this.#meets(other, false);
  }

  /**
   * Whether no element is in both: Python's `isdisjoint`. An iterable is read up to the first that is there.
   *
   * @example
   * using a = heap.set([1, 2]);
   * a.isDisjointFrom([3]); // true
   */
  isDisjointFrom(other: Elements): boolean {
    addressIn(this.store, this);
    if (isTable(other)) {
      addressIn(this.store, other);
      return this.size < other.size ? hasNone(other, this) : hasNone(this, other);
    }
    return !this.#meets(other, true);
  }

  /**
   * The elements as a `Set`, each as its own `toJS()` gives it.
   *
   * @example
   * using tags = heap.set(["new"]);
   * tags.toJS().has("new"); // true
   */
  override toJS(): Set<PlainOf<T>> {
    return super.toJS() as Set<PlainOf<T>>;
  }

  /**
   * The elements, in the order of insertion.
   *
   * @example
   * using tags = heap.set(["new", "sale"]);
   * [...tags.values()]; // ["new", "sale"]
   *
   * @throws {@link ContainerChangedError} if elements come or go meanwhile.
   */
  values(): Generator<T, void> {
    return this.each((slot) => borrowedValue(this.store, this.store.memory.word(slot)) as T);
  }
  /** The elements, as `values()`: for `for … of`. */
  [Symbol.iterator](): Generator<T, void> {
    return this.values();
  }

  /** Adds the elements of something else than the set itself. What has been added stays if that fails. */
  protected addElements(values: Elements): void {
    const { store } = this;
    addressIn(store, this);
    if (isTable(values)) {
      this.addAll(values, LARGER);
      return;
    }
    for (const element of ownedElements(store, values, ownedKey)) {
      const add = (): number => store.core.setAdd(this.address, element);
      try {
        checkResult(store, add() || store.require(add, LARGER));
      } finally {
        store.core.decref(element);
      }
    }
  }

  /** Adds those elements of `source` that are, or are not, in `other`. */
  #addSome(source: TableHandle, other: TableHandle, wanted: boolean): void {
    const { store } = this;
    const { core } = store;
    for (const element of source.elements()) {
      if (isIn(other, element) !== wanted || core.setAdd(this.address, element) !== 0) continue;
      // To make room may run finalizers, which may remove the element from its set.
      store.holding(element, () => store.require(() => core.setAdd(this.address, element), LARGER));
    }
  }

  /** Whether the receiver has (or does not have) some element of a list, tuple or iterable. */
  #meets(values: Elements, wanted: boolean): boolean {
    const { store } = this;
    for (const element of ownedElements(store, values, ownedKey)) {
      try {
        if (isIn(this, element) === wanted) return true;
      } finally {
        store.core.decref(element);
      }
    }
    return false;
  }

  /** A new set of the receiver's type, filled: all of it, or nothing. */
  #made(fill: (result: this) => void): this {
    const { store } = this;
    if (store.typeIdAt(this.address) === TYPE_SET) return filled(adopt<this>(store, newSet(store)), fill);
    return filled(adopt<this>(store, newFrozenset(store)), (result) => {
      fill(result);
      store.core.freezeSet(result.address);
    });
  }

  /** Runs something with a table whose keys are the argument's elements: its own, or a set made for that time. */
  #withTable<R>(other: Elements, use: (table: TableHandle) => R): R {
    const { store } = this;
    // Before an iterable runs: a released receiver is refused first.
    addressIn(store, this);
    const table = this.#tableOf(other);
    try {
      return use(table);
    } finally {
      table.release();
    }
  }
  #tableOf(other: Elements): TableHandle {
    const { store } = this;
    if (!isTable(other))
      return filled(adoptOutsideScopes<SetAlgebra>(store, newSet(store)), (made) => {
        made.addElements(other);
      });
    addressIn(store, other);
    // Own: a finalizer may release the program's.
    return store.outsideScopes(() => other.clone());
  }
}

const LARGER = "a larger set";

function newSet(store: Store): Address {
  return store.require(() => store.core.newSet(0), "a set");
}

/** An empty frozenset, to be filled and then frozen. */
export function newFrozenset(store: Store): Address {
  return store.require(() => store.core.newFrozenset(0), "a frozenset");
}

function isTable(values: unknown): values is TableHandle {
  return isHandleOf(values, TableHandle);
}

/** @throws {@link BadKeyError} */
function isIn(table: TableHandle, element: Address): boolean {
  return table.findAddress(element) !== NO_ENTRY;
}

function hasAll(table: TableHandle, other: TableHandle): boolean {
  for (const element of other.elements()) if (!isIn(table, element)) return false;
  return true;
}

function hasNone(table: TableHandle, other: TableHandle): boolean {
  for (const element of other.elements()) if (isIn(table, element)) return false;
  return true;
}
