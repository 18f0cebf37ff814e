import { RegionKind } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";

/** What the bytes of memory are for. The last three add up to the first. */
export interface MemoryUse {
  /** Size of linear memory. */
  readonly bytes: number;
  /** Of objects and their buffers, live or garbage. */
  readonly objects: number;
  /** Pages that serve nothing, and blocks that hold nothing. */
  readonly free: number;
  /** Everything else: the heap's own tables, and what is left over at the ends of spans. */
  readonly overhead: number;
}

/**
 * Sums up where memory goes; `null` for graphs that do not know.
 *
 * @example
 * const use = memoryUse(graph);
 * if (use) console.log(`${use.free} of ${use.bytes} bytes are free`);
 */
export function memoryUse({ nodes, memory }: HeapGraph): MemoryUse | null {
  if (memory === null) return null;
  let objects = 0;
  for (let v = 0; v < nodes.count; v++) objects += nodes.selfSize[v] as number;
  const { regions } = memory;
  let free = 0;
  for (let row = 0; row < regions.count; row++) {
    if (regions.kind[row] === RegionKind.FREE) free += regions.bytes[row] as number;
    const blocks = (regions.blocks[row] as number) - (regions.blocksUsed[row] as number);
    free += blocks * (regions.blockBytes[row] as number);
  }
  return { bytes: memory.bytes, objects, free, overhead: memory.bytes - objects - free };
}
