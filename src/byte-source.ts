import { attempt } from "./arguments.js";
import { BadValueError, describe } from "./errors.js";
import { isA, isBytes } from "./untrusted.js";

/** Bytes at hand. */
export type Bytes = ArrayBufferView | ArrayBufferLike;
/** Where an image can come from. */
export type ByteSource = Bytes | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The bytes of a source, in one piece. */
export async function bytesOf(source: ByteSource): Promise<Uint8Array> {
  if (isBuffer(source) || ArrayBuffer.isView(source)) return viewOf(source);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(source)) {
    if (!isBytes(chunk)) throw new BadValueError(`expected bytes, got ${describe(chunk)}`);
    chunks.push(chunk);
    length += chunk.length;
  }
  // A chunk may have been detached or resized since it came.
  return attempt(BadValueError, "bytes", () => {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  });
}

/** Some engines cannot iterate over their streams. */
function chunksOf(source: Exclude<ByteSource, Bytes>): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof source !== "object" || (source as unknown) === null)
    throw new BadValueError(`expected bytes, got ${describe(source)}`);
  return attempt(BadValueError, "bytes", () => {
    const { locked, getReader } = source as Partial<ReadableStream>;
    if (locked === true) throw new BadValueError("expected bytes, got a stream that somebody else reads");
    const isIterable = [Symbol.asyncIterator, Symbol.iterator].some(
      (name) => typeof (source as unknown as Record<symbol, unknown>)[name] === "function",
    );
    if (isIterable) return source;
    if (typeof getReader !== "function") throw new BadValueError(`expected bytes, got ${describe(source)}`);
    return readAll((source as ReadableStream<Uint8Array>).getReader());
  });
}

async function* readAll(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    reader.releaseLock();
  }
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
