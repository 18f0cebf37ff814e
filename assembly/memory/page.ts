// Page descriptors: what each 64 KiB page serves, kept outside the page.
//
//         +0  free        first free block of the span, as an object address; 0 = none
//         +4  fresh       next block that was never used; blocks from here to `end` hold nothing yet
//         +8  end         where fresh blocks end
//        +12  used:30 │ FIRST │ FULL      blocks in use, and the span's place in the list of its class
//        +16  next  ┐     the class's list of spans with room; of a free run, the two trees below it
//        +20  prev  ┘
//        +24  state:8 │ kind:8 │ sizeClass:8 │ grey:8     grey: parts with grey objects (heap/grey.ts)
//        +28  span:16     first page of a run: its length; every other page: distance to the first
//        +30  blockSize:16
//
// A large block is a full span of one block. Its size is that of its run; `fresh`, `end` and `blockSize` are set so
// that a walk over the run's blocks (blocks-of.ts) meets one block. The first descriptor of a free run has its length
// and links; `fresh` of its last one has the number of the first page. A page of tables is a run of one page; its
// `free` is the address of the directory's word that leads to it.
//
// Descriptors move when pages are requested (tables.ts), and at no other time. So a variable of type Page must not be
// used after an allocation.

import { PAGE_SHIFT, LINKS_SIZE } from "../layout";
import { DESCRIPTORS } from "../control";

/** Not part of the heap. Descriptors start as this. */
export const PAGE_FOREIGN: u8 = 0;
export const PAGE_FREE: u8 = 1;
/** First page of a span of blocks of one size class. */
export const PAGE_SPAN: u8 = 2;
/** First page of a large block. */
export const PAGE_LARGE: u8 = 3;
/** Any other page of a span or large block. */
export const PAGE_INSIDE: u8 = 4;
/** A part of the table of descriptors or bitmaps. */
export const PAGE_TABLE: u8 = 5;

/** Blocks of leaf objects, and of objects with links in front of their header. */
export const BLOCK_LEAF: u8 = 0;
export const BLOCK_LINKED: u8 = 1;

/** A bit of `used`: the span is full, and in no list of its class. */
export const FULL: u32 = 1 << 31;
/** A bit of `used`: the span is the first of its list, and stays there even if it becomes empty. */
export const FIRST: u32 = 1 << 30;


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
  grey: u8;
  span: u16;
  blockSize: u16;
}
const DESCRIPTOR_SHIFT = 5;
if (offsetof<Page>() != 1 << DESCRIPTOR_SHIFT) ERROR("Page must be 32 bytes");

/** Log2 of the pages whose descriptors fill a page: a part of the table of descriptors. */
export const DESCRIPTORS_SHIFT: u32 = PAGE_SHIFT - DESCRIPTOR_SHIFT;

/** Descriptor of the page with this number (address / 64 KiB). The page must belong to the heap. */
export function pageAt(number: u32): Page {
  const part = <usize>load<u32>(DESCRIPTORS + ((number >>> DESCRIPTORS_SHIFT) << 2));
  return changetype<Page>(part + ((number & ((1 << DESCRIPTORS_SHIFT) - 1)) << DESCRIPTOR_SHIFT));
}

/** Number of the first page of the run that an address lies in. */
export function runOf(address: usize): u32 {
  const number = <u32>(address >>> PAGE_SHIFT);
  const page = pageAt(number);
  return page.state == PAGE_INSIDE ? number - page.span : number;
}

/** Descriptor of the run that an address lies in. */
export function pageOf(address: usize): Page {
  return pageAt(runOf(address));
}

/** Number of blocks in use in a run. */
export function usedOf(page: Page): u32 {
  return page.used & ~(FULL | FIRST);
}

/** Bytes between the start of a block and the address of the object in it. */
export function prefixOf(kind: u32): u32 {
  return kind == BLOCK_LINKED ? LINKS_SIZE : 0;
}
