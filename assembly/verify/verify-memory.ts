// Pages and blocks.
//
// One walk over all pages compares each run with its descriptor, and with the structure that leads to it: the tree of
// free runs, the directory of tables, the list of its size class. Then the number of links in each structure is
// compared with the number of runs, so that none leads anywhere else. No descriptor is read before its table is known
// to lie in memory, and no divisor is used before it is known not to be 0.

import {
  INVARIANT_BITMAPS,
  INVARIANT_FREE_BLOCKS,
  INVARIANT_FREE_RUNS,
  INVARIANT_GUARD,
  INVARIANT_PAGES_IN_USE,
  INVARIANT_PAGES_TILE,
  INVARIANT_SPANS_LISTED,
  INVARIANT_SPAN_COUNTS,
  INVARIANT_TABLE_PAGES,
} from "../invariants";
import { INFO_OFFSET, PAGE_SHIFT, TYPE_MASK } from "../layout";
import { CHECK, isGuardIntact } from "../check";
import { BITMAPS, DESCRIPTORS, control } from "../control";
import { memoryEndPage } from "../host";
import { BITMAPS_SHIFT } from "../memory/bits";
import { LARGE_STRIDE, endOfBlocks, firstBlockOf, hasBlocks, strideOf } from "../memory/blocks-of";
import { countFreeTrees, isFreeRun } from "../memory/free-runs";
import {
  BLOCK_LEAF,
  BLOCK_LINKED,
  DESCRIPTORS_SHIFT,
  FIRST,
  FULL,
  PAGE_FREE,
  PAGE_INSIDE,
  PAGE_LARGE,
  PAGE_SPAN,
  PAGE_TABLE,
  Page,
  pageAt,
  prefixOf,
  usedOf,
} from "../memory/page";
import { CLASS_COUNT, sizeOfClass, spanOfClass } from "../memory/size-class";
import { classRecord, firstSpan, listFor } from "../memory/span-lists";
import { DIRECTORY, DIRECTORY_END, missingTables } from "../memory/tables";
import { broken } from "./broken";

/** 0, or the first broken invariant. */
export function verifyBlocks(): u32 {
  const end = control.endPage;
  if (end > control.limitPage || end > memoryEndPage()) return broken(INVARIANT_PAGES_TILE, 0);
  if (control.firstPage >= end || missingTables(end)) return broken(INVARIANT_BITMAPS, 0);
  if (!isReadable(DESCRIPTORS, DESCRIPTORS_SHIFT)) return broken(INVARIANT_BITMAPS, DESCRIPTORS);
  if (!isReadable(BITMAPS, BITMAPS_SHIFT)) return broken(INVARIANT_BITMAPS, BITMAPS);
  let free: u32 = 0;
  // Free runs less links to free runs. In the end 0: each run has been found through one link, so there are no others.
  let freeRuns = 0 - countFreeTrees();
  let tables: u32 = 0;
  let inUse: u32 = 0;
  let listed: u32 = 0;
  let lastWasFree = false;
  for (let number = control.firstPage; number < end; number += pageAt(number).span) {
    const page = pageAt(number);
    const span = page.span;
    if (span == 0 || span > end - number) return broken(INVARIANT_PAGES_TILE, number << PAGE_SHIFT);
    if (page.state == PAGE_FREE) {
      // Two neighbouring free runs would have been joined.
      if (lastWasFree || !isFreeRun(number)) return broken(INVARIANT_FREE_RUNS, number << PAGE_SHIFT);
      free += span;
      freeRuns += 1 - <u32>(page.next != 0) - <u32>(page.prev != 0);
    } else if (page.state == PAGE_TABLE) {
      if (span != 1 || !isLedTo(number, page)) return broken(INVARIANT_TABLE_PAGES, number << PAGE_SHIFT);
      tables++;
    } else {
      const bad = verifyRun(number, page);
      if (bad) return bad;
      inUse += span;
      if (!(page.used & FULL)) listed++;
    }
    lastWasFree = page.state == PAGE_FREE;
  }
  if (free != control.freePages || freeRuns) return broken(INVARIANT_FREE_RUNS, 0);
  if (inUse != control.pagesInUse) return broken(INVARIANT_PAGES_IN_USE, 0);
  if (tables != control.descriptorPages + control.bitmapPages || tables != countTables())
    return broken(INVARIANT_TABLE_PAGES, 0);
  return verifySpanLists(listed);
}

/** Whether all bytes that a table has about pages of the heap lie in memory. */
function isReadable(directory: usize, shift: u32): bool {
  const pagesOfPart: u32 = 1 << shift;
  let number = control.firstPage;
  while (number < control.endPage) {
    const place = number & (pagesOfPart - 1);
    const count = min(pagesOfPart - place, control.endPage - number);
    const start = load<u32>(directory + ((number >>> shift) << 2)) + (place << (PAGE_SHIFT - shift));
    const end = <u64>start + ((<u64>count) << (PAGE_SHIFT - shift));
    if (start & 7 || end > (<u64>memoryEndPage()) << PAGE_SHIFT) return false;
    number += count;
  }
  return true;
}

