// Every live object, in address order, by walking pages. A walk is resumed from the object it stands at,
// so it can go in steps, and objects may come and go between two of them.

import { INFO_OFFSET, PAGE_SHIFT, TYPE_BUFFER, TYPE_MASK } from "../layout";
import { classRecord } from "../memory/blocks";
import {
  PAGE_FOREIGN,
  PAGE_FREE,
  PAGE_LARGE,
  PAGE_SPAN,
  PAGE_TABLE,
  Page,
  pageAt,
  prefixOf,
  runOf,
} from "../memory/page";
import { CHECK } from "../check";
import { control } from "../control";
import { isType } from "../object/type";

/** The first live object or buffer in page `number` or behind it; 0 = none. */
function firstBlockFrom(number: u32): usize {
  while (number < control.endPage) {
    const page = pageAt(number);
    if (page.state == PAGE_LARGE) return (number << PAGE_SHIFT) + prefixOf(page.kind);
    if (page.state == PAGE_SPAN && page.used) {
      const object = firstBlockAt((number << PAGE_SHIFT) + prefixOf(page.kind), page);
      if (object) return object;
    }
    number += page.span;
  }
  return 0;
}

/** The first live block at or behind `object` in its span. */
function firstBlockAt(object: usize, page: Page): usize {
  const size = classRecord(page.sizeClass).size;
  for (; object < <usize>page.fresh; object += size) {
    if (load<u32>(object, INFO_OFFSET) & TYPE_MASK) return object;
  }
  return 0;
}

/** The next live object or buffer behind this one, or 0. */
export function nextBlock(object: usize): usize {
  const run = runOf(object);
  const page = pageAt(run);
  if (page.state == PAGE_SPAN) {
    const next = firstBlockAt(object + classRecord(page.sizeClass).size, page);
    if (next) return next;
  }
  return firstBlockFrom(run + page.span);
}

export function firstBlock(): usize {
  return firstBlockFrom(control.firstPage);
}

function skipBuffers(object: usize): usize {
  while (object && (load<u32>(object, INFO_OFFSET) & TYPE_MASK) == TYPE_BUFFER) object = nextBlock(object);
  return object;
}
export function firstObject(): usize {
  return skipBuffers(firstBlock());
}
export function nextObject(object: usize): usize {
  return skipBuffers(nextBlock(object));
}

/** Type id of the live block whose address this is; 0 if it is not one. Safe for any number. */
export function typeIdAt(address: usize): u32 {
  const number = <u32>(address >>> PAGE_SHIFT);
  if (address & 7 || number < control.firstPage || number >= control.endPage) return 0;
  const state = pageAt(number).state;
  if (state == PAGE_FOREIGN || state == PAGE_FREE || state == PAGE_TABLE) return 0;
  const run = runOf(address);
  const page = pageAt(run);
  const first = ((<usize>run) << PAGE_SHIFT) + prefixOf(page.kind);
  if (page.state == PAGE_LARGE ? address != first : page.state != PAGE_SPAN) return 0;
  if (page.state == PAGE_SPAN) {
    if (address < first || address >= <usize>page.fresh) return 0;
    if ((address - first) % classRecord(page.sizeClass).size) return 0;
  }
  const id = load<u32>(address, INFO_OFFSET) & TYPE_MASK;
  return isType(id) ? id : 0;
}

/** Checked build: refuses what is not a live object. */
export function checkLive(object: usize): void {
  if (CHECK) assert(typeIdAt(object) != 0, "this is not the address of a live object: it was freed, or never was one");
}
