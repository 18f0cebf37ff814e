import { TUPLE_ITEMS_OFFSET, TUPLE_LENGTH_OFFSET } from "../../../assembly/layout.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";
import { ownedElements } from "./container.js";
import type { PlainOf, Value } from "../values.js";
import { SequenceHandle } from "./sequence.js";

/** The item of a tuple at an index, if that is known. */
export type ItemOf<T extends readonly unknown[], I extends number> = `${I}` extends keyof T ? T[I] : T[number];

/** Handle of a Python `tuple`: items that never change. */
export class TupleHandle<T extends readonly Value[] = readonly Value[]> extends SequenceHandle<T[number]> {
  get length(): number {
    return this.store.memory.word(this.address + TUPLE_LENGTH_OFFSET);
  }

  /** Item at an index; negative ones count from the end. @throws {@link BadIndexError} */
  override get<I extends number>(index: I): ItemOf<T, I> {
    return super.get(index);
  }

  override toJS(): { -readonly [I in keyof T]: PlainOf<T[I]> } {
    return super.toJS() as { -readonly [I in keyof T]: PlainOf<T[I]> };
  }

  protected itemAt(index: number): Address {
    return this.store.memory.word(this.address + TUPLE_ITEMS_OFFSET + 4 * index);
  }
}

/** A tuple of these values, with one reference for the caller. */
export function ownedTuple(store: Store, values: Iterable<unknown>): Address {
  const { core } = store;
  // A tuple must not be left half filled.
  store.askForRoom();
  const items: Address[] = [];
  try {
    for (const item of ownedElements(store, values)) items.push(item);
    const tuple = store.require(() => core.newTuple(items.length), `a tuple of ${items.length}`);
    items.forEach((item, index) => {
      core.tupleInit(tuple, index, item);
    });
    return tuple;
  } finally {
    for (const item of items) core.decref(item);
  }
}