/** Whether a page of tables is the one that its word of the directory leads to. */
function isLedTo(number: u32, page: Page): bool {
  const word = <usize>page.free;
  return word >= DIRECTORY && word < DIRECTORY_END && load<u32>(word) == number << PAGE_SHIFT;
}

/** Number of words of the directory that lead to pages of the heap. */
function countTables(): u32 {
  let tables: u32 = 0;
  for (let word = DIRECTORY; word < DIRECTORY_END; word += 4) {
    if (load<u32>(word) >= control.firstPage << PAGE_SHIFT) tables++;
  }
  return tables;
}

/** The descriptors of a run agree, and describe its blocks as they are. */
function verifyRun(number: u32, page: Page): u32 {
  const start = (<usize>number) << PAGE_SHIFT;
  const span = <u32>page.span;
  if (!hasBlocks(page)) return broken(INVARIANT_PAGES_TILE, start);
  for (let i: u32 = 1; i < span; i++) {
    const inside = pageAt(number + i);
    if (inside.state != PAGE_INSIDE || inside.span != i || inside.used)
      return broken(INVARIANT_PAGES_TILE, start + (i << PAGE_SHIFT));
  }
  if (page.state == PAGE_SPAN) return verifySpan(number, page);
  const end = firstBlockOf(number, page) + LARGE_STRIDE;
  if (page.used != (FULL | 1) || <usize>page.fresh != end || <usize>page.end != end || strideOf(page) != LARGE_STRIDE)
    return broken(INVARIANT_SPAN_COUNTS, start);
  return CHECK && !isGuardIntact(start, span << PAGE_SHIFT) ? broken(INVARIANT_GUARD, start) : 0;
}

/** The numbers of live and free blocks of a span are right, and it is in a list unless it is full. */
function verifySpan(number: u32, page: Page): u32 {
  const start = number << PAGE_SHIFT;
  const size = strideOf(page);
  const prefix = prefixOf(page.kind);
  const first = firstBlockOf(number, page);
  const end = endOfBlocks(page);
  if (page.sizeClass >= CLASS_COUNT || size != sizeOfClass(page.sizeClass)) return broken(INVARIANT_SPAN_COUNTS, start);
  const room = ((<u32>page.span) << PAGE_SHIFT) / size;
  const isFresh = end >= first && end <= <usize>page.end && (end - first) % size == 0;
  if (!isFresh || <usize>page.end != first + room * size) return broken(INVARIANT_SPAN_COUNTS, start);
  let live: u32 = 0;
  let made: u32 = 0;
  for (let object = first; object < end; object += size) {
    made++;
    if (!(load<u32>(object, INFO_OFFSET) & TYPE_MASK)) continue;
    live++;
    if (CHECK && !isGuardIntact(object - prefix, size)) return broken(INVARIANT_GUARD, object);
  }
  if (live != usedOf(page)) return broken(INVARIANT_SPAN_COUNTS, start);
  let free: u32 = 0;
  for (let object = <usize>page.free; object; object = load<u32>(object)) {
    const isBlock = object >= first && object < end && (object - first) % size == 0;
    if (!isBlock || load<u32>(object, INFO_OFFSET) & TYPE_MASK || ++free > made)
      return broken(INVARIANT_FREE_BLOCKS, object);
  }
  if (live + free != made) return broken(INVARIANT_SPAN_COUNTS, start);
  return page.used & FULL && live != room ? broken(INVARIANT_SPANS_LISTED, start) : 0;
}

/** The lists contain `listed` spans in all, each in the right one. Only the first of a list may be empty or full. */
function verifySpanLists(listed: u32): u32 {
  for (let i: u32 = 0; i < CLASS_COUNT; i++) {
    const record = classRecord(i);
    if (record.size != sizeOfClass(i) || record.spanPages != spanOfClass(i))
      return broken(INVARIANT_SPANS_LISTED, changetype<usize>(record));
    for (let kind: u32 = BLOCK_LEAF; kind <= BLOCK_LINKED; kind++) {
      let prev: u32 = 0;
      for (let page = firstSpan(listFor(i, kind)); page; page = changetype<Page>(<usize>page.next)) {
        if (!isInMemory(changetype<usize>(page))) return broken(INVARIANT_SPANS_LISTED, changetype<usize>(page));
        const isFirst = prev == 0;
        const isHere = page.state == PAGE_SPAN && page.sizeClass == i && page.kind == kind && page.prev == prev;
        const hasRoom = page.free != 0 || page.fresh < page.end;
        const isFlagged = !(page.used & FULL) && ((page.used & FIRST) != 0) == isFirst;
        if (!isHere || !isFlagged || (!isFirst && !(hasRoom && page.used)) || listed-- == 0)
          return broken(INVARIANT_SPANS_LISTED, page.end);
        prev = <u32>changetype<usize>(page);
      }
    }
  }
  return listed ? broken(INVARIANT_SPANS_LISTED, 0) : 0;
}

/** Whether there is memory for a descriptor at this address. */
function isInMemory(descriptor: usize): bool {
  return <u64>descriptor + offsetof<Page>() <= (<u64>memoryEndPage()) << PAGE_SHIFT;
}
