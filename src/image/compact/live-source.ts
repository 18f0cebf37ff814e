import { PAGE_SIZE } from "../../../assembly/layout.js";
import { RUN_WORDS } from "../image.js";
import type { Run } from "../image.js";
import { LiveMemory } from "../live-memory.js";
import { findPieces } from "../pieces.js";
import { firstOfYoung, saturatedRows } from "../rows.js";
import type { SavedHeap } from "../save.js";
import type { BlockSource } from "./source.js";

/** A live heap, to be compacted. Valid until the heap is used again. */
export function sourceOfHeap(heap: SavedHeap): BlockSource {
  const memory = new LiveMemory(heap);
  const { rows, pieces, pieceOfPage } = findPieces(memory);
  const { control } = memory;
  const runs: Run[] = [];
  const runOfPage = new Uint32Array(control.endPage);
  let first = control.firstPage;
  for (let row = 0; row < rows.length; row += RUN_WORDS) {
    const head = rows[row] as number;
    const pages = head & 0xffff;
    const piece = pieces[pieceOfPage[first] as number];
    const hasBlocks = piece?.first === first;
    runOfPage.fill(runs.length, first, first + pages);
    runs.push({
      first,
      pages,
      state: (head >>> 16) & 0xff,
      kind: head >>> 24,
      sizeClass: (rows[row + 1] as number) & 0xff,
      made: hasBlocks ? piece.made : 0,
      blockSize: hasBlocks ? piece.blockSize : 0,
      free: 0,
      stored: hasBlocks ? piece.stored : 0,
      start: (first * PAGE_SIZE) / 4,
    });
    first += pages;
  }
  return {
    isChecked: heap.isChecked,
    meta: heap.meta,
    control,
    types: heap.types,
    words: memory.u32,
    runs,
    runOfPage,
    pageStart: Uint32Array.from({ length: control.endPage }, (_, page) => (page * PAGE_SIZE) / 4),
    young: firstOfYoung(memory),
    heads: memory.heads as readonly [number, number],
    handles: heap.handles,
    saturated: Uint32Array.from(saturatedRows(memory, (object) => heap.rootsOf(object))),
    sites: heap.sites,
  };
}
