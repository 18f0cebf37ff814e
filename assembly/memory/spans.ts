// Pages for spans and large blocks.
//
// A request takes the best fit among free runs. If there is none, freed memory is searched before memory grows: first
// the empty spans that size classes keep, at most one in each of 176 lists; then a window, out of which tables can
// move.

import { PAGE_SHIFT } from "../layout";
import { clearBits } from "./bits";
import { control } from "../control";
import { growFor } from "./growth";
import { BLOCK_LEAF, BLOCK_LINKED, FULL, PAGE_SPAN, Page, pageAt, prefixOf, runOf, usedOf } from "./page";
import { claimRun, freeRun, takeFreeRun } from "./runs";
import { CLASS_COUNT } from "./size-class";
import { classRecord, firstSpan, listFor, listSpan, unlistSpan } from "./span-lists";
import { takeWindow } from "./windows";

/** Takes a run of pages for objects. Returns its first page; 0 = out of memory. Descriptors may have moved. */
export function takePages(pages: u32, state: u8): u32 {
  // A larger number would not fit the key of a free run.
  if (pages > control.limitPage) return 0;
  let run = takeFreeRun(pages);
  if (!run) {
    releaseEmptySpans();
    run = takeFreed(pages);
    if (!run && growFor(pages)) run = takeFreed(pages);
    if (!run) return 0;
  }
  claimRun(run, pages, state);
  control.pagesInUse += pages;
  // Makes the next birth collect for bytes.
  if (control.pagesInUse > control.pagesLimit) control.birthsLimit = i32.MIN_VALUE;
  return run;
}

function takeFreed(pages: u32): u32 {
  const run = takeFreeRun(pages);
  return run ? run : takeWindow(pages);
}

/** Gives back the pages of a run. */
export function givePages(run: u32, pages: u32): void {
  control.pagesInUse -= pages;
  // Marks of a cycle must not outlive their objects.
  if (control.phase) clearBits(run, pages);
  freeRun(run, pages);
}

/** Gives back the pages of the empty spans that size classes keep. */
function releaseEmptySpans(): void {
  for (let i: u32 = 0; i < CLASS_COUNT; i++) {
    for (let kind: u32 = BLOCK_LEAF; kind <= BLOCK_LINKED; kind++) {
      const page = firstSpan(listFor(i, kind));
      if (page && !usedOf(page)) releaseSpan(page);
    }
  }
}

function releaseSpan(page: Page): void {
  unlistSpan(page, listFor(page.sizeClass, page.kind));
  givePages(runOf(page.end - page.blockSize), page.span);
}

/** Adds a span to a list that is empty. False = out of memory. */
export function newSpan(sizeClass: u32, kind: u32): bool {
  const record = classRecord(sizeClass);
  let run = takePages(record.spanPages, PAGE_SPAN);
  // Short of memory, a span of one page that wastes more than 1/32 is better than none.
  if (!run && record.spanPages > 1) run = takePages(1, PAGE_SPAN);
  if (!run) return false;
  const page = pageAt(run);
  const blocks = ((<u32>page.span) << PAGE_SHIFT) / record.size;
  page.free = 0;
  page.fresh = (run << PAGE_SHIFT) + prefixOf(kind);
  page.end = page.fresh + blocks * record.size;
  page.used = 0;
  page.blockSize = record.size;
  page.kind = <u8>kind;
  page.sizeClass = <u8>sizeClass;
  listSpan(page, listFor(sizeClass, kind));
  return true;
}

/**
 * Blocks of a span have been freed: lists it again if it was full; gives its pages back if it is empty and not the
 * first.
 */
export function relistSpan(page: Page): void {
  if (page.used & FULL) listSpan(page, listFor(page.sizeClass, page.kind));
  // The first of a list has the bit FIRST here.
  if (!page.used) releaseSpan(page);
}
