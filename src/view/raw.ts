import { BadImageError } from "../base/errors.js";
import type { RawFieldType } from "../object/fields.js";

/** Reads a field that is no reference. */
export type RawReader = (data: DataView, at: number) => number | bigint | boolean;

export const RAW_READERS: Readonly<Record<RawFieldType, RawReader>> = {
  bool: (data, at) => data.getUint8(at) !== 0,
  i8: (data, at) => data.getInt8(at),
  u8: (data, at) => data.getUint8(at),
  i16: (data, at) => data.getInt16(at, true),
  u16: (data, at) => data.getUint16(at, true),
  i32: (data, at) => data.getInt32(at, true),
  u32: (data, at) => data.getUint32(at, true),
  i64: (data, at) => data.getBigInt64(at, true),
  u64: (data, at) => data.getBigUint64(at, true),
  f32: (data, at) => data.getFloat32(at, true),
  f64: (data, at) => data.getFloat64(at, true),
};

/** Reads bytes of an image; those that it does not have, or has no more, make it a bad one. @throws {@link BadImageError} */
export function readRaw<T>(data: DataView, at: number, read: (data: DataView, at: number) => T): T {
  try {
    return read(data, at);
  } catch {
    throw new BadImageError("an object leaves the image", at);
  }
}
