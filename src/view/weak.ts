import {
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_NEXT_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  TYPE_EPHEMERON,
  WEAKMAP_FIRST_OFFSET,
  WEAKMAP_SIZE_OFFSET,
} from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import { referentOf } from "./field.js";
import { NodeView } from "./node.js";
import type { ViewValue } from "./node.js";
import { AT, SOURCE, addressIn } from "./ref.js";

/** View of a weak reference. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as of WeakRef
export class WeakrefView<T = NodeView> extends NodeView {
  /**
   * The referent, or `null` if it was dead when the image was made.
   *
   * @example
   * using weakref = heap.weakref.ref(bob);
   * heap.roots.set("weakref", weakref);
   * openView(save(heap)).roots.get<typeof weakref>("weakref")?.deref()?.type; // "Person"
   */
  deref(): T | null {
    const referent = referentOf(this[SOURCE], this[AT]);
    return referent === 0 ? null : (this[SOURCE].value(referent) as T);
  }

  /** Whether the referent lived when the image was made. */
  get alive(): boolean {
    return referentOf(this[SOURCE], this[AT]) !== 0;
  }
}

/** Words of an entry, so that a chain of entries cannot be longer than the image. */
const ENTRY_WORDS = 10;

/** What views of weak maps and weak sets have in common. */
export abstract class WeakTableView extends NodeView {
  /** How many keys there are. */
  get size(): number {
    return (this[SOURCE].words[this[AT] + WEAKMAP_SIZE_OFFSET / 4] as number) >>> 0;
  }

  /**
   * Whether the object is there. Takes time in proportion to the size: the index of weak maps is not in images.
   *
   * @example
   * using seen = heap.weakref.set([alice]);
   * heap.roots.set("seen", seen).set("alice", alice);
   * const { roots } = openView(save(heap));
   * roots.get<typeof seen>("seen")?.has(roots.get<typeof Person>("alice")!); // true
   *
   * @throws {@link BadValueError} for what is no object of this view.
   */
  has(key: NodeView): boolean {
    return this.entryOf(key) !== undefined;
  }

  /** Index of the first word of a key's entry. */
  protected entryOf(key: NodeView): number | undefined {
    const address = addressIn(this[SOURCE], key);
    return this.chain().find((entry) => this[SOURCE].words[entry + EPHEMERON_KEY_OFFSET / 4] === address);
  }

  /** Indexes of the first words of the entries, the oldest first. */
  protected chain(): number[] {
    const source = this[SOURCE];
    const { words } = source;
    const entries: number[] = [];
    let entry = words[this[AT] + WEAKMAP_FIRST_OFFSET / 4] as number;
    while (entry !== 0) {
      const at = source.at(entry);
      if (source.typeAt(at) !== TYPE_EPHEMERON || entries.push(at) > words.length / ENTRY_WORDS)
        throw new BadImageError("a weak map does not end", 4 * at);
      entry = words[at + EPHEMERON_NEXT_OFFSET / 4] as number;
    }
    return entries.reverse();
  }

  protected keyAt(entry: number): unknown {
    return this[SOURCE].value(this[SOURCE].words[entry + EPHEMERON_KEY_OFFSET / 4] as number);
  }
}

/** View of a `WeakKeyDictionary`: its keys are objects that it does not keep alive. */
export class WeakKeyMapView<K = NodeView, V = ViewValue> extends WeakTableView {
  /**
   * Value of a key; `undefined` if it is not there. Takes time in proportion to the size.
   *
   * @example
   * using notes = heap.weakref.keyMap([[alice, "likes tea"]]);
   * heap.roots.set("notes", notes).set("alice", alice);
   * const { roots } = openView(save(heap));
   * roots.get<typeof notes>("notes")?.get(roots.get<typeof Person>("alice")!); // "likes tea"
   *
   * @throws {@link BadValueError} for what is no object of this view.
   */
  get(key: NodeView): V | undefined {
    const entry = this.entryOf(key);
    return entry === undefined ? undefined : this.#valueAt(entry);
  }

  /**
   * The keys, the oldest entry first.
   *
   * @example
   * using notes = heap.weakref.keyMap([[alice, "likes tea"]]);
   * heap.roots.set("notes", notes);
   * const view = openView(save(heap)).roots.get<typeof notes>("notes")!;
   * [...view.keys()].length; // 1
   */
  *keys(): Generator<K, void> {
    for (const entry of this.chain()) yield this.keyAt(entry) as K;
  }
  /**
   * The values, as `keys`.
   *
   * @example
   * using notes = heap.weakref.keyMap([[alice, "likes tea"]]);
   * heap.roots.set("notes", notes);
   * [...openView(save(heap)).read("notes").values()]; // ["likes tea"]
   */
  *values(): Generator<V, void> {
    for (const entry of this.chain()) yield this.#valueAt(entry);
  }
  /**
   * The entries, as `keys`.
   *
   * @example
   * using notes = heap.weakref.keyMap([[alice, "likes tea"]]);
   * heap.roots.set("notes", notes);
   * for (const [key, note] of openView(save(heap)).read("notes").entries()) console.log(key.type, note); // prints: Person likes tea
   */
  *entries(): Generator<[key: K, value: V], void> {
    for (const entry of this.chain()) yield [this.keyAt(entry) as K, this.#valueAt(entry)];
  }
  /** The entries, as `entries()`: for `for … of`. */
  [Symbol.iterator](): Generator<[key: K, value: V], void> {
    return this.entries();
  }

  #valueAt(entry: number): V {
    return this[SOURCE].value(this[SOURCE].words[entry + EPHEMERON_VALUE_OFFSET / 4] as number) as V;
  }
}

/** View of a `WeakSet`: a set of objects that it does not keep alive. */
export class WeakSetView<T = NodeView> extends WeakTableView {
  /**
   * The objects, the oldest first.
   *
   * @example
   * using seen = heap.weakref.set([alice, bob]);
   * heap.roots.set("seen", seen);
   * for (const person of openView(save(heap)).read("seen").values()) console.log(person.title); // prints: Alice, Bob
   */
  *values(): Generator<T, void> {
    for (const entry of this.chain()) yield this.keyAt(entry) as T;
  }
  /** The objects, as `values()`: for `for … of`. */
  [Symbol.iterator](): Generator<T, void> {
    return this.values();
  }
}
