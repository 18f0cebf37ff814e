import {
  TYPE_WEAKREF,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_REFERENT_OFFSET,
} from "../../assembly/layout.js";
import { BadValueError, describe } from "../base/errors.js";
import { adopt } from "../handles/adopt.js";
import type { Handle } from "../handles/handle.js";
import type { CallbackKind } from "../object/callbacks.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import { structsOf } from "./structs.js";

/** An object that something of the program before held. */
export interface Orphan {
  address: Address;
  type: string;
  /** How many references nobody holds any more. */
  references: number;
  /** Where its handles were made, as far as known. */
  sites: string[];
}

/** See `Heap.orphans`. */
export function orphansOf(store: Store): Orphan[] {
  store.mustLive();
  const orphans: Orphan[] = [];
  for (const [address, references, sites] of store.orphans.entries())
    if (isOrphan(store, address)) orphans.push({ address, type: store.typeAt(address).name, references, sites });
  return orphans;
}

/** Whether there is still an object, with outside references: somebody may have let them go by its address. */
function isOrphan(store: Store, address: Address): boolean {
  return store.core.typeOf(address) >= 2 && store.core.roots(address) !== 0;
}

/** See `Heap.adopt`. */
export function adoptOrphan(store: Store, address: Address): Handle {
  store.mustLive();
  if (!store.orphans.take(address) || !isOrphan(store, address))
    throw new BadValueError(`nobody has left a reference to ${describe(address)} behind`);
  return adopt(store, address);
}

/** See `Heap.releaseOrphans`. */
export function releaseOrphans(store: Store): number {
  store.mustLive();
  const entries = [...store.orphans.entries()];
  store.orphans.clear();
  let released = 0;
  for (const [address, references] of entries) {
    for (let i = 0; i < references && isOrphan(store, address); i++) {
      store.core.decref(address);
      released++;
    }
  }
  return released;
}

/** A function that the program before had given the heap, and that images cannot hold. */
export interface Lost {
  /** A struct's finalizer; the callback of a weak reference; what `weakref.finalize` was to run; the upkeep of a weak-valued map. */
  kind: "finalizer" | CallbackKind;
  /** Type of the objects, or object, it was for. */
  type: string;
  /** Name of the function; "" if it had none. */
  name: string;
  /** Of a callback: the object it waits for. */
  address?: Address;
}

/** See `Heap.lost`. */
export function lostOf(store: Store): Lost[] {
  store.mustLive();
  const lost: Lost[] = structsOf(store)
    .filter(({ hasFinalizer, finalize }) => hasFinalizer && finalize === undefined)
    .map(({ name }) => ({ kind: "finalizer", type: name, name: "" }));
  if ([...store.callbackLabels.keys()].every((id) => store.callbacks.has(id))) return lost;
  const { core, memory } = store;
  for (let object = core.nextObject(0) >>> 0; object !== 0; object = core.nextObject(object) >>> 0) {
    if (store.typeIdAt(object) !== TYPE_WEAKREF) continue;
    const id = memory.word(object + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED;
    const address = memory.word(object + WEAKREF_REFERENT_OFFSET);
    const label = store.callbackLabels.get(id);
    if (label === undefined || address === 0 || store.callbacks.has(id)) continue;
    lost.push({ ...label, type: store.typeAt(address).name, address });
  }
  return lost;
}
