import { adopt } from "../adopt.js";
import { WEAKREF_CALLBACK_OFFSET, WEAKREF_HASHED } from "../../../assembly/layout.js";
import { BadValueError } from "../../base/errors.js";
import { Handle, addressIn } from "../handle.js";
import type { CallbackLabel } from "../../object/callbacks.js";
import { checkAtOnce } from "../../state/store.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";

/** Called once, with the dead weak reference, which is lent. */
export type WeakrefCallback = (weakref: WeakrefHandle) => void;

/**
 * Handle of a weak reference: an object that does not keep its referent alive. As a key it is hashed as its
 * referent is, and equal to other weak references to it as long as that lives.
 */
export class WeakrefHandle extends Handle {
  /** A new handle for the referent, or `null` once it is dead. */
  deref(): Handle | null {
    const target = this.store.core.weakrefTarget(this.address) >>> 0;
    return target === 0 ? null : adopt(this.store, target);
  }

  /** Whether the referent lives. */
  get alive(): boolean {
    const target = this.store.core.weakrefTarget(this.address) >>> 0;
    if (target !== 0) this.store.core.decref(target);
    return target !== 0;
  }

  /** What is called when the referent dies; `null` if there is none, or the referent is dead. */
  get callback(): WeakrefCallback | null {
    const id = this.store.memory.word(this.address + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED;
    if (id === 0 || !this.alive) return null;
    return (this.store.callbacks.get(id) as WeakrefCallback | undefined) ?? null;
  }
}

/** Address of something that can be referred to weakly. @throws {@link BadValueError} for all else. */
export function weakrefableIn(store: Store, object: unknown): Address {
  const address = addressIn(store, object);
  const info = store.typeAt(address);
  if (!info.isWeakrefable) throw new BadValueError(`cannot create weak reference to '${info.name}' object`);
  return address;
}

/** A weak reference; without a callback, the one that all share. `label` says of the callback what an image says of it. */
export function createWeakref(
  store: Store,
  object: Handle,
  callback?: WeakrefCallback,
  label?: CallbackLabel,
): WeakrefHandle {
  weakrefableIn(store, object);
  if (callback !== undefined && typeof callback !== "function") throw new BadValueError("a callback is a function");
  checkAtOnce(callback, "callback");
  const id = callback === undefined ? 0 : store.registerCallback(callback, label);
  try {
    return adopt<WeakrefHandle>(
      store,
      store.require(() => store.core.newWeakref(object.address, id), "a weak reference"),
    );
  } catch (error) {
    store.forgetCallback(id);
    throw error;
  }
}
