import {
  BadValueError,
  CorruptHeapError,
  HeapwrightError,
  OutOfMemoryError,
  describe,
  isStackOverflow,
} from "../errors.js";
import type { RawExports } from "./exports.js";
import type { CoreExports } from "./instance.js";

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
};

type AnyFunction = (...numbers: number[]) => unknown;

/** One of the core's functions: what callers have, and what stands behind it at the moment. */
interface Door {
  readonly name: string;
  readonly plain: AnyFunction;
  stand(run: AnyFunction): void;
}

/**
 * Stands between the host and its core, and decides about each thing that a call throws whether the heap goes on.
 *
 * - Whatever is thrown before the core changes anything is an error like any other: an argument whose conversion to a
 *   number throws, one that the checked core refuses, a stack that has no room.
 * - A stack overflow where the stack had the room that the core asks for means that the core asks for too little on this
 *   engine. Then the heap may be half changed: the next call proves it sound first.
 * - A trap is a fault of the core, or of an address that was none. It ends the heap.
 */
export class Guard {
  /** The same functions, guarded. They stay the same ones, whatever becomes of the heap. */
  readonly exports: CoreExports;
  readonly #core: CoreExports;
  readonly #doors: Door[] = [];
  readonly #onTrap: (message: string, cause: unknown) => CorruptHeapError;
  readonly #isInHook: () => boolean;

  /**
   * `onTrap` gets what is wrong with the heap, and returns what to throw. `isInHook`: whether the host runs one of its
   * hooks, so that calls of the core wait for it to return.
   */
  constructor(
    core: CoreExports,
    onTrap: (message: string, cause: unknown) => CorruptHeapError,
    isInHook: () => boolean,
  ) {
    this.#core = core;
    this.#onTrap = onTrap;
    this.#isInHook = isInHook;
    const entries = Object.entries(core).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "function" ? this.#guarded(name, value as AnyFunction) : value,
    ]);
    this.exports = Object.fromEntries(entries) as CoreExports;
  }

  /** From now on every call throws this error: what is left of a heap that is disposed of or corrupt. */
  end(error: () => Error): void {
    for (const door of this.#doors)
      door.stand(() => {
        throw error();
      });
  }

  #guarded(name: string, plain: AnyFunction): AnyFunction {
    let run = plain;
    this.#doors.push({
      name,
      plain,
      stand(next) {
        run = next;
      },
    });
    const lengths = LENGTHS[name as keyof RawExports];
    const call: AnyFunction = (a, b, c, d, e) => {
      try {
        return run(a, b, c, d, e);
      } catch (error) {
        throw this.#explain(error, name, [a, b, c, d, e]);
      }
    };
    if (lengths === undefined) return call;
    return (...numbers) => {
      for (const index of lengths) checkLength(numbers[index]);
      return call(...numbers);
    };
  }

  /** What to throw instead of what a call has thrown. */
  #explain(error: unknown, name: string, numbers: readonly unknown[]): unknown {
    // From the conversion of an argument, a hook inside of a core that trapped, or a heap that has ended.
    if (error instanceof HeapwrightError) return error;
    if (error instanceof Refusal) return new BadValueError(`${callOf(name, numbers)}: ${error.message}`);
    if (error instanceof WebAssembly.RuntimeError || error instanceof CoreAbort)
      return this.#onTrap(`its core trapped in ${callOf(name, numbers)}: "${error.message}"`, error);
    if (isStackOverflow(error)) {
      if (this.#hasRoom()) this.#suspect();
      return error;
    }
    return new BadValueError(`${name}: the core takes numbers alone`, { cause: error });
  }

  /** Whether the stack has the room here that any change needs. If not, the core has refused the call that was made here. */
  #hasRoom(): boolean {
    try {
      this.#core.needRoom(1);
      return true;
    } catch {
      return false;
    }
  }

  /** Lets the next call, whichever it is, prove the heap sound before it does what it is for. */
  #suspect(): void {
    for (const { plain, stand } of this.#doors)
      stand((...numbers) => {
        this.#prove();
        return plain(...numbers);
      });
  }

  #prove(): void {
    const core = this.#core;
    // What was cut short cannot be gone on with.
    const isCutShort = !this.#isInHook() && core.isCollecting();
    // Throws, and leaves the suspicion, if it has no room.
    const isBroken = isCutShort || core.verify() !== 0;
    for (const { plain, stand } of this.#doors) stand(plain);
    if (isBroken) throw this.#onTrap("a stack overflow has cut its core short", undefined);
  }
}

function callOf(name: string, numbers: readonly unknown[]): string {
  const given = numbers.filter((number) => number !== undefined);
  return `${name}(${given.map((number) => (typeof number === "number" ? number : describe(number))).join(", ")})`;
}

/** @throws {@link BadValueError} for what is no length, {@link OutOfMemoryError} for what no memory has room for. */
function checkLength(length: unknown): void {
  if (!Number.isInteger(length) || (length as number) < 0)
    throw new BadValueError(`expected a length, got ${describe(length)}`);
  if ((length as number) > 0xffffffff)
    throw new OutOfMemoryError(`out of memory: a heap has at most 4 GiB, which a length of ${String(length)} exceeds`);
}
