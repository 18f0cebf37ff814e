/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the class follows from the type of the object, which the caller knows and TypeScript does not */
import type { TypeInfo } from "../object/reader.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";

/** A type as handles know it. Each type of a heap is one. */
export interface HandleType<H extends Releasable = Releasable> extends TypeInfo {
  /** A handle that takes over one outside reference; or, if lent, is released with the call it is lent to. */
  wrap(store: Store, address: Address, lent: boolean): H;
  readonly finalize?: ((handle: H) => void) | undefined;
}

interface Releasable {
  release(): void;
}

function handleTypeAt<H extends Releasable>(store: Store, address: Address): HandleType<H> {
  return store.typeAt(address) as HandleType<H>;
}

/** Handle for a reference that the caller owns. `H`: the class for the type of the object, which the caller knows. */
export function adopt<H extends Releasable>(store: Store, address: Address): H {
  return handleTypeAt<H>(store, address).wrap(store, address, false);
}

/**
 * Handle that the package makes for itself, and that no scope releases. What the program gave is read before this call: its
 * getters and iterators run in the program's scope, which releases the handles that they make.
 */
export function adoptOutsideScopes<H extends Releasable>(store: Store, address: Address): H {
  return store.outsideScopes(() => adopt(store, address));
}

/** Handle for a reference that somebody else owns. @throws {@link OutOfMemoryError} */
export function share<H extends Releasable>(store: Store, address: Address): H {
  store.incref(address);
  return adopt(store, address);
}

/** Handle that counts no reference, for the length of a call. */
export function lend<H extends Releasable>(store: Store, address: Address): H {
  return handleTypeAt<H>(store, address).wrap(store, address, true);
}

/** Connects what the core calls to the functions that the program has given it. */
export function connectHooks(store: Store): void {
  const callWith = (where: "finalizer" | "callback", address: Address, run: (handle: never) => void): void => {
    const { name } = store.typeAt(address);
    const handle = lend(store, address);
    try {
      store.callOut({ where, type: name }, run, handle as never);
    } finally {
      handle.release();
    }
  };
  store.onFinalize = (object, type) => {
    const finalize = (store.types.get(type) as HandleType | undefined)?.finalize;
    if (finalize !== undefined) callWith("finalizer", object, finalize);
  };
  store.onCallback = (weakref, id) => {
    const callback = store.callbacks.get(id);
    if (callback !== undefined) callWith("callback", weakref, callback);
  };
}
