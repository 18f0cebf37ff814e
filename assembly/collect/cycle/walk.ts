// A walk over all objects in address order that goes in steps. Between two of them, and whenever a visit runs
// code of someone's, pages may come, go, and serve other blocks: what stands there then was born after the
// walk began, and need not be met.

import { INFO_OFFSET, PAGE_SHIFT, PHASE_WALKING, TYPE_MASK } from "../../layout";
import { isMarked } from "../../alloc/bitmap";
import { PAGE_FREE, PAGE_INSIDE, PAGE_LARGE, PAGE_SPAN, Page, pageAt, prefixOf } from "../../alloc/page";
import { control } from "../../control";
import { VISIT_CHANGED, visit } from "./visit";

/** Units of work that a page costs besides its blocks. */
const PAGE_UNITS: i32 = 4;

export function startWalk(): void {
  control.walkPage = control.firstPage;
  control.cursor = control.firstPage << PAGE_SHIFT;
}

/** Where a page starts; behind all addresses if there is none. */
export function startOfPage(number: u32): u32 {
  return number >>> (32 - PAGE_SHIFT) ? u32.MAX_VALUE : number << PAGE_SHIFT;
}

/** Visits objects as long as there is work left in the step. True if the walk is over: the cursor is behind all addresses. */
export function walkOn(): bool {
  while (control.work > 0 && !control.partial) {
    const number = control.walkPage;
    if (number >= control.endPage) {
      control.cursor = u32.MAX_VALUE;
      return true;
    }
    const page = pageAt(number);
    control.work -= PAGE_UNITS;
    if (page.state == PAGE_SPAN || page.state == PAGE_LARGE) {
      if (visitRun(number, page)) goTo(number + page.span);
    } else
      goTo(page.state == PAGE_INSIDE ? number - page.span : page.state == PAGE_FREE ? number + 1 : number + page.span);
  }
  return false;
}

function goTo(page: u32): void {
  // Back to the start of a run that was not there before leaves the cursor where it is.
  if (page > control.walkPage) control.cursor = startOfPage(page);
  control.walkPage = page;
}

/** Visits the objects of a run from the cursor on. True if that was all of them. */
function visitRun(number: u32, page: Page): bool {
  const isLarge = page.state == PAGE_LARGE;
  const first = ((<usize>number) << PAGE_SHIFT) + prefixOf(page.kind);
  const size: usize = isLarge ? (<usize>page.span) << PAGE_SHIFT : <usize>page.blockSize;
  const end: usize = isLarge ? first + 8 : <usize>page.fresh;
  const cursor = <usize>control.cursor;
  let object = cursor <= first ? first : first + ((cursor - first + size - 1) / size) * size;
  let work = control.work;
  const skipsMarked = control.phase != PHASE_WALKING;
  // One at least, or a small step would never get anywhere.
  for (let goesOn = true; goesOn && object < end; object += size) {
    goesOn = --work > 0;
    // Once it is decided who is dead: the bits lie closer together than the objects do.
    if (skipsMarked && isMarked(object)) continue;
    if (!(load<u32>(object, INFO_OFFSET) & TYPE_MASK)) continue;
    control.work = work;
    control.cursor = <u32>object;
    const result = visit(object);
    if (result) {
      if (result == VISIT_CHANGED) control.cursor = <u32>object + 8;
      return false;
    }
    work = control.work;
  }
  control.work = work;
  control.cursor = <u32>object;
  return object >= end;
}
