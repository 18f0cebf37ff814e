import type { AnyStream, Signal } from "./platform.js";
import { attempt } from "./arguments.js";
import { BadValueError, describe } from "./errors.js";
import { isThenable } from "./untrusted.js";

/** A source of parts: a Node or web stream, a generator, an array. */
export type PartSource<T> = AsyncIterable<T> | Iterable<T> | AnyStream;

/**
 * Passes the parts of a source to `take`. On an error the source is closed before its end. `what` names the parts in
 * messages. When `signal` is aborted, a part that is still awaited is abandoned.
 *
 * @throws {@link BadValueError} if it is no source; errors of the source and `take`; the reason of `signal`.
 */
export async function eachPart(
  source: PartSource<unknown>,
  what: string,
  take: (part: unknown) => unknown,
  signal?: Signal,
): Promise<void> {
  const abort = watch(signal);
  let end: () => unknown = nothing;
  let isWhole = false;
  try {
    abort.check();
    const pull = openSource(source, what);
    end = pull.end;
    for (;;) {
      const part = await nextOf(pull.next, what, abort.orAborted);
      abort.check();
      if (part === undefined) break;
      take(part.value);
    }
    isWhole = true;
  } finally {
    abort.stop();
    // An error of `end` must not hide the first error. A source that never answers must not keep the caller waiting.
    if (!isWhole) {
      const isOver = Promise.resolve().then(end).catch(nothing);
      if (signal?.aborted !== true) await isOver;
    }
  }
}

const nothing = (): void => undefined;

/** Waits for a signal. */
function watch(signal: Signal | undefined): {
  check(): void;
  orAborted: <T>(coming: PromiseLike<T>) => PromiseLike<T>;
  stop(): void;
} {
  if (signal === undefined) return { check: nothing, orAborted: (coming) => coming, stop: nothing };
  const target: AbortSignal = signal;
  // Rejects the promise of the awaited part. There is one promise for each part: a single promise, raced with each part,
  // would keep every part alive until the end.
  let onAbort = nothing;
  const listener = (): void => {
    onAbort();
  };
  target.addEventListener("abort", listener);
  return {
    check: () => {
      if (target.aborted) throw target.reason;
    },
    orAborted: async (coming) => {
      try {
        return await new Promise((resolve, reject) => {
          onAbort = () => {
            // The reason can be any value of the program.
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
            reject(target.reason);
          };
          void Promise.resolve(coming).then(resolve, reject);
        });
      } finally {
        onAbort = nothing;
      }
    },
    stop: () => {
      target.removeEventListener("abort", listener);
    },
  };
}

/** The two operations on an open source: read the next part, and close. */
interface Pull {
  next: () => unknown;
  end: () => unknown;
}

type AnySource = ReadableStream<unknown> & AsyncIterable<unknown> & Iterable<unknown>;

/** Opens a source. Some engines cannot iterate over their streams. */
function openSource(source: PartSource<unknown>, what: string): Pull {
  return attempt(BadValueError, what, () => {
    if (typeof source !== "object" || (source as unknown) === null)
      throw new BadValueError(`expected ${what}, got ${describe(source)}`);
    const any = source as AnySource;
    if (typeof any.getReader === "function") {
      const reader = any.getReader();
      return { next: () => reader.read(), end: () => reader.cancel() };
    }
    const isAsync = typeof any[Symbol.asyncIterator] === "function";
    if (!isAsync && typeof any[Symbol.iterator] !== "function")
      throw new BadValueError(
        `expected ${what}, got ${describe(source)}${"stream" in any ? ": give its stream()" : ""}`,
      );
    const iterator = (isAsync ? any[Symbol.asyncIterator]() : any[Symbol.iterator]()) as Partial<Iterator<unknown>>;
    const { next } = iterator;
    if (typeof next !== "function")
      throw new BadValueError(`an iterator has a method "next", ${describe(iterator)} has not`);
    return { next: () => next.call(iterator), end: () => iterator.return?.() };
  });
}

/** The next part; `undefined` at the end. */
async function nextOf(
  next: () => unknown,
  what: string,
  orAborted: <T>(coming: PromiseLike<T>) => PromiseLike<T>,
): Promise<{ value: unknown } | undefined> {
  const coming = next();
  // Awaiting a revoked proxy throws.
  const result: unknown = isThenable(coming) ? await orAborted(coming as PromiseLike<unknown>) : coming;
  if (typeof result !== "object" || result === null)
    throw new BadValueError(`an iterator gives objects, not ${describe(result)}`);
  return attempt(BadValueError, what, () => {
    const { done, value } = result as { done?: unknown; value: unknown };
    return done ? undefined : { value };
  });
}
