import type { ByteStream, Bytes } from "../base/platform.js";
import { saveImage, saveImageChunks } from "../image/save.js";
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
