import { markMembers } from "../base/entered.js";
import { DictHandle } from "../handles/containers/dict.js";
import { ListHandle } from "../handles/containers/list.js";
import { FrozensetHandle } from "../handles/containers/frozenset.js";
import { SetHandle } from "../handles/containers/set.js";
import { TupleHandle } from "../handles/containers/tuple.js";
import { StructHandle } from "../handles/struct-handle.js";
import { StructLayout } from "../handles/struct-layout.js";
import { StructType } from "../handles/struct.js";
import { BytesHandle, StrHandle } from "../handles/text.js";
import { WeakKeyMapHandle, WeakSetHandle } from "../handles/weak/maps.js";
import { WeakrefHandle } from "../handles/weak/weakref.js";
import { Batch } from "../modules/batch.js";
import { Gc } from "../modules/gc/gc.js";
import { GcPause } from "../modules/gc/pause.js";
import { Roots } from "../modules/roots.js";
import { Finalizer } from "../modules/weakref/finalizer.js";
import { Handler } from "../modules/weakref/proxy.js";
import { WeakValueMap } from "../modules/weakref/value-map.js";
import { Weakrefs } from "../modules/weakref/weakrefs.js";
import type { RawHeap } from "../modules/raw.js";
import type { Store } from "../state/store.js";

/** All that a program calls to make handles or objects, but for the heap itself. */
const CLASSES = [
  ...[StructHandle, ListHandle, TupleHandle, DictHandle, SetHandle, FrozensetHandle, StrHandle, BytesHandle],
  ...[WeakrefHandle, WeakKeyMapHandle, WeakSetHandle, WeakValueMap, Finalizer, StructType, Handler],
  ...[Batch, Gc, GcPause, Roots, Weakrefs],
];

/**
 * Lets stacks tell where the program called: from now on each public function leaves a mark on the stack. That makes
 * each call a little slower, in all heaps, so it is done when the first heap traces.
 */
export function markEntrances(store: Store, heap: { readonly constructor: unknown; readonly core: RawHeap }): void {
  for (const { prototype } of [...CLASSES, heap.constructor as { prototype: object }])
    for (let at: object = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
      markMembers(at, Reflect.ownKeys(at));
  for (const type of store.types.values()) if (type instanceof StructLayout) type.markFields();
  markMembers(heap.core, Object.keys(heap.core));
}
