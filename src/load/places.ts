import { BadValueError, describe } from "../base/errors.js";
import { isA, isArray, isBytes, isObjectPrototype, isTypedArray } from "../base/untrusted.js";
import { isHandle } from "../handles/handle.js";
import { checkValue } from "../handles/values.js";
import { ORIGIN_BARE_OBJECT, ORIGIN_OBJECT } from "../../assembly/layout.js";
import type { Store } from "../state/store.js";

/** Whether a value becomes bytes in a heap. */
export function isBinary(value: object): boolean {
  if (ArrayBuffer.isView(value))
    return isBytes(value) || isTypedArray(value, "Uint8ClampedArray") || isTypedArray(value, undefined);
  return isA(value, ArrayBuffer) || (typeof SharedArrayBuffer !== "undefined" && isA(value, SharedArrayBuffer));
}

/** The bytes of a value that `isBinary` accepts. Throws if its buffer is detached. */
export function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (isBytes(value)) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value);
}

/** Whether a value is a container. */
export function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isHandle(value) && !isBinary(value);
}

/** Whether a heap can store a value, apart from its contents. */
export function hasPlace(value: unknown): boolean {
  try {
    if (typeof value === "object" && value !== null) {
      if (isHandle(value) || isArray(value) || ArrayBuffer.isView(value) || isBinary(value)) return true;
      if (value instanceof Map || value instanceof Set) return true;
      originOf(value);
    } else checkValue(NO_STORE, value);
    return true;
  } catch {
    return false;
  }
}

/** `isHandle` needs a store only for handles, and none are passed here. */
const NO_STORE = undefined as unknown as Store;

/** @throws {@link BadValueError} for an object that is not a plain object. */
export function originOf(source: object): number {
  const prototype = Object.getPrototypeOf(source) as object | null;
  if (prototype !== null && !isObjectPrototype(prototype))
    throw new BadValueError(`a heap has no place for ${describe(source)}`);
  if (Object.getOwnPropertySymbols(source).length > 0)
    throw new BadValueError("a heap has no place for properties whose names are symbols");
  return prototype === null ? ORIGIN_BARE_OBJECT : ORIGIN_OBJECT;
}
