import { attempt } from "../base/arguments.js";
import { BadOptionError, describe } from "../base/errors.js";

/** Maximal size of a heap in bytes: 4 GiB minus one page. */
export const MAX_BYTES = 0xffff0000;
/** Minimal size of a heap. */
const MIN_BYTES = 4 * 65536;

/** @throws {@link BadOptionError} */
export function checkMaxBytes(maxBytes: unknown): number {
  if (!Number.isInteger(maxBytes) || (maxBytes as number) < MIN_BYTES || (maxBytes as number) > MAX_BYTES) {
    throw new BadOptionError(
      `maxBytes must be a whole number from ${MIN_BYTES} to ${MAX_BYTES}, not ${describe(maxBytes)}`,
    );
  }
  return maxBytes as number;
}

/** @throws {@link BadOptionError} */
export function checkInitialBytes(bytes: unknown, maxBytes = MAX_BYTES): number {
  if (!Number.isInteger(bytes) || (bytes as number) < 0 || (bytes as number) > maxBytes)
    throw new BadOptionError(`the size of memory must be a whole number from 0 to ${maxBytes}, not ${describe(bytes)}`);
  return bytes as number;
}

/** The collector's thresholds: births minus deaths, then numbers of collections of the next younger generation. */
export type Thresholds = readonly [number, number, number];

/** Checks all thresholds before any is set. @throws {@link BadOptionError} */
export function checkThresholds(thresholds: unknown): Thresholds {
  const three = attempt(BadOptionError, "thresholds", () =>
    Array.isArray(thresholds) && thresholds.length === 3 ? [...(thresholds as unknown[])] : [],
  );
  if (three.length !== 3) throw new BadOptionError(`expected three thresholds, got ${describe(thresholds)}`);
  for (const threshold of three) {
    if (!Number.isInteger(threshold) || threshold !== ((threshold as number) | 0)) {
      throw new BadOptionError(`a threshold must be a whole number of 32 bits, not ${describe(threshold)}`);
    }
  }
  return three as unknown as Thresholds;
}

/** @throws {@link BadOptionError} */
export function checkByteThreshold(bytes: unknown): number {
  if (!Number.isInteger(bytes) || (bytes as number) < 0 || (bytes as number) > 0xffffffff)
    throw new BadOptionError(`a byte threshold must be a whole number of 32 bits, not ${describe(bytes)}`);
  return bytes as number;
}

/** When weak references to garbage die: see `HeapOptions`. */
export type WeakrefTiming = "3.12" | "3.15";

/** @throws {@link BadOptionError} */
export function checkWeakrefTiming(timing: unknown): WeakrefTiming {
  if (timing !== "3.12" && timing !== "3.15")
    throw new BadOptionError(`weakrefTiming must be "3.12" or "3.15", not ${describe(timing)}`);
  return timing;
}

export function checkUnits(units: unknown): number {
  if (!Number.isInteger(units) || (units as number) < 1 || (units as number) >= 2 ** 31)
    throw new BadOptionError(`units of work must be a whole number from 1 to 2147483647, not ${describe(units)}`);
  return units as number;
}

/** Whether the collection of a large heap stops the program until it is done, or goes in steps. */
export type Pauses = "unbounded" | "bounded";

export function checkPauses(pauses: unknown): Pauses {
  if (pauses !== "unbounded" && pauses !== "bounded")
    throw new BadOptionError(`pauses must be "bounded" or "unbounded", not ${describe(pauses)}`);
  return pauses;
}

/**
 * A generation of tracked objects: 0 is the youngest, 2 the oldest. An object that survives a collection moves one up.
 */
export type Generation = 0 | 1 | 2;

/** @throws {@link BadOptionError} */
export function checkGeneration(generation: unknown): Generation {
  if (generation !== 0 && generation !== 1 && generation !== 2) {
    throw new BadOptionError(`a generation is 0, 1 or 2, not ${describe(generation)}`);
  }
  return generation;
}
