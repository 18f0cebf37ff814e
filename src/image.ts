/**
 * Saves a heap as bytes (an image), and restores a heap from an image.
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

export { compact, trim } from "./heap/compact.js";
export type { Compacted, Trimmed } from "./heap/compact.js";
export { adoptOrphan, lostFunctions, orphans, releaseOrphans } from "./heap/left-behind.js";
export type { Lost, Orphan } from "./heap/left-behind.js";
export type { SaveOptions } from "./heap/save.js";
export { save, saveStream, share } from "./heap/save.js";
export type { AsyncRestoreOptions, RestoreOptions } from "./heap/options.js";
export type { ByteSource, Bytes } from "./image/byte-source.js";

/**
 * Restores the heap of an image. Addresses, reference counts, generations, thresholds and statistics are as they were.
 * The caller disposes of the heap. An image contains neither handles nor functions:
 * - `heap.roots` finds the saved objects by name.
 * - `orphans(heap)` lists the references that handles of the saved heap held.
 * - `lostFunctions(heap)` lists the missing functions. Define the structs again, with the same names and fields, to restore
 *   their finalizers and methods.
 *
 * The image may come from an untrusted source: it is checked before the heap uses it.
 *
 * @example
 * using restored = await restore(await readFile("program.heap"));
 * restored.roots.size; // 0, or as many names as the program had
 *
 * @throws {@link BadImageError} if the image is damaged or of another version; {@link BadOptionError};
 *   {@link OutOfMemoryError}
 */
export function restore(image: ByteSource, options: AsyncRestoreOptions = {}): Promise<Heap> {
  return restoreAs(Heap, INLINED_CORE, image, options);
}

/**
 * Restores the heap of an image at once, without a promise. The image must be bytes, and so must the core if one is
 * given. Ownership and errors are those of {@link restore}.
 *
 * @example
 * heap.roots.set("alice", alice);
 * using restored = restoreSync(save(heap));
 * using saved = restored.roots.get("alice");
 * saved?.type; // "Person"
 *
 * @throws {@link BadImageError} if the image is damaged or of another version; {@link BadOptionError};
 *   {@link OutOfMemoryError}
 */
export function restoreSync(image: Bytes, options: RestoreOptions<CoreAtHand> = {}): Heap {
  return restoreSyncAs(Heap, INLINED_CORE, image, options);
}
