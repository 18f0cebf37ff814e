// The end of the heap moves up, and memory with it.
//
// Each growth brings the tables of the new pages, the bitmaps of a full collection among them: a collection cannot fail
// for want of memory. Growth is by an eighth of the heap at least, and near the limit by all that is left: a heap of n
// pages has grown about 8.5 ln n times at most, which is 94 for 4 GiB.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { control } from "../control";
import { mustFail } from "../check";
import { growMemory, memoryEndPage } from "../host";
import { freeRun } from "./runs";
import { BOOTSTRAP_SIZE, missingTables, placeTables, startTables } from "./tables";
import { findWindow, startOfStretch } from "./windows";

/** The heap grows by at least this part of itself. */
const GROWTH_SHIFT: u32 = 3;

/**
 * Grows until `takeFreeRun` or `takeWindow` finds `pages` pages. False if that is too much for the limit, or for the
 * engine.
 */
export function growFor(pages: u32): bool {
  if (mustFail()) return false;
  const end = control.endPage;
  // As many pages in a row, but for tables, the new ones among them; and as many free pages in all.
  const inRow = findWindow(pages) ? pages : end - startOfStretch(end);
  const missing = max(<i32>(pages - control.freePages), 0);
  let least = end + max(<i32>(pages - inRow), 0);
  for (let gain = gainOf(least); gain < missing; gain = gainOf(least)) least += missing - gain;
  if (least > control.limitPage) return false;
  let newEnd = max(least, min(end + ((end - control.firstPage) >>> GROWTH_SHIFT), control.limitPage));
  while (true) {
    // The last page may have needed two of tables.
    if (gainOf(newEnd) < missing) newEnd = least;
    if (growTo(newEnd)) return true;
    if (newEnd == least) return false;
    // What is below the limit is beyond what the engine has.
    newEnd = least + ((newEnd - least) >>> 1);
  }
}

/** Free pages that the heap gains if it ends at page `newEnd`: all new ones but those of tables. */
function gainOf(newEnd: u32): i32 {
  return newEnd - control.endPage - missingTables(newEnd);
}

/**
 * Moves the end of the heap. Tables go last, so that the new pages join a free run in front of them. All or nothing.
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
 * Brings memory to at least `end` pages: to twice what it was, if it may. Memory that nobody has touched costs
 * nothing, but an engine may answer each growth with a full collection of its own heap.
 */
function growMemoryTo(end: u32): bool {
  const memoryEnd = memoryEndPage();
  const twice = min(control.limitPage, memoryEnd << 1);
  return (twice > end && growMemory(twice - memoryEnd)) || growMemory(end - memoryEnd);
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
