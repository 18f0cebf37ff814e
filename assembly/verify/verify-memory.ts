// Every invariant of pages and blocks, as code.

import {
  INVARIANT_BITMAPS,
  INVARIANT_FREE_BLOCKS,
  INVARIANT_FREE_RUNS,
  INVARIANT_GUARD,
  INVARIANT_PAGES_IN_USE,
  INVARIANT_PAGES_TILE,
  INVARIANT_SPANS_LISTED,
  INVARIANT_SPAN_COUNTS,
} from "../invariants";
import { INFO_OFFSET, PAGE_SHIFT, TYPE_MASK } from "../layout";
import { CHECK, isGuardIntact } from "../check";
import { control } from "../control";
import { classRecord } from "../memory/blocks";
import { PAGE_FREE, PAGE_INSIDE, PAGE_LARGE, PAGE_SPAN, PAGE_TABLE, Page, pageAt, prefixOf } from "../memory/page";

/** 0, or the first broken invariant. */
export function verifyBlocks(): u32 {
  let free: u32 = 0;
  let tables: u32 = 0;
  let inUse: u32 = 0;
  let lastWasFree = false;
  let number = control.firstPage;
  while (number < control.endPage) {
    const page = pageAt(number);
    const span = page.span;
    if (span == 0 || span > control.endPage - number) return broken(INVARIANT_PAGES_TILE, number << PAGE_SHIFT);
    if (page.state == PAGE_FREE) {
      // Two free runs side by side would be one.
      if (lastWasFree || pageAt(number + span - 1).fresh != number)
        return broken(INVARIANT_FREE_RUNS, number << PAGE_SHIFT);
      free += span;
    } else {
      for (let i: u32 = 1; i < span; i++) {
        const inside = pageAt(number + i);
        if (inside.state != PAGE_INSIDE || inside.span != i)
          return broken(INVARIANT_PAGES_TILE, (number + i) << PAGE_SHIFT);
      }
      if (page.state == PAGE_TABLE) tables += span;
      else inUse += span;
      if (page.state == PAGE_SPAN) {
        const bad = verifySpan(number, page);
        if (bad) return bad;
      } else if (page.state != PAGE_LARGE && page.state != PAGE_TABLE)
        return broken(INVARIANT_PAGES_TILE, number << PAGE_SHIFT);
      else if (CHECK && page.state == PAGE_LARGE && !isGuardIntact(number << PAGE_SHIFT, (<u32>span) << PAGE_SHIFT))
        return broken(INVARIANT_GUARD, number << PAGE_SHIFT);
    }
    lastWasFree = page.state == PAGE_FREE;
    number += span;
  }
  if (free != control.freePages) return broken(INVARIANT_FREE_RUNS, 0);
  if (inUse != control.pagesInUse) return broken(INVARIANT_PAGES_IN_USE, 0);
  if (tables != control.tablePages + control.bitmapPages) return broken(INVARIANT_PAGES_TILE, 0);
  return control.bitmapEnd >= control.endPage ? 0 : broken(INVARIANT_BITMAPS, 0);
}

function broken(invariant: u32, address: usize): u32 {
  control.verifyAddress = <u32>address;
  return invariant;
}

/** A span's live and free blocks are what it says, and it is listed if it has room. */
function verifySpan(number: u32, page: Page): u32 {
  const start = number << PAGE_SHIFT;
  const size = classRecord(page.sizeClass).size;
  const prefix = prefixOf(page.kind);
  let live: u32 = 0;
  let made: u32 = 0;
  for (let object = start + prefix; object < page.fresh; object += size) {
    made++;
    if (!(load<u32>(object, INFO_OFFSET) & TYPE_MASK)) continue;
    live++;
    if (CHECK && !isGuardIntact(object - prefix, size)) return broken(INVARIANT_GUARD, object);
  }
  if (live != page.used) return broken(INVARIANT_SPAN_COUNTS, start);
  let free: u32 = 0;
  for (let object = page.free; object; object = load<u32>(object)) {
    const isBlock = object >= start + prefix && object < page.fresh && (object - start - prefix) % size == 0;
    if (!isBlock || load<u32>(object, INFO_OFFSET) & TYPE_MASK || ++free > made)
      return broken(INVARIANT_FREE_BLOCKS, object);
  }
  if (live + free != made) return broken(INVARIANT_SPAN_COUNTS, start);
  if ((free || page.fresh < page.end) && !page.listed) return broken(INVARIANT_SPANS_LISTED, start);
  return 0;
}
