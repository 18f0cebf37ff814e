import { TableView, keyAt } from "./table.js";
import type { ViewValue } from "./node.js";

/** View of a Python `set` or `frozenset`. Its members are those of a `Set` that cannot be changed. */
export class SetView<T = ViewValue> extends TableView<T> {
  /**
   * The elements, in the order of insertion.
   *
   * @example
   * using tags = heap.set(["new", "sale"]);
   * heap.roots.set("tags", tags);
   * [...openView(save(heap)).read("tags").values()]; // ["new", "sale"]
   */
  values(): Generator<T, void> {
    return this.each((source, slot) => keyAt(source, slot) as T);
  }
  /** The elements, as `values()`: for `for … of`. */
  [Symbol.iterator](): Generator<T, void> {
    return this.values();
  }

  /**
   * Calls a function with each element. It takes half of the time of a loop.
   *
   * @example
   * using primes = heap.set([2, 3, 5]);
   * heap.roots.set("primes", primes);
   * let sum = 0;
   * openView(save(heap)).roots.get<typeof primes>("primes")?.forEach((prime) => (sum += prime));
   * sum; // 10
   */
  forEach(visit: (element: T) => void): void {
    this.visit((source, slot) => {
      visit(keyAt(source, slot) as T);
    });
  }
}
