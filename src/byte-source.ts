import { BadValueError, describe } from "./errors.js";

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
    if (!(chunk instanceof Uint8Array)) throw new BadValueError(`expected bytes, got ${describe(chunk)}`);
    chunks.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Some engines cannot iterate over their streams. */
function chunksOf(source: Exclude<ByteSource, Bytes>): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof source !== "object" || (source as unknown) === null)
    throw new BadValueError(`expected bytes, got ${describe(source)}`);
  if (Symbol.asyncIterator in source || Symbol.iterator in source) return source;
  if (!("getReader" in source)) throw new BadValueError(`expected bytes, got ${describe(source)}`);
  return readAll(source);
}

async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    reader.releaseLock();
  }
}

function isBuffer(source: unknown): source is ArrayBufferLike {
  return (
    source instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && source instanceof SharedArrayBuffer)
  );
}

export function viewOf(source: Bytes): Uint8Array {
  if (isBuffer(source)) return new Uint8Array(source);
  if (!ArrayBuffer.isView(source)) throw new BadValueError(`expected bytes, got ${describe(source)}`);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
