import type { ByteStream, Bytes } from "../base/platform.js";
import { withinEngine } from "../base/arguments.js";
import { BadValueError } from "../base/errors.js";
import { saveImage, saveImageChunks, shareImage } from "../image/save.js";
import { stateOf } from "../persist/save.js";
import { storeOf } from "./heap.js";
import type { Heap } from "./heap.js";

/**
 * Saves the whole heap as bytes: its pages, types, named roots, and the references its handles hold. `restore` restores
 * it; `readImage` reads it as a dump. Freed memory is left out. The heap stays usable.
 *
 * With bounded pauses, `save` first frees the waiting objects, and finishes a cycle that has found its garbage. Finalizers
 * and callbacks may run. A cycle that is still marking is abandoned; a new one starts later.
 *
 * @example
 * await writeFile("program.heap", save(heap));
 *
 * @throws {@link HeapBusyError} inside a finalizer or callback of the heap, or during a copy or sort; {@link BadValueError} if
 *   `heap` is not a heap.
 */
export function save(heap: Heap): Bytes {
  return saveImage(stateOf(storeOf(heap)));
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
export function saveStream(heap: Heap): ByteStream {
  const chunks = saveImageChunks(stateOf(storeOf(heap))).reverse();
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
