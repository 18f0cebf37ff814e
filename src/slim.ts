/**
 * The same as `heapwright`, without the inlined core. It is for pages and workers that load `heapwright/core.wasm` as a
 * separate file.
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
export { compact, trim } from "./heap/compact.js";
export type { Compacted, Trimmed } from "./heap/compact.js";
export { adoptOrphan, lostFunctions, orphans, releaseOrphans } from "./heap/left-behind.js";
export type { Lost, Orphan } from "./heap/left-behind.js";
export type { SaveOptions } from "./heap/save.js";
export { save, saveStream, share } from "./heap/save.js";
export type { AsyncRestoreOptions, RestoreOptions } from "./heap/options.js";
export type { ByteSource, Bytes } from "./image/byte-source.js";

/**
 * Like `restore` of `heapwright/image`. The option `module` gives the core.
 *
 * @example
 * import { restore } from "heapwright/slim";
 * using restored = await restore(await readFile("program.heap"), { module: fetch("/core.wasm") });
 */
export function restore(image: ByteSource, options: AsyncRestoreOptions & { module: CoreSource }): Promise<Heap> {
  return restoreAs(Heap, NO_CORE, image, options);
}

/**
 * Like `restore`, but synchronous. The image must be bytes, and the core bytes or a module.
 *
 * @example
 * import { restoreSync } from "heapwright/slim";
 * const module = await WebAssembly.compileStreaming(fetch("/core.wasm"));
 * using restored = restoreSync(await readFile("program.heap"), { module });
 */
export function restoreSync(image: Bytes, options: RestoreOptions<CoreAtHand> & { module: CoreAtHand }): Heap {
  return restoreSyncAs(Heap, NO_CORE, image, options);
}
