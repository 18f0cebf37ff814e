import { BadValueError } from "../base/errors.js";
import { isLater, isThenable } from "../base/untrusted.js";

/** The source of an error that no caller can catch. */
export interface UnraisableContext {
  /**
   * The code that threw: a finalizer, the callback of a weak reference, one of `heap.gc.callbacks`, a function that
   * `weakref.finalize` ran at `dispose()`, or the option `onLeak`. It may also be a promise that one of these, or the
   * function of a scope or pause, returned by mistake.
   */
  where: "finalizer" | "callback" | "gc callback" | "exit" | "leak" | "scope" | "pause";
  /** Type of the object concerned, if there is one. */
  type?: string;
}

/**
 * The option `onUnraisable`: receives an error that no caller can catch, and where it arose. What the hook throws
 * itself is written to the console.
 */
export type UnraisableHook = (error: unknown, context: UnraisableContext) => void;

/** Reports the error and continues, like Python. */
export function reportIgnored(error: unknown, { where, type }: { where: string; type?: string }): void {
  try {
    console.error(`Exception ignored in: ${where}${type === undefined ? "" : ` of ${type}`}\n`, error);
  } catch {
    // There is nowhere to report this error.
  }
}

/** Throws the error as an uncaught error. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}

/** @throws {@link BadValueError} for a function that returns before its code has run: an async function or a generator. */
export function checkAtOnce(run: unknown, what: UnraisableContext["where"]): void {
  if (isLater(run)) throw notOver(what);
}

/**
 * Returns the result of a synchronous function, and rejects promises. `report` receives a promise's rejection.
 *
 * @throws {@link BadValueError} for a promise.
 */
export function mustBeOver<T>(result: T, what: UnraisableContext["where"], report: (error: unknown) => void): T {
  if (!isThenable(result)) return result;
  Promise.resolve(result).catch(report);
  throw notOver(what);
}

function notOver(what: string): BadValueError {
  return new BadValueError(`a ${what} ends when its function returns, so that cannot be async or a generator`);
}
