import { readControl } from "../../src/image/control.js";
import {
  BITMAPS_SHIFT,
  BOOTSTRAP_BITMAPS,
  BOOTSTRAP_DESCRIPTORS,
  DESCRIPTORS_OFFSET,
  DESCRIPTORS_SHIFT,
  DESCRIPTOR_SIZE,
  FREE_TREES,
  FREE_TREES_OFFSET,
  PAGE_FREE,
  PAGE_SPAN,
  PAGE_TABLE,
} from "../../src/wasm/core-layout.js";
import type { ControlField, ControlValues } from "../../src/wasm/control-fields.js";
import type { CoreExports } from "../../src/wasm/readings.js";

/** What is needed to look at a core's pages. */
type Core = Pick<CoreExports, "memory" | "controlBlock">;

function wordAt(core: Core, address: number): number {
  return new Uint32Array(core.memory.buffer)[address >>> 2] as number;
}

export interface PageRun {
  readonly first: number;
  readonly pages: number;
  readonly state: number;
  /** Blocks in use. */
  readonly used: number;
}

export function controlOf(core: Core): ControlValues {
  return readControl(new Uint32Array(core.memory.buffer), core.controlBlock() >>> 0);
}

export function fieldOf(core: Core, field: ControlField): number {
  return controlOf(core)[field];
}

/** Address of the descriptor of a page. */
export function descriptorOf(core: Core, page: number): number {
  const part = wordAt(core, core.controlBlock() + DESCRIPTORS_OFFSET + 4 * (page >>> DESCRIPTORS_SHIFT));
  return part + (page & ((1 << DESCRIPTORS_SHIFT) - 1)) * DESCRIPTOR_SIZE;
}

/** All runs of pages, in address order. */
export function runsOf(core: Core): PageRun[] {
  const { firstPage, endPage } = controlOf(core);
  const runs: PageRun[] = [];
  for (let first = firstPage; first < endPage;) {
    const at = descriptorOf(core, first);
    const pages = wordAt(core, at + 28) & 0xffff;
    runs.push({ first, pages, state: wordAt(core, at + 24) & 0xff, used: wordAt(core, at + 12) & 0x3fffffff });
    first += pages;
  }
  return runs;
}

/** Pages where tables are. */
export function tablesOf(core: Core): number[] {
  return runsOf(core)
    .filter(({ state }) => state === PAGE_TABLE)
    .map(({ first }) => first);
}

/** Pages that tables take in a heap that ends at page `end`. */
export function tablesFor(firstPage: number, end: number): number {
  const parts = (shift: number, bootstrap: number): number =>
    end <= firstPage + bootstrap ? 0 : ((end - 1) >>> shift) + 1 - (firstPage >>> shift);
  return parts(DESCRIPTORS_SHIFT, BOOTSTRAP_DESCRIPTORS) + parts(BITMAPS_SHIFT, BOOTSTRAP_BITMAPS);
}

/**
 * The most pages that one block can have, by the plainest of models: where nothing lives, tables can be moved to any
 * other free page, and the heap can grow by as many pages as there are below its limit.
 */
export function largestPossible(core: Core): number {
  const { firstPage, endPage, limitPage, descriptorPages, bitmapPages } = controlOf(core);
  const stretches: number[] = [];
  let stretch = 0;
  let free = 0;
  for (const { pages, state, used } of runsOf(core)) {
    const isFree = state === PAGE_FREE || (state === PAGE_SPAN && used === 0);
    if (isFree) free += pages;
    if (isFree || state === PAGE_TABLE) stretch += pages;
    else {
      stretches.push(stretch);
      stretch = 0;
    }
  }
  let best = 0;
  for (let end = endPage; end <= limitPage; end++) {
    const tables = Math.max(tablesFor(firstPage, end), descriptorPages + bitmapPages);
    const freeThen = free + end - endPage - (tables - descriptorPages - bitmapPages);
    best = Math.max(best, Math.min(freeThen, Math.max(...stretches, stretch + end - endPage)));
  }
  return best;
}

/** Free runs as the core's trees have them, and the length of the longest path. */
export function freeTreesOf(core: Core): { runs: { first: number; pages: number }[]; depth: number } {
  const runs: { first: number; pages: number }[] = [];
  let depth = 0;
  const visit = (first: number, level: number): void => {
    if (first === 0) return;
    const at = descriptorOf(core, first);
    runs.push({ first, pages: wordAt(core, at + 28) & 0xffff });
    depth = Math.max(depth, level);
    visit(wordAt(core, at + 16), level + 1);
    visit(wordAt(core, at + 20), level + 1);
  };
  for (let tree = 0; tree < FREE_TREES; tree++)
    visit(wordAt(core, core.controlBlock() + FREE_TREES_OFFSET + 4 * tree), 1);
  return { runs, depth };
}
