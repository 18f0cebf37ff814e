import { PAGE_SIZE } from "../../../assembly/layout.js";
import type { Image, Run } from "../../image/image.js";
import { PAGE_FREE, PAGE_LARGE, PAGE_SPAN } from "../../wasm/core-layout.js";
import { RegionKind } from "../graph/graph.js";
import type { MemoryMap } from "../graph/graph.js";

/** The use of memory in address order: the region before the heap's pages, then each run of pages. */
export function memoryMapOf(image: Image): MemoryMap {
  const { firstPage, endPage } = image.control;
  const count = image.runs.length + 1;
  const regions = {
    count,
    address: new Uint32Array(count),
    bytes: new Float64Array(count),
    kind: new Uint8Array(count),
    blockBytes: new Uint32Array(count),
    blocks: new Uint32Array(count),
    blocksUsed: new Uint32Array(count),
  };
  regions.bytes[0] = firstPage * PAGE_SIZE;
  regions.kind[0] = RegionKind.OVERHEAD;
  image.runs.forEach((run, index) => {
    const row = index + 1;
    const bytes = run.pages * PAGE_SIZE;
    regions.address[row] = run.first * PAGE_SIZE;
    regions.bytes[row] = bytes;
    regions.kind[row] = regionKindOf(run.state);
    if (run.blockSize === 0) return;
    regions.blockBytes[row] = run.blockSize;
    regions.blocks[row] = Math.floor(bytes / run.blockSize);
    regions.blocksUsed[row] = run.made - freeBlocksOf(image, run);
  });
  return { bytes: endPage * PAGE_SIZE, regions };
}

function freeBlocksOf(image: Image, run: Run): number {
  let free = 0;
  for (let block = run.free; block !== 0; block = image.word(block)) free++;
  return free;
}

function regionKindOf(state: number): number {
  if (state === PAGE_FREE) return RegionKind.FREE;
  if (state === PAGE_SPAN) return RegionKind.SPAN;
  return state === PAGE_LARGE ? RegionKind.LARGE : RegionKind.OVERHEAD;
}
