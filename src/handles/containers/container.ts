import { adoptOutsideScopes } from "../adopt.js";
import { iterate } from "../../base/arguments.js";
import { stepping } from "../../base/entered.js";
import { pin, unpin } from "../../base/pins.js";
import { Handle, addressIn, isHandle, isHandleOf, noImpostor } from "../handle.js";
import { readPath } from "../path.js";
import type { PathStep } from "../path.js";
import { OVER, Walk, asGenerator } from "./walk.js";
import type { Store } from "../../state/store.js";
import { isArray } from "../../base/untrusted.js";
import { ownedValue } from "../values.js";
import type { Address } from "../../wasm/exports.js";

/** Handle of something with elements. */
export abstract class ContainerHandle extends Handle {
  /** Addresses of what Python iterates over (of a dict: the keys), each borrowed until the next. @internal */
  abstract elements(): Generator<Address, void>;

  /**
   * Whether both are equal: Python's `==`, as {@link Handle.equals}. A container of JavaScript's is copied first, as by
   * `Heap.from`: `list.equals([1, [2]])`.
   *
   * @example
   * using list = heap.list([1, [2]]);
   * list.equals([1, [2]]); // true
   *
   * @throws {@link BadValueError}, {@link ForeignHandleError}, {@link OutOfMemoryError}
   */
  override equals(other: Handle | object): boolean {
    if (isHandle(other)) return super.equals(other);
    const { store } = this;
    const copy = adoptOutsideScopes<Handle>(store, ownedValue(store, noImpostor(other)));
    try {
      return super.equals(copy);
    } finally {
      copy.release();
    }
  }

  /**
   * Goes down a path and reads what is at its end, without a handle for each step: `order.read("lines", 0, "price")`.
   * Steps are keys of dicts, indexes of lists and tuples, and fields of structs.
   *
   * @example
   * using order = heap.dict({ lines: [{ price: 2.5 }] });
   * order.read("lines", 0, "price"); // 2.5
   * order.read("customer"); // undefined
   *
   * @typeParam T - What you know to be there. It is not checked.
   * @returns A value, or a new handle; `null` if a reference on the way is empty, `undefined` if a key is not there.
   * @throws {@link BadIndexError}, {@link BadFieldError}, {@link BadKeyError}
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unnecessary-type-parameters -- as JSON.parse
  read<T = any>(...path: [PathStep, ...PathStep[]]): T {
    return readPath(this, path) as T;
  }
}

/** What gives new handles to a loop, but is no handle. */
const sources = new WeakSet<object>();

/** Says so of something that can be iterated over. */
export function markAsSource(values: Iterable<unknown>): void {
  sources.add(values);
}

/** The values of anything. New handles that the heap makes for the loop are lent; those of the program are not. */
export function lentBy<T>(values: Iterable<T>): Iterable<T> {
  return isHandle(values) || sources.has(values) ? lending(values) : iterate(noImpostor(values));
}

/**
 * Passes values on, and releases the handles among them (or, of entries, in them) when the loop moves on or
 * ends: `for (const order of lending(orders)) …`. `clone()` those to be kept.
 *
 * @example
 * using people = heap.list([alice, bob]);
 * let ages = 0;
 * for (const person of lending(people)) ages += person.age;
 * ages; // 83
 */
export function lending<T>(values: Iterable<T>): Generator<T, void> {
  return stepping(asGenerator(new LendingWalk(values)));
}

/** The iterator of anything, which keeps the rules of iterators. A container's own keeps them all. @throws {@link BadValueError} */
export function iteratorOf<T>(values: Iterable<T>): Iterator<T> {
  const isOwn = isHandleOf(values, ContainerHandle);
  return (isOwn ? (values as Iterable<T>) : iterate(noImpostor(values)))[Symbol.iterator]();
}

/** A walk over the values of another iterator that releases what it gave last. */
class LendingWalk<T> extends Walk<T> {
  readonly #values: Iterable<T>;
  #iterator: Iterator<T> | undefined;
  #last: unknown;

  constructor(values: Iterable<T>) {
    super();
    this.#values = values;
  }
  protected begin(): void {
    this.#iterator = iteratorOf(this.#values);
  }
  protected step(): T | typeof OVER {
    this.#releaseLast();
    const step = (this.#iterator as Iterator<T>).next();
    if (step.done === true) return OVER;
    this.#last = step.value;
    return step.value;
  }
  protected end(): void {
    try {
      this.#releaseLast();
    } finally {
      this.#iterator?.return?.();
    }
  }

  /** Handles, or those in an entry. */
  #releaseLast(): void {
    const last = this.#last;
    this.#last = undefined;
    if (isHandle(last)) last.release();
    else if (isArray(last)) for (const part of last) if (isHandle(part)) part.release();
  }
}

/**
 * Objects for all values, each with one reference for the caller. Those of a container of the heap are
 * shared, not made anew from what they are to JavaScript. `own` makes objects of the others.
 */
export function* ownedElements(
  store: Store,
  values: Iterable<unknown>,
  own: (store: Store, value: unknown) => Address = ownedValue,
): Generator<Address, void> {
  if (isHandleOf(values, ContainerHandle)) {
    addressIn(store, values);
    for (const address of values.elements()) {
      store.incref(address);
      yield address;
    }
  } else for (const value of lentBy(values)) yield own(store, value);
}

/** Addresses of many objects. Not an array: where one grows beyond some 100 million numbers, V8 ends the process. */
export type OwnedItems = Uint32Array;

/** The objects of `ownedElements`, all of them: or none, if one cannot be had. */
export function ownedItems(store: Store, values: Iterable<unknown>): OwnedItems {
  let items: OwnedItems = new Uint32Array(16);
  let count = 0;
  pin();
  try {
    for (const item of ownedElements(store, values)) {
      items[count++] = item;
      if (count < items.length) continue;
      const grown = new Uint32Array(2 * count);
      grown.set(items);
      items = grown;
    }
    return items.subarray(0, count);
  } catch (error) {
    for (const item of items.subarray(0, count)) store.core.decref(item);
    throw error;
  } finally {
    unpin();
  }
}
