/**
 * The same as `heapwright`, without the core in its code: for pages and workers that load `heapwright/core.wasm` as a
 * file of its own.
 *
 * ```ts
 * import { Heap } from "heapwright/slim";
 * const heap = await Heap.create({ module: fetch("/core.wasm") });
 * ```
 *
 * @packageDocumentation
 */
import type { ByteSource, Bytes } from "./image/byte-source.js";
import { Heap, NO_CORE } from "./heap/heap.js";
import type { AsyncRestoreOptions, RestoreOptions } from "./heap/options.js";
import { restoreAs, restoreSyncAs } from "./heap/restore.js";
import type { CoreAtHand, CoreSource } from "./wasm/instance.js";

export { Heap };
export * from "./heap/exports.js";
export { adoptOrphan, lostFunctions, orphans, releaseOrphans } from "./heap/left-behind.js";
export type { Lost, Orphan } from "./heap/left-behind.js";
export { save, saveStream } from "./heap/save.js";
export type { AsyncRestoreOptions, RestoreOptions } from "./heap/options.js";
export type { ByteSource, Bytes } from "./image/byte-source.js";

/** As `restore` of `heapwright/image`. The core is given as the option `module`. */
export function restore(image: ByteSource, options: AsyncRestoreOptions & { module: CoreSource }): Promise<Heap> {
  return restoreAs(Heap, NO_CORE, image, options);
}

/** As `restore`, at once; image and core must be at hand as bytes, or the core as a module. */
export function restoreSync(image: Bytes, options: RestoreOptions<CoreAtHand> & { module: CoreAtHand }): Heap {
  return restoreSyncAs(Heap, NO_CORE, image, options);
}
