// Two bitmaps over the heap, for the marking of objects: a bit for every 8 bytes of address says `marked`, another
// `scanned`.
//
// Each page of the heap has 1 KiB of marked bits and, right behind, as much of scanned bits: the distance between the
// two bits of an object is a constant. Where they lie: tables.ts.

import { PAGE_SHIFT, PAGE_SIZE } from "../layout";
import { BITMAPS } from "../control";

/** Bytes of either bitmap for one page of the heap; also the distance from a marked word to the scanned one. */
export const PAGE_BITMAP_BYTES: u32 = PAGE_SIZE / 64;
/** Words of 64 bits in the bitmap of one page. */
export const PAGE_BITMAP_WORDS: u32 = PAGE_BITMAP_BYTES / 8;
export const SCANNED: usize = PAGE_BITMAP_BYTES;
const BOTH_BYTES: u32 = 2 * PAGE_BITMAP_BYTES;
/** Log2 of the pages whose bitmaps fill a page: a part of the table of bitmaps. */
export const BITMAPS_SHIFT: u32 = 5;
const PART_PAGES: u32 = 1 << BITMAPS_SHIFT;
if (PART_PAGES * BOTH_BYTES != PAGE_SIZE) ERROR("a part of the bitmaps must be a page");

/** The marked bits of a page, by its number; its scanned bits are SCANNED further. */
export function bitsOfPage(number: u32): usize {
  return <usize>load<u32>(BITMAPS + ((number >>> BITMAPS_SHIFT) << 2)) + (number & (PART_PAGES - 1)) * BOTH_BYTES;
}

/** Address of the word with an object's marked bit; the word with its scanned bit is SCANNED further. */
export function markedWord(object: usize): usize {
  const part = <usize>load<u32>(BITMAPS + ((object >>> (PAGE_SHIFT + BITMAPS_SHIFT)) << 2));
  return part + ((object >>> 5) & ((PART_PAGES - 1) * BOTH_BYTES)) + ((object >>> 6) & (PAGE_BITMAP_BYTES - 8));
}

/** The object's bit in either word. */
export function maskOf(object: usize): u64 {
  return (<u64>1) << ((object >>> 3) & 63);
}

export function isMarked(object: usize): bool {
  return (load<u64>(markedWord(object)) & maskOf(object)) != 0;
}

export function isScanned(object: usize): bool {
  return (load<u64>(markedWord(object), SCANNED) & maskOf(object)) != 0;
}

/** True if the object was not marked before. */
export function mark(object: usize): bool {
  const at = markedWord(object);
  const mask = maskOf(object);
  const word = load<u64>(at);
  if (word & mask) return false;
  store<u64>(at, word | mask);
  return true;
}

/**
 * `mark` without a branch: 1 if the object was not marked before, else 0. It is faster where no processor can guess
 * which of the two it will be, and slower where it can.
 */
@inline
export function markUnforeseen(object: usize): u32 {
  const at = markedWord(object);
  const mask = maskOf(object);
  const word = load<u64>(at);
  store<u64>(at, word | mask);
  return <u32>((word & mask) == 0);
}

/** True if the object was not scanned before. */
export function markScanned(object: usize): bool {
  const at = markedWord(object) + SCANNED;
  const mask = maskOf(object);
  const word = load<u64>(at);
  if (word & mask) return false;
  store<u64>(at, word | mask);
  return true;
}

/** Clears an object's scanned bit. */
export function clearScanned(object: usize): void {
  const at = markedWord(object) + SCANNED;
  store<u64>(at, load<u64>(at) & ~maskOf(object));
}

/** Number of marked bits in `count` pages from `number` on. */
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
