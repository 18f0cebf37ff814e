import { BadImageError } from "../base/errors.js";
import type { RawFieldType } from "../object/fields.js";

/** Reads a field that is no reference, by the name of the method of `DataView` that does. */
export type RawReader = keyof DataView & `get${string}`;

/** A bool is a byte: see `readRaw`. */
const RAW_READERS: Readonly<Record<RawFieldType, RawReader>> = {
  bool: "getUint8",
  i8: "getInt8",
  u8: "getUint8",
  i16: "getInt16",
  u16: "getUint16",
  i32: "getInt32",
  u32: "getUint32",
  i64: "getBigInt64",
  u64: "getBigUint64",
  f32: "getFloat32",
  f64: "getFloat64",
};

/** The reader of a type; `undefined` if it is that of no such field. */
export function rawReaderOf(type: string): RawReader | undefined {
  return Object.hasOwn(RAW_READERS, type) ? RAW_READERS[type as RawFieldType] : undefined;
}

/** Reads bytes of an image; those that it does not have, or has no more, make it a bad one. @throws {@link BadImageError} */
export function readRaw(data: DataView, at: number, read: RawReader): number | bigint {
  try {
    return data[read](at, true);
  } catch {
    throw new BadImageError("an object leaves the image", at);
  }
}
