// Windows: a run of pages where there are enough free pages, but tables lie between them.
//
// A stretch is a maximal row of free runs and pages of tables. A window is as many pages of a stretch as are requested.
// Its tables move to free pages outside of it, of which there are enough if as many pages are free in all as are
// requested. The window with the fewest tables is taken.
//
// There are at most 2,080 tables, and a window has at most as many as it has pages. Finding a window takes a few steps
// for each table; taking it copies at most as many pages as are requested.

import { PAGE_SHIFT } from "../layout";
import { control } from "../control";
import { PAGE_FREE, PAGE_TABLE, pageAt } from "./page";
import { freeRunBefore, takeFirst, takeFreeRun } from "./runs";
import { DIRECTORY, DIRECTORY_END, moveTable } from "./tables";

function isTable(number: u32): bool {
  return number >= control.firstPage && number < control.endPage && pageAt(number).state == PAGE_TABLE;
}

/** The table behind this one in its stretch; or the end of the stretch, which is no table. */
function nextTable(table: u32): u32 {
  const next = table + 1;
  return next < control.endPage && pageAt(next).state == PAGE_FREE ? next + pageAt(next).span : next;
}

/** First page of the stretch that ends right before page `end`. Takes one step for each table in it. */
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

/** First page of the stretch whose first table this is; 0 = it is not the first table. */
function startOfFirst(table: u32): u32 {
  const free = freeRunBefore(table);
  const start = free ? free : table;
  return isTable(start - 1) ? 0 : start;
}

/** First page of the window with the fewest tables; 0 = there is none. Called when no free run is long enough. */
export function findWindow(pages: u32): u32 {
  let best: u32 = 0;
  let fewest: u32 = u32.MAX_VALUE;
  for (let word = DIRECTORY; word < DIRECTORY_END; word += 4) {
    const table = load<u32>(word) >>> PAGE_SHIFT;
    // Parts in the bootstrap area are in no stretch.
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

/** Takes `pages` pages in a row, out of which tables are moved. Returns the first page; 0 = there is no window. */
export function takeWindow(pages: u32): u32 {
  if (control.freePages < pages) return 0;
  const start = findWindow(pages);
  if (!start) return 0;
  const end = start + pages;
  // The free pages are taken first, so that no table moves there.
  for (let number = start; number < end;) {
    const span = isTable(number) ? 1 : pageAt(number).span;
    if (!isTable(number)) takeFirst(number, min(span, end - number));
    number += span;
  }
  for (let number = start; number < end; number += pageAt(number).span)
    if (isTable(number)) moveTable(number, takeFreeRun(1));
  return start;
}
