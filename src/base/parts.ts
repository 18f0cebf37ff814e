import type { AnyStream, Signal } from "./platform.js";
import { attempt } from "./arguments.js";
import { BadValueError, describe } from "./errors.js";
import { isThenable } from "./untrusted.js";

/** What comes part by part: a Node or web stream, a generator, an array. */
export type PartSource<T> = AsyncIterable<T> | Iterable<T> | AnyStream;

/**
 * Takes what a source gives, part by part. A source that is not read to its end is given up. `what` is what messages call
 * the parts. When `signal` is aborted, a part that is still awaited is no longer waited for.
 *
 * @throws {@link BadValueError} for what is no source; what the source or `take` throws; the reason of `signal`.
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
    // What comes of giving up must not hide why. A source that never answers must not keep the caller waiting.
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
  // Rejects the promise of the part that is awaited. Each part has a promise of its own: a promise for all of them, raced
  // with each, would keep every part until the end.
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
            // The reason is the program's own, whatever it is.
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

/** What a source is read with, and given up. */
interface Pull {
  next: () => unknown;
  end: () => unknown;
}

type AnySource = ReadableStream<unknown> & AsyncIterable<unknown> & Iterable<unknown>;

/** Some engines cannot iterate over their streams. */
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

/** What comes next; `undefined` at the end. */
async function nextOf(
  next: () => unknown,
  what: string,
  orAborted: <T>(coming: PromiseLike<T>) => PromiseLike<T>,
): Promise<{ value: unknown } | undefined> {
  const coming = next();
  // To await something that was revoked throws.
  const result: unknown = isThenable(coming) ? await orAborted(coming as PromiseLike<unknown>) : coming;
  if (typeof result !== "object" || result === null)
    throw new BadValueError(`an iterator gives objects, not ${describe(result)}`);
  return attempt(BadValueError, what, () => {
    const { done, value } = result as { done?: unknown; value: unknown };
    return done ? undefined : { value };
  });
}
