import { SOURCE } from "./ref.js";
import type { Source } from "./source.js";
import type { View } from "./struct.js";

/** The named objects of an image, as `heap.roots` of the heap that it was made of. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
export class RootsView<R = Record<string, any>> {
  /** @internal */
  readonly [SOURCE]: Source;
  readonly #addresses: ReadonlyMap<string, number>;

  /** @internal */
  constructor(source: Source, addresses: ReadonlyMap<string, number>) {
    this[SOURCE] = source;
    this.#addresses = addresses;
  }

  /** The number of names. */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * Whether an object has this name.
   *
   * @example
   * heap.roots.set("alice", alice);
   * openView(save(heap)).roots.has("alice"); // true
   */
  has(name: string): boolean {
    return this.#addresses.has(name);
  }

  /**
   * The object of a name, or `undefined` if there is none: a view of it, or the value of a str, number, boolean, None or bytes.
   *
   * @example
   * heap.roots.set("alice", alice);
   * openView(save(heap)).roots.get<typeof Person>("alice")?.title; // "Alice"
   *
   * @typeParam T - The type of the object in the heap: of a struct, or of a handle. It is not checked.
   * @throws {@link BadImageError}
   */
  get<K extends keyof R & string>(name: K): View<R[K]> | undefined;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  get<T = any>(name: string): View<T> | undefined;
  get(name: string): unknown {
    const address = this.#addresses.get(name);
    return address === undefined ? undefined : this[SOURCE].value(address);
  }

  /** Where the object of a name lies. @internal */
  addressOf(name: string): number | undefined {
    return this.#addresses.get(name);
  }

  /**
   * The names, in the order of first use.
   *
   * @example
   * heap.roots.set("alice", alice).set("bob", bob);
   * [...openView(save(heap)).roots.keys()]; // ["alice", "bob"]
   */
  keys(): IterableIterator<string> {
    return this.#addresses.keys();
  }
  /**
   * The named objects, as `get` gives them.
   *
   * @example
   * heap.roots.set("alice", alice);
   * for (const object of openView(save(heap)).roots.values()) console.log(object.type); // prints: Person
   */
  *values(): Generator<View<R[keyof R]>, void> {
    for (const address of this.#addresses.values()) yield this[SOURCE].value(address) as View<R[keyof R]>;
  }
  /**
   * The names, with the object of each.
   *
   * @example
   * heap.roots.set("alice", alice);
   * for (const [name, object] of openView(save(heap)).roots.entries()) console.log(name, object.type); // prints: alice Person
   */
  *entries(): Generator<[name: string, object: View<R[keyof R]>], void> {
    for (const [name, address] of this.#addresses) yield [name, this[SOURCE].value(address) as View<R[keyof R]>];
  }
  /** Names and objects, as `entries()`: for `for … of`. */
  [Symbol.iterator](): Generator<[name: string, object: View<R[keyof R]>], void> {
    return this.entries();
  }
}
