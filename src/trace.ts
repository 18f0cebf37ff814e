/**
 * Records where objects are created: Python's `tracemalloc`.
 *
 * ```ts
 * import { trace } from "heapwright/trace";
 * trace(heap).start();
 * ```
 *
 * @packageDocumentation
 */
import { markEntrances } from "./heap/entrances.js";
import { storeOf } from "./heap/heap.js";
import type { Heap } from "./heap/heap.js";
import { tracerOf } from "./modules/trace/tracer.js";
import type { Tracer } from "./modules/trace/tracer.js";

export type { TraceOptions, Tracer } from "./modules/trace/tracer.js";
export { TraceSnapshot } from "./modules/trace/snapshot.js";
export type { Trace, TraceDifference, TraceKey, TraceStatistic } from "./modules/trace/snapshot.js";

/**
 * Returns the tracer of a heap. Each call returns the same one.
 *
 * @example
 * trace(heap).start();
 * using list = heap.list([1, 2]);
 * trace(heap).takeSnapshot().statistics("type"); // [{ key: "list", bytes, count: 1 }]
 * trace(heap).stop();
 *
 * @throws {@link BadValueError} if `heap` is not a heap.
 */
export function trace(heap: Heap): Tracer {
  const store = storeOf(heap);
  return tracerOf(store, () => {
    markEntrances(store, heap);
  });
}
