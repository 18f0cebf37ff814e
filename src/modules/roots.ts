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
 * Objects by name: `heap.roots`. A name keeps its object alive, as a handle does, and is saved with the heap: names
 * are the way into a heap that was restored.
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

  get size(): number {
    return this.#addresses.size;
  }

  has(name: string): boolean {
    return this.#addresses.has(name);
  }

  /**
   * A new handle for the object of a name; `undefined` if there is none. With a struct, the object must be one of it, or
   * of one that extends it: `heap.roots.get("alice", Person)`.
   *
   * @throws {@link BadValueError} if it is another object.
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
          `the root ${describe(name)} is no ${layout.name}, but of ${store.typeAt(address).name}`,
        );
    }
    return address === undefined ? undefined : share(store, address);
  }

  /** Gives an object a name, which it takes from the one that has it. The handle stays yours. @throws {@link BadValueError}, {@link OutOfMemoryError} */
  set(name: string, object: Handle): this {
    const store = this.#store;
    if (typeof name !== "string") throw new BadValueError(`a root has a name, not ${describe(name)}`);
    const address = addressIn(store, object);
    store.incref(address);
    const old = store.roots.get(name);
    store.roots.set(name, address);
    if (old !== undefined) store.core.decref(old);
    return this;
  }

  /** Takes a name away; the object may die of it. @returns Whether it was there. */
  delete(name: string): boolean {
    const roots = this.#addresses;
    const address = roots.get(name);
    if (address === undefined) return false;
    roots.delete(name);
    this.#store.core.decref(address);
    return true;
  }

  clear(): void {
    for (const name of this.#addresses.keys()) this.delete(name);
  }

  /** The names of now, in the order in which they were first given. */
  keys(): IterableIterator<string> {
    return [...this.#addresses.keys()].values();
  }
  /** A new handle for each object of now. */
  *values(): Generator<Handle, void> {
    for (const [, object] of this.entries()) yield object;
  }
  /** The names of now, and a new handle for the object of each. */
  *entries(): Generator<[name: string, object: Handle], void> {
    for (const name of this.keys()) {
      const object = this.get(name);
      if (object !== undefined) yield [name, object];
    }
  }
  [Symbol.iterator](): Generator<[name: string, object: Handle], void> {
    return this.entries();
  }
}
