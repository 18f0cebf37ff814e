// Blocks: what objects live in. The only file of this folder that the object layers import, besides
// the page descriptors they walk.
//
// A block of a size class comes from a span of pages that serves that class and block kind alone:
// from the span's free list, or, while the span is fresh, by moving a pointer, so that memory is not
// touched before it is used. A span whose last block is freed goes back to the pages, where any class
// can have it; a class keeps one empty span back, which is taken from it before memory grows.
// A free block has type id 0 and, in its refcount word, the next free block.

import { INFO_OFFSET, MAX_CLASS_SIZE, PAGE_SHIFT, PAGE_SIZE, PAYLOAD_OFFSET } from "../layout";
import { CHECK, FREED_BYTE, GUARD_SIZE, fillGuard, isGuardIntact, isPoisoned, mustFail } from "../check";
import { CLASSES, CLASS_RECORD_SIZE, control } from "../control";
import { CLASS_COUNT, classOf, sizeOfClass, spanOfClass } from "./size-class";
import { BLOCK_LEAF, BLOCK_LINKED, PAGE_LARGE, PAGE_SPAN, Page, pageAt, prefixOf, runOf } from "./page";
import { freeRun, takeRun } from "./run";

/** What the control block holds for each size class. */
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

/** Size class that says: a run of pages of its own. */
export const LARGE: u32 = CLASS_COUNT;

export function classRecord(index: u32): ClassRecord {
  return changetype<ClassRecord>(CLASSES + index * CLASS_RECORD_SIZE);
}

export function startBlocks(): void {
  for (let i: u32 = 0; i < CLASS_COUNT; i++) {
    const record = classRecord(i);
    record.leafSpans = 0;
    record.linkedSpans = 0;
    record.size = <u16>sizeOfClass(i);
    record.spanPages = <u16>spanOfClass(i);
  }
}

/** Address of the head of a class's list of spans with room. */
function spansOf(sizeClass: u32, kind: u32): usize {
  return CLASSES + sizeClass * CLASS_RECORD_SIZE + (kind << 2);
}

/** Size class for an object of `payload` bytes, or LARGE. */
export function classForPayload(payload: u32, kind: u32): u32 {
  const size = payload + PAYLOAD_OFFSET + prefixOf(kind) + GUARD_SIZE;
  return size <= <u32>MAX_CLASS_SIZE ? classOf(size) : LARGE;
}

/** A block for an object of `payload` bytes, as the object's address; its bytes are undefined. 0 = out of memory. */
export function allocBlock(payload: u32, sizeClass: u32, kind: u32): usize {
  if (mustFail()) return 0;
  if (sizeClass == LARGE) return allocLarge(payload, kind);
  const page = changetype<Page>(<usize>load<u32>(spansOf(sizeClass, kind)));
  if (page) {
    const object = page.free;
    if (object) {
      page.free = load<u32>(object);
      page.used++;
      control.liveBytes += classRecord(sizeClass).size;
      if (CHECK) checkReused(object, sizeClass, kind);
      return object;
    }
    const fresh = page.fresh;
    if (fresh < page.end) {
      page.fresh = fresh + classRecord(sizeClass).size;
      page.used++;
      control.liveBytes += classRecord(sizeClass).size;
      if (CHECK) fillGuard(fresh - prefixOf(kind), classRecord(sizeClass).size);
      return fresh;
    }
  }
  return allocFromNextSpan(payload, sizeClass, kind);
}

/** The first span of the list, if any, is full: goes on with the next, or a new one. */
function allocFromNextSpan(payload: u32, sizeClass: u32, kind: u32): usize {
  const head = spansOf(sizeClass, kind);
  let page = changetype<Page>(<usize>load<u32>(head));
  while (page && !page.free && page.fresh >= page.end) {
    unlistSpan(page, head);
    page = changetype<Page>(<usize>load<u32>(head));
  }
  if (!page && !newSpan(sizeClass, kind)) return 0;
  return allocBlock(payload, sizeClass, kind);
}

function newSpan(sizeClass: u32, kind: u32): bool {
  const record = classRecord(sizeClass);
  let run = takePages(record.spanPages, PAGE_SPAN);
  // Short of memory, one page and what it wastes are better than nothing.
  if (!run && record.spanPages > 1) run = takePages(1, PAGE_SPAN);
  if (!run) return false;
  const start = run << PAGE_SHIFT;
  const page = pageAt(run);
  const blocks = (page.span << PAGE_SHIFT) / record.size;
  page.free = 0;
  page.fresh = start + prefixOf(kind);
  page.end = page.fresh + blocks * record.size;
  page.used = 0;
  page.kind = <u8>kind;
  page.sizeClass = <u8>sizeClass;
  listSpan(page, spansOf(sizeClass, kind));
  return true;
}

