// Blocks: what objects live in. The one file through which the rooms above ask for memory and give it back.
//
// A block of a size class comes from a span of pages that serves that class and block kind alone:
// from the span's free list, or, while the span is fresh, by moving a pointer, so that memory is not
// touched before it is used. A span whose last block is freed goes back to the pages, where any class
// can have it; a class keeps the first span of each of its lists, until memory would have to grow.
// A free block has type id 0 and, in its refcount word, the next free block.
//
// `freeBlock` is put in place at each call, which the compiler does by itself for what has no calls: so a list is
// dropped in 7.5 ns an object instead of 8.7, and a tree made and dropped in 27 instead of 28.7.

import { MAX_CLASS_SIZE, PAGE_SHIFT, PAGE_SIZE, PAYLOAD_OFFSET } from "../layout";
import { LARGE_STRIDE } from "./blocks-of";
import { CHECK, FREED_BYTE, GUARD_SIZE, fillGuard, isGuardIntact, isPoisoned, mustFail } from "../check";
import { Control, control } from "../control";
import { FULL, PAGE_LARGE, PAGE_SPAN, Page, pageAt, pageOf, prefixOf, runOf, usedOf } from "./page";
import { CLASS_COUNT, classOf } from "./size-class";
import { firstSpan, listFor, unlistSpan } from "./span-lists";
import { givePages, newSpan, relistSpan, takePages } from "./spans";

/** Size class that says: a run of pages of its own. */
export const LARGE: u32 = CLASS_COUNT;

/** Bytes of a block that are not its payload's. */
function overheadOf(kind: u32): u32 {
  return PAYLOAD_OFFSET + prefixOf(kind) + GUARD_SIZE;
}

/** Size class for an object of `payload` bytes, any number of them, or LARGE. */
export function classForPayload(payload: u32, kind: u32): u32 {
  const overhead = overheadOf(kind);
  return payload <= <u32>MAX_CLASS_SIZE - overhead ? classOf(payload + overhead) : LARGE;
}

/** Where `takeBlock` finds blocks of a class, or of none: of such a size each has a run of its own. */
export function spansFor(sizeClass: u32, kind: u32): usize {
  return sizeClass == LARGE ? changetype<usize>(control) + offsetof<Control>("noSpans") : listFor(sizeClass, kind);
}

/** A block of the first of these spans; 0 = that takes more than moving a pointer: ask `allocBlock`. */
export function takeBlock(spans: usize): usize {
  const page = firstSpan(spans);
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

/**
 * A block for an object of `payload` bytes, as the object's address; its bytes are undefined. 0 = out of memory. A
 * `payload` of the caller's arithmetic must not have wrapped: that the caller alone can see.
 */
export function allocBlock(payload: u32, sizeClass: u32, kind: u32): usize {
  if (mustFail()) return 0;
  if (sizeClass == LARGE) return allocLarge(payload, kind);
  const list = listFor(sizeClass, kind);
  const object = takeBlock(list);
  if (object) return object;
  // The first span, if any, is full. A second one is not.
  const full = firstSpan(list);
  if (full) unlistSpan(full, list);
  return firstSpan(list) || newSpan(sizeClass, kind) ? takeBlock(list) : 0;
}

function allocLarge(payload: u32, kind: u32): usize {
  const pages = <u32>((<u64>payload + overheadOf(kind) + PAGE_SIZE - 1) >>> PAGE_SHIFT);
  const run = takePages(pages, PAGE_LARGE);
  if (!run) return 0;
  const page = pageAt(run);
  const object = (run << PAGE_SHIFT) + prefixOf(kind);
  page.free = 0;
  page.fresh = page.end = object + LARGE_STRIDE;
  page.used = FULL | 1;
  page.blockSize = <u16>LARGE_STRIDE;
  page.kind = <u8>kind;
  if (CHECK) fillGuard(run << PAGE_SHIFT, pages << PAGE_SHIFT);
  return object;
}

/**
 * Takes a block back. Type id 0 marks it free, to whoever walks the page.
 *
 * One comparison finds all that takes more than the span's free list: a span that is full, a span of its list's rest
 * that becomes empty, a further page of a span, a large block. There `used`, less one, is not above 0.
 */
@inline
export function freeBlock(object: usize): void {
  const page = pageAt(<u32>(object >>> PAGE_SHIFT));
  const used = page.used - 1;
  if (CHECK || <i32>used <= 0) {
    freeOtherwise(object);
    return;
  }
  if (control.collecting) control.freedBytes += page.blockSize;
  pushFree(object, page);
}

function freeOtherwise(object: usize): void {
  if (CHECK) poison(object);
  const run = runOf(object);
  const page = pageAt(run);
  if (control.collecting) control.freedBytes += blockSizeIn(page);
  if (page.state == PAGE_SPAN) {
    pushFree(object, page);
    endGiving(page);
  } else givePages(run, page.span);
}

/** The next free block and, above it, type id 0. */
function pushFree(object: usize, page: Page): void {
  store<u64>(object, page.free);
  page.free = <u32>object;
  page.used--;
}

/** Takes back one of many blocks of a span, for whose sake `endGiving` follows. The caller counts the bytes. */
export function giveToSpan(object: usize, page: Page): void {
  if (CHECK) poison(object);
  pushFree(object, page);
}

/** Takes back all blocks of a span at once; `first` is the address of the first one's object. `endGiving` follows. */
export function renewSpan(first: usize, page: Page): void {
  page.free = 0;
  page.fresh = <u32>first;
  page.used -= usedOf(page);
}

/** Ends the giving back of blocks of a span: its pages may go, too. */
export function endGiving(page: Page): void {
  if (<i32>page.used <= 0) relistSpan(page);
}

/** Bytes of a block of a run, everything included. */
function blockSizeIn(page: Page): u32 {
  return page.state == PAGE_LARGE ? (<u32>page.span) << PAGE_SHIFT : page.blockSize;
}

/** Bytes of the block that an object lies in, everything included. */
export function blockSize(object: usize): u32 {
  return blockSizeIn(pageOf(object));
}

/** Bytes that a payload at this address may use. */
export function payloadCapacity(object: usize): u32 {
  const page = pageOf(object);
  return blockSizeIn(page) - overheadOf(page.kind);
}

function poison(object: usize): void {
  const page = pageOf(object);
  const block = object - prefixOf(page.kind);
  const size = blockSizeIn(page);
  assert(isGuardIntact(block, size), "an object was written past its end");
  memory.fill(object + PAYLOAD_OFFSET, FREED_BYTE, block + size - GUARD_SIZE - object - PAYLOAD_OFFSET);
}

function checkReused(object: usize, page: Page): void {
  const end = object - prefixOf(page.kind) + page.blockSize - GUARD_SIZE;
  assert(isPoisoned(object + PAYLOAD_OFFSET, end), "a freed object was written to");
}
