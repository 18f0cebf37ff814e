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

/** An object to which the saved program held references. */
export interface Orphan {
  /** Where the object is. {@link adoptOrphan} takes it. */
  address: Address;
  /** Name of the object's type. */
  type: string;
  /** Number of these references that have no owner in the restored heap. */
  references: number;
  /** Where its handles were created, as far as known. */
  sites: string[];
}

/**
 * Lists the orphans of a restored heap: objects to which the saved program held references that have no owner yet. They
 * keep their objects alive. `adoptOrphan` and `releaseOrphans` end that.
 *
 * @example
 * using restored = restoreSync(save(heap)); // alice and bob have no handles there
 * for (const { type, references } of orphans(restored)) console.log(type, references); // prints: Person 1, Person 1
 */
export function orphans(heap: Heap): Orphan[] {
  const store = liveStoreOf(heap);
  const found: Orphan[] = [];
  for (const [address, references, sites] of store.orphans?.entries() ?? [])
    if (isOrphan(store, address)) found.push({ address, type: store.typeAt(address).name, references, sites });
  return found;
}

/** Whether the object is alive with outside references: `heap.core.decref` may have released them. */
function isOrphan(store: Store, address: Address): boolean {
  return store.core.typeOf(address) >= 2 && store.core.roots(address) !== 0;
}

/**
 * Returns a handle that takes over one reference of an orphan. The caller releases it.
 *
 * @example
 * using restored = restoreSync(save(heap));
 * const [first] = orphans(restored);
 * using person = adoptOrphan(restored, first!.address);
 * person.type; // "Person"
 *
 * @throws {@link BadValueError} if the address is not an orphan's.
 */
export function adoptOrphan(heap: Heap, address: Address): Handle {
  const store = liveStoreOf(heap);
  if (store.orphans?.take(address) !== true || !isOrphan(store, address))
    throw new BadValueError(`${describe(address)} is not the address of an orphan of this heap: see orphans(heap)`);
  return adopt(store, address);
}

/**
 * Releases all references of orphans that were not adopted. Objects are freed if these were the last.
 *
 * @example
 * using restored = restoreSync(save(heap));
 * releaseOrphans(restored); // 2: the references of alice's and bob's handles
 *
 * @returns The number of references released.
 */
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

/** A function that the saved program gave to the heap. Images cannot contain functions. */
export interface Lost {
  /** A struct's finalizer; the callback of a weak reference; the function of `weakref.finalize`; the upkeep of a value map. */
  kind: "finalizer" | CallbackKind;
  /** Type of the object, or of the objects, that the function served. */
  type: string;
  /** Name of the function; "" if it had none. */
  name: string;
  /** For a callback: the address of the watched object. */
  address?: Address;
}

/**
 * Lists the functions of the saved program that a restored heap lacks. It walks the heap: O(objects).
 *
 * @example
 * using weakref = heap.weakref.ref(alice, () => console.log("freed"));
 * using restored = restoreSync(save(heap));
 * lostFunctions(restored).length; // 1: the callback
 */
export function lostFunctions(heap: Heap): Lost[] {
  const store = liveStoreOf(heap);
  const lost: Lost[] = structsOf(store)
    .filter(({ hasFinalizer, finalize }) => hasFinalizer && finalize === undefined)
    .map(({ name }) => ({ kind: "finalizer", type: name, name: "" }));
  if ([...store.callbacks.labels.keys()].every((id) => store.callbacks.has(id))) return lost;
  const { core, memory } = store;
  for (let object = core.nextObject(0) >>> 0; object !== 0; object = core.nextObject(object) >>> 0) {
    if (store.typeIdAt(object) !== TYPE_WEAKREF) continue;
    const id = memory.word(object + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED;
    const address = memory.word(object + WEAKREF_REFERENT_OFFSET);
    const label = store.callbacks.labels.get(id);
    if (label === undefined || address === 0 || store.callbacks.has(id)) continue;
    lost.push({ ...label, type: store.typeAt(address).name, address });
  }
  return lost;
}
