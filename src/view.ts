/**
 * Reads a heap image where it lies: without WebAssembly, without a copy, in any thread.
 *
 * ```ts
 * import { openView } from "heapwright/view";
 * using config = heap.from({ port: 8080 });
 * heap.roots.set("config", config);
 * openView(share(heap)).read("config", "port"); // 8080
 * ```
 *
 * @packageDocumentation
 */
export { asObject } from "./view/as-object.js";
export { DictView } from "./view/dict.js";
export { HeapView, openView } from "./view/heap-view.js";
export { NodeView } from "./view/node.js";
export type { ViewValue } from "./view/node.js";
export type { RootsView } from "./view/roots.js";
export { ListView, TupleView } from "./view/sequence.js";
export { SetView } from "./view/set.js";
export { StructView } from "./view/struct.js";
export type { View } from "./view/struct.js";
export { WeakKeyMapView, WeakSetView, WeakrefView } from "./view/weak.js";
export {
  BadFieldError,
  BadImageError,
  BadIndexError,
  BadKeyError,
  BadValueError,
  HeapwrightError,
  TooLargeError,
} from "./base/errors.js";
export type { ErrorCode } from "./base/errors.js";
