import { BadValueError, describe } from "../base/errors.js";
import { viewOf } from "./classes.js";
import { readNames } from "./meta.js";
import type { ViewValue } from "./node.js";
import { findPages } from "./pages.js";
import { readPath } from "./path.js";
import { SOURCE } from "./ref.js";
import { RootsView } from "./roots.js";
import { Source } from "./source.js";

/**
 * A heap that can be read, and not changed: see {@link openView}.
 *
 * @typeParam R - The named objects, each with its type in the heap: `{ config: typeof Config }`.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
export class HeapView<R = Record<string, any>> {
  /** @internal */
  readonly [SOURCE]: Source;
  /** The named objects. */
  readonly roots: RootsView<R>;

  /** @internal */
  constructor(bytes: Uint8Array) {
    const pages = findPages(bytes);
    const names = readNames(pages);
    this[SOURCE] = new Source(bytes, pages, names, viewOf);
    this.roots = new RootsView(this[SOURCE], names.roots);
  }

  /**
   * Goes down a path from a named object and reads what is at its end, without a view for each step: `view.read("config", "port")`.
   * Steps are keys of dicts, indexes of lists and tuples, and fields of structs.
   *
   * @example
   * using order = heap.from({ lines: [{ price: 2.5 }] });
   * heap.roots.set("order", order);
   * const view = openView(save(heap));
   * view.read("order", "lines", -1, "price"); // 2.5
   * view.read("order", "customer"); // undefined
   *
   * @typeParam T - What you know to be there. It is not checked.
   * @returns A value; `null` if a reference on the way is empty, `undefined` if no root has the name, or a key is not there.
   * @throws {@link BadIndexError}, {@link BadFieldError}, {@link BadKeyError}; {@link BadImageError}
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unnecessary-type-parameters -- as JSON.parse
  read<T = any>(name: keyof R & string, ...path: ViewValue[]): T {
    const address = this.roots.addressOf(name);
    return (address === undefined ? undefined : readPath(this[SOURCE], address, path)) as T;
  }
}

/**
 * Opens a view of a heap image. The image is read where it lies, and never written. Many threads may open views of one image in
 * a `SharedArrayBuffer` (see `share` of `heapwright/image`), at the price of some kilobytes each.
 *
 * Opening takes about a millisecond: no checksum is verified, and no object is looked at. The image may come from an untrusted
 * source, and another thread may change it at any time: what is read is out of the bytes of the image, or is a
 * {@link BadImageError}.
 *
 * @example
 * using config = heap.from({ port: 8080 });
 * heap.roots.set("config", config);
 * const view = openView(save(heap));
 * view.read("config", "port"); // 8080
 *
 * @typeParam R - The named objects, each with its type in the heap: `openView<{ config: typeof Config }>(bytes)`.
 * @throws {@link BadImageError} for what is no image of this version; {@link BadValueError} for what is not bytes.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
export function openView<R = Record<string, any>>(image: Uint8Array | ArrayBuffer | SharedArrayBuffer): HeapView<R> {
  return new HeapView<R>(bytesOf(image));
}

/** The bytes as an array whose words can be read. */
function bytesOf(image: unknown): Uint8Array {
  try {
    if (!ArrayBuffer.isView(image)) return new Uint8Array(bufferOf(image));
    const bytes = new Uint8Array(image.buffer, image.byteOffset, image.byteLength);
    // Words have to be aligned. So a copy is made of a part of a buffer that begins between two.
    return bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  } catch {
    throw new BadValueError(`expected the bytes of an image, got ${describe(image)}`);
  }
}

/** Throws for all but buffers, of this or another realm. */
function bufferOf(value: unknown): ArrayBuffer {
  const isShared = typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer;
  if (!isShared) ArrayBuffer.prototype.slice.call(value as ArrayBuffer, 0, 0);
  return value as ArrayBuffer;
}
