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
import { structsOf } from "../persist/structs.js";
import { storeOf } from "./heap.js";
import type { Heap } from "./heap.js";

/** An object that something of the program before held. */
export interface Orphan {
  address: Address;
  type: string;
  /** How many references nobody holds any more. */
  references: number;
  /** Where its handles were made, as far as known. */
  sites: string[];
}

/** Of a restored heap: the objects to which the program before had references that nobody has taken over yet. */
export function orphans(heap: Heap): Orphan[] {
  const store = liveStoreOf(heap);
  const found: Orphan[] = [];
  for (const [address, references, sites] of store.orphans?.entries() ?? [])
    if (isOrphan(store, address)) found.push({ address, type: store.typeAt(address).name, references, sites });
  return found;
}

/** Whether there is still an object, with outside references: somebody may have let them go by its address. */
function isOrphan(store: Store, address: Address): boolean {
  return store.core.typeOf(address) >= 2 && store.core.roots(address) !== 0;
}

/** A handle that takes one of an orphan's references over. @throws {@link BadValueError} if there is none. */
export function adoptOrphan(heap: Heap, address: Address): Handle {
  const store = liveStoreOf(heap);
  if (store.orphans?.take(address) !== true || !isOrphan(store, address))
    throw new BadValueError(`nobody has left a reference to ${describe(address)} behind`);
  return adopt(store, address);
}

/** Lets go of all references that nobody has taken over. @returns How many. */
export function releaseOrphans(heap: Heap): number {
  const store = liveStoreOf(heap);
  const entries = [...(store.orphans?.entries() ?? [])];
  store.orphans = undefined;
  let released = 0;
  for (const [address, references] of entries) {
    for (let i = 0; i < references && isOrphan(store, address); i++) {
      store.core.decref(address);
      released++;
    }
  }
  return released;
}

function liveStoreOf(heap: Heap): Store {
  const store = storeOf(heap);
  store.mustLive();
  return store;
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

/** Of a restored heap: functions that the program before had given it, and that are not there any more. Walks the heap. */
export function lostFunctions(heap: Heap): Lost[] {
  const store = liveStoreOf(heap);
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
