import { adopt, adoptOutsideScopes } from "../adopt.js";
import { BUFFER_DATA_OFFSET, SLOTS_BUFFER_OFFSET, SLOTS_COUNT_OFFSET } from "../../../assembly/layout.js";
import { outside } from "../../base/entered.js";
import { BadIndexError, BadValueError, ContainerChangedError, describe } from "../../base/errors.js";
import { filled } from "../filled.js";
import { addressIn, isHandle, isHandleOf } from "../handle.js";
import { withLoan } from "../../state/loan.js";
import type { Store } from "../../state/store.js";
import { borrowedValue, lentValue, ownedValue } from "../values.js";
import type { Given, PlainOf, Sought, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { ownedElements, ownedItems } from "./container.js";
import type { OwnedItems } from "./container.js";
import { naturalOrder, sortedOrder } from "./order.js";
import { SequenceHandle } from "./sequence.js";

/** Which of two values comes first: negative, positive, or 0 for neither. */
export type Comparator<T = Value> = (a: T, b: T) => number;

/**
 * Handle of a Python `list`. Items that are None, booleans, numbers, strings or bytes are read as JavaScript
 * values; for any other an own handle is returned, which the caller releases.
 *
 * While it is being sorted, whatever would change it throws {@link ContainerChangedError}.
 */
export class ListHandle<T extends Value = Value> extends SequenceHandle<T> {
  get length(): number {
    return this.store.memory.word(this.address + SLOTS_COUNT_OFFSET);
  }

  protected itemAt(index: number): Address {
    const buffer = this.store.memory.word(this.address + SLOTS_BUFFER_OFFSET);
    return this.store.memory.word(buffer + BUFFER_DATA_OFFSET + 4 * index);
  }

  /** The list, which is about to change. It may have been released, or locked, since the caller was called. */
  #changing(): Address {
    const { address } = this;
    if (this.store.locked.has(address)) throw new ContainerChangedError("a list cannot change while it is sorted");
    return address;
  }

  /** Runs something with an object for a value, which the list has its own references to. */
  #with(value: unknown, run: (item: Address) => void): void {
    this.#changing();
    const item = ownedValue(this.store, value);
    try {
      run(item);
    } finally {
      this.store.core.decref(item);
    }
  }

  /**
   * Adds an item at the end. The list has its own reference to it.
   *
   * @example
   * using list = heap.list([1]);
   * list.append(2);
   * list.toJS(); // [1, 2]
   *
   * @throws {@link OutOfMemoryError}, the list unchanged.
   */
  append(value: Given<T>): void {
    const { store } = this;
    this.#changing();
    this.#give(ownedValue(store, value));
  }

  /**
   * Adds items at the end: those of another list or tuple, of this one, or of anything that can be iterated over.
   *
   * @example
   * using list = heap.list([1]);
   * list.extend([2, 3]);
   * list.extend(list);
   * list.toJS(); // [1, 2, 3, 1, 2, 3]
   *
   * @throws {@link OutOfMemoryError}, {@link BadValueError}, or what the iterable throws; the list is as before.
   */
  extend(values: Iterable<Given<T>>): void {
    if (isHandleOf(values, SequenceHandle)) this.#extendBy(values, 0);
    else {
      const { length } = this;
      try {
        for (const item of ownedElements(this.store, values)) this.#give(item);
      } catch (error) {
        if (!this.released && !this.store.locked.has(this.address) && this.length > length) this.removeRange(length);
        throw error;
      }
    }
  }

  /** Appends an object and drops the caller's reference to it, even if appending fails. */
  #give(item: Address): void {
    const { core } = this.store;
    try {
      this.store.require(() => core.listAppend(this.#changing(), item), "a longer list");
    } finally {
      core.decref(item);
    }
  }

  /** Appends the items of a slice. All is asked for anew after a collection, which may change either. */
  #extendBy(source: SequenceHandle, start: number, end?: number): void {
    const { store } = this;
    const extend = (): number => {
      const range = source.range(start, end ?? source.length);
      return store.core.listExtend(this.#changing(), addressIn(store, source), ...range);
    };
    store.require(extend, "a longer list");
  }

  /**
   * Adds an item before an index; one beyond either end stands for that end, as in Python.
   *
   * @example
   * using list = heap.list(["b", "c"]);
   * list.insert(0, "a");
   * list.toJS(); // ["a", "b", "c"]
   */
  insert(index: number, value: Given<T>): void {
    const { store } = this;
    this.range(index, index);
    this.#with(value, (item) =>
      store.require(() => store.core.listInsert(this.#changing(), this.range(index, index)[0], item), "a longer list"),
    );
  }

  /**
   * Replaces an item; the old one may die before this returns.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * list.set(-1, 4);
   * list.toJS(); // [1, 2, 4]
   *
   * @throws {@link BadIndexError}
   */
  set(index: number, value: Given<T>): void {
    this.resolve(index);
    this.#with(value, (item) => {
      this.store.core.listSet(this.#changing(), this.resolve(index), item);
    });
  }

  /**
   * Removes an item, the last by default, and returns it.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * list.pop(); // 3
   * list.pop(0); // 1
   *
   * @throws {@link BadIndexError} if there is none.
   */
  pop(index = -1): T {
    const { store } = this;
    if (this.length === 0) throw new BadIndexError("pop from an empty list");
    const list = this.#changing();
    const at = this.resolve(index);
    // What can fail comes first.
    const value = borrowedValue(store, this.itemAt(at)) as T;
    store.core.listRemove(list, at);
    return value;
  }

  /**
   * Removes the first item equal to `value`.
   *
   * @example
   * using list = heap.list([1, 2, 1]);
   * list.remove(1); // true
   * list.toJS(); // [2, 1]
   *
   * @returns Whether there was one.
   */
  remove(value: Sought<T>): boolean {
    this.#changing();
    const remove = (index: number): void => {
      this.store.core.listRemove(this.#changing(), index);
    };
    return this.search(value, 0, this.length, remove) >= 0;
  }

  /**
   * Removes the items from `start` to before `end`, as `clear`: Python's `del list[start:end]`.
   *
   * @example
   * using list = heap.list([1, 2, 3, 4]);
   * list.removeRange(1, 3);
   * list.toJS(); // [1, 4]
   *
   * @throws {@link BadIndexError}
   */
  removeRange(start: number, end = this.length): void {
    this.store.core.listRemoveRange(this.#changing(), ...this.range(start, end));
  }

  /**
   * Removes all items. They are gone before any of them dies of it; then they die, the last first.
   *
   * @example
   * using list = heap.list([1, 2]);
   * list.clear();
   * list.length; // 0
   */
  clear(): void {
    this.store.core.containerClear(this.#changing());
  }

  /**
   * A new list of the items from `start` to before `end`, each `step` from the last: Python's `list[start:end:step]`. Negative
   * indexes count from the end. With a negative step the slice goes backwards, and `undefined` stands for the other end.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * using backwards = list.slice(undefined, undefined, -1);
   * backwards.toJS(); // [3, 2, 1]
   *
   * @throws {@link BadIndexError}, {@link OutOfMemoryError}
   */
  slice(start?: number, end?: number, step = 1): ListHandle<T> {
    const { store } = this;
    if (step !== 1) return adopt(store, ownedList(store, this.ownedSlice(this.indices(start, end, step))));
    return this.#sliceInARow(start ?? 0, end);
  }

  #sliceInARow(start: number, end: number | undefined): ListHandle<T> {
    const { store } = this;
    this.range(start, end ?? this.length);
    const made = store.require(() => store.core.newList(0), "a list");
    return filled(adopt<ListHandle<T>>(store, made), (slice) => {
      slice.#extendBy(this, start, end);
    });
  }

  /**
   * Puts values where the items of a slice are: Python's `list[start:end:step] = values`. With a step other than 1 there must be
   * as many values as items. The values may be this list. They are in the list before the first old item dies.
   *
   * @example
   * using list = heap.list(["a", "b", "c"]);
   * list.setSlice(1, 3, ["x"]); // the items 1 and 2 give way to one
   * list.setSlice(0, 0, ["y", "z"]); // inserts in front
   * list.toJS(); // ["y", "z", "a", "x"]
   *
   * @throws {@link BadIndexError}, {@link BadValueError}, {@link OutOfMemoryError}, or what the values throw when they are iterated
   *   over; the list is as before.
   */
  setSlice(start: number | undefined, end: number | undefined, values: Iterable<Given<T>>, step = 1): void {
    const { store } = this;
    this.#changing();
    this.indices(start, end, step);
    const isOther = isHandleOf(values, SequenceHandle) && !this.is(values);
    const source = isOther ? values : this.#copyOf(values);
    try {
      store.require(() => this.#replace(start, end, step, source), "a longer list");
    } finally {
      if (!isOther) source.release();
    }
  }

  #copyOf(values: Iterable<Given<T>>): ListHandle {
    const { store } = this;
    return adoptOutsideScopes(store, ownedList(store, ownedItems(store, values)));
  }

  /** All is asked for anew after a collection, which may change either. @returns 0 if memory is out. */
  #replace(start: number | undefined, end: number | undefined, step: number, source: SequenceHandle): number {
    const { core } = this.store;
    const list = this.#changing();
    if (step === 1)
      return core.listReplace(list, ...this.range(start ?? 0, end ?? this.length), addressIn(this.store, source));
    const slice = this.indices(start, end, step);
    if (slice.count !== source.length)
      throw new BadValueError(`a slice of ${slice.count} items with a step takes as many values, not ${source.length}`);
    return core.listReplaceEach(list, Math.max(slice.start, 0), slice.step, addressIn(this.store, source));
  }

  /**
   * The items as an array, each as its own `toJS()` gives it.
   *
   * @example
   * using list = heap.list([1, "a", [true]]);
   * list.toJS(); // [1, "a", [true]]
   */
  override toJS(): PlainOf<T>[] {
    return super.toJS() as PlainOf<T>[];
  }

  /**
   * Turns the items round, in place.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * list.reverse();
   * list.toJS(); // [3, 2, 1]
   */
  reverse(): void {
    this.store.core.listReverse(this.#changing());
  }

  /**
   * Sorts in place; equal items keep their order. The comparator gets the items as `get` gives them, each
   * for the whole of the sorting; handles among them are lent.
   *
   * @example
   * using people = heap.list([alice, bob]);
   * people.sort((a, b) => a.age - b.age);
   * people.read(0, "title"); // "Bob"
   *
   * @param compare By default as Python compares: numbers by value, strings by code points, bytes and tuples
   *   item by item.
   * @throws {@link BadValueError} if items cannot be compared without a comparator,
   *   {@link ContainerChangedError} if the comparator changes the list, or what it throws. The list is then as before.
   */
  sort(compare?: Comparator<T>): void {
    const { store } = this;
    const list = this.#changing();
    if (compare !== undefined && typeof compare !== "function")
      throw new BadValueError(`a comparator is a function, not ${describe(compare)}`);
    store.holding(list, () => {
      store.locked.add(list);
      try {
        permute(store, list, compare === undefined ? naturalOrder(store, this.#addresses()) : this.#order(compare));
      } finally {
        store.locked.delete(list);
      }
    });
  }

  #addresses(): Address[] {
    return Array.from({ length: this.length }, (_, index) => this.itemAt(index));
  }

  #order(compare: Comparator<T>): Uint32Array {
    const { store } = this;
    // The list keeps its items alive meanwhile, so the comparator needs no handles of its own.
    const values = this.#addresses().map((item) => lentValue(store, item) as T);
    try {
      return sortedOrder(values, (a, b) => {
        const order: unknown = outside(compare, undefined, a, b);
        if (typeof order === "number") return order;
        throw new BadValueError(`a comparator returns a number, not ${describe(order)}`);
      });
    } finally {
      for (const value of values) if (isHandle(value)) value.release();
    }
  }
}

/** A list of these objects, with one reference for the caller, whose references to them it takes over. */
function ownedList(store: Store, items: OwnedItems): Address {
  const { core } = store;
  try {
    const list = store.require(() => core.newList(items.length), `a list of ${items.length}`);
    for (const item of items) core.listAppend(list, item);
    return list;
  } finally {
    for (const item of items) core.decref(item);
  }
}

function permute(store: Store, list: Address, order: Uint32Array): void {
  withLoan(store, 8 * order.length, (loan) => {
    store.memory.u32.set(order, loan >>> 2);
    store.core.listPermute(list, loan);
  });
}
