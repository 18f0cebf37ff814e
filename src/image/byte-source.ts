import type { AnyStream } from "../base/platform.js";
import { attempt } from "../base/arguments.js";
import { BadValueError, describe } from "../base/errors.js";
import { isA, isBytes, isThenable, lengthOf } from "../base/untrusted.js";

/** Bytes at hand. */
export type Bytes = ArrayBufferView | ArrayBufferLike;
/** Bytes that come one chunk after the other: a Node or web stream, a list of buffers. */
export type ChunkSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | AnyStream;
/** Where an image can come from. */
export type ByteSource = Bytes | ChunkSource;

/** The bytes of a source, in one piece. @throws as `eachChunk` */
export async function bytesOf(source: ByteSource): Promise<Uint8Array> {
  if (isBuffer(source) || ArrayBuffer.isView(source)) return viewOf(source);
  const chunks: Uint8Array[] = [];
  await eachChunk(source, (chunk) => chunks.push(chunk));
  // A chunk may have been detached or resized since it came.
  return attempt(BadValueError, "bytes", () => {
    const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + lengthOf(chunk), 0));
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += lengthOf(chunk);
    }
    return bytes;
  });
}

/**
 * Takes the bytes of a source chunk by chunk. A source that is not read to its end is given up.
 *
 * @throws {@link BadValueError} for what gives no bytes; what the source or `take` throws.
 */
export async function eachChunk(source: ChunkSource, take: (chunk: Uint8Array) => unknown): Promise<void> {
  const { next, end } = openSource(source);
  let isWhole = false;
  try {
    for (let chunk = await nextOf(next); chunk !== undefined; chunk = await nextOf(next)) {
      if (!isBytes(chunk.value)) throw new BadValueError(`expected bytes, got ${describe(chunk.value)}`);
      take(viewOf(chunk.value));
    }
    isWhole = true;
  } finally {
    // What comes of giving up must not hide why.
    if (!isWhole) await Promise.resolve().then(end).catch(nothing);
  }
}

const nothing = (): void => undefined;

/** What a source is read with, and given up. */
interface Pull {
  next: () => unknown;
  end: () => unknown;
}

type AnySource = ReadableStream<Uint8Array> & AsyncIterable<unknown> & Iterable<unknown>;

/** Some engines cannot iterate over their streams. */
function openSource(source: ChunkSource): Pull {
  return attempt(BadValueError, "bytes", () => {
    if (typeof source !== "object" || (source as unknown) === null)
      throw new BadValueError(`expected bytes, got ${describe(source)}`);
    const any = source as AnySource;
    if (typeof any.getReader === "function") {
      const reader = any.getReader();
      return { next: () => reader.read(), end: () => reader.cancel() };
    }
    const isAsync = typeof any[Symbol.asyncIterator] === "function";
    if (!isAsync && typeof any[Symbol.iterator] !== "function")
      throw new BadValueError(`expected bytes, got ${describe(source)}`);
    const iterator = (isAsync ? any[Symbol.asyncIterator]() : any[Symbol.iterator]()) as Partial<Iterator<unknown>>;
    const { next } = iterator;
    if (typeof next !== "function")
      throw new BadValueError(`an iterator has a method "next", ${describe(iterator)} has not`);
    return { next: () => next.call(iterator), end: () => iterator.return?.() };
  });
}

/** What comes next; `undefined` at the end. */
async function nextOf(next: () => unknown): Promise<{ value: unknown } | undefined> {
  const coming = next();
  // To await something that was revoked throws.
  const result: unknown = isThenable(coming) ? await coming : coming;
  if (typeof result !== "object" || result === null)
    throw new BadValueError(`an iterator gives objects, not ${describe(result)}`);
  return attempt(BadValueError, "bytes", () => {
    const { done, value } = result as { done?: unknown; value: unknown };
    return done ? undefined : { value };
  });
}

function isBuffer(source: unknown): source is ArrayBufferLike {
  return isA(source, ArrayBuffer) || (typeof SharedArrayBuffer !== "undefined" && isA(source, SharedArrayBuffer));
}

export function viewOf(source: Bytes): Uint8Array {
  // What was detached has no bytes, and throws when it is asked for them.
  return attempt(BadValueError, "bytes", () => {
    if (isBuffer(source)) return new Uint8Array(source);
    if (!ArrayBuffer.isView(source)) throw new BadValueError(`expected bytes, got ${describe(source)}`);
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  });
}
