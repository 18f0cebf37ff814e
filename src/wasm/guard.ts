import { BadValueError, HeapwrightError, describe, isStackOverflow } from "../base/errors.js";
import type { CorruptHeapError, OutOfMemoryError } from "../base/errors.js";
import { dropFrames } from "../base/frames.js";
import { isA } from "../base/untrusted.js";
import type { RawExports } from "./exports.js";
import type { CoreExports } from "./readings.js";

/** What the checked core throws when an argument is wrong: see `assembly/doors/checks.ts`. Nothing has changed. */
export class Refusal extends Error {}
/** What the checked core throws when an assertion does not hold, in the middle of something. */
export class CoreAbort extends Error {}

/**
 * Which arguments are lengths: the core counts in 32 bits and JavaScript in 53, so one that is too long would come out
 * short. Here alone numbers cross from one to the other.
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

/** Whoever calls a core through a guard. */
export interface Host {
  /** What is wrong with the heap, which can no longer be used. Returns what to throw. */
  onBroken(message: string, cause?: unknown): CorruptHeapError;
  /** The heap may be half changed: `isSound` must find it whole before the core is called again. */
  onSuspicion(): void;
  /** What to throw for something that no memory has room for. */
  onTooLong(what: string): OutOfMemoryError;
}

/**
 * The same functions, between the host and its core. They decide about each thing that a call throws whether the heap
 * goes on:
 *
 * - Whatever is thrown before the core changes anything is an error like any other: an argument whose conversion to a
 *   number throws, one that the checked core refuses, a stack that has no room.
 * - A stack overflow where the stack had the room that the core asks for means that the core asks for too little on this
 *   engine. Then the heap may be half changed, and has to be proved sound.
 * - A trap is a fault of the core, or of an address that was none. It ends the heap.
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

/** Functions that all throw: what is left of a heap that is disposed of or corrupt. They hold on to nothing of its core. */
export function deadExports(core: CoreExports, error: () => Error): CoreExports {
  const names = Object.entries(core).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "function" ? [name] : [],
  );
  return thatThrow(names, error);
}

// A function of its own: closures share the variables of the function that they are made in.
function thatThrow(names: readonly string[], error: () => Error): CoreExports {
  const fail = (): never => {
    throw error();
  };
  return Object.fromEntries(names.map((name) => [name, fail])) as unknown as CoreExports;
}

/** The same functions, each of which first runs `prove`. */
export function suspiciousExports(core: CoreExports, prove: () => void): CoreExports {
  return mapExports(core, (_, run) => (...numbers) => {
    prove();
    return run(...numbers);
  });
}

/**
 * Whether a heap has survived a stack overflow in its core. `isInHook`: an outer call of the core waits for a hook to
 * return; else no collection can be under way that anyone will go on with.
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

/** What to throw instead of what a call has thrown. */
function explain(core: CoreExports, host: Host, error: unknown, name: string, numbers: readonly unknown[]): unknown {
  // From the conversion of an argument, a hook inside of a core that trapped, or a heap that has ended.
  if (isA(error, HeapwrightError)) return error;
  if (isA(error, Refusal)) return new BadValueError(`${callOf(name, numbers)}: ${error.message}`);
  if (isA(error, WebAssembly.RuntimeError) || isA(error, CoreAbort))
    return host.onBroken(`its core trapped in ${callOf(name, numbers)}: "${error.message}"`, error);
  if (isStackOverflow(error)) {
    // To ask for room changes nothing.
    if (name !== "needRoom" && hasRoom(core)) host.onSuspicion();
    return error;
  }
  return new BadValueError(`${name}: the core takes only numbers`, { cause: error });
}

/** Whether the stack has the room here that any change needs. If not, the core has refused the call that was made from here. */
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

/** @throws {@link BadValueError} for what is no length, {@link OutOfMemoryError} for what no memory has room for. */
function checkLength(length: unknown, host: Host): void {
  if (!Number.isInteger(length) || (length as number) < 0)
    throw new BadValueError(`expected a length, got ${describe(length)}`);
  if ((length as number) > 0xffffffff)
    throw host.onTooLong(`a length of ${String(length)}, where no heap has more than 4 GiB`);
}
