import { attempt } from "../base/arguments.js";
import { BadValueError, describe } from "../base/errors.js";
import { pin, unpin } from "../base/pins.js";
import { hasBrand, isA, isArray, isBytes, isPlain, isTypedArray } from "../base/untrusted.js";
import { isHandle } from "./handle.js";

// What a heap makes of an object of JavaScript's. `Heap.from`, each place for one value and each look-up of a key ask here, so
// they take and refuse the same.

/** What becomes bytes of a heap. */
export type BinaryData = Uint8Array | Uint8ClampedArray | DataView | ArrayBufferLike;

/** What an object becomes: the bytes of an object of the heap, or a container, which is named by what it is in JavaScript. */
export type Place = "bytes" | "array" | "object" | "map" | "set";

/** What an object that is no handle becomes; `undefined`: a heap has no place for it. What is in it may still have none. */
export function placeOf(value: object): Place | undefined {
  if (isArray(value)) return "array";
  // A proxy answers some of the questions.
  pin();
  try {
    return placeOfObject(value);
  } finally {
    unpin();
  }
}

function placeOfObject(value: object): Place | undefined {
  if (ArrayBuffer.isView(value)) return isBinaryView(value) ? "bytes" : "array";
  if (isPlain(value)) return "object";
  // A proxy of a Map is taken for what it says that it is.
  if (isA(value, Map) || hasBrand(value, "Map")) return "map";
  if (isA(value, Set) || hasBrand(value, "Set")) return "set";
  return hasBrand(value, "ArrayBuffer") || hasBrand(value, "SharedArrayBuffer") ? "bytes" : undefined;
}

/** Typed arrays of bytes from 0 to 255, and a `DataView`: other typed arrays are lists of numbers. */
function isBinaryView(value: ArrayBufferView): boolean {
  return isBytes(value) || isTypedArray(value, "Uint8ClampedArray") || isTypedArray(value, undefined);
}

/** Whether it is a container of JavaScript's, which `Heap.from` copies. */
export function isLiteral(value: unknown): value is object {
  return isUnowned(value) && ![undefined, "bytes"].includes(placeOf(value));
}

/** Whether it is binary data. */
export function isBinary(value: unknown): value is BinaryData {
  return isBytes(value) || (isUnowned(value) && placeOf(value) === "bytes");
}

function isUnowned(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isHandle(value);
}

/** The bytes of binary data, in place. @throws {@link BadValueError} for a view that has lost them. */
export function bytesOf(value: BinaryData): Uint8Array {
  if (isBytes(value)) return value;
  return attempt(BadValueError, "bytes", () =>
    ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value),
  );
}

/** The error for what a heap has no place for. */
export function noPlaceFor(value: unknown): BadValueError {
  return new BadValueError(`a heap has no place for ${describe(value)}`);
}
