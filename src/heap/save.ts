import type { ByteStream, Bytes } from "../base/platform.js";
import { saveImage, saveImageChunks } from "../image/save.js";
import { stateOf } from "../persist/save.js";
import { storeOf } from "./heap.js";
import type { Heap } from "./heap.js";

/**
 * The whole heap as bytes, to be restored by `restore` or looked at as a dump: its pages, types, named roots, and
 * handles. Freed memory is not in it. The heap can be used as before.
 *
 * With bounded pauses, deferred deaths, and a cycle that has decided what is garbage, are ended first: finalizers and
 * callbacks may run. A cycle that is still marking is given up; another will begin.
 *
 * @throws {@link HeapBusyError} from inside one of the heap's finalizers or callbacks, or in the middle of a copy or sort;
 *   {@link BadValueError} for what is no heap.
 */
export function save(heap: Heap): Bytes {
  return saveImage(stateOf(storeOf(heap)));
}

/** The same in pieces of some megabytes, for large heaps. All are of the moment of the call, whatever happens to the heap meanwhile. */
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
