/**
 * Heap dumps: reading them, analysing them, writing them for other tools. Knows nothing of live heaps.
 *
 * @packageDocumentation
 */
export * from "./graph/graph.js";
export { GraphBuilder } from "./graph/builder.js";
export type { EdgeInit, NodeInit } from "./graph/builder.js";
export { checkGraph } from "./graph/check.js";
export { finish, finishAsync } from "./steps.js";
export type { Progress, StepOptions, Steps } from "./steps.js";
export { dominators } from "./analysis/dominators.js";
export type { DominatorOptions, DominatorTree } from "./analysis/dominators.js";
export { heldFromOutside, unexplained } from "./analysis/held.js";
export type { Unexplained } from "./analysis/held.js";
export { readHeapSnapshot } from "./v8/read.js";
export type { ByteSource, ReadOptions } from "./v8/read.js";
export { garbageHeads, Reach, reachability } from "./analysis/reachability.js";
export type { Amount, Reachability } from "./analysis/reachability.js";
export { writeHeapSnapshot } from "./export/heapsnapshot.js";
export type { HeapSnapshotOptions } from "./export/heapsnapshot.js";
