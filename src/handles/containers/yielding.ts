import { readOptions } from "../../base/arguments.js";
import { stepping } from "../../base/entered.js";
import { BadOptionError, describe } from "../../base/errors.js";
import type { Signal } from "../../base/platform.js";
import { WORK_MS, rest } from "../../base/rest.js";
import { mustBeSignal, throwIfAborted } from "../../base/signal.js";
import { iteratorOf } from "./container.js";

/** How a loop over `yielding(values)` gives way. */
export interface YieldingOptions {
  /** Ends the loop with its reason, before the next value. */
  signal?: Signal;
  /** Milliseconds of work, the body of the loop included, after which the loop gives way. @default 10 */
  afterMs?: number;
}

/**
 * Passes values on, and yields to the event loop every 10 ms, so that a loop over millions of entries stops neither timers nor
 * pages: `for await (const [key, value] of yielding(dict)) …`. It takes what `for…of` takes: a container, a weak map, `dict.keys()`,
 * and `lending(list)`, which releases the handles of the loop.
 *
 * The loop has the rules of the one that it passes on: while it rests, the program may change a list, and a change of the keys of
 * a dict or set ends it with a {@link ContainerChangedError}. The container is held until the loop ends, also by `break`, by an
 * error or by `signal`.
 *
 * @example
 * using orders = heap.from([{ price: 2 }, { price: 3 }]);
 * let sum = 0;
 * for await (const order of yielding(lending(orders), { signal: AbortSignal.timeout(60_000) })) sum += order.read<number>("price");
 * sum; // 5
 *
 * @throws {@link BadOptionError}, {@link BadValueError} for what cannot be iterated over. The loop throws what that of `values`
 *   throws, {@link HeapDisposedError} once the heap is disposed of, and the reason of `signal`.
 */
export function yielding<T>(values: Iterable<T>, options: YieldingOptions = {}): AsyncGenerator<T, void> {
  const { signal, afterMs = WORK_MS } = readOptions(options, YIELDING_OPTIONS);
  mustBeSignal(signal);
  if (typeof afterMs !== "number" || !(afterMs >= 0))
    throw new BadOptionError(`afterMs is a number of milliseconds, not ${describe(afterMs)}`);
  // What cannot be iterated over is refused at once.
  const iterator = iteratorOf(values);
  return stepping(walk({ [Symbol.iterator]: () => iterator }, signal, afterMs));
}

const YIELDING_OPTIONS: Record<keyof YieldingOptions, true> = { signal: true, afterMs: true };

async function* walk<T>(values: Iterable<T>, signal: Signal | undefined, afterMs: number): AsyncGenerator<T, void> {
  throwIfAborted(signal);
  let rested = performance.now();
  for (const value of values) {
    yield value;
    if (performance.now() - rested > afterMs) {
      await rest();
      rested = performance.now();
    }
    throwIfAborted(signal);
  }
}
