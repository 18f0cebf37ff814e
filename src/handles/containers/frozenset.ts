import { adopt } from "../adopt.js";
import { filled } from "../filled.js";
import type { Store } from "../../state/store.js";
import type { Value } from "../values.js";
import { SetAlgebra, newFrozenset } from "./set-algebra.js";
import type { ElementOf, Elements } from "./set-algebra.js";

/**
 * Handle of a Python `frozenset`: a set that never changes, so it can be a key of a dict and an element of a set. It keeps
 * the order of insertion, which Python's does not. What it can do is the algebra of {@link SetAlgebra}. Elements are read
 * as items of a list are.
 *
 * @example
 * ```ts
 * const pair = heap.frozenset(["Ann", "Bob"]);
 * const distances = heap.dict<Value, number>([[pair, 12]]);
 * distances.get(heap.frozenset(["Bob", "Ann"])); // 12
 * ```
 */
export class FrozensetHandle<T extends Value = Value> extends SetAlgebra<T> {
  /** @internal */
  static create(store: Store, elements: Elements): FrozensetHandle {
    return filled(adopt<FrozensetHandle>(store, newFrozenset(store)), (made) => {
      made.addElements(elements);
      store.core.freezeSet(made.address);
    });
  }

  override union<O extends Elements>(other: O): FrozensetHandle<T | ElementOf<O>> {
    return super.union(other) as FrozensetHandle<T | ElementOf<O>>;
  }
  override symmetricDifference<O extends Elements>(other: O): FrozensetHandle<T | ElementOf<O>> {
    return super.symmetricDifference(other) as FrozensetHandle<T | ElementOf<O>>;
  }
}
