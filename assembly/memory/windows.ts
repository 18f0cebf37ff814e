// Windows: runs that are wanted where there are free pages enough, but tables lie between them.
//
// A stretch is a row of free runs and pages of tables, as long as can be; a window is as many pages of a stretch as are
// wanted. Its tables move to free pages outside of it: there are as many as the window lacks, if there are as many free
// pages in all as are wanted. The window that is taken has the fewest tables.
//
// There are at most 2,080 tables, of which no window can have more than it has pages. Finding it takes a few steps for
// each table, and taking it no more copies than pages wanted.

import { PAGE_SHIFT } from "../layout";
import { control } from "../control";
import { PAGE_FREE, PAGE_TABLE, pageAt } from "./page";
import { freeRunBefore, takeFirst, takeFreeRun } from "./runs";
import { DIRECTORY, DIRECTORY_END, moveTable } from "./tables";

function isTable(number: u32): bool {
  return number >= control.firstPage && number < control.endPage && pageAt(number).state == PAGE_TABLE;
}

/** The next table of a stretch behind one of its tables; or the end of the stretch, which is none. */
function nextTable(table: u32): u32 {
  const next = table + 1;
  return next < control.endPage && pageAt(next).state == PAGE_FREE ? next + pageAt(next).span : next;
}

/** Where the stretch begins that ends right before page `end`. Takes a step for each table in it. */
export function startOfStretch(end: u32): u32 {
  let start = end;
  while (true) {
    if (isTable(start - 1)) start--;
    else {
      const free = freeRunBefore(start);
      if (!free) return start;
      start = free;
    }
  }
}

/** Where the stretch begins whose first table this is; 0 = it is not the first one. */
function startOfFirst(table: u32): u32 {
  const free = freeRunBefore(table);
  const start = free ? free : table;
  return isTable(start - 1) ? 0 : start;
}

/** The first page of the best window; 0 = there is none. No free run has as many pages. */
export function findWindow(pages: u32): u32 {
  let best: u32 = 0;
  let fewest: u32 = u32.MAX_VALUE;
  for (let word = DIRECTORY; word < DIRECTORY_END; word += 4) {
    const table = load<u32>(word) >>> PAGE_SHIFT;
    // Those in the bootstrap area are in no stretch.
    if (!isTable(table)) continue;
    let start = startOfFirst(table);
    if (!start) continue;
    // `[start, end)` has `tables` tables: the one at `first`, and those up to `end`, which is a table or ends the
    // stretch.
    let first = table;
    let end = table;
    let tables: u32 = 0;
    while (true) {
      for (; end - start < pages && isTable(end); tables++) end = nextTable(end);
      if (end - start < pages) break;
      if (tables < fewest || (tables == fewest && start < best)) {
        fewest = tables;
        best = start;
      }
      start = first + 1;
      first = nextTable(first);
      tables--;
    }
  }
  return best;
}

/** Takes `pages` pages in a row, out of which tables are moved. Their number; 0 = there is no such window. */
export function takeWindow(pages: u32): u32 {
  if (control.freePages < pages) return 0;
  const start = findWindow(pages);
  if (!start) return 0;
  const end = start + pages;
  // First the free pages, so that no table moves there.
  for (let number = start; number < end;) {
    const span = isTable(number) ? 1 : pageAt(number).span;
    if (!isTable(number)) takeFirst(number, min(span, end - number));
    number += span;
  }
  for (let number = start; number < end; number += pageAt(number).span)
    if (isTable(number)) moveTable(number, takeFreeRun(1));
  return start;
}
