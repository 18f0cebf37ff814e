// The end of the heap moves up, and memory with it.
//
// Each growth brings the tables of the new pages, the bitmaps of a full collection among them: a collection cannot fail for
// want of memory. Growth is by an eighth of the heap at least, and near the limit by all that is left: a heap of n pages
// has grown at most 8.5 ln n times, which is 94 for 4 GiB.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { control } from "../control";
import { mustFail } from "../check";
import { growMemory, memoryEndPage } from "../host";
import { freeRun } from "./runs";
import { BOOTSTRAP_SIZE, missingTables, placeTables, startTables } from "./tables";
import { startOfStretch } from "./windows";

/** The heap grows by at least this part of itself. */
const GROWTH_SHIFT: u32 = 3;

/**
 * Grows until there are `pages` free pages in a row, but for tables, and as many in all. False if that is too much for
 * the limit, or for the engine.
 */
export function growFor(pages: u32): bool {
  if (mustFail()) return false;
  const end = control.endPage;
  const inRow = end - startOfStretch(end);
  const missing = <u32>max(<i32>(pages - inRow), <i32>(pages - control.freePages));
  // What is left below the limit, when it is less than a generous growth, is taken at once.
  const left = <i32>(control.limitPage - end - missingTables(control.limitPage));
  const generous = min(<i32>((end - control.firstPage) >>> GROWTH_SHIFT), left);
  let wanted = <u32>max(<i32>missing, generous);
  // What is below the limit may be beyond what the engine has.
  while (!grow(wanted)) {
    if (wanted == missing) return false;
    wanted = max(missing, wanted >>> 1);
  }
  return true;
}

/** Moves the end of the heap up by `pages` pages, and by what their tables need, which go last. All or nothing. */
function grow(pages: u32): bool {
  const end = control.endPage;
  // Tables are pages as well, and may need tables: a 32nd of the last round's in each round.
  let newEnd = end + pages;
  let needed = newEnd + missingTables(newEnd);
  while (needed != newEnd) {
    newEnd = needed;
    needed = end + pages + missingTables(newEnd);
  }
  if (newEnd > control.limitPage) return false;
  if (newEnd > memoryEndPage() && !growMemoryTo(newEnd)) return false;
  placeTables(end + pages, newEnd);
  freeRun(end, pages);
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
