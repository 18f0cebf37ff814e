import { TABLE_LENGTH_OFFSET } from "../../assembly/layout.js";
import { find } from "./find.js";
import { ContainerView } from "./container.js";
import type { ViewValue } from "./node.js";
import { AT, SOURCE } from "./ref.js";
import type { Source } from "./source.js";

/** What may be equal to a key of type `K`: numbers, bigints and booleans may be equal to each other. */
export type SoughtIn<K> = K extends string
  ? string
  : K extends number | bigint | boolean
    ? number | bigint | boolean
    : K;

/** What views of dicts and sets have in common. Keys are equal as in Python: `1`, `1.0` and `true` are one key. */
export abstract class TableView<K = ViewValue> extends ContainerView {
  /** How many entries there are. */
  get size(): number {
    return (this[SOURCE].words[this[AT] + TABLE_LENGTH_OFFSET / 4] as number) >>> 0;
  }

  /**
   * Whether the key is there. It is looked up by its hash, as in the heap. Tuples, frozensets and objects of structs are looked up
   * by views of them.
   *
   * @example
   * using tags = heap.set(["new", 1]);
   * heap.roots.set("tags", tags);
   * openView(save(heap)).roots.get<SetHandle>("tags")?.has(true); // true: True equals 1
   *
   * @throws {@link BadKeyError} for what cannot be a key: lists, dicts, sets.
   */
  has(key: SoughtIn<K>): boolean {
    return find(this[SOURCE], this[AT], this.width, key) >= 0;
  }

  /** Index of the word of a key, or -1. */
  protected slotOf(key: unknown): number {
    return find(this[SOURCE], this[AT], this.width, key);
  }
}

export function keyAt(source: Source, slot: number): unknown {
  return source.key(source.words[slot] as number);
}
