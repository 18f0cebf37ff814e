import { adopt, share } from "../adopt.js";
import { WEAKREF_CALLBACK_OFFSET, WEAKREF_HASHED } from "../../../assembly/layout.js";
import { BadValueError } from "../../base/errors.js";
import { Handle, addressIn } from "../handle.js";
import type { CallbackLabel } from "../../object/callbacks.js";
import { checkAtOnce } from "../../state/unraisable.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";

/** Called once, with the dead weak reference, which is lent. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- dead, so that of what it was says nothing any more
export type WeakrefCallback = (weakref: WeakrefHandle<any>) => void;

/**
 * Handle of a weak reference: an object that does not keep its referent alive. As a key it is hashed as its
 * referent is, and equal to other weak references to it as long as that lives.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as of WeakRef
export class WeakrefHandle<T extends Handle = Handle> extends Handle {
  /**
   * A new handle for the referent, or `null` once it is dead.
   *
   * @example
   * using weakref = heap.weakref.ref(bob);
   * weakref.deref()?.release(); // a new handle
   * bob.release(); // the last reference
   * weakref.deref(); // null
   *
   * @throws {@link OutOfMemoryError}
   */
  deref(): T | null {
    const target = referentOf(this.store, this.address);
    return target === 0 ? null : share(this.store, target);
  }

  /** Whether the referent lives. */
  get alive(): boolean {
    return referentOf(this.store, this.address) !== 0;
  }

  /** What is called when the referent dies; `null` if there is none, or the referent is dead. */
  get callback(): WeakrefCallback | null {
    const id = this.store.memory.word(this.address + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED;
    if (id === 0 || !this.alive) return null;
    return (this.store.callbacks.get(id) as WeakrefCallback | undefined) ?? null;
  }
}

/** Address of what a weak reference refers to, borrowed; 0 once that is dead. */
export function referentOf(store: Store, weakref: Address): Address {
  return store.core.weakrefTarget(weakref) >>> 0;
}

/** Address of something that can be referred to weakly. @throws {@link BadValueError} for all else. */
export function weakrefableIn(store: Store, object: unknown): Address {
  const address = addressIn(store, object);
  const info = store.typeAt(address);
  if (!info.isWeakrefable) throw new BadValueError(`cannot create weak reference to '${info.name}' object`);
  return address;
}

/** A weak reference; without a callback, the one that all share. `label` says of the callback what an image says of it. */
export function createWeakref<T extends Handle>(
  store: Store,
  object: T,
  callback?: WeakrefCallback,
  label?: CallbackLabel,
): WeakrefHandle<T> {
  weakrefableIn(store, object);
  if (callback !== undefined && typeof callback !== "function")
    throw new BadValueError("a callback must be a function");
  checkAtOnce(callback, "callback");
  const id = callback === undefined ? 0 : store.callbacks.register(callback, label);
  try {
    return adopt<WeakrefHandle<T>>(
      store,
      store.require(() => store.core.newWeakref(object.address, id), "a weak reference"),
    );
  } catch (error) {
    store.callbacks.forget(id);
    throw error;
  }
}
