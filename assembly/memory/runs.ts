// Runs of consecutive pages: taken from memory, handed out, taken back, coalesced.
//
// Free runs hang in bins by length (exact below 16 pages, one bin a doubling above); a request takes
// the best fit of the first bin that has one. Before memory grows the caller has returned what it
// could. Each growth also brings the descriptors of the new pages and room for the bitmaps of a full
// collection, so that neither can fail later.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { control, RUN_BINS } from "../control";
import { mustFail } from "../check";
import { growMemory, memoryEndPage } from "../host";
import { BOOTSTRAP_BITMAP_BYTES, missingBitmapPages, placeBitmaps, startBitmaps } from "./bits";
import {
  CHUNK_BYTES,
  PAGE_FOREIGN,
  PAGE_FREE,
  PAGE_INSIDE,
  PAGE_TABLE,
  Page,
  chunkAddress,
  chunkOf,
  pageAt,
  setChunkAddress,
} from "./page";

const EXACT_BINS: u32 = 16;
/** The heap grows by at least this part of itself. */
const GROWTH_SHIFT: u32 = 3;

function binOf(pages: u32): u32 {
  return pages < EXACT_BINS ? pages : EXACT_BINS + (31 - clz(pages)) - 4;
}

function binHead(bin: u32): usize {
  return RUN_BINS + (bin << 2);
}

/** Puts a run into its bin. Its neighbours are not free. */
function bindRun(first: u32, pages: u32): void {
  const page = pageAt(first);
  const bin = binOf(pages);
  const head = load<u32>(binHead(bin));
  page.state = PAGE_FREE;
  page.span = <u16>pages;
  page.prev = 0;
  page.next = head;
  if (head) pageAt(head).prev = first;
  store<u32>(binHead(bin), first);
  control.runBins |= 1 << bin;
  const last = pageAt(first + pages - 1);
  last.state = PAGE_FREE;
  last.fresh = first;
}

function unbindRun(first: u32): void {
  const page = pageAt(first);
  const bin = binOf(page.span);
  if (page.next) pageAt(page.next).prev = page.prev;
  if (page.prev) pageAt(page.prev).next = page.next;
  else {
    store<u32>(binHead(bin), page.next);
    if (!page.next) control.runBins &= ~(1 << bin);
  }
}

/** First page of the free run that ends right before page `number`, or 0. */
function freeRunBefore(number: u32): u32 {
  if (number <= control.firstPage) return 0;
  const last = pageAt(number - 1);
  if (last.state != PAGE_FREE) return 0;
  return last.fresh;
}

/** Gives pages back. They serve whatever asks next. */
export function freeRun(first: u32, pages: u32): void {
  control.freePages += pages;
  for (let i: u32 = 0; i < pages; i++) pageAt(first + i).state = PAGE_FREE;
  const before = freeRunBefore(first);
  if (before) {
    pages += pageAt(before).span;
    unbindRun(before);
    first = before;
  }
  const after = first + pages;
  if (after < control.endPage && pageAt(after).state == PAGE_FREE) {
    pages += pageAt(after).span;
    unbindRun(after);
  }
  bindRun(first, pages);
}

/** The best fit among free runs, or 0. */
function findRun(pages: u32): u32 {
  let bin = binOf(pages);
  let bins = control.runBins & ((<u32>-1) << bin);
  while (bins) {
    bin = ctz(bins);
    let best: u32 = 0;
    let bestSpan: u32 = u32.MAX_VALUE;
    for (let run = load<u32>(binHead(bin)); run; run = pageAt(run).next) {
      const span = pageAt(run).span;
      if (span >= pages && span < bestSpan) {
        best = run;
        bestSpan = span;
        if (span == pages || bin < EXACT_BINS) break;
      }
    }
    if (best) return best;
    bins &= bins - 1;
  }
  return 0;
}

/** Takes `pages` consecutive pages for a block or span; grows memory only if told so. Page number, or 0. */
export function takeRun(pages: u32, state: u8, mayGrow: bool): u32 {
  let run = findRun(pages);
  if (!run) {
    if (!mayGrow || mustFail() || !growFor(pages)) return 0;
    run = findRun(pages);
  }
  return carve(run, pages, state);
}

