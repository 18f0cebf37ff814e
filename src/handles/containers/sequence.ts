import { INCOMPARABLE_INDEX, MAX_KEY_DEPTH, MAX_KEY_PARTS, TYPE_NONE } from "../../../assembly/layout.js";
import { BadIndexError, BadValueError, describe } from "../../base/errors.js";
import { addressIn } from "../handle.js";
import { borrowedValue, withKey } from "../values.js";
import type { Sought, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { ContainerHandle } from "./container.js";
import type { OwnedItems } from "./container.js";
import { HoldingWalk, OVER, asGenerator } from "./walk.js";

/** Where the items of a slice lie. */
export interface Slice {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** What lists and tuples have in common. */
export abstract class SequenceHandle<T extends Value = Value> extends ContainerHandle {
  /** How many items there are. */
  abstract get length(): number;
  /** Address of the object at an index, borrowed. */
  protected abstract itemAt(index: number): Address;

  /**
   * Item at an index; negative ones count from the end.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * list.get(-1); // 3
   *
   * @throws {@link BadIndexError}
   */
  get(index: number): T {
    return borrowedValue(this.store, this.itemAt(this.resolve(index))) as T;
  }

  /**
   * Item at an index, or `undefined` if there is none: as `at` of an array. Negative indexes count from the end.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * list.at(-1); // 3
   * list.at(5); // undefined: `get` would throw
   *
   * @throws {@link BadIndexError} unless the index is a whole number.
   */
  at(index: number): T | undefined {
    if (!Number.isInteger(index)) throw new BadIndexError(`an index is a whole number, not ${describe(index)}`);
    const { length } = this;
    return index < length && index >= -length ? this.get(index) : undefined;
  }

  /**
   * Whether an item is None, as `get(index) === null`. Where reading the item would make a handle to be released, this makes none.
   * Negative indexes count from the end.
   *
   * @example
   * using nodes = heap.list([null, [1]]);
   * nodes.isNull(1); // false: no handle of the list in it was made
   *
   * @throws {@link BadIndexError}
   */
  isNull(index: number): boolean {
    return this.store.typeIdAt(this.itemAt(this.resolve(index))) === TYPE_NONE;
  }

  /**
   * First index from `start` on, and before `end`, of an item equal to `value`; -1 if there is none. Equal as in
   * Python: `1`, `1.0` and `True` are; lists, dicts, sets and structs are equal to themselves alone.
   *
   * @example
   * using list = heap.list(["a", "b", "a"]);
   * list.indexOf("a", 1); // 2
   * list.indexOf("c"); // -1
   *
   * @throws {@link BadIndexError}; {@link BadValueError} for tuples that are nested too deeply to be compared, where
   *   Python has a RecursionError.
   */
  indexOf(value: Sought<T>, start = 0, end = this.length): number {
    return this.search(value, start, end, () => undefined);
  }

  /** As `indexOf`. `found` gets the index while it is right: a long text dies before this returns, and hooks that waited may run. */
  protected search(value: Value, start: number, end: number, found: (index: number) => void): number {
    let to = 0;
    const index = withKey(this.store, value, (key) => {
      // A long text becomes an object for the length of the search, and its birth may shorten a list.
      const [from, last] = this.range(start, end);
      to = last;
      const at = this.store.core.sequenceIndex(this.address, key, from, to) >>> 0;
      if (at !== INCOMPARABLE_INDEX && at !== to) found(at);
      return at;
    });
    if (index === INCOMPARABLE_INDEX) throw incomparable();
    return index === to ? -1 : index;
  }

  /**
   * How many items are equal to `value`, as `indexOf` compares them: Python's `count`. Takes time proportional to the length.
   *
   * @example
   * using list = heap.list([1, 2, true]);
   * list.count(1); // 2: True equals 1
   *
   * @throws {@link BadValueError} for tuples that are nested too deeply to be compared.
   */
  count(value: Sought<T>): number {
    const count = withKey(this.store, value, (key) => {
      // A long text becomes an object for the length of the search, and its birth may shorten a list.
      const { length } = this;
      let found = 0;
      for (let from = 0; from < length; from++, found++) {
        from = this.store.core.sequenceIndex(this.address, key, from, length) >>> 0;
        if (from === INCOMPARABLE_INDEX) return from;
        if (from === length) break;
      }
      return found;
    });
    if (count === INCOMPARABLE_INDEX) throw incomparable();
    return count;
  }

  /**
   * Whether an item is equal to `value`: Python's `in`.
   *
   * @example
   * using list = heap.list([1, 2]);
   * list.includes(2); // true
   */
  includes(value: Sought<T>): boolean {
    return this.indexOf(value) >= 0;
  }

  /** The items, as `get` gives them. Follows a list that grows or shrinks meanwhile, as Python's iterator does. */
  [Symbol.iterator](): Generator<T, void> {
    const { store } = this;
    return asGenerator(new SequenceWalk(this, (item) => borrowedValue(store, item) as T));
  }

  /** @internal */
  override elements(): Generator<Address, void> {
    return asGenerator(new SequenceWalk(this, (item) => item));
  }

  /** @internal */
  itemIn(index: number): Address {
    return this.itemAt(index);
  }

  /** @throws {@link BadIndexError} */
  protected resolve(index: number): number {
    const { length } = this;
    const resolved = typeof index === "number" && index < 0 ? index + length : index;
    if (!Number.isInteger(resolved) || resolved < 0 || resolved >= length) {
      throw new BadIndexError(`no item ${describe(index)} in a ${this.type} of ${length}`);
    }
    return resolved;
  }

  /** A slice's ends, cut to the length as Python's are. @throws {@link BadIndexError} unless both are whole. @internal */
  range(start: number, end: number): [start: number, end: number] {
    addressIn(this.store, this);
    const from = this.#cut(start);
    return [from, Math.max(from, this.#cut(end))];
  }

  /**
   * The indexes of a slice, by Python's rules: those in front of `end`, each `step` from the last.
   *
   * @throws {@link BadIndexError} @internal
   */
  indices(start: number | undefined, end: number | undefined, stride: number): Slice {
    addressIn(this.store, this);
    if (!Number.isInteger(stride) || stride === 0)
      throw new BadIndexError(`a step is a whole number other than 0, not ${describe(stride)}`);
    const { length } = this;
    // A step beyond the length selects one item, whatever it is. The core's steps have 32 bits.
    const step = Math.max(-length - 1, Math.min(stride, length + 1));
    if (step > 0) {
      const [from, to] = this.range(start ?? 0, end ?? length);
      return { start: from, step, count: Math.ceil((to - from) / step) };
    }
    const from = start === undefined ? length - 1 : this.#cutBackwards(start);
    const to = end === undefined ? -1 : this.#cutBackwards(end);
    return { start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
  }

  /** As `#cut`, for a way from the end: it ends in front of the first item. */
  #cutBackwards(index: number): number {
    const { length } = this;
    this.#cut(index);
    return Math.max(-1, Math.min(index < 0 ? index + length : index, length - 1));
  }

  /** The objects of a slice, each with a reference for the caller. @internal */
  protected ownedSlice({ start, step, count }: Slice): OwnedItems {
    const items = new Uint32Array(count);
    let owned = 0;
    try {
      for (; owned < count; owned++) {
        const item = this.itemAt(start + owned * step);
        this.store.incref(item);
        items[owned] = item;
      }
      return items;
    } catch (error) {
      for (const item of items.subarray(0, owned)) this.store.core.decref(item);
      throw error;
    }
  }

  #cut(index: number): number {
    if (!Number.isInteger(index) && index !== Infinity && index !== -Infinity)
      throw new BadIndexError(`an index is a whole number, not ${describe(index)}`);
    const { length } = this;
    return Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  }
}

/** A walk over the items of a list or tuple. */
class SequenceWalk<T> extends HoldingWalk<SequenceHandle, T> {
  readonly #read: (item: Address) => T;
  #index = 0;

  constructor(sequence: SequenceHandle, read: (item: Address) => T) {
    super(sequence);
    this.#read = read;
  }
  protected step(): T | typeof OVER {
    const { held } = this;
    return this.#index < held.length ? this.#read(held.itemIn(this.#index++)) : OVER;
  }
}

function incomparable(): BadValueError {
  return new BadValueError(
    `tuples and sets in each other more than ${MAX_KEY_DEPTH} deep, or more than ${MAX_KEY_PARTS} in all, cannot be compared`,
  );
}
