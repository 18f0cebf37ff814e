// Growing: the end of the heap moves up, and memory with it.
//
// Each growth brings the tables of its new pages, the bitmaps of a full collection included, so a collection cannot run
// out of memory. The heap grows by an eighth of itself at least, and near the limit by all that is left. So a heap of n
// pages has grown at most about 8.5 ln n times, which is 94 for 4 GiB.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { control } from "../control";
import { mustFail } from "../check";
import { growMemory, memoryEndPage } from "../host";
import { freeRun } from "./runs";
import { BOOTSTRAP_SIZE, missingTables, placeTables, startTables } from "./tables";
import { findWindow, startOfStretch } from "./windows";

/** The heap grows by at least this part of itself. */
const GROWTH_SHIFT: u32 = 3;

/** Grows until `takeFreeRun` or `takeWindow` finds `pages` pages. False = beyond the limit, or the engine refused. */
export function growFor(pages: u32): bool {
  if (mustFail()) return false;
  const end = control.endPage;
  // Two conditions: `pages` pages in a row, tables aside, some of them new; and as many free pages in all.
  const inRow = findWindow(pages) ? pages : end - startOfStretch(end);
  const missing = max(<i32>(pages - control.freePages), 0);
  let least = end + max(<i32>(pages - inRow), 0);
  for (let gain = gainOf(least); gain < missing; gain = gainOf(least)) least += missing - gain;
  if (least > control.limitPage) return false;
  let newEnd = max(least, min(end + ((end - control.firstPage) >>> GROWTH_SHIFT), control.limitPage));
  while (true) {
    // Its last page may need two pages of tables.
    if (gainOf(newEnd) < missing) newEnd = least;
    if (growTo(newEnd)) return true;
    if (newEnd == least) return false;
    // The engine refused: try with half of the surplus.
    newEnd = least + ((newEnd - least) >>> 1);
  }
}

/** Free pages gained if the heap ends at page `newEnd`: its new pages less those that become tables. */
function gainOf(newEnd: u32): i32 {
  return newEnd - control.endPage - missingTables(newEnd);
}

/**
 * Moves the end of the heap. Tables are placed last, so that the new pages join a free run in front of them. False =
 * out of memory, nothing changed.
 */
function growTo(newEnd: u32): bool {
  if (newEnd > memoryEndPage() && !growMemoryTo(newEnd)) return false;
  const end = control.endPage;
  const gain = gainOf(newEnd);
  placeTables(end + gain, newEnd);
  if (gain) freeRun(end, gain);
  return true;
}

/**
 * Grows memory to at least `end` pages, and if possible to twice its size. Untouched memory costs nothing, but an
 * engine may answer each growth with a full collection of its own heap.
 */
function growMemoryTo(end: u32): bool {
  const memoryEnd = memoryEndPage();
  const twice = min(control.limitPage, memoryEnd << 1);
  return (twice > end && growMemory(twice - memoryEnd)) || growMemory(end - memoryEnd);
}

/**
 * Grows memory ahead of need, if a quarter of the heap no longer fits what is free. The heap itself stays as it is: its
 * next growths find memory there. For idle time, since an engine may answer with a full collection of its own heap.
 */
export function growAhead(): void {
  const memoryEnd = memoryEndPage();
  const left = memoryEnd - control.endPage + control.freePages;
  if (memoryEnd >= control.limitPage || left >= (control.endPage - control.firstPage) >>> 2) return;
  growMemory(min(control.limitPage, memoryEnd << 1) - memoryEnd);
}

/** Starts an empty page space in `[base, limit)`, with its first tables at `base` and `reserved` bytes behind them. */
export function startPages(base: usize, limit: usize, reserved: u32): bool {
  const first = <u32>((base + BOOTSTRAP_SIZE + reserved + PAGE_SIZE - 1) >>> PAGE_SHIFT);
  control.firstPage = control.endPage = first;
  control.limitPage = <u32>(limit >>> PAGE_SHIFT);
  if (first >= control.limitPage) return false;
  if (memoryEndPage() < first && !growMemory(first - memoryEndPage())) return false;
  memory.fill(base, 0, BOOTSTRAP_SIZE + reserved);
  startTables(base);
  return true;
}

/** Moves the limit of the page space. False = the heap has pages beyond it; nothing changed. */
export function setLimit(limit: usize): bool {
  const page = <u32>(limit >>> PAGE_SHIFT);
  if (page < control.endPage) return false;
  control.limitPage = page;
  return true;
}
