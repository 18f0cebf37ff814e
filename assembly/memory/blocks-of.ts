// The walk over the blocks of a run (of a span or a large block). Every loop over blocks has this
// form:
//
//   const size = strideOf(page);
//   for (let block = firstBlockOf(run, page), end = endOfBlocks(page); block < end; block += size) …
//
// A block is given as its object's address. The walk meets free blocks too: their type id is 0. `run` is the number of
// the run's first page, and `page` its descriptor. A walk may free blocks; after an allocation it must read the
// descriptor, and so the three numbers, anew.

import { INFO_OFFSET, PAGE_SHIFT, TYPE_MASK } from "../layout";
import { PAGE_LARGE, PAGE_SPAN, Page, prefixOf } from "./page";

/** `blockSize` of a large block, and the distance from its object to `end`: so a walk meets one block and stops. */
export const LARGE_STRIDE: u32 = 8;

/** Whether blocks begin in this page: it is the first of a span, or of a large block. */
export function hasBlocks(page: Page): bool {
  const state = page.state;
  return state == PAGE_SPAN || state == PAGE_LARGE;
}

/** The first block of a run. */
export function firstBlockOf(run: u32, page: Page): usize {
  return ((<usize>run) << PAGE_SHIFT) + prefixOf(page.kind);
}

/** Bytes from a block to the next. */
export function strideOf(page: Page): u32 {
  return page.blockSize;
}

/**
 * A bit for each block that begins in 512 bytes, if one begins at their start: as in a word of the bitmaps. A walk over
 * the words shifts this to where its next block begins, and moves on by as many blocks as there are bits left.
 */
export function startsOf(size: u32): u64 {
  let starts: u64 = 1;
  for (let bit = size >>> 3; bit < 64; bit += size >>> 3) starts |= (<u64>1) << bit;
  return starts;
}

/** Where the walk ends: behind the last block that was ever used. */
export function endOfBlocks(page: Page): usize {
  return page.fresh;
}

/** The first block at or behind an address, for a walk of the blocks from `first` on that is resumed. */
export function blockFrom(address: usize, first: usize, size: u32): usize {
  return address <= first ? first : first + ((address - first + size - 1) / size) * size;
}

/** The first block at or behind `block` that is not free; 0 = there is none in the run. */
export function liveBlockFrom(block: usize, page: Page): usize {
  const size = strideOf(page);
  for (const end = endOfBlocks(page); block < end; block += size)
    if (load<u32>(block, INFO_OFFSET) & TYPE_MASK) return block;
  return 0;
}
