// The tables about pages: descriptors (page.ts) and bitmaps (bits.ts).
//
// A table consists of parts of one page each. Its directory, in the control area, has the address of every part, and
// nothing else leads there. So a part can move, and growth copies none. A page of the heap takes 2^(16 - shift) bytes
// of a table. The first pages have theirs in the bootstrap area, until the heap grows beyond them.
//
//                  shift   bytes a page   pages a part   pages in the bootstrap area
//   descriptors       11             32          2,048                           512
//   bitmaps            5          2,048             32                            16
//
// Parts are pages of the heap (PAGE_TABLE). windows.ts moves them when they lie in the way of a run.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { BITMAPS, DESCRIPTORS, FREE_TREES, control } from "../control";
import { BITMAPS_SHIFT } from "./bits";
import { DESCRIPTORS_SHIFT, FULL, PAGE_SPAN, PAGE_TABLE, pageAt } from "./page";
import { relinkSpan } from "./span-lists";

/** The two directories lie one behind the other, so a loop over words goes through both. */
export const DIRECTORY: usize = DESCRIPTORS;
export const DIRECTORY_END: usize = FREE_TREES;

const BOOTSTRAP_DESCRIPTORS: u32 = 512;
export const BOOTSTRAP_BITMAPS: u32 = 16;
const BOOTSTRAP_DESCRIPTOR_BYTES: u32 = BOOTSTRAP_DESCRIPTORS << (PAGE_SHIFT - DESCRIPTORS_SHIFT);
export const BOOTSTRAP_BITMAP_BYTES: u32 = BOOTSTRAP_BITMAPS << (PAGE_SHIFT - BITMAPS_SHIFT);
export const BOOTSTRAP_SIZE: u32 = BOOTSTRAP_DESCRIPTOR_BYTES + BOOTSTRAP_BITMAP_BYTES;

/** Starts the tables at `base`. The bytes there must be 0. */
export function startTables(base: usize): void {
  startTable(DESCRIPTORS, DESCRIPTORS_SHIFT, BOOTSTRAP_DESCRIPTORS, base);
  startTable(BITMAPS, BITMAPS_SHIFT, BOOTSTRAP_BITMAPS, base + BOOTSTRAP_DESCRIPTOR_BYTES);
}

function startTable(directory: usize, shift: u32, pages: u32, at: usize): void {
  const first = control.firstPage;
  // Where a whole part with the first page would begin.
  let part = at - placeInPart(first, shift);
  for (let i = first >>> shift; i <= (first + pages - 1) >>> shift; i++) {
    store<u32>(directory + (i << 2), <u32>part);
    part += PAGE_SIZE;
  }
}

/** Offset of a page's bytes in its part of a table. */
function placeInPart(number: u32, shift: u32): usize {
  return (number & ((1 << shift) - 1)) << (PAGE_SHIFT - shift);
}

/** Number of parts that the tables of all pages below `end` still lack. */
export function missingTables(end: u32): u32 {
  return missingDescriptors(end) + missingBitmaps(end);
}
function missingDescriptors(end: u32): u32 {
  return missingParts(end, DESCRIPTORS_SHIFT, BOOTSTRAP_DESCRIPTORS, control.descriptorPages);
}
function missingBitmaps(end: u32): u32 {
  return missingParts(end, BITMAPS_SHIFT, BOOTSTRAP_BITMAPS, control.bitmapPages);
}

function missingParts(end: u32, shift: u32, bootstrap: u32, parts: u32): u32 {
  const first = control.firstPage;
  if (!parts && end <= first + bootstrap) return 0;
  const needed = ((end - 1) >>> shift) + 1 - (first >>> shift);
  return needed > parts ? needed - parts : 0;
}

/** Makes `end` the end of the heap. The parts that its tables lack are placed from `page` on, behind the old end. */
export function placeTables(page: u32, end: u32): void {
  const oldEnd = control.endPage;
  const descriptors = missingDescriptors(end);
  const bitmaps = missingBitmaps(end);
  control.endPage = end;
  const first = control.firstPage;
  const old = changetype<usize>(pageAt(first));
  const wasBootstrap = !control.descriptorPages;
  placeParts(DESCRIPTORS, DESCRIPTORS_SHIFT, BOOTSTRAP_DESCRIPTOR_BYTES, control.descriptorPages, descriptors, page);
  control.descriptorPages += descriptors;
  if (descriptors && wasBootstrap)
    relinkSpans(first, oldEnd, old, BOOTSTRAP_DESCRIPTOR_BYTES, changetype<usize>(pageAt(first)) - old);
  placeParts(BITMAPS, BITMAPS_SHIFT, BOOTSTRAP_BITMAP_BYTES, control.bitmapPages, bitmaps, page + descriptors);
  control.bitmapPages += bitmaps;
}

/**
 * Places the next `count` parts of a table in pages from `page` on. The first one takes over the bytes in the bootstrap
 * area.
 */
function placeParts(directory: usize, shift: u32, bootstrapBytes: u32, parts: u32, count: u32, page: u32): void {
  if (!count) return;
  const first = control.firstPage;
  const word = directory + (((first >>> shift) + parts) << 2);
  const start = (<usize>page) << PAGE_SHIFT;
  memory.fill(start, 0, (<usize>count) << PAGE_SHIFT);
  if (!parts) {
    const place = placeInPart(first, shift);
    memory.copy(start + place, <usize>load<u32>(word) + place, bootstrapBytes);
  }
  for (let i: u32 = 0; i < count; i++) store<u32>(word + (i << 2), <u32>start + (i << PAGE_SHIFT));
  for (let i: u32 = 0; i < count; i++) describeTable(page + i, word + (i << 2));
}

/** Describes a page as a part of a table: the one that this word of the directory leads to. */
function describeTable(number: u32, word: usize): void {
  const page = pageAt(number);
  page.state = PAGE_TABLE;
  page.span = 1;
  page.used = 0;
  page.free = <u32>word;
}

/** Moves a part of a table to another page, which is not in use. The old page's descriptor still says PAGE_TABLE. */
export function moveTable(from: u32, to: u32): void {
  const word = <usize>pageAt(from).free;
  const old = (<usize>from) << PAGE_SHIFT;
  describeTable(to, word);
  memory.copy((<usize>to) << PAGE_SHIFT, old, PAGE_SIZE);
  store<u32>(word, to << PAGE_SHIFT);
  if (word >= BITMAPS) return;
  const first = (<u32>((word - DESCRIPTORS) >>> 2)) << DESCRIPTORS_SHIFT;
  const end = min(first + (1 << DESCRIPTORS_SHIFT), control.endPage);
  relinkSpans(max(first, control.firstPage), end, old, PAGE_SIZE, (to - from) << PAGE_SHIFT);
}

/** The descriptors of the pages `[first, end)`, which lay in the `bytes` bytes at `old`, have moved by `distance`. */
function relinkSpans(first: u32, end: u32, old: usize, bytes: usize, distance: usize): void {
  for (let number = first; number < end; number++) {
    const page = pageAt(number);
    if (page.state == PAGE_SPAN && !(page.used & FULL)) relinkSpan(page, old, bytes, distance);
  }
}