function carve(run: u32, pages: u32, state: u8): u32 {
  const span = pageAt(run).span;
  unbindRun(run);
  if (span > pages) bindRun(run + pages, span - pages);
  control.freePages -= pages;
  claim(run, pages, state);
  return run;
}

function claim(first: u32, pages: u32, state: u8): void {
  const page = pageAt(first);
  page.state = state;
  page.span = <u16>pages;
  for (let i: u32 = 1; i < pages; i++) {
    const inside = pageAt(first + i);
    inside.state = PAGE_INSIDE;
    inside.span = <u16>i;
  }
}

/** Makes a free run of at least `pages` pages by growing, generously if possible. */
function growFor(pages: u32): bool {
  const trailing = freeRunBefore(control.endPage);
  const missing = pages - (trailing ? pageAt(trailing).span : 0);
  const generous = max(missing, (control.endPage - control.firstPage) >>> GROWTH_SHIFT);
  return grow(generous) || (generous > missing && grow(missing));
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

/**
 * Moves the end of the heap up by `pages` pages, and by what their descriptors and bitmaps need,
 * which go last so that the new pages join a free run in front of them. All or nothing.
 */
function grow(pages: u32): bool {
  const end = control.endPage;
  let tables: u32 = 0;
  let bitmaps: u32 = 0;
  // Tables and bitmaps are part of what they describe: each round may find that they push the end further.
  let newEnd = end + pages;
  while (true) {
    tables = missingTablePages(newEnd);
    bitmaps = missingBitmapPages(newEnd);
    const needed = end + pages + tables + bitmaps;
    if (needed == newEnd) break;
    newEnd = needed;
  }
  if (newEnd > control.limitPage || newEnd < end) return false;
  if (newEnd > memoryEndPage() && !growMemoryTo(newEnd)) return false;

  placeTables(newEnd, end + pages, tables);
  control.endPage = newEnd;
  if (tables) {
    claim(end + pages, tables, PAGE_TABLE);
    control.tablePages += tables;
  }
  freeRun(end, pages);
  if (bitmaps) {
    claim(end + pages + tables, bitmaps, PAGE_TABLE);
    placeBitmaps(end + pages + tables, bitmaps);
  }
  return true;
}

/** Pages that the descriptors of all pages below `end` still need. */
function missingTablePages(end: u32): u32 {
  let missing: u32 = 0;
  for (let chunk = chunkOf(control.firstPage); chunk <= chunkOf(end - 1); chunk++) {
    if (!chunkAddress(chunk)) missing += CHUNK_BYTES;
  }
  const room = control.tableEnd - control.tableNext;
  return missing <= room ? 0 : (missing - room + PAGE_SIZE - 1) >>> PAGE_SHIFT;
}

function placeTables(end: u32, page: u32, pages: u32): void {
  let next = page << PAGE_SHIFT;
  for (let chunk = chunkOf(control.firstPage); chunk <= chunkOf(end - 1); chunk++) {
    if (chunkAddress(chunk)) continue;
    if (control.tableNext == control.tableEnd) {
      control.tableNext = next;
      control.tableEnd = next + PAGE_SIZE;
      next += PAGE_SIZE;
    }
    memory.fill(control.tableNext, PAGE_FOREIGN, CHUNK_BYTES);
    setChunkAddress(chunk, control.tableNext);
    control.tableNext += CHUNK_BYTES;
  }
}

export const BOOTSTRAP_SIZE: u32 = CHUNK_BYTES + BOOTSTRAP_BITMAP_BYTES;

/** Starts an empty page space in `[base, limit)`, with its first tables at `base`. */
export function startRuns(base: usize, limit: usize, reserved: u32): bool {
  const first = <u32>((base + BOOTSTRAP_SIZE + reserved + PAGE_SIZE - 1) >>> PAGE_SHIFT);
  control.firstPage = control.endPage = first;
  control.limitPage = <u32>(limit >>> PAGE_SHIFT);
  if (first >= control.limitPage) return false;
  if (memoryEndPage() < first && !growMemory(first - memoryEndPage())) return false;
  memory.fill(base, 0, BOOTSTRAP_SIZE + reserved);
  setChunkAddress(chunkOf(first), base);
  startBitmaps(base + CHUNK_BYTES);
  return true;
}
