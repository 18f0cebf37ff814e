import { checkFlag, readOptions, withinEngine } from "../base/arguments.js";
import { BadValueError } from "../base/errors.js";
import type { ByteStream, Bytes } from "../base/platform.js";
import { compactSource } from "../image/compact/compact.js";
import { sourceOfHeap } from "../image/compact/live-source.js";
import { planCompaction } from "../image/compact/plan.js";
import { saveImage, saveImageChunks, shareImage } from "../image/save.js";
import type { SavedHeap } from "../image/save.js";
import { stateOf } from "../persist/save.js";
import { storeOf } from "./heap.js";
import type { Heap } from "./heap.js";

/** How a heap is saved. */
export interface SaveOptions {
  /**
   * Moves all objects to the lowest pages, so that the image, and the memory of the heap that it is restored to, are as
   * small as what is alive. Addresses are others then; everything else is equal. @default false
   */
  compact?: boolean;
}

const SAVE_OPTIONS: Record<keyof SaveOptions, true> = { compact: true };

/** Maximal size of a piece of a compacted image. */
const PIECE_SIZE = 1 << 22;

/**
 * Saves the whole heap as bytes: its pages, types, named roots, and the references its handles hold. `restore` restores
 * it; `readImage` reads it as a dump. Freed memory is left out. The heap stays usable.
 *
 * An image has the heap's pages, with their holes. With `compact`, objects lie side by side in it: a heap that was once
 * large gets a small image, and needs little memory when it is restored. The heap itself does not change.
 *
 * With bounded pauses, `save` first frees the waiting objects, and finishes a cycle that has found its garbage. Finalizers
 * and callbacks may run. A cycle that is still marking is abandoned; a new one starts later.
 *
 * @example
 * await writeFile("program.heap", save(heap));
 * const small = save(heap, { compact: true });
 * small.length <= save(heap).length; // true
 *
 * @throws {@link HeapBusyError} inside a finalizer or callback of the heap, or during a copy or sort; {@link BadValueError} if
 *   `heap` is not a heap; {@link BadOptionError}.
 */
export function save(heap: Heap, options: SaveOptions = {}): Bytes {
  const store = storeOf(heap);
  const isCompact = isCompacted(options);
  const state = stateOf(store);
  return isCompact ? compactedImage(state) : saveImage(state);
}

/**
 * Like `save`, but in pieces of a few megabytes, for large heaps. All pieces show the heap at the moment of the call; later
 * changes do not affect them.
 *
 * @example
 * await writeFile("program.heap", saveStream(heap));
 *
 * @throws as `save`
 */
export function saveStream(heap: Heap, options: SaveOptions = {}): ByteStream {
  const store = storeOf(heap);
  const isCompact = isCompacted(options);
  const state = stateOf(store);
  const chunks = isCompact ? piecesOf(compactedImage(state)) : saveImageChunks(state);
  chunks.reverse();
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.pop();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

/**
 * Saves the whole heap as `save` does, into shared memory. `postMessage` passes that to other threads without a copy, and each
 * opens a view of it: `openView` of `heapwright/view`. The heap stays usable, and later changes do not affect the image: to publish
 * them, share the heap again. The memory is freed once no thread holds it.
 *
 * @example
 * using config = heap.from({ port: 8080 });
 * heap.roots.set("config", config);
 * const image = share(heap); // worker.postMessage(image)
 * openView(image).read("config", "port"); // 8080
 *
 * @throws {@link BadValueError} also if the engine has no `SharedArrayBuffer`: in browsers, a page that is not isolated from other
 *   origins; {@link TooLargeError} if there is no shared memory of that size; all else as `save`.
 */
export function share(heap: Heap): SharedArrayBuffer {
  const state = stateOf(storeOf(heap));
  if (typeof SharedArrayBuffer === "undefined")
    throw new BadValueError("there is no SharedArrayBuffer here: a page needs the headers COOP and COEP");
  return withinEngine("this image", () => shareImage(state));
}

function isCompacted(options: SaveOptions): boolean {
  return checkFlag(readOptions(options, SAVE_OPTIONS).compact ?? false, "compact");
}

function compactedImage(state: SavedHeap): Bytes {
  const source = sourceOfHeap(state);
  return compactSource(source, planCompaction(source), { hasChecksums: true }).bytes;
}

/** Copies: whoever gets a piece may transfer it. */
function piecesOf(image: Bytes): Bytes[] {
  const pieces: Bytes[] = [];
  for (let at = 0; at < image.length; at += PIECE_SIZE) pieces.push(image.slice(at, at + PIECE_SIZE));
  return pieces;
}