/** Puts a span second, so that the first stays in use until it is full. */
function listSpan(page: Page, head: usize): void {
  const first = changetype<Page>(<usize>load<u32>(head));
  page.listed = 1;
  if (!first) {
    page.next = page.prev = 0;
    store<u32>(head, <u32>changetype<usize>(page));
    return;
  }
  page.prev = <u32>changetype<usize>(first);
  page.next = first.next;
  if (first.next) changetype<Page>(<usize>first.next).prev = <u32>changetype<usize>(page);
  first.next = <u32>changetype<usize>(page);
}

function unlistSpan(page: Page, head: usize): void {
  page.listed = 0;
  if (page.next) changetype<Page>(<usize>page.next).prev = page.prev;
  if (page.prev) changetype<Page>(<usize>page.prev).next = page.next;
  else store<u32>(head, page.next);
}

function allocLarge(payload: u32, kind: u32): usize {
  const overhead = PAYLOAD_OFFSET + prefixOf(kind) + GUARD_SIZE;
  if (payload > <u32>-1 - overhead - PAGE_SIZE) return 0;
  const pages = (payload + overhead + PAGE_SIZE - 1) >>> PAGE_SHIFT;
  const run = takePages(pages, PAGE_LARGE);
  if (!run) return 0;
  const page = pageAt(run);
  const object = (run << PAGE_SHIFT) + prefixOf(kind);
  page.free = 0;
  page.fresh = page.end = object + (pages << PAGE_SHIFT);
  page.used = 1;
  control.liveBytes += pages << PAGE_SHIFT;
  page.kind = <u8>kind;
  page.listed = 0;
  if (CHECK) fillGuard(run << PAGE_SHIFT, pages << PAGE_SHIFT);
  return object;
}

/** Pages, if need be those of empty spans that classes keep back. */
function takePages(pages: u32, state: u8): u32 {
  const run = takeRun(pages, state, false);
  if (run) return run;
  releaseEmptySpans();
  return takeRun(pages, state, true);
}

function releaseEmptySpans(): void {
  for (let i: u32 = 0; i < CLASS_COUNT; i++) {
    for (let kind: u32 = BLOCK_LEAF; kind <= BLOCK_LINKED; kind++) {
      const head = spansOf(i, kind);
      let page = changetype<Page>(<usize>load<u32>(head));
      while (page) {
        const next = changetype<Page>(<usize>page.next);
        if (page.used == 0) {
          unlistSpan(page, head);
          freeRun(runOf(page.end - classRecord(i).size), page.span);
        }
        page = next;
      }
    }
  }
}

/** Takes a block back. Type id 0 marks it free, to whoever walks the page. */
export function freeBlock(object: usize): void {
  const run = runOf(object);
  const page = pageAt(run);
  if (CHECK) poison(object);
  if (page.state == PAGE_LARGE) {
    control.liveBytes -= page.span << PAGE_SHIFT;
    freeRun(run, page.span);
    return;
  }
  store<u32>(object, page.free);
  store<u32>(object, 0, INFO_OFFSET);
  page.free = <u32>object;
  page.used--;
  control.liveBytes -= classRecord(page.sizeClass).size;
  if (!page.listed) listSpan(page, spansOf(page.sizeClass, page.kind));
  else if (page.used == 0 && page.next | page.prev) {
    unlistSpan(page, spansOf(page.sizeClass, page.kind));
    freeRun(run, page.span);
  }
}

/** Bytes of the block that an object lies in, everything included. */
export function blockSize(object: usize): u32 {
  const page = pageAt(runOf(object));
  return page.state == PAGE_LARGE ? page.span << PAGE_SHIFT : classRecord(page.sizeClass).size;
}

/** Bytes that a payload at this address may use. */
export function payloadCapacity(object: usize): u32 {
  const page = pageAt(runOf(object));
  return blockSize(object) - PAYLOAD_OFFSET - prefixOf(page.kind) - GUARD_SIZE;
}

function poison(object: usize): void {
  const size = blockSize(object);
  const block = object - prefixOf(pageAt(runOf(object)).kind);
  assert(isGuardIntact(block, size), "an object was written past its end");
  memory.fill(object + PAYLOAD_OFFSET, FREED_BYTE, block + size - GUARD_SIZE - object - PAYLOAD_OFFSET);
}

function checkReused(object: usize, sizeClass: u32, kind: u32): void {
  const end = object - prefixOf(kind) + classRecord(sizeClass).size - GUARD_SIZE;
  assert(isPoisoned(object + PAYLOAD_OFFSET, end), "a freed object was written to");
}
