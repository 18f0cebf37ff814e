// Garbage that dies without a word: neither it nor what dies with it has a finalizer or a weak reference, so
// there is no order to keep, and nobody to see that for a while slots lead to what is gone. Each object
// drops only what it holds outside of the garbage, and goes.

import {
  FLAG_COLLECTING,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  FLAG_OLD,
  PAGE_SHIFT,
  SLOTS_BUFFER_OFFSET,
  TYPE_BUFFER,
  TYPE_DIES_SILENTLY,
  TYPE_MASK,
  TYPE_STR,
} from "../layout";
import { isMarked, markedIn } from "../alloc/bitmap";
import { endGiving, freeBlock, giveBlock, giveToSpan } from "../alloc/block";
import { BLOCK_LINKED, PAGE_INSIDE, PAGE_LARGE, PAGE_SPAN, Page, pageAt, prefixOf } from "../alloc/page";
import { control } from "../control";
import { infoOf, nextOf, refcountOf, setNext } from "../object/header";
import { clearList } from "../object/list";
import { allSlots, allSlotsEnd, hasBuffer } from "../object/slots";
import { Type, hasLinks, typeAt, typeOf } from "../object/type";
import { endDeaths, endLeaf, markDying } from "./death";
import { forgetInterned } from "./intern";
import { dropSlot } from "./refcount";
import { firstObject, nextObject } from "./walk";

/** Frees the objects of a list, which are silent garbage, COLLECTING as nothing else is. How many. */
export function dieTogether(list: usize): u32 {
  const deaths = dropOutsiders(list);
  let count: u32 = 0;
  let object = nextOf(list);
  while (object != list) {
    const next = nextOf(object);
    freeBuffer(object, typeOf(object));
    giveBlock(object);
    count++;
    object = next;
  }
  clearList(list);
  endDeaths(deaths);
  return count;
}

/** Drops what the garbage holds outside of itself. Returns a chain of what has to die of it. */
function dropOutsiders(list: usize): usize {
  let first: usize = 0;
  let last: usize = 0;
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    const type = typeOf(object);
    for (let slot = allSlots(object, type), end = allSlotsEnd(object, type); slot < end; slot += 4) {
      const child = <usize>load<u32>(slot);
      if (!child || infoOf(child) & FLAG_COLLECTING || !dropSlot(child)) continue;
      const childType = typeOf(child);
      if (!hasLinks(childType)) {
        endLeaf(child);
        continue;
      }
      // Hooks may run when it dies, so that is for later.
      markDying(child, childType);
      setNext(child, 0);
      if (last) setNext(last, child);
      else first = child;
      last = child;
    }
  }
  return first;
}


@inline
function freeBuffer(object: usize, type: Type): void {
  if (!hasBuffer(type)) return;
  const buffer = load<u32>(object + SLOTS_BUFFER_OFFSET);
  if (buffer) freeBlock(buffer);
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
  const before = control.oldCount;
  let number = control.firstPage;
  while (number < control.endPage) {
    const page = pageAt(number);
    const state = page.state;
    // Pages that were given back meanwhile may have become others.
    const span: u32 = state == PAGE_INSIDE ? 1 : page.span;
    if (state == PAGE_LARGE) {
      const object = ((<usize>number) << PAGE_SHIFT) + prefixOf(page.kind);
      if (isDead(object)) {
        prepare(object, page.kind);
        freeBlock(object);
      }
    } else if (state == PAGE_SPAN && page.used && markedIn(number, span) != page.used) sweepSpan(number, page);
    number += span;
  }
  return before - control.oldCount;
}

function sweepSpan(number: u32, page: Page): void {
  const size = <usize>page.blockSize;
  const end = <usize>page.fresh;
  const kind = page.kind;
  const before = page.used;
  for (let object = ((<usize>number) << PAGE_SHIFT) + prefixOf(kind); object < end; object += size) {
    if (!isDead(object)) continue;
    prepare(object, kind);
    giveToSpan(object, page);
  }
  control.freedBytes += (before - page.used) * <u32>size;
  if (before != page.used) endGiving(number, page);
}

/** Whether an unmarked object is here, and not in the middle of a death. */
@inline
function isDead(object: usize): bool {
  return (infoOf(object) & TYPE_MASK) > <u32>TYPE_BUFFER && !isMarked(object) && refcountOf(object) != 0;
}

/** All of a death but giving the block back. */
@inline
function prepare(object: usize, kind: u32): void {
  const info = infoOf(object);
  if (kind != BLOCK_LINKED) {
    if (info & FLAG_INTERNED && (info & TYPE_MASK) == TYPE_STR) forgetInterned(object);
    return;
  }
  const type = typeAt(info & TYPE_MASK);
  if (info & FLAG_OLD) control.oldCount--;
  for (let slot = allSlots(object, type), end = allSlotsEnd(object, type); slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (child && isMarked(child)) dropSlot(child);
  }
  freeBuffer(object, type);
}
