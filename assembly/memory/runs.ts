// Runs of consecutive pages: claimed, freed, joined with free neighbours. Both take one step for each page.

import { control } from "../control";
import { addFreeRun, findFreeRun, removeFreeRun } from "./free-runs";
import { FULL, PAGE_FREE, PAGE_INSIDE, pageAt } from "./page";

/** First page of the free run that ends right before page `number`, or 0. */
export function freeRunBefore(number: u32): u32 {
  if (number <= control.firstPage) return 0;
  const last = pageAt(number - 1);
  return last.state == PAGE_FREE ? last.fresh : 0;
}

/** Frees pages and joins them with free neighbours. */
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

/** Takes `pages` pages from the free run that fits best. Returns the number of the first page, or 0. */
export function takeFreeRun(pages: u32): u32 {
  const run = findFreeRun(pages);
  if (run) takeFirst(run, pages);
  return run;
}

/** Takes the first `pages` pages of a free run. Their descriptors still say PAGE_FREE. */
export function takeFirst(run: u32, pages: u32): void {
  const span = pageAt(run).span;
  removeFreeRun(run);
  if (span > pages) addFreeRun(run + pages, span - pages);
  control.freePages -= pages;
}

/** Makes taken pages one run. */
export function claimRun(first: u32, pages: u32, state: u8): void {
  const page = pageAt(first);
  page.state = state;
  page.span = <u16>pages;
  // It is in no list yet.
  page.used = FULL;
  for (let i: u32 = 1; i < pages; i++) {
    const inside = pageAt(first + i);
    inside.state = PAGE_INSIDE;
    inside.span = <u16>i;
    // `freeBlock` reads this first: 0 makes it look for the run's first page.
    inside.used = 0;
  }
}
