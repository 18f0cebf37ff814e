/**
 * Heaps as bytes, and bytes as heaps.
 *
 * ```ts
 * import { restore, save } from "heapwright/image";
 * await writeFile("program.heap", save(heap));
 * const again = await restore(await readFile("program.heap"));
 * ```
 *
 * @packageDocumentation
 */
import { Heap } from "./heap/inlined.js";
import type { AsyncRestoreOptions, RestoreOptions } from "./heap/options.js";
import { restoreAs, restoreSyncAs } from "./heap/restore.js";
import type { ByteSource, Bytes } from "./image/byte-source.js";
import { INLINED_CORE } from "./wasm/inlined.js";
import type { CoreAtHand } from "./wasm/instance.js";

export { adoptOrphan, lostFunctions, orphans, releaseOrphans } from "./heap/left-behind.js";
export type { Lost, Orphan } from "./heap/left-behind.js";
export { save, saveStream } from "./heap/save.js";
export type { AsyncRestoreOptions, RestoreOptions } from "./heap/options.js";
export type { ByteSource, Bytes } from "./image/byte-source.js";

/**
 * The heap of an image, going on where that was taken: addresses, counts, generations, thresholds, statistics. Handles
 * and functions stay behind: `heap.roots` are the way in, `orphans(heap)` lists what handles held, `lostFunctions(heap)` which
 * functions are missing. Define the structs again, by the same names and fields, to give them back their finalizers and
 * methods.
 *
 * The bytes may come from anywhere: all that the heap will rely on is checked first.
 *
 * @throws {@link BadImageError}, {@link BadOptionError}, {@link OutOfMemoryError}
 */
export function restore(image: ByteSource, options: AsyncRestoreOptions = {}): Promise<Heap> {
  return restoreAs(Heap, INLINED_CORE, image, options);
}

/** As `restore`, at once; image and core must be at hand as bytes. */
export function restoreSync(image: Bytes, options: RestoreOptions<CoreAtHand> = {}): Heap {
  return restoreSyncAs(Heap, INLINED_CORE, image, options);
}
