import { TABLE_LENGTH_OFFSET, TYPE_DICT } from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import { find } from "./find.js";
import { ContainerView } from "./container.js";
import type { ViewValue } from "./node.js";
import { AT, SOURCE } from "./ref.js";
import { firstSlot, slotCount } from "./slots.js";
import type { Source } from "./source.js";

/** What may be equal to a key of type `K`: numbers, bigints and booleans may be equal to each other. */
export type SoughtIn<K> = K extends string
  ? string
  : K extends number | bigint | boolean
    ? number | bigint | boolean
    : K;

/** What views of dicts and sets have in common. Keys are equal as in Python: `1`, `1.0` and `true` are one key. */
export abstract class TableView<K = ViewValue> extends ContainerView {
  /** Slots of an entry. @internal */
  protected abstract readonly width: 1 | 2;

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

  /** What `read` makes of each entry, from the index of its first word; in the order of insertion. */
  protected *each<T>(read: (source: Source, slot: number) => T): Generator<T, void> {
    const source = this[SOURCE];
    const { width } = this;
    const count = slotCount(source, this[AT], TYPE_DICT);
    const first = firstSlot(source, this[AT], TYPE_DICT, count);
    for (let slot = first; slot < first + count; slot += width) if (isEntry(source, slot)) yield read(source, slot);
  }

  /** As `each`, with a call for each entry, which takes half of the time. */
  protected visit(read: (source: Source, slot: number) => void): void {
    const source = this[SOURCE];
    const { width } = this;
    const count = slotCount(source, this[AT], TYPE_DICT);
    const first = firstSlot(source, this[AT], TYPE_DICT, count);
    for (let slot = first; slot < first + count; slot += width) if (isEntry(source, slot)) read(source, slot);
  }
}

/** Deleted entries are zeros. */
function isEntry({ words }: Source, slot: number): boolean {
  const key = words[slot];
  if (key === undefined) throw new BadImageError("a container leaves the image", 4 * slot);
  return key !== 0;
}

export function keyAt(source: Source, slot: number): unknown {
  return source.key(source.words[slot] as number);
}

export function valueAt(source: Source, slot: number): unknown {
  return source.value(source.words[slot + 1] as number);
}
