// Two bitmaps over the heap, for whoever marks objects: a bit for every 8 bytes of address says `marked`,
// another `scanned`.
//
// They come in parts of one page for every 2 MiB of address space, found through a directory, so that none
// ever moves and growth never copies. Each page of the heap has 1 KiB of marked bits and, right behind, as
// much of scanned bits: the distance between the two bits of an object is a constant.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { BITMAPS, control } from "../control";

/** Bytes of either bitmap for one page of the heap; also the distance from a marked word to the scanned one. */
export const PAGE_BITMAP_BYTES: u32 = PAGE_SIZE / 64;
/** Words of 64 bits in that. */
export const PAGE_BITMAP_WORDS: u32 = PAGE_BITMAP_BYTES / 8;
export const SCANNED: usize = PAGE_BITMAP_BYTES;
const BOTH_BYTES: u32 = 2 * PAGE_BITMAP_BYTES;
/** Pages of the heap whose bitmaps fill a page. */
const PART_PAGES: u32 = PAGE_SIZE / BOTH_BYTES;
const PART_SHIFT = 5;

/** Pages that bitmaps in the bootstrap area cover. */
export const BOOTSTRAP_BITMAP_PAGES: u32 = 16;
export const BOOTSTRAP_BITMAP_BYTES: u32 = BOOTSTRAP_BITMAP_PAGES * BOTH_BYTES;

/** The marked bits of a page, by its number; its scanned bits are SCANNED further. */
export function bitsOfPage(number: u32): usize {
  return <usize>load<u32>(BITMAPS + ((number >>> PART_SHIFT) << 2)) + (number & (PART_PAGES - 1)) * BOTH_BYTES;
}

/** The word with an object's marked bit. */
@inline
export function markedWord(object: usize): usize {
  const part = <usize>load<u32>(BITMAPS + ((object >>> (PAGE_SHIFT + PART_SHIFT)) << 2));
  return part + ((object >>> 5) & ((PART_PAGES - 1) * BOTH_BYTES)) + ((object >>> 6) & (PAGE_BITMAP_BYTES - 8));
}

/** The object's bit in its words. */
@inline
export function maskOf(object: usize): u64 {
  return (<u64>1) << ((object >>> 3) & 63);
}


@inline
export function isMarked(object: usize): bool {
  return (load<u64>(markedWord(object)) & maskOf(object)) != 0;
}

export function isScanned(object: usize): bool {
  return (load<u64>(markedWord(object), SCANNED) & maskOf(object)) != 0;
}

/** True if the object was not marked before. */
export function mark(object: usize): bool {
  return setMark(object);
}

/** The same in place: for the one caller that is called most. */
@inline
export function setMark(object: usize): bool {
  const at = markedWord(object);
  const mask = maskOf(object);
  const word = load<u64>(at);
  if (word & mask) return false;
  store<u64>(at, word | mask);
  return true;
}

/** True if the object was not scanned before. */
@inline
export function markScanned(object: usize): bool {
  const at = markedWord(object) + SCANNED;
  const mask = maskOf(object);
  const word = load<u64>(at);
  if (word & mask) return false;
  store<u64>(at, word | mask);
  return true;
}

/** Makes a scanned object one that was not. */
export function clearScanned(object: usize): void {
  const at = markedWord(object) + SCANNED;
  store<u64>(at, load<u64>(at) & ~maskOf(object));
}

/** How many marked bits there are in `count` pages from `number` on. */
export function markedIn(number: u32, count: u32): u32 {
  let marked: u32 = 0;
  for (let end = number + count; number < end; number++) {
    const bits = bitsOfPage(number);
    for (let at = bits; at < bits + SCANNED; at += 8) marked += <u32>popcnt(load<u64>(at));
  }
  return marked;
}

/** Clears both bitmaps of `count` pages from `number` on. */
export function clearBits(number: u32, count: u32): void {
  while (count) {
    const run = min(count, PART_PAGES - (number & (PART_PAGES - 1)));
    memory.fill(bitsOfPage(number), 0, run * BOTH_BYTES);
    number += run;
    count -= run;
  }
}

/** Bitmaps of the first pages, at `at`, in bytes that are 0. */
export function startBitmaps(at: usize): void {
  control.bitmapEnd = control.firstPage + BOOTSTRAP_BITMAP_PAGES;
  const last = (control.bitmapEnd - 1) >>> PART_SHIFT;
  for (let part = control.firstPage >>> PART_SHIFT; part <= last; part++)
    setPart(part, at - control.firstPage * BOTH_BYTES);
}

/** Where part 0 would begin, were all parts one piece that part `part` belongs to. */
function setPart(part: u32, origin: usize): void {
  store<u32>(BITMAPS + (part << 2), <u32>origin + part * PAGE_SIZE);
}

/** Pages that the bitmaps of all pages below `end` still need. */
export function missingBitmapPages(end: u32): u32 {
  return end <= control.bitmapEnd ? 0 : ((end - 1) >>> PART_SHIFT) + 1 - firstMissingPart();
}

/** The first time, all that the bootstrap area covers is covered anew. */
function firstMissingPart(): u32 {
  return (control.bitmapPages ? control.bitmapEnd : control.firstPage) >>> PART_SHIFT;
}

/** Puts the next `pages` parts into as many pages from `page` on. What is marked stays marked. */
export function placeBitmaps(page: u32, pages: u32): void {
  const first = firstMissingPart();
  const start = page << PAGE_SHIFT;
  memory.fill(start, 0, pages << PAGE_SHIFT);
  const isFirst = control.bitmapPages == 0;
  const old = isFirst ? bitsOfPage(control.firstPage) : 0;
  for (let i: u32 = 0; i < pages; i++) store<u32>(BITMAPS + ((first + i) << 2), start + (i << PAGE_SHIFT));
  if (isFirst) memory.copy(bitsOfPage(control.firstPage), old, BOOTSTRAP_BITMAP_BYTES);
  control.bitmapPages += pages;
  control.bitmapEnd = (first + pages) << PART_SHIFT;
}
