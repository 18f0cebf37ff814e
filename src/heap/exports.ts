/** What both `heapwright` and `heapwright/slim` give, besides their `Heap`. */
export type { HeapOptions } from "./options.js";
export type { FromOptions } from "../load/stand-ins.js";
export type { BinaryData } from "../handles/places.js";
export type { BigintArray, NumberArray } from "../load/copy-of.js";
export type { ParseOptions, ParseStreamOptions, TextSource } from "../load/parse.js";
export type { Roots } from "../modules/roots.js";
export { Handle } from "../handles/handle.js";
export { lending } from "../handles/containers/container.js";
export { yielding } from "../handles/containers/yielding.js";
export type { YieldingOptions } from "../handles/containers/yielding.js";
export { ListHandle } from "../handles/containers/list.js";
export type { Comparator } from "../handles/containers/list.js";
export { TupleHandle } from "../handles/containers/tuple.js";
export { DictHandle } from "../handles/containers/dict.js";
export type { DictInit } from "../handles/containers/pairs.js";
export { FrozensetHandle } from "../handles/containers/frozenset.js";
export { SetHandle } from "../handles/containers/set.js";
export { BytesHandle, StrHandle } from "../handles/text.js";
export type { Addresses, Batch, FieldArray } from "../modules/batch.js";
export { ref, required, weak } from "../handles/field-types.js";
export type { AnyStruct, Named, RefField, RequiredField, WeakField } from "../handles/field-types.js";
export { StructHandle } from "../handles/struct-handle.js";
export type {
  Fields,
  FieldInit,
  FieldValue,
  Nothing,
  ObjectOf,
  StructArguments,
  StructInit,
  StructObject,
} from "../handles/struct-handle.js";
export { StructType } from "../handles/struct.js";
export type { StructOptions } from "../handles/struct.js";
export { WeakrefHandle } from "../handles/weak/weakref.js";
export { WeakKeyMapHandle, WeakSetHandle } from "../handles/weak/maps.js";
export type { Weakrefs } from "../modules/weakref/weakrefs.js";
export type { Finalizer, Finalization } from "../modules/weakref/finalizer.js";
export type { WeakValueMap } from "../modules/weakref/value-map.js";
export type { FieldType } from "../object/fields.js";
export type { Given, Sought, Value } from "../handles/values.js";
export type { Atom } from "../object/atoms.js";
export type { RawHeap } from "../modules/raw.js";
export type { Gc, GenerationStats } from "../modules/gc/gc.js";
export type { CollectionInfo, CollectionRecord, GcCallback } from "../modules/gc/collections.js";
export type { GcPause } from "../modules/gc/pause.js";
export type { Generation, Pauses, Thresholds, WeakrefTiming } from "../state/options.js";
export type { HeapStats, SizeClassStats, TypeStats } from "../modules/stats.js";
export type { Leak, LeakHook, LiveHandle } from "../state/leak-log.js";
export type { UnraisableContext, UnraisableHook } from "../state/unraisable.js";
export type { Address } from "../wasm/exports.js";
export type { CoreAtHand, CoreSource } from "../wasm/instance.js";
export type { ErrorCode } from "../base/errors.js";
export {
  HeapwrightError,
  OutOfMemoryError,
  TooLargeError,
  ReleasedHandleError,
  ForeignHandleError,
  UnknownTypeError,
  ForeignTypeError,
  DuplicateTypeError,
  TooManyTypesError,
  BadFieldError,
  TypeMismatchError,
  BadValueError,
  BadKeyError,
  ContainerChangedError,
  BadJsonError,
  BadIndexError,
  DeadReferenceError,
  BadOptionError,
  BadCoreError,
  CoreNotLoadedError,
  WasmForbiddenError,
  HeapBusyError,
  HeapDisposedError,
  BadImageError,
  CorruptHeapError,
} from "../base/errors.js";
