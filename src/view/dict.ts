import { TYPE_NONE } from "../../assembly/layout.js";
import { SOURCE } from "./ref.js";
import { itemAt } from "./container.js";
import { TableView, keyAt } from "./table.js";
import type { SoughtIn } from "./table.js";
import type { ViewValue } from "./node.js";

/** View of a Python `dict`. Its members are those of a `Map` that cannot be changed. */
export class DictView<K = ViewValue, V = ViewValue> extends TableView<K> {
  /** @internal */
  protected override get width(): number {
    return 2;
  }

  /**
   * Value of a key; `undefined` if it is not there.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * heap.roots.set("ages", ages);
   * const view = openView(save(heap)).roots.get<typeof ages>("ages");
   * view?.get("Alice"); // 42
   *
   * @throws {@link BadKeyError}
   */
  get(key: SoughtIn<K>): V | undefined {
    const slot = this.slotOf(key);
    return slot < 0 ? undefined : (itemAt(this[SOURCE], slot + 1) as V);
  }

  /**
   * Whether the value of a key is None, as `get(key) === null`; false if the key is not there.
   *
   * @example
   * using node = heap.from({ left: null });
   * heap.roots.set("node", node);
   * openView(save(heap)).roots.get<DictHandle>("node")?.isNull("left"); // true
   *
   * @throws {@link BadKeyError}
   */
  isNull(key: SoughtIn<K>): boolean {
    const source = this[SOURCE];
    const slot = this.slotOf(key);
    return slot >= 0 && source.typeAt(source.at(source.words[slot + 1] as number)) === TYPE_NONE;
  }

  /**
   * The keys, in the order of insertion.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * heap.roots.set("ages", ages);
   * [...openView(save(heap)).read("ages").keys()]; // ["Alice", "Bob"]
   */
  keys(): Generator<K, void> {
    return this.each((source, slot) => keyAt(source, slot) as K);
  }
  /**
   * The values, as `keys`.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * heap.roots.set("ages", ages);
   * [...openView(save(heap)).read("ages").values()]; // [42, 41]
   */
  values(): Generator<V, void> {
    return this.each((source, slot) => itemAt(source, slot + 1) as V);
  }
  /**
   * The entries, as `keys`.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * heap.roots.set("ages", ages);
   * [...openView(save(heap)).read("ages").entries()]; // [["Alice", 42]]
   */
  entries(): Generator<[key: K, value: V], void> {
    return this.each((source, slot): [K, V] => [keyAt(source, slot) as K, itemAt(source, slot + 1) as V]);
  }
  /** The entries, as of a `Map`. */
  [Symbol.iterator](): Generator<[key: K, value: V], void> {
    return this.entries();
  }

  /**
   * Calls a function with each value and its key, as `forEach` of a `Map`. It takes half of the time of a loop.
   *
   * @example
   * using ages = heap.dict({ Alice: 42, Bob: 41 });
   * heap.roots.set("ages", ages);
   * let sum = 0;
   * openView(save(heap)).roots.get<typeof ages>("ages")?.forEach((age) => (sum += age));
   * sum; // 83
   */
  forEach(visit: (value: V, key: K) => void): void {
    this.visit((source, slot) => {
      visit(itemAt(source, slot + 1) as V, keyAt(source, slot) as K);
    });
  }
}
