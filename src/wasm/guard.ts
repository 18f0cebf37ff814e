import { BadValueError, HeapwrightError, describe, isStackOverflow } from "../base/errors.js";
import type { CorruptHeapError, OutOfMemoryError } from "../base/errors.js";
import { dropFrames } from "../base/frames.js";
import { isA } from "../base/untrusted.js";
import type { RawExports } from "./exports.js";
import type { CoreExports } from "./readings.js";

/** The checked core rejected an argument: see `assembly/doors/checks.ts`. Nothing has changed. */
export class Refusal extends Error {}
/** An assertion of the checked core failed. The heap may be half changed. */
export class CoreAbort extends Error {}

/**
 * The parameters that are lengths. The core counts in 32 bits and JavaScript in 53, so a length that is too large would be
 * truncated. Only this module converts numbers for the core.
 */
const LENGTHS: Partial<Record<keyof RawExports, readonly number[]>> = {
  defineType: [0, 1],
  newStr: [0],
  newBytes: [0],
  shrinkInterned: [0],
  newList: [0],
  newTuple: [0],
  newDict: [0],
  newSet: [0],
  newFrozenset: [0],
  lend: [0],
  allocMany: [1],
  increfMany: [1],
  decrefMany: [1],
  getRefMany: [1],
  setRefMany: [1],
  gather: [1],
  scatter: [1],
  nextReferrer: [3],
  setByteThreshold: [0],
  setLimit: [0],
};

type AnyFunction = (...numbers: number[]) => unknown;

/** The caller of a guarded core. */
export interface Host {
  /** Disables a broken heap. Returns the error to throw. */
  onBroken(message: string, cause?: unknown): CorruptHeapError;
  /** The heap may be half changed: `isSound` must confirm it before the next call of the core. */
  onSuspicion(): void;
  /** Returns the error for a length that no memory has room for. */
  onTooLong(what: string): OutOfMemoryError;
}

/**
 * Wraps the core's functions for the host. The wrapper decides for each error whether the heap stays usable:
 *
 * - An error before the core changes anything is an ordinary error: a failed conversion of an argument to a number, an
 *   argument that the checked core rejects, a stack without enough room.
 * - A stack overflow although the stack had the room that the core asks for: the core asks for too little on this engine.
 *   The heap may be half changed and must be verified.
 * - A trap is a fault in the core, or comes from an invalid address. It ends the heap.
 */
export function guardExports(core: CoreExports, host: Host): CoreExports {
  return mapExports(core, (name, run) => {
    const call: AnyFunction = (a, b, c, d, e) => {
      try {
        return run(a, b, c, d, e);
      } catch (error) {
        throw dropFrames(explain(core, host, error, name, [a, b, c, d, e]));
      }
    };
    const lengths = LENGTHS[name as keyof RawExports];
    if (lengths === undefined) return call;
    return (...numbers) => {
      for (const index of lengths) checkLength(numbers[index], host);
      return call(...numbers);
    };
  });
}

/** Functions that all throw, for a heap that is disposed of or corrupt. They keep nothing of the core alive. */
export function deadExports(core: CoreExports, error: () => Error): CoreExports {
  const names = Object.entries(core).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "function" ? [name] : [],
  );
  return thatThrow(names, error);
}

// A separate function, because closures share all variables of the function that creates them.
function thatThrow(names: readonly string[], error: () => Error): CoreExports {
  const fail = (): never => {
    throw error();
  };
  return Object.fromEntries(names.map((name) => [name, fail])) as unknown as CoreExports;
}

/** Wraps the functions so that each first runs `prove`. */
export function suspiciousExports(core: CoreExports, prove: () => void): CoreExports {
  return mapExports(core, (_, run) => (...numbers) => {
    prove();
    return run(...numbers);
  });
}

/**
 * Whether a heap is intact after a stack overflow in its core. `isInHook`: an outer call of the core waits for a hook to
 * return. Otherwise no collection may be under way, because nothing would continue it.
 */
export function isSound(core: CoreExports, isInHook: boolean): boolean {
  return (isInHook || !core.isCollecting()) && core.verify() === 0;
}

function mapExports(core: CoreExports, wrap: (name: string, run: AnyFunction) => AnyFunction): CoreExports {
  const entries = Object.entries(core).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "function" ? wrap(name, value as AnyFunction) : value,
  ]);
  return Object.fromEntries(entries) as CoreExports;
}

/** The error to throw for an error that a call threw. */
function explain(core: CoreExports, host: Host, error: unknown, name: string, numbers: readonly unknown[]): unknown {
  // Thrown by the conversion of an argument, by a hook after the core trapped, or by a heap that has ended.
  if (isA(error, HeapwrightError)) return error;
  if (isA(error, Refusal)) return new BadValueError(`${callOf(name, numbers)}: ${error.message}`);
  if (isA(error, WebAssembly.RuntimeError) || isA(error, CoreAbort))
    return host.onBroken(`its core trapped in ${callOf(name, numbers)}: "${error.message}"`, error);
  if (isStackOverflow(error)) {
    // `needRoom` changes nothing.
    if (name !== "needRoom" && hasRoom(core)) host.onSuspicion();
    return error;
  }
  return new BadValueError(`${name}: expected numbers`, { cause: error });
}

/** Whether the stack has the room that any change needs. If not, the core has rejected the call that was made from here. */
function hasRoom(core: CoreExports): boolean {
  try {
    core.needRoom(1);
    return true;
  } catch {
    return false;
  }
}

function callOf(name: string, numbers: readonly unknown[]): string {
  const given = numbers.filter((number) => number !== undefined);
  return `${name}(${given.map((number) => (typeof number === "number" ? number : describe(number))).join(", ")})`;
}

/** @throws {@link BadValueError} if it is no length, {@link OutOfMemoryError} if no memory has room for it. */
function checkLength(length: unknown, host: Host): void {
  if (!Number.isInteger(length) || (length as number) < 0)
    throw new BadValueError(`expected a length, got ${describe(length)}`);
  if ((length as number) > 0xffffffff)
    throw host.onTooLong(`a length of ${String(length)}, where no heap has more than 4 GiB`);
}
