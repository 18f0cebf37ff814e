/**
 * Heap dumps: reading them, analysing them, writing them for other tools. Knows nothing of live heaps.
 *
 * @packageDocumentation
 */
export * from "./graph/graph.js";
export { GraphBuilder } from "./graph/builder.js";
export type { EdgeInit, NodeInit } from "./graph/builder.js";
export { checkGraph } from "./graph/check.js";
export { edgeName, labelOf, rootName, typeName } from "./graph/names.js";
export { finish, finishAsync } from "./steps.js";
export type { Progress, StepOptions, Steps } from "./steps.js";
export { readHeapSnapshot } from "./v8/read.js";
export type { ByteSource, ReadOptions } from "./v8/read.js";
export { writeHeapSnapshot } from "./export/heapsnapshot.js";
export type { HeapSnapshotOptions } from "./export/heapsnapshot.js";
export { writeDot } from "./export/dot.js";
export type { DotOptions } from "./export/dot.js";
export { writeFoldedStacks } from "./export/folded.js";
export { heldFromOutside, unexplained } from "./analysis/held.js";
export type { Unexplained } from "./analysis/held.js";
export { garbageHeads, Reach, reachability } from "./analysis/reachability.js";
export type { Amount, Reachability } from "./analysis/reachability.js";
export { dominators } from "./analysis/dominators.js";
export type { DominatorOptions, DominatorTree } from "./analysis/dominators.js";
export { dominated, dominatorChain, largestDominated, walkDominated } from "./analysis/dominated.js";
export type { Dominated } from "./analysis/dominated.js";
export { dominatorPathNames, dominatorPaths } from "./analysis/dominator-paths.js";
export type { DominatorPaths } from "./analysis/dominator-paths.js";
export { histogram, holdersOf } from "./analysis/histogram.js";
export type { HistogramOptions, HolderRow, TypeRow } from "./analysis/histogram.js";
export { retainedBySet } from "./analysis/retained-set.js";
export type { RetainedSet } from "./analysis/retained-set.js";
export { referrers } from "./analysis/referrers.js";
export type { Referrers } from "./analysis/referrers.js";
export { describePath, PathFinder } from "./analysis/paths.js";
export type { Path, Paths } from "./analysis/paths.js";
export { cycles, edgeToCut, hubs, smallestCycle } from "./analysis/cycles.js";
export type { Cut, Cycle, CycleOptions, Cycles } from "./analysis/cycles.js";
export { auditRefcounts, isCounted, refcountEquation } from "./analysis/refcounts.js";
export type { RefcountAudit, RefcountEquation } from "./analysis/refcounts.js";
export { duplicates } from "./analysis/duplicates.js";
export type { DuplicateGroup, Duplicates } from "./analysis/duplicates.js";
export { accumulationPoint, suspects } from "./analysis/suspects.js";
export type { Suspect, SuspectOptions } from "./analysis/suspects.js";
export { diffByDominatorPath, diffByType, growth, matchNodes } from "./analysis/diff.js";
export type { DiffRow, Growth, GrowthRow, Matching } from "./analysis/diff.js";
export { readImage, readImageSync } from "./image/read.js";
export { memoryUse } from "./image/memory-use.js";
export type { MemoryUse } from "./image/memory-use.js";
