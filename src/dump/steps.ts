import type { Signal } from "../base/platform.js";
import { WORK_MS, rest } from "../base/rest.js";
import { throwIfAborted } from "../base/signal.js";

/** How far a long piece of work is: `done` of `total` items of its present phase. `total` is 0 while it is not known. */
export interface Progress {
  /** What is being done, in words: "finding dominators". */
  readonly phase: string;
  /** Items of this phase that are done. */
  readonly done: number;
  /** Items of this phase in all; 0 while the number is not known. */
  readonly total: number;
}

/**
 * A piece of work in steps. Each `next()` does some milliseconds of it and returns its progress; the last one
 * returns the result. Run it with {@link finish}, or with {@link finishAsync} to leave the event loop free.
 */
export type Steps<T> = Generator<Progress, T, void>;

/** What {@link finish} and {@link finishAsync} take, and so does each function that reads a dump in steps. */
export interface StepOptions {
  /** Called between steps. */
  onProgress?: (progress: Progress) => void;
  /** Ends the work at the next step: it throws the reason of the signal, as `fetch` does. */
  signal?: Signal;
}

/** Items between two yields: some milliseconds of work. */
export const ITEMS_PER_STEP = 1 << 17;

function tell(progress: Progress, { onProgress, signal }: StepOptions): void {
  throwIfAborted(signal);
  onProgress?.(progress);
}

/**
 * Does all of the work now, and returns its result.
 *
 * @example
 * const rows = finish(histogram(graph));
 * rows[0]?.name; // "bytes"
 *
 * @throws {@link CancelledError} at the next step after `signal` was aborted.
 */
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

/**
 * Does all of the work. It gives way to the event loop about every 10 ms.
 *
 * @example
 * const signal = AbortSignal.timeout(60_000);
 * const rows = await finishAsync(histogram(graph), { signal, onProgress: ({ phase }) => console.log(phase) });
 *
 * @throws The reason of `signal`, at the next step after that was aborted.
 */
export async function finishAsync<T>(steps: Steps<T>, options: StepOptions = {}): Promise<T> {
  try {
    let rested = performance.now();
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      tell(step.value, options);
      if (performance.now() - rested > WORK_MS) {
        await rest();
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
