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
 * using pair = heap.frozenset(["Alice", "Bob"]);
 * using distances = heap.dict([[pair, 12]]);
 * using same = heap.frozenset(["Bob", "Alice"]);
 * distances.get(same); // 12
 */
export class FrozensetHandle<T extends Value = Value> extends SetAlgebra<T> {
  /** @internal */
  static create(store: Store, elements: Elements): FrozensetHandle {
    return filled(adopt<FrozensetHandle>(store, newFrozenset(store)), (made) => {
      made.addElements(elements);
      store.core.freezeSet(made.address);
    });
  }

  /** A new frozenset of the elements of both: Python's `a | b`. The caller releases it. */
  override union<O extends Elements>(other: O): FrozensetHandle<T | ElementOf<O>> {
    return super.union(other) as FrozensetHandle<T | ElementOf<O>>;
  }
  /** A new frozenset of the elements that only one of both has: Python's `a ^ b`. The caller releases it. */
  override symmetricDifference<O extends Elements>(other: O): FrozensetHandle<T | ElementOf<O>> {
    return super.symmetricDifference(other) as FrozensetHandle<T | ElementOf<O>>;
  }
}
