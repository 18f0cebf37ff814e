import type { Signal } from "../base/platform.js";
import { CancelledError } from "../base/errors.js";

/** How far a long piece of work is: `done` of `total` items of its present phase. `total` is 0 while it is not known. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/**
 * A piece of work in steps. Each `next()` does some milliseconds of it and returns its progress; the last one
 * returns the result. Run it with {@link finish}, or with {@link finishAsync} to leave the event loop free.
 */
export type Steps<T> = Generator<Progress, T, void>;

export interface StepOptions {
  /** Called between steps. */
  onProgress?: (progress: Progress) => void;
  /** Ends the work with a {@link CancelledError} at the next step. */
  signal?: Signal;
}

/** Items between two yields: some milliseconds of work. */
export const ITEMS_PER_STEP = 1 << 17;

function tell(progress: Progress, { onProgress, signal }: StepOptions): void {
  if (signal?.aborted) throw new CancelledError(`Cancelled while ${progress.phase}`, { cause: signal.reason });
  onProgress?.(progress);
}

/** Does all of it now. */
export function finish<T>(steps: Steps<T>, options: StepOptions = {}): T {
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      tell(step.value, options);
    }
  } finally {
    abandon(steps);
  }
}

/** Yields to the event loop. `setImmediate` is used if it exists: a timer of 0 ms waits 1 ms, which adds up. */
const rest = (resolve: () => void): unknown =>
  typeof setImmediate === "function" ? setImmediate(resolve) : setTimeout(resolve);

/** Does all of it, giving way to the event loop every 10 ms or so. */
export async function finishAsync<T>(steps: Steps<T>, options: StepOptions = {}): Promise<T> {
  try {
    let rested = performance.now();
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      tell(step.value, options);
      if (performance.now() - rested > 10) {
        await new Promise<void>(rest);
        rested = performance.now();
      }
    }
  } finally {
    abandon(steps);
  }
}

/** Releases the resources of unfinished work. */
function abandon(steps: Steps<unknown>): void {
  steps.return(undefined);
}
