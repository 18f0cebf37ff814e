import { BadValueError, describe } from "../base/errors.js";

import type { HeapMemory } from "../wasm/memory.js";
import type { Address } from "../wasm/exports.js";

/**
 * Types of a struct's fields that have a name. `ref` holds any object or nothing, and reads as a handle; `weak` does not
 * keep its object alive, and reads `null` once that is dead; `value` holds and reads what a list does: numbers, texts
 * and the like as JavaScript values, all else as handles; `str` is a text or nothing.
 */
export type FieldType = SlotFieldType | RawFieldType;
export type SlotFieldType = "ref" | "weak" | "value" | "str";
export type RawFieldType = "bool" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "f32" | "f64";

/** The encoding of a field that is not a reference. */
export interface RawCodec {
  /** Size and alignment in bytes. */
  readonly size: 1 | 2 | 4 | 8;
  /** @throws {@link BadValueError} */
  check(value: unknown): void;
  read(memory: HeapMemory, address: Address): unknown;
  write(memory: HeapMemory, address: Address, value: never): void;
}

function checkInteger(low: number, high: number): (value: unknown) => void {
  return (value) => {
    if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
      throw new BadValueError(`expected a whole number from ${low} to ${high}, got ${describe(value)}`);
    }
  };
}

function checkBigint(low: bigint, high: bigint): (value: unknown) => void {
  return (value) => {
    if (typeof value !== "bigint" || value < low || value > high) {
      throw new BadValueError(`expected a bigint from ${String(low)} to ${String(high)}, got ${describe(value)}`);
    }
  };
}

function checkNumber(value: unknown): void {
  if (typeof value !== "number") throw new BadValueError(`expected a number, got ${describe(value)}`);
}

function checkBoolean(value: unknown): void {
  if (typeof value !== "boolean") throw new BadValueError(`expected a boolean, got ${describe(value)}`);
}

function codec<T>(
  size: RawCodec["size"],
  check: (value: unknown) => void,
  read: (data: DataView, address: Address) => T,
  write: (data: DataView, address: Address, value: T) => void,
): RawCodec {
  return {
    size,
    check,
    read: (memory, address) => read(memory.data, address),
    write: (memory, address, value: T) => {
      write(memory.data, address, value);
    },
  };
}

/** Made by a function, so that bundlers leave it out where no field is read. */
export const RAW_CODECS = /* @__PURE__ */ rawCodecs();

function rawCodecs(): Readonly<Record<RawFieldType, RawCodec>> {
  return {
    bool: codec(
      1,
      checkBoolean,
      (data, at) => data.getUint8(at) !== 0,
      (data, at, value: boolean) => {
        data.setUint8(at, value ? 1 : 0);
      },
    ),
    i8: codec(
      1,
      checkInteger(-128, 127),
      (data, at) => data.getInt8(at),
      (data, at, value) => {
        data.setInt8(at, value);
      },
    ),
    u8: codec(
      1,
      checkInteger(0, 255),
      (data, at) => data.getUint8(at),
      (data, at, value) => {
        data.setUint8(at, value);
      },
    ),
    i16: codec(
      2,
      checkInteger(-32768, 32767),
      (data, at) => data.getInt16(at, true),
      (data, at, value) => {
        data.setInt16(at, value, true);
      },
    ),
    u16: codec(
      2,
      checkInteger(0, 65535),
      (data, at) => data.getUint16(at, true),
      (data, at, value) => {
        data.setUint16(at, value, true);
      },
    ),
    i32: codec(
      4,
      checkInteger(-(2 ** 31), 2 ** 31 - 1),
      (data, at) => data.getInt32(at, true),
      (data, at, value) => {
        data.setInt32(at, value, true);
      },
    ),
    u32: codec(
      4,
      checkInteger(0, 2 ** 32 - 1),
      (data, at) => data.getUint32(at, true),
      (data, at, value) => {
        data.setUint32(at, value, true);
      },
    ),
    i64: codec(
      8,
      checkBigint(-(2n ** 63n), 2n ** 63n - 1n),
      (data, at) => data.getBigInt64(at, true),
      (data, at, value) => {
        data.setBigInt64(at, value, true);
      },
    ),
    u64: codec(
      8,
      checkBigint(0n, 2n ** 64n - 1n),
      (data, at) => data.getBigUint64(at, true),
      (data, at, value) => {
        data.setBigUint64(at, value, true);
      },
    ),
    f32: codec(
      4,
      checkNumber,
      (data, at) => data.getFloat32(at, true),
      (data, at, value) => {
        data.setFloat32(at, value, true);
      },
    ),
    f64: codec(
      8,
      checkNumber,
      (data, at) => data.getFloat64(at, true),
      (data, at, value) => {
        data.setFloat64(at, value, true);
      },
    ),
  };
}

/** The types of reference fields, which are slots. */
export const SLOT_TYPES: readonly SlotFieldType[] = ["ref", "weak", "value", "str"];

export function isSlotType(type: unknown): type is SlotFieldType {
  return SLOT_TYPES.includes(type as SlotFieldType);
}
