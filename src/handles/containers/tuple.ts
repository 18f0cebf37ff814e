import { TUPLE_ITEMS_OFFSET, TUPLE_LENGTH_OFFSET } from "../../../assembly/layout.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";
import { adopt, share } from "../adopt.js";
import { ownedItems } from "./container.js";
import type { OwnedItems } from "./container.js";
import type { PlainOf, Value } from "../values.js";
import { SequenceHandle } from "./sequence.js";

/** The item of a tuple at an index, if that is known. */
export type ItemOf<T extends readonly unknown[], I extends number> = `${I}` extends keyof T ? T[I] : T[number];

/** Handle of a Python `tuple`: items that never change. */
export class TupleHandle<T extends readonly Value[] = readonly Value[]> extends SequenceHandle<T[number]> {
  get length(): number {
    return this.store.memory.word(this.address + TUPLE_LENGTH_OFFSET);
  }

  /**
   * Item at an index; negative ones count from the end.
   *
   * @example
   * using point = heap.tuple([3, 4]);
   * point.get(-1); // 4
   *
   * @throws {@link BadIndexError}
   */
  override get<I extends number>(index: I): ItemOf<T, I> {
    return super.get(index);
  }

  /**
   * A tuple of the items from `start` to before `end`, each `step` from the last: Python's `tuple[start:end:step]`, as `slice` of a
   * list. All items in their order are the tuple itself, as in Python.
   *
   * @example
   * using letters = heap.tuple(["a", "b", "c"]);
   * using ends = letters.slice(undefined, undefined, 2);
   * ends.toJS(); // ["a", "c"]
   *
   * @throws {@link BadIndexError}, {@link OutOfMemoryError}
   */
  slice(start?: number, end?: number, step = 1): TupleHandle<readonly T[number][]> {
    const { store } = this;
    const slice = this.indices(start, end, step);
    if (step === 1 && slice.count === this.length) return share(store, this.address);
    store.askForRoom();
    return adopt(store, tupleOf(store, this.ownedSlice(slice)));
  }

  /**
   * The items as an array, each as its own `toJS()` gives it.
   *
   * @example
   * using point = heap.tuple([3, "a"]);
   * point.toJS(); // [3, "a"]
   */
  override toJS(): { -readonly [I in keyof T]: PlainOf<T[I]> } {
    return super.toJS() as { -readonly [I in keyof T]: PlainOf<T[I]> };
  }

  protected itemAt(index: number): Address {
    return this.store.memory.word(this.address + TUPLE_ITEMS_OFFSET + 4 * index);
  }
}

/** A tuple of these values, with one reference for the caller. */
export function ownedTuple(store: Store, values: Iterable<unknown>): Address {
  // A tuple must not be left half filled.
  store.askForRoom();
  return tupleOf(store, ownedItems(store, values));
}

/** A tuple of these objects, with one reference for the caller, whose references to them it takes over. */
function tupleOf(store: Store, items: OwnedItems): Address {
  const { core } = store;
  try {
    const tuple = store.require(() => core.newTuple(items.length), `a tuple of ${items.length}`);
    items.forEach((item, index) => {
      core.tupleInit(tuple, index, item);
    });
    return tuple;
  } finally {
    for (const item of items) core.decref(item);
  }
}
