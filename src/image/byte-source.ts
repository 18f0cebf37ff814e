import type { AnyStream, Signal } from "../base/platform.js";
import { attempt } from "../base/arguments.js";
import { BadValueError, describe } from "../base/errors.js";
import { eachPart } from "../base/parts.js";
import { isA, isBytes, lengthOf } from "../base/untrusted.js";

/** Bytes already in memory. */
export type Bytes = ArrayBufferView | ArrayBufferLike;
/** Bytes that arrive in chunks: a Node or web stream, or a list of buffers. */
export type ChunkSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | AnyStream;
/** Where the bytes of an image or a dump can come from: memory, or what yields chunks. A `Blob` or `File` has `stream()`. */
export type ByteSource = Bytes | ChunkSource;

/** The size of a chunk of bytes already in memory: a reader reports progress, and can be cancelled, between two. */
const SLICE = 1 << 20;

/** Reads a source to its end and returns its bytes in one array. @throws as `eachChunk` */
export async function bytesOf(source: ByteSource, signal?: Signal): Promise<Uint8Array> {
  if (isAtHand(source)) return viewOf(source);
  const chunks: Uint8Array[] = [];
  await eachChunk(source, (chunk) => chunks.push(chunk), signal);
  // A chunk may have been detached or resized since it arrived.
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
 * Passes the bytes of a source to `take`, chunk by chunk. On an error the source is closed before its end.
 *
 * @throws {@link BadValueError} if the source yields anything but bytes; errors of the source and `take`; the reason of
 * `signal`.
 */
export async function eachChunk(
  source: ByteSource,
  take: (chunk: Uint8Array) => unknown,
  signal?: Signal,
): Promise<void> {
  if (isAtHand(source)) {
    const bytes = viewOf(source);
    for (let at = 0; at < bytes.length; at += SLICE) take(bytes.subarray(at, at + SLICE));
    return;
  }
  const takePart = (chunk: unknown): void => {
    if (!isBytes(chunk)) throw new BadValueError(`expected bytes, got ${describe(chunk)}`);
    take(viewOf(chunk));
  };
  await eachPart(source, "bytes", takePart, signal);
}

function isAtHand(source: ByteSource): source is Bytes {
  return isBuffer(source) || ArrayBuffer.isView(source);
}

function isBuffer(source: unknown): source is ArrayBufferLike {
  return isA(source, ArrayBuffer) || (typeof SharedArrayBuffer !== "undefined" && isA(source, SharedArrayBuffer));
}

export function viewOf(source: Bytes): Uint8Array {
  // Reading a detached buffer throws.
  return attempt(BadValueError, "bytes", () => {
    if (isBuffer(source)) return new Uint8Array(source);
    if (!ArrayBuffer.isView(source)) throw new BadValueError(`expected bytes, got ${describe(source)}`);
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  });
}
