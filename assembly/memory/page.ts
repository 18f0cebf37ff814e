// Page descriptors: what each 64 KiB page serves, kept outside the page.
//
// Descriptors come in chunks of 512, found through a directory, so that none ever moves.
//
//         +0  free        first free block of the span, as an object address; 0 = none
//         +4  fresh       next block that was never used; blocks from here to `end` hold nothing yet
//         +8  end         where fresh blocks end
//        +12  used        blocks in use
//        +16  next  ┐     the class's list of spans with room, or the bin's list of free runs
//        +20  prev  ┘
//        +24  state:8 │ kind:8 │ sizeClass:8 │ listed:8
//        +28  span:16     first page of a run: its length; every other page: distance to the first
//        +30  blockSize:16
//
// Of a free run the first descriptor has the length and the links, the last one the number of the
// first page in `fresh`.

import { PAGE_SHIFT, LINKS_SIZE } from "../layout";
import { DIRECTORY } from "../control";

/** Not (or no longer) part of the heap; also what a fresh descriptor says. */
export const PAGE_FOREIGN: u8 = 0;
export const PAGE_FREE: u8 = 1;
/** First page of a span of blocks of one size class. */
export const PAGE_SPAN: u8 = 2;
/** First page of a block with a run of its own. */
export const PAGE_LARGE: u8 = 3;
/** Any other page of a span or large block. */
export const PAGE_INSIDE: u8 = 4;
/** Descriptors and bitmaps. */
export const PAGE_TABLE: u8 = 5;

/** Blocks of leaf objects, and of objects with links in front of their header. */
export const BLOCK_LEAF: u8 = 0;
export const BLOCK_LINKED: u8 = 1;


@unmanaged
export class Page {
  free: u32;
  fresh: u32;
  end: u32;
  used: u32;
  next: u32;
  prev: u32;
  state: u8;
  kind: u8;
  sizeClass: u8;
  listed: u8;
  span: u16;
  blockSize: u16;
}
const DESCRIPTOR_SHIFT = 5;
if (offsetof<Page>() != 1 << DESCRIPTOR_SHIFT) ERROR("Page must be 32 bytes");

const CHUNK_SHIFT = 9;
export const CHUNK_PAGES: u32 = 1 << CHUNK_SHIFT;
export const CHUNK_BYTES: u32 = CHUNK_PAGES << DESCRIPTOR_SHIFT;

export function chunkOf(number: u32): u32 {
  return number >>> CHUNK_SHIFT;
}


@inline
export function chunkAddress(chunk: u32): usize {
  return load<u32>(DIRECTORY + (chunk << 2));
}
export function setChunkAddress(chunk: u32, address: usize): void {
  store<u32>(DIRECTORY + (chunk << 2), <u32>address);
}

/** Descriptor of the page with this number (address / 64 KiB). Its chunk must exist. */
export function pageAt(number: u32): Page {
  return descriptorAt(number);
}

/** The same in place: for those that are called most. */
@inline
export function descriptorAt(number: u32): Page {
  return changetype<Page>(chunkAddress(number >>> CHUNK_SHIFT) + ((number & (CHUNK_PAGES - 1)) << DESCRIPTOR_SHIFT));
}

/** Number of the first page of the run that an address belongs to. */
export function runOf(address: usize): u32 {
  const number = <u32>(address >>> PAGE_SHIFT);
  const page = pageAt(number);
  return page.state == PAGE_INSIDE ? number - page.span : number;
}

/** Descriptor of the run that an address belongs to. */
export function pageOf(address: usize): Page {
  const page = pageAt(<u32>(address >>> PAGE_SHIFT));
  return page.state == PAGE_INSIDE ? pageAt(<u32>(address >>> PAGE_SHIFT) - page.span) : page;
}

/** Bytes between the start of a block and the address of the object in it. */
@inline
export function prefixOf(kind: u32): u32 {
  return kind == BLOCK_LINKED ? LINKS_SIZE : 0;
}
