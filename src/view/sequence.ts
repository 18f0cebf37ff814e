import { TYPE_NONE } from "../../assembly/layout.js";
import { BadIndexError, describe } from "../base/errors.js";
import type { ItemOf } from "../handles/containers/tuple.js";
import { ContainerView, itemAt } from "./container.js";
import type { ViewValue } from "./node.js";
import { indexIn } from "./path.js";
import { AT, SOURCE } from "./ref.js";
import { firstSlot, slotCount } from "./slots.js";

/** What views of lists and tuples have in common. */
export abstract class SequenceView<T = ViewValue> extends ContainerView {
  /** How many items there are. */
  get length(): number {
    return slotCount(this[SOURCE], this[AT], this[SOURCE].typeAt(this[AT]));
  }

  #itemAt(index: number): number {
    const source = this[SOURCE];
    const at = this[AT];
    const type = source.typeAt(at);
    const count = slotCount(source, at, type);
    return source.words[firstSlot(source, at, type, count) + indexIn(count, index)] as number;
  }

  /**
   * Item at an index; negative ones count from the end.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * heap.roots.set("list", list);
   * openView(save(heap)).roots.get<ListHandle>("list")?.get(-1); // 3
   *
   * @throws {@link BadIndexError}
   */
  get(index: number): T {
    return this[SOURCE].value(this.#itemAt(index)) as T;
  }

  /**
   * Item at an index, or `undefined` if there is none: as `at` of an array. Negative indexes count from the end.
   *
   * @example
   * using list = heap.list([1, 2, 3]);
   * heap.roots.set("list", list);
   * const view = openView(save(heap)).roots.get<ListHandle>("list");
   * view?.at(5); // undefined: `get` would throw
   *
   * @throws {@link BadIndexError} unless the index is a whole number.
   */
  at(index: number): T | undefined {
    if (!Number.isInteger(index)) throw new BadIndexError(`an index is a whole number, not ${describe(index)}`);
    const { length } = this;
    return index < length && index >= -length ? this.get(index) : undefined;
  }

  /**
   * Whether an item is None, as `get(index) === null`.
   *
   * @example
   * using list = heap.list([null, 1]);
   * heap.roots.set("list", list);
   * openView(save(heap)).roots.get<ListHandle>("list")?.isNull(0); // true
   *
   * @throws {@link BadIndexError}
   */
  isNull(index: number): boolean {
    const source = this[SOURCE];
    return source.typeAt(source.at(this.#itemAt(index))) === TYPE_NONE;
  }

  /**
   * Calls a function with each item and its index. It takes half of the time of a loop.
   *
   * @example
   * using list = heap.list([1, 2]);
   * heap.roots.set("list", list);
   * let sum = 0;
   * openView(save(heap)).roots.get<ListHandle<number>>("list")?.forEach((item) => (sum += item));
   * sum; // 3
   */
  forEach(visit: (item: T, index: number) => void): void {
    let index = 0;
    this.visit((source, slot) => {
      visit(itemAt(source, slot) as T, index++);
    });
  }

  /** The items, as `get` gives them. */
  [Symbol.iterator](): Generator<T, void> {
    return this.each((source, slot) => itemAt(source, slot) as T);
  }
}

/** View of a Python `list`. */
export class ListView<T = ViewValue> extends SequenceView<T> {}

/** View of a Python `tuple`. */
export class TupleView<T extends readonly unknown[] = readonly ViewValue[]> extends SequenceView<T[number]> {
  /**
   * Item at an index; negative ones count from the end.
   *
   * @example
   * using point = heap.tuple([3, 4]);
   * heap.roots.set("point", point);
   * openView(save(heap)).roots.get<typeof point>("point")?.get(-1); // 4
   *
   * @throws {@link BadIndexError}
   */
  override get<I extends number>(index: I): ItemOf<T, I> {
    return super.get(index);
  }
}
