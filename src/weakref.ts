import { BadValueError } from "./errors.js";
import { Handle, addressIn } from "./handle.js";
import type { Store } from "./store.js";

/** Handle of a weak reference: an object that does not keep its referent alive. */
export class WeakrefHandle extends Handle {
  /** A new handle for the referent, or `null` once it is dead. */
  deref(): Handle | null {
    const target = this.store.core.weakrefTarget(this.address) >>> 0;
    return target === 0 ? null : this.store.adopt(target);
  }

  /** Whether the referent lives. */
  get alive(): boolean {
    const target = this.store.core.weakrefTarget(this.address) >>> 0;
    if (target !== 0) this.store.core.decref(target);
    return target !== 0;
  }
}

/** Python's `weakref` module: `heap.weakref`. */
export class WeakrefFace {
  readonly #store: Store;
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A weak reference to an object. With a callback it is an object of its own, and the callback is
   * called once, with the dead weak reference (lent), when the referent dies, unless the weak reference
   * died first. Without one, all who ask share one object, as in Python.
   *
   * @throws {@link BadValueError} for types that cannot be referred to weakly: atoms, lists, weak references.
   */
  ref(object: Handle, callback?: (weakref: WeakrefHandle) => void): WeakrefHandle {
    const store = this.#store;
    this.#requireWeakrefable(object);
    if (callback !== undefined && typeof callback !== "function") throw new BadValueError("a callback is a function");
    const id = callback === undefined ? 0 : store.registerCallback(callback as (weakref: Handle) => void);
    try {
      const weakref = store.require(() => store.core.newWeakref(object.address, id), "a weak reference");
      return store.adopt(weakref) as WeakrefHandle;
    } catch (error) {
      store.callbacks.delete(id);
      throw error;
    }
  }

  /** How many weak references to an object there are. */
  getCount(object: Handle): number {
    return this.#store.core.weakrefCount(addressIn(this.#store, object));
  }

  #requireWeakrefable(object: Handle): void {
    const info = this.#store.typeAt(addressIn(this.#store, object));
    if (!info.isWeakrefable) throw new BadValueError(`cannot create weak reference to '${info.name}' object`);
  }
}
