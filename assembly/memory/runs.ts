// Runs of consecutive pages: handed out, taken back, coalesced.

import { control } from "../control";
import { addFreeRun, findFreeRun, removeFreeRun } from "./free-runs";
import { FULL, PAGE_FREE, PAGE_INSIDE, pageAt } from "./page";

/** First page of the free run that ends right before page `number`, or 0. */
export function freeRunBefore(number: u32): u32 {
  if (number <= control.firstPage) return 0;
  const last = pageAt(number - 1);
  return last.state == PAGE_FREE ? last.fresh : 0;
}

/** Takes back pages that nothing uses. They serve whatever asks next. Takes a step for each. */
export function freeRun(first: u32, pages: u32): void {
  control.freePages += pages;
  for (let i: u32 = 0; i < pages; i++) pageAt(first + i).state = PAGE_FREE;
  const before = freeRunBefore(first);
  if (before) {
    pages += pageAt(before).span;
    removeFreeRun(before);
    first = before;
  }
  const after = first + pages;
  if (after < control.endPage && pageAt(after).state == PAGE_FREE) {
    pages += pageAt(after).span;
    removeFreeRun(after);
  }
  addFreeRun(first, pages);
}

/** Takes `pages` pages of a free run: the best fit. Their number, or 0. */
export function takeFreeRun(pages: u32): u32 {
  const run = findFreeRun(pages);
  if (run) takeFirst(run, pages);
  return run;
}

/** Takes the first `pages` pages of a free run. They still say that they are free. */
export function takeFirst(run: u32, pages: u32): void {
  const span = pageAt(run).span;
  removeFreeRun(run);
  if (span > pages) addFreeRun(run + pages, span - pages);
  control.freePages -= pages;
}

/** Makes one run of pages that were taken. Takes a step for each. */
export function claimRun(first: u32, pages: u32, state: u8): void {
  const page = pageAt(first);
  page.state = state;
  page.span = <u16>pages;
  // In no list yet.
  page.used = FULL;
  for (let i: u32 = 1; i < pages; i++) {
    const inside = pageAt(first + i);
    inside.state = PAGE_INSIDE;
    inside.span = <u16>i;
    // `freeBlock` looks here first.
    inside.used = 0;
  }
}
