import { BadValueError } from "../base/errors.js";
import { isLater, isThenable } from "../base/untrusted.js";

/** Where an error came from that nothing could catch. */
export interface UnraisableContext {
  /**
   * What threw: a finalizer, the callback of a weak reference, one of `heap.gc.callbacks`, what `weakref.finalize` ran at
   * `dispose`, the option `onLeak`; or the promise that one of these, or the function of a scope or pause, returned and
   * should not have.
   */
  where: "finalizer" | "callback" | "gc callback" | "exit" | "leak" | "scope" | "pause";
  /** Type of the object, if it was called for one. */
  type?: string;
}

export type UnraisableHook = (error: unknown, context: UnraisableContext) => void;

/** What Python does with an error that nothing can catch: it says so, and goes on. */
export function reportIgnored(error: unknown, { where, type }: { where: string; type?: string }): void {
  try {
    console.error(`Exception ignored in: ${where}${type === undefined ? "" : ` of ${type}`}\n`, error);
  } catch {
    // There is nobody left to tell.
  }
}

/** What an error nobody catches would do. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}

/** @throws {@link BadValueError} for a function that returns before its code has run. */
export function checkAtOnce(run: unknown, what: UnraisableContext["where"]): void {
  if (isLater(run)) throw notOver(what);
}

/**
 * Lets through what a function returned that had to be done by then. What a promise is rejected with goes to `report`.
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
