import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { bytesOf } from "../../image/byte-source.js";
import { readImageSync } from "../../dump/image/read.js";
import { readHeapSnapshot } from "../../dump/v8/read.js";
import type { HeapGraph } from "../../dump/graph/graph.js";
import type { StepOptions } from "../../dump/steps.js";
import { BadImageError } from "../../base/errors.js";
import { throwIfAborted } from "../../base/signal.js";
import { FileError } from "./errors.js";
import { shown } from "./text.js";

/** A dump, and facts about its file. */
export interface Opened {
  readonly graph: HeapGraph;
  /** `heap image` or `V8 heap snapshot`; `, gzip` is appended for compressed files. */
  readonly format: string;
  /** Size of the file. */
  readonly bytes: number;
}

const IMAGE = [0x89, 0x48, 0x57, 0x49, 0x4d, 0x47];
const GZIP = [0x1f, 0x8b];
const PARQUET = [0x50, 0x41, 0x52, 0x31];
const CHUNK = 1 << 22;

/**
 * Opens a dump. The first bytes of the file decide: a heap image, a V8 heap snapshot, or either of them in gzip.
 *
 * @throws {@link FileError} if the file cannot be opened; {@link BadImageError} with the offset if it is damaged or no
 *   dump; the reason of `signal`.
 */
export async function openDump(path: string, options: StepOptions = {}): Promise<Opened> {
  const handle = await open(path).catch((error: unknown) => {
    throw new FileError(`cannot open ${shown(path, 200)}: ${reasonOf(error)}`);
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new FileError(`cannot open ${shown(path, 200)}: it is a directory`);
    return await read(handle, stat.size, options);
  } finally {
    await handle.close();
  }
}

export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "no permission";
  return code ?? String(error);
}

async function read(handle: FileHandle, size: number, options: StepOptions): Promise<Opened> {
  const chunks = chunksOf(handle, size, options);
  const { head, rest } = await peek(chunks);
  if (!startsWith(head, GZIP)) {
    const { graph, format } = await readAs(head, rest, size, options);
    return { graph, format, bytes: size };
  }
  const unpacked = await peek(gunzip(rest));
  const { graph, format } = await readAs(unpacked.head, unpacked.rest, 0, options);
  return { graph, format: `${format}, gzip`, bytes: size };
}

async function readAs(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  bytes: number,
  options: StepOptions,
): Promise<{ graph: HeapGraph; format: string }> {
  if (startsWith(head, IMAGE)) {
    const graph = readImageSync(bytes > 0 ? await inOnePiece(rest, bytes) : await bytesOf(rest));
    throwIfAborted(options.signal);
    return { graph, format: "heap image" };
  }
  const first = head.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  // The part that reads the file reports progress.
  const { signal } = options;
  if (first === 0x7b)
    return {
      graph: await readHeapSnapshot(rest, { bytes, ...(signal ? { signal } : {}) }),
      format: "V8 heap snapshot",
    };
  if (startsWith(head, PARQUET))
    throw new BadImageError("This is a Parquet file: an export for other tools, not a dump", 0);
  if (head.length === 0) throw new BadImageError("The file is empty", 0);
  const bytesShown = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new BadImageError(`Neither a heap image nor a V8 heap snapshot: it begins with ${bytesShown}`, 0);
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => head[i] === byte);
}

async function* chunksOf(handle: FileHandle, size: number, options: StepOptions): AsyncGenerator<Uint8Array, void> {
  for (let done = 0; ;) {
    throwIfAborted(options.signal);
    const { bytesRead, buffer } = await handle.read(new Uint8Array(CHUNK), 0, CHUNK, null);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
    options.onProgress?.({ phase: "reading", done, total: size });
  }
}

/** Returns the first bytes, and a source of all bytes, including those. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; rest: AsyncGenerator<Uint8Array, void> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = first.done === true ? new Uint8Array(0) : first.value;
  async function* rest(): AsyncGenerator<Uint8Array, void> {
    if (first.done !== true) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { head, rest: rest() };
}

async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const stream = createGunzip();
  const feed = async (): Promise<void> => {
    for await (const chunk of packed)
      if (!stream.write(chunk)) await new Promise<void>((resolve) => stream.once("drain", resolve));
    stream.end();
  };
  const feeding = feed().catch((error: unknown) => stream.destroy(error as Error));
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith("Z_") !== true) throw error;
    throw new BadImageError(`Damaged gzip: ${(error as Error).message}`);
  }
}

/** Collects all bytes in one array of the known size. It does not keep the chunks. */
async function inOnePiece(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, size - at);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, at);
}
