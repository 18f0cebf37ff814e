// Blocks: what objects live in. The only file of this folder that the object layers import, besides
// the page descriptors they walk.
//
// A block of a size class comes from a span of pages that serves that class and block kind alone:
// from the span's free list, or, while the span is fresh, by moving a pointer, so that memory is not
// touched before it is used. A span whose last block is freed goes back to the pages, where any class
// can have it; a class keeps one empty span back, which is taken from it before memory grows.
// A free block has type id 0 and, in its refcount word, the next free block.

import { MAX_CLASS_SIZE, PAGE_SHIFT, PAGE_SIZE, PAYLOAD_OFFSET } from "../layout";
import { clearBits } from "./bits";
import { CHECK, FREED_BYTE, GUARD_SIZE, fillGuard, isGuardIntact, isPoisoned, mustFail } from "../check";
import { CLASSES, CLASS_RECORD_SIZE, Control, control } from "../control";
import { CLASS_COUNT, classOf, sizeOfClass, spanOfClass } from "./size-class";
import {
  BLOCK_LEAF,
  BLOCK_LINKED,
  PAGE_INSIDE,
  PAGE_LARGE,
  PAGE_SPAN,
  Page,
  descriptorAt,
  pageAt,
  pageOf,
  prefixOf,
  runOf,
} from "./page";
import { freeRun, takeRun } from "./runs";

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

/** Where `takeBlock` finds blocks of a class, or of none: of such a size each has a run of its own. */
export function spansFor(sizeClass: u32, kind: u32): usize {
  return sizeClass == LARGE ? changetype<usize>(control) + offsetof<Control>("noSpans") : spansOf(sizeClass, kind);
}

/** A block of the first of these spans; 0 = that takes more than moving a pointer: ask `allocBlock`. */
@inline
export function takeBlock(spans: usize): usize {
  const page = changetype<Page>(<usize>load<u32>(spans));
  if (!page) return 0;
  let object = page.free;
  if (object) {
    if (CHECK) checkReused(object, page);
    page.free = load<u32>(object);
  } else {
    object = page.fresh;
    if (object >= page.end) return 0;
    page.fresh = object + page.blockSize;
    if (CHECK) fillGuard(object - prefixOf(page.kind), page.blockSize);
  }
  page.used++;
  return object;
}

/** A block for an object of `payload` bytes, as the object's address; its bytes are undefined. 0 = out of memory. */
export function allocBlock(payload: u32, sizeClass: u32, kind: u32): usize {
  if (mustFail()) return 0;
  if (sizeClass == LARGE) return allocLarge(payload, kind);
  const object = takeBlock(spansOf(sizeClass, kind));
  return object ? object : allocFromNextSpan(payload, sizeClass, kind);
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
  const blocks = ((<u32>page.span) << PAGE_SHIFT) / record.size;
  page.free = 0;
  page.fresh = start + prefixOf(kind);
  page.end = page.fresh + blocks * record.size;
  page.used = 0;
  page.blockSize = record.size;
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
  page.kind = <u8>kind;
  page.listed = 0;
  if (CHECK) fillGuard(run << PAGE_SHIFT, pages << PAGE_SHIFT);
  return object;
}

/** Pages, if need be those of empty spans that classes keep back. */
function takePages(pages: u32, state: u8): u32 {
  let run = takeRun(pages, state, false);
  if (!run) {
    releaseEmptySpans();
    run = takeRun(pages, state, true);
  }
  if (run) {
    control.pagesInUse += pages;
    // The next birth asks why.
    if (control.pagesInUse > control.pagesLimit) control.birthsLimit = i32.MIN_VALUE;
  }
  return run;
}

function givePages(run: u32, pages: u32): void {
  control.pagesInUse -= pages;
  // What is marked must be an object.
  if (control.phase) clearBits(run, pages);
  freeRun(run, pages);
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
          givePages(runOf(page.end - page.blockSize), page.span);
        }
        page = next;
      }
    }
  }
}

/** Takes a block back. Type id 0 marks it free, to whoever walks the page. */
export function freeBlock(object: usize): void {
  giveBlock(object);
}

/** The same in place: for the one caller that is called most. */
@inline
export function giveBlock(object: usize): void {
  if (CHECK) poison(object);
  const page = descriptorAt(<u32>(object >>> PAGE_SHIFT));
  if (page.state == PAGE_SPAN) freeInSpan(object, page);
  else freeBeyondFirstPage(object);
}


@inline
function freeInSpan(object: usize, page: Page): void {
  if (control.collecting) control.freedBytes += page.blockSize;
  putFree(object, page);
  if (!page.used || !page.listed) spanChanged(<u32>(object >>> PAGE_SHIFT), page);
}


@inline
function putFree(object: usize, page: Page): void {
  // The next free block and, above it, type id 0.
  store<u64>(object, page.free);
  page.free = <u32>object;
  page.used--;
}

/** Takes back one of many blocks of a span, for whose sake `endGiving` follows. The caller counts the bytes. */
@inline
export function giveToSpan(object: usize, page: Page): void {
  if (CHECK) poison(object);
  putFree(object, page);
}

/** Takes back all blocks of a span at once; `first` is the address of the first one's object. */
export function renewSpan(first: usize, page: Page): void {
  page.free = 0;
  page.fresh = <u32>first;
  page.used = 0;
}
export function endGiving(run: u32, page: Page): void {
  if (!page.used || !page.listed) spanChanged(run, page);
}

/** A block of a span of several pages, or one with pages of its own. */
function freeBeyondFirstPage(object: usize): void {
  const page = pageOf(object);
  if (page.state != PAGE_LARGE) {
    freeInSpan(object, page);
    return;
  }
  if (control.collecting) control.freedBytes += (<u32>page.span) << PAGE_SHIFT;
  givePages(runOf(object), page.span);
}

/** A span was full and has room now, or is empty: then it goes, unless it is the last of its class. */
function spanChanged(number: u32, page: Page): void {
  const head = spansOf(page.sizeClass, page.kind);
  if (!page.listed) listSpan(page, head);
  if (!page.used && page.next | page.prev) {
    unlistSpan(page, head);
    const first = pageAt(number);
    givePages(first.state == PAGE_INSIDE ? number - first.span : number, page.span);
  }
}

/** Bytes of the block that an object lies in, everything included. */
export function blockSize(object: usize): u32 {
  const page = pageOf(object);
  return page.state == PAGE_LARGE ? (<u32>page.span) << PAGE_SHIFT : page.blockSize;
}

/** Bytes that a payload at this address may use. */
export function payloadCapacity(object: usize): u32 {
  return blockSize(object) - PAYLOAD_OFFSET - prefixOf(pageOf(object).kind) - GUARD_SIZE;
}

function poison(object: usize): void {
  const size = blockSize(object);
  const block = object - prefixOf(pageAt(runOf(object)).kind);
  assert(isGuardIntact(block, size), "an object was written past its end");
  memory.fill(object + PAYLOAD_OFFSET, FREED_BYTE, block + size - GUARD_SIZE - object - PAYLOAD_OFFSET);
}

function checkReused(object: usize, page: Page): void {
  const end = object - prefixOf(page.kind) + page.blockSize - GUARD_SIZE;
  assert(isPoisoned(object + PAYLOAD_OFFSET, end), "a freed object was written to");
}
