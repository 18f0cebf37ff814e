import { attempt } from "./arguments.js";
import { BadOptionError, describe } from "./errors.js";
import type { Signal } from "./platform.js";
import { isA } from "./untrusted.js";

// Work that its signal ends throws the reason of the signal, as `fetch` does: never an error of this package.

/** @throws The reason of a signal that is aborted. */
export function throwIfAborted(signal: Signal | undefined): void {
  if (signal?.aborted === true) throw signal.reason;
}

/** @throws {@link BadOptionError} for what is no `AbortSignal`. */
export function mustBeSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (typeof AbortSignal === "undefined" || !isA(signal, AbortSignal))
    throw new BadOptionError(`signal is an AbortSignal, not ${describe(signal)}`);
  // What only inherits from one cannot answer.
  attempt(BadOptionError, "signal", () => signal.aborted);
}

/** @throws As `mustBeSignal`; the reason of one that is aborted. */
export function checkSignal(signal: Signal | undefined): void {
  mustBeSignal(signal);
  throwIfAborted(signal);
}
