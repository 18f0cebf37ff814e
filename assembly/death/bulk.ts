// Garbage that dies without a word: neither it nor what dies with it has a finalizer or a weak reference, so
// there is no order to keep, and nobody to see that for a while slots lead to what is gone. Each object
// drops only what it holds outside of the garbage, and goes.

import {
  FLAG_COLLECTING,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  FLAG_OLD,
  PAYLOAD_OFFSET,
  TYPE_BUFFER,
  TYPE_DIES_SILENTLY,
  TYPE_MASK,
  TYPE_STR,
} from "../layout";
import { isMarked, markedIn } from "../memory/bits";
import { endGiving, freeBlock, giveToSpan, renewSpan } from "../memory/blocks";
import { endOfBlocks, firstBlockOf, hasBlocks, strideOf } from "../memory/blocks-of";
import { BLOCK_LINKED, PAGE_INSIDE, PAGE_LARGE, Page, pageAt, usedOf } from "../memory/page";
import { CHECK } from "../check";
import { control } from "../control";
import { infoOf, nextOf, refcountOf } from "../object/header";
import { clearList } from "../object/links";
import { allSlots, allSlotsEnd, isPlain } from "../object/references";
import { Type, hasLinks, typeAt, typeOf } from "../object/type";
import { endDeaths } from "./death";
import { freeBuffer } from "./end";
import { killLeaf } from "./leaf";
import { defer, deferCallbacks } from "./hooks";
import { forgetInterned } from "../values/intern";
import { dropSlot } from "../heap/count";
import { uncountOldTogether } from "../heap/generations";
import { firstObject, nextObject } from "../heap/walk";

/** Frees the objects of a list, which are silent garbage, COLLECTING as nothing else is. Returns how many there were. */
export function freeTogether(list: usize): u32 {
  dropOutsiders(list);
  let count: u32 = 0;
  let object = nextOf(list);
  while (object != list) {
    const next = nextOf(object);
    const type = typeOf(object);
    if (!isPlain(type)) freeBuffer(object, type);
    freeBlock(object);
    count++;
    object = next;
  }
  clearList(list);
  endDeaths();
  return count;
}

/** Drops what the garbage holds outside of itself. What dies of it is deferred: its death may run hooks. */
function dropOutsiders(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    const type = typeOf(object);
    for (let slot = allSlots(object, type), end = allSlotsEnd(object, type); slot < end; slot += 4) {
      const child = <usize>load<u32>(slot);
      if (!child || infoOf(child) & FLAG_COLLECTING || !dropSlot(child)) continue;
      if (hasLinks(typeOf(child))) defer(child);
      else deferCallbacks(killLeaf(child));
    }
  }
}

/** Whether what a full marking has not marked is silent. */
export function isUnmarkedSilent(): bool {
  if (!control.hasHooks) return true;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const info = infoOf(object);
    const isLoud = info & FLAG_HAS_WEAKREFS || !(typeAt(info & TYPE_MASK).flags & TYPE_DIES_SILENTLY);
    if (isLoud && refcountOf(object) && !isMarked(object)) return false;
  }
  return true;
}

/** Frees all that a full marking has not marked, which is silent. Returns how many of it were tracked, and so old. */
export function sweep(): u32 {
  let old: u32 = 0;
  let number = control.firstPage;
  while (number < control.endPage) {
    const page = pageAt(number);
    // Pages that were given back meanwhile may have become others.
    const span: u32 = page.state == PAGE_INSIDE ? 1 : page.span;
    if (hasBlocks(page) && usedOf(page)) {
      const marked = markedIn(number, span);
      if (marked != usedOf(page)) old += sweepSpan(number, page, marked == 0);
    }
    number += span;
  }
  uncountOldTogether(old);
  return old;
}

/** `isUnmarked`: there are no marks in the span. */
function sweepSpan(number: u32, page: Page, isUnmarked: bool): u32 {
  const isLarge = page.state == PAGE_LARGE;
  const first = firstBlockOf(number, page);
  const end = endOfBlocks(page);
  const size = strideOf(page);
  const before = page.used;
  // Then all goes, and need not be put on the free list.
  const isWhole = isUnmarked && !isLarge && page.kind == BLOCK_LINKED && !control.nesting && !CHECK;
  let old: u32 = 0;
  for (let object = first; object < end; object += size) {
    if (!isDead(object, isUnmarked)) continue;
    const info = infoOf(object);
    const type = typeAt(info & TYPE_MASK);
    dropMarked(allSlots(object, type), allSlotsEnd(object, type));
    if (!isPlain(type)) freeBuffer(object, type);
    if (info & FLAG_INTERNED && (info & TYPE_MASK) == TYPE_STR) forgetInterned(object);
    old += (info / FLAG_OLD) & 1;
    if (isLarge) {
      freeBlock(object);
      return old;
    }
    if (!isWhole) giveToSpan(object, page);
  }
  if (isWhole) renewSpan(first, page);
  control.freedBytes += (before - page.used) * size;
  if (before != page.used) endGiving(page);
  return old;
}

/** Whether an unmarked object is here, and not in the middle of a death. */
@inline
function isDead(object: usize, isUnmarked: bool): bool {
  const isObject = (infoOf(object) & TYPE_MASK) > <u32>TYPE_BUFFER;
  return isObject && (isUnmarked || !isMarked(object)) && refcountOf(object) != 0;
}

/** Drops what the slots hold that lives on. */
@inline
function dropMarked(slot: usize, end: usize): void {
  for (; slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (child && isMarked(child)) dropSlot(child);
  }
}
