// Size classes, and the two lists of spans with room that each class has, one for each kind of block.
//
// Blocks are taken from the first span of a list alone. So only the first can be full, and only the first can be empty:
// a span behind it that becomes empty gives its pages back. `allocBlock` notices that the first is full, and takes it
// out of the list until one of its blocks is freed.

import { CLASSES, CLASS_RECORD_SIZE } from "../control";
import { FIRST, FULL, Page } from "./page";
import { CLASS_COUNT, sizeOfClass, spanOfClass } from "./size-class";

/** The state of a size class in the control block. */
@unmanaged
export class ClassRecord {
  /** First span with room, for leaf and for linked blocks; 0 = none. */
  leafSpans: u32;
  linkedSpans: u32;
  size: u16;
  spanPages: u16;
  // Of the last census.
  pages: u32;
  used: u32;
  free: u32;
}
if (offsetof<ClassRecord>() != CLASS_RECORD_SIZE) ERROR("ClassRecord must be CLASS_RECORD_SIZE bytes");

export function classRecord(index: u32): ClassRecord {
  return changetype<ClassRecord>(CLASSES + index * CLASS_RECORD_SIZE);
}

export function startClasses(): void {
  for (let i: u32 = 0; i < CLASS_COUNT; i++) {
    const record = classRecord(i);
    record.leafSpans = 0;
    record.linkedSpans = 0;
    record.size = <u16>sizeOfClass(i);
    record.spanPages = <u16>spanOfClass(i);
  }
}

/** Address of a list: of the word with its first span. */
export function listFor(sizeClass: u32, kind: u32): usize {
  return CLASSES + sizeClass * CLASS_RECORD_SIZE + (kind << 2);
}

/** The first span of a list, or null. */
export function firstSpan(list: usize): Page {
  return changetype<Page>(<usize>load<u32>(list));
}

/** Puts a span with room into its list, in the second place, so that the first stays in use until it is full. */
export function listSpan(page: Page, list: usize): void {
  const first = firstSpan(list);
  page.used &= ~FULL;
  if (!first) {
    page.next = page.prev = 0;
    page.used |= FIRST;
    store<u32>(list, <u32>changetype<usize>(page));
    return;
  }
  page.prev = <u32>changetype<usize>(first);
  page.next = first.next;
  if (first.next) changetype<Page>(<usize>first.next).prev = <u32>changetype<usize>(page);
  first.next = <u32>changetype<usize>(page);
}

/** Takes a span out of its list. */
export function unlistSpan(page: Page, list: usize): void {
  const next = changetype<Page>(<usize>page.next);
  if (next) next.prev = page.prev;
  if (page.prev) changetype<Page>(<usize>page.prev).next = page.next;
  else {
    page.used &= ~FIRST;
    if (next) next.used |= FIRST;
    store<u32>(list, page.next);
  }
  page.used |= FULL;
}

/**
 * Repairs the links of a listed span whose descriptor has moved by `distance`, as have all descriptors that lay in the
 * `bytes` bytes at `old`.
 */
export function relinkSpan(page: Page, old: usize, bytes: usize, distance: usize): void {
  const here = <u32>changetype<usize>(page);
  if (<usize>page.next - old < bytes) page.next += <u32>distance;
  if (<usize>page.prev - old < bytes) page.prev += <u32>distance;
  if (page.next) changetype<Page>(<usize>page.next).prev = here;
  if (page.prev) changetype<Page>(<usize>page.prev).next = here;
  else store<u32>(listFor(page.sizeClass, page.kind), here);
}
