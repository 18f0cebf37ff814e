/**
 * Python's memory manager for WebAssembly: reference counts, a three-generation cycle collector, weak
 * references and finalizers over real bytes. Start with {@link Heap}.
 *
 * @packageDocumentation
 */
export { Heap } from "./heap/inlined.js";
export type { HeapOptions } from "./heap/options.js";
export type { Lost, Orphan } from "./persist/left-behind.js";
export type { Roots } from "./modules/roots.js";
export { Handle } from "./handles/handle.js";
export { lending } from "./handles/containers/container.js";
export { ListHandle } from "./handles/containers/list.js";
export type { Comparator } from "./handles/containers/list.js";
export { TupleHandle } from "./handles/containers/tuple.js";
export { DictHandle } from "./handles/containers/dict.js";
export type { DictInit } from "./handles/containers/dict.js";
export { SetHandle } from "./handles/containers/set.js";
export { BytesHandle, StrHandle } from "./handles/text.js";
export type { Addresses, Batch, FieldArray } from "./modules/batch.js";
export { StructHandle } from "./handles/struct-layout.js";
export { StructType } from "./handles/struct.js";
export type { FieldValue, StructInit, StructObject, StructOptions } from "./handles/struct.js";
export { WeakrefHandle } from "./handles/weak/weakref.js";
export { WeakKeyMapHandle, WeakSetHandle } from "./handles/weak/maps.js";
export type { Weakrefs } from "./modules/weakref/weakrefs.js";
export type { Finalizer, Finalization } from "./modules/weakref/finalizer.js";
export type { WeakValueMap } from "./modules/weakref/value-map.js";
export type { FieldType, Fields } from "./object/fields.js";
export type { Value } from "./handles/values.js";
export type { Atom } from "./object/atoms.js";
export type { RawHeap } from "./modules/raw.js";
export type { Gc, GenerationStats } from "./modules/gc/gc.js";
export type { CollectionInfo, CollectionRecord, GcCallback } from "./modules/gc/collections.js";
export type { GcPause } from "./modules/gc/pause.js";
export type { Generation, Pauses, Thresholds, WeakrefTiming } from "./state/options.js";
export type { HeapStats, SizeClassStats, TypeStats } from "./modules/stats.js";
export type { Leak, LeakHook, LiveHandle } from "./state/leak-log.js";
export type { UnraisableContext, UnraisableHook } from "./state/store.js";
export type { Address } from "./wasm/exports.js";
export type { CoreAtHand, CoreSource } from "./wasm/instance.js";
export * from "./base/errors.js";
