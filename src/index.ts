/**
 * Python's memory manager for WebAssembly: reference counts, a three-generation cycle collector, weak
 * references and finalizers over real bytes. Start with {@link Heap}.
 *
 * @packageDocumentation
 */
export { Heap } from "./heap.js";
export type { HeapOptions, RestoreOptions } from "./heap.js";
export type { ByteSource, Bytes } from "./byte-source.js";
export type { Lost, Orphan } from "./persistence.js";
export type { RootsFace } from "./roots.js";
export type { TraceFace, TraceOptions } from "./trace/face.js";
export { TraceSnapshot } from "./trace/snapshot.js";
export type { Trace, TraceDifference, TraceKey, TraceStatistic } from "./trace/snapshot.js";
export { Handle } from "./handle.js";
export { lending } from "./containers/container.js";
export { ListHandle } from "./containers/list.js";
export type { Comparator } from "./containers/list.js";
export { TupleHandle } from "./containers/tuple.js";
export { DictHandle } from "./containers/dict.js";
export type { DictInit } from "./containers/dict.js";
export { SetHandle } from "./containers/set.js";
export { BytesHandle, StrHandle } from "./text.js";
export type { Addresses, BatchFace, FieldArray } from "./batch.js";
export { StructHandle, StructType } from "./struct.js";
export type { StructInit, StructObject, StructOptions } from "./struct.js";
export { WeakrefHandle } from "./weakref/weakref.js";
export { WeakKeyMapHandle, WeakSetHandle } from "./weakref/maps.js";
export type { WeakrefFace } from "./weakref/face.js";
export type { Finalizer, Finalization } from "./weakref/finalizer.js";
export type { WeakValueMap } from "./weakref/value-map.js";
export type { FieldType, FieldValue, Fields } from "./fields.js";
export type { Value } from "./values.js";
export type { Atom } from "./atoms.js";
export type { CoreFace } from "./core-face.js";
export type { GcFace, GenerationStats } from "./gc/face.js";
export type { CollectionInfo, CollectionRecord, GcCallback } from "./gc/collections.js";
export type { GcPause } from "./gc/pause.js";
export type { Generation, Pauses, Thresholds, WeakrefTiming } from "./options.js";
export type { HeapStats, SizeClassStats, TypeStats } from "./stats.js";
export type { Leak } from "./leak-net.js";
export type { UnraisableContext, UnraisableHook } from "./store.js";
export type { Address } from "./wasm/exports.js";
export type { CoreSource } from "./wasm/instance.js";
export * from "./errors.js";
