/**
 * Reads and analyses heap dumps, and writes them for other tools. It does not work on live heaps: save an image first.
 *
 * @packageDocumentation
 */
export * from "./dump/graph/graph.js";
export { GraphBuilder } from "./dump/graph/builder.js";
export type { EdgeInit, NodeInit } from "./dump/graph/builder.js";
export { checkGraph } from "./dump/graph/check.js";
export { edgeName, labelOf, rootName, typeName } from "./dump/graph/names.js";
export { finish, finishAsync } from "./dump/steps.js";
export type { Progress, StepOptions, Steps } from "./dump/steps.js";
export { readHeapSnapshot } from "./dump/v8/read.js";
export type { ReadOptions } from "./dump/v8/read.js";
export type { ByteSource, Bytes } from "./image/byte-source.js";
export { writeHeapSnapshot } from "./dump/export/heapsnapshot.js";
export type { HeapSnapshotOptions } from "./dump/export/heapsnapshot.js";
export { writeDot } from "./dump/export/dot.js";
export type { DotOptions } from "./dump/export/dot.js";
export { writeFoldedStacks } from "./dump/export/folded.js";
export { heldFromOutside, unexplained } from "./dump/analysis/held.js";
export type { Unexplained } from "./dump/analysis/held.js";
export { garbageHeads, Reach, reachability } from "./dump/analysis/reachability.js";
export type { Amount, Reachability } from "./dump/analysis/reachability.js";
export { dominators } from "./dump/analysis/dominators.js";
export type { DominatorOptions, DominatorTree } from "./dump/analysis/dominators.js";
export { dominated, dominatorChain, largestDominated, walkDominated } from "./dump/analysis/dominated.js";
export type { Dominated } from "./dump/analysis/dominated.js";
export { dominatorPathNames, dominatorPaths } from "./dump/analysis/dominator-paths.js";
export type { DominatorPaths } from "./dump/analysis/dominator-paths.js";
export { histogram, holdersOf } from "./dump/analysis/histogram.js";
export type { HistogramOptions, HolderRow, TypeRow } from "./dump/analysis/histogram.js";
export { retainedBySet } from "./dump/analysis/retained-set.js";
export type { RetainedSet } from "./dump/analysis/retained-set.js";
export { referrers } from "./dump/analysis/referrers.js";
export type { Referrers } from "./dump/analysis/referrers.js";
export { describePath, PathFinder } from "./dump/analysis/paths.js";
export type { Path, Paths } from "./dump/analysis/paths.js";
export { edgeToCut } from "./dump/analysis/cut.js";
export type { Cut } from "./dump/analysis/cut.js";
export { cycles, smallestCycle } from "./dump/analysis/cycles.js";
export type { Cycle, CycleOptions, Cycles } from "./dump/analysis/cycles.js";
export { hubs } from "./dump/analysis/hubs.js";
export { auditRefcounts, isCounted, refcountEquation } from "./dump/analysis/refcounts.js";
export type { RefcountAudit, RefcountEquation } from "./dump/analysis/refcounts.js";
export { duplicates } from "./dump/analysis/duplicates.js";
export type { DuplicateGroup, Duplicates } from "./dump/analysis/duplicates.js";
export { accumulationPoint, suspects } from "./dump/analysis/suspects.js";
export type { Suspect, SuspectOptions } from "./dump/analysis/suspects.js";
export { diffByDominatorPath, diffByType, matchNodes } from "./dump/analysis/diff.js";
export type { DiffRow, Matching } from "./dump/analysis/diff.js";
export { growth } from "./dump/analysis/growth.js";
export type { Growth, GrowthRow } from "./dump/analysis/growth.js";
export { readImage, readImageSync } from "./dump/image/read.js";
export { memoryUse } from "./dump/image/memory-use.js";
export type { MemoryUse } from "./dump/image/memory-use.js";
