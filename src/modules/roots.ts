import { share } from "../handles/adopt.js";
import { BadValueError, describe } from "../base/errors.js";
import { uncloneable } from "../base/uncloneable.js";
import { addressIn } from "../handles/handle.js";
import type { AnyStruct } from "../handles/field-types.js";
import type { Handle } from "../handles/handle.js";
import type { ObjectOf } from "../handles/struct-handle.js";
import { layoutIn } from "../handles/struct-layout.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";

/**
 * Named objects: `heap.roots`. A name keeps its object alive, like a handle. An image contains the names, so a program
 * finds its objects in a restored heap by name.
 */
export class Roots {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("heap.roots");
  readonly #store: Store;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
  }

  /** The names and addresses. @throws {@link HeapDisposedError} */
  get #addresses(): Map<string, Address> {
    this.#store.mustLive();
    return this.#store.roots;
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
   * heap.roots.has("alice"); // true
   */
  has(name: string): boolean {
    return this.#addresses.has(name);
  }

  /**
   * Returns a new handle for the object of a name, or `undefined` if there is none. The caller releases the handle. If a
   * struct is given, the object must be of this struct or of one that extends it.
   *
   * @example
   * heap.roots.set("alice", alice);
   * using person = heap.roots.get("alice", Person);
   * person?.title; // "Alice"
   *
   * @throws {@link BadValueError} if the object is of another type.
   */
  get(name: string): Handle | undefined;
  get<S extends AnyStruct>(name: string, struct: S): ObjectOf<S> | undefined;
  get(name: string, struct?: AnyStruct): Handle | undefined {
    const store = this.#store;
    const address = this.#addresses.get(name);
    if (struct !== undefined) {
      const layout = layoutIn(store, struct);
      if (address !== undefined && !layout.has(address))
        throw new BadValueError(
          `the root ${describe(name)} must be of type ${layout.name}, but is of type ${store.typeAt(address).name}`,
        );
    }
    return address === undefined ? undefined : share(store, address);
  }

  /**
   * Gives an object a name. If another object has the name, it loses it, and is freed if that was its last reference. The
   * caller keeps its handle, and releases it.
   *
   * @example
   * heap.roots.set("alice", alice).set("bob", bob);
   * heap.roots.size; // 2
   *
   * @throws {@link BadValueError} unless the name is a string and the object a handle of this heap; {@link OutOfMemoryError}.
   */
  set(name: string, object: Handle): this {
    const store = this.#store;
    if (typeof name !== "string") throw new BadValueError(`the name of a root must be a string, not ${describe(name)}`);
    const address = addressIn(store, object);
    store.incref(address);
    const old = store.roots.get(name);
    store.roots.set(name, address);
    if (old !== undefined) store.core.decref(old);
    return this;
  }

  /**
   * Removes a name. Its object is freed if that was the last reference.
   *
   * @example
   * heap.roots.set("alice", alice);
   * heap.roots.delete("alice"); // true
   *
   * @returns Whether there was such a name.
   */
  delete(name: string): boolean {
    const roots = this.#addresses;
    const address = roots.get(name);
    if (address === undefined) return false;
    roots.delete(name);
    this.#store.core.decref(address);
    return true;
  }

  /**
   * Removes all names.
   *
   * @example
   * heap.roots.set("alice", alice);
   * heap.roots.clear();
   * heap.roots.size; // 0
   */
  clear(): void {
    for (const name of this.#addresses.keys()) this.delete(name);
  }

  /**
   * Iterates over the names, in the order of first use. Later changes do not affect the iterator.
   *
   * @example
   * heap.roots.set("alice", alice).set("bob", bob);
   * [...heap.roots.keys()]; // ["alice", "bob"]
   */
  keys(): IterableIterator<string> {
    return [...this.#addresses.keys()].values();
  }
  /**
   * Iterates over a new handle for each named object. The caller releases the handles.
   *
   * @example
   * heap.roots.set("alice", alice).set("bob", bob);
   * for (const object of lending(heap.roots.values())) console.log(object.type); // prints: Person, Person
   */
  *values(): Generator<Handle, void> {
    for (const [, object] of this.entries()) yield object;
  }
  /**
   * Iterates over the names, with a new handle for the object of each. The caller releases the handles.
   *
   * @example
   * heap.roots.set("alice", alice);
   * for (const [name, object] of lending(heap.roots.entries())) console.log(name, object.type); // prints: alice Person
   */
  *entries(): Generator<[name: string, object: Handle], void> {
    for (const name of this.keys()) {
      const object = this.get(name);
      if (object !== undefined) yield [name, object];
    }
  }
  /** Names and new handles, as `entries()`: for `for … of`. The caller releases the handles. */
  [Symbol.iterator](): Generator<[name: string, object: Handle], void> {
    return this.entries();
  }
}
