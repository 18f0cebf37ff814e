import type { DictHandle } from "../handles/containers/dict.js";
import type { ListHandle } from "../handles/containers/list.js";
import type { SetHandle } from "../handles/containers/set.js";
import type { Handle } from "../handles/handle.js";
import type { BinaryData } from "../handles/places.js";
import type { Value, Widened } from "../handles/values.js";

/** Values that become a list of numbers. */
export type NumberArray = Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;
/** Values that become a list of ints that read as bigints. */
export type BigintArray = BigInt64Array | BigUint64Array;

/**
 * The type that part of a JavaScript value has when it is read from a heap after copying. Arrays are followed for one level
 * only, because JSON types are recursive and TypeScript would not terminate.
 */
export type CopyOf<T> = [T] extends [never]
  ? Value
  : unknown extends T
    ? Value
    : T extends Handle
      ? T
      : T extends Value
        ? Widened<T>
        : T extends BinaryData
          ? Uint8Array
          : T extends NumberArray
            ? ListHandle<number>
            : T extends BigintArray
              ? ListHandle<bigint>
              : T extends readonly (infer I)[]
                ? ListHandle<PartOf<I>>
                : T extends ReadonlySet<infer E>
                  ? SetHandle<PartOf<E>>
                  : DictHandle;

type PartOf<T> = [T] extends [never] ? Value : [T] extends [Value] ? Widened<T> : Value;
