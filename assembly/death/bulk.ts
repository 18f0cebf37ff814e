// Garbage without hooks dies in bulk. Either neither the garbage nor the objects that die with it have finalizers or weak
// references; or, with bounded pauses, its own finalizers have run, and all other hooks are deferred. So no order must be
// kept, and no user code can see slots that lead to freed memory. Each object drops only its references out of the
// garbage, and is freed.

import {
  FLAG_COLLECTING,
  FLAG_HAS_WEAKREFS,
  FLAG_INTERNED,
  FLAG_OLD,
  KIND_WEAKMAP,
  TYPE_BUFFER,
  TYPE_HAS_NO_HOOKS,
  TYPE_MASK,
  TYPE_STR,
  TYPE_WEAKREF,
} from "../layout";
import { isMarked, markedIn, markedWord } from "../memory/bits";
import { endGiving, freeBlock, giveToSpan, renewSpan } from "../memory/blocks";
import { endOfBlocks, firstBlockOf, hasBlocks, startsOf, strideOf } from "../memory/blocks-of";
import { BLOCK_LINKED, PAGE_INSIDE, PAGE_LARGE, Page, pageAt, usedOf } from "../memory/page";
import { CHECK } from "../check";
import { control } from "../control";
import { hasFlag, infoOf, nextOf, refcountOf, typeIdOf } from "../object/header";
import { clearList } from "../object/links";
import { allSlots, allSlotsEnd, isPlain } from "../object/references";
import { Type, hasLinks, typeAt, typeOf } from "../object/type";
import { endDeaths } from "./death";
import { endWeakref, freeBuffer } from "./end";
import { killLeaf } from "./leaf";
import { defer, deferCallbacks } from "./hooks";
import { forgetInterned } from "../values/intern";
import { CLEARING } from "../heap/barrier";
import { dropSlot } from "../heap/count";
import { uncountOldTogether } from "../heap/generations";
import { firstObject, nextObject } from "../heap/walk";
import { firstEntry, firstEntryOf, isEntry, releaseEntry } from "../weak/map";
import { clearWeakrefs } from "../weak/reference";

/**
 * Removes all weak references and entries of weak maps from the garbage of a list, whose hooks have run, so that it can
 * die in bulk. Callbacks of weak references that finalizers have made since are deferred.
 */
export function cutWeakLinks(list: usize): void {
  // From now on listings omit the garbage.
  control.clearing = CLEARING;
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    const type = typeOf(object);
    if (isEntry(object)) takeOut(object);
    for (let entry = firstEntryOf(object); entry; entry = firstEntryOf(object)) takeOut(entry);
    if (type.kind == KIND_WEAKMAP)
      for (let entry = firstEntry(object); entry; entry = firstEntry(object)) takeOut(entry);
    deferCallbacks(clearWeakrefs(object));
    if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);
  }
  control.clearing = 0;
}

/**
 * Removes an entry from its key and map. If it dies and is not garbage of this collection itself, it is deferred: then its
 * key or map is younger, because a finalizer resurrected it.
 */
function takeOut(entry: usize): void {
  if (releaseEntry(entry) && !hasFlag(entry, FLAG_COLLECTING)) defer(entry);
}

/**
 * Frees the objects of a list: garbage without hooks. Only these objects are COLLECTING. Returns their number.
 */
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
  control.count0 = max(control.count0 - <i32>count, 0);
  endDeaths();
  return count;
}

/**
 * Drops the references that lead out of the garbage. Objects that die are deferred, because their deaths may run
 * hooks.
 */
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

/** Whether the objects that a full marking has not marked have no hooks. */
export function isUnmarkedWithoutHooks(): bool {
  if (!control.hasHooks) return true;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const info = infoOf(object);
    const hasHook = info & FLAG_HAS_WEAKREFS || !(typeAt(info & TYPE_MASK).flags & TYPE_HAS_NO_HOOKS);
    if (hasHook && !isMarked(object)) return false;
  }
  return true;
}

/**
 * Frees everything that a full marking has not marked: garbage without hooks. Returns how many of the objects were old.
 */
export function sweep(): u32 {
  let old: u32 = 0;
  let number = control.firstPage;
  while (number < control.endPage) {
    const page = pageAt(number);
    // The page may be inside a run: pages that the sweep has freed may serve other runs by now.
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

/** Sweeps one run. `isUnmarked`: it has no marks. Returns how many of the objects were old. */
function sweepSpan(number: u32, page: Page, isUnmarked: bool): u32 {
  const isLarge = page.state == PAGE_LARGE;
  const first = firstBlockOf(number, page);
  const end = endOfBlocks(page);
  const size = strideOf(page);
  const before = page.used;
  // Then all blocks are freed together, without being put on the free list.
  const isWhole = isUnmarked && !isLarge && page.kind == BLOCK_LINKED && !CHECK;
  // Bytes from `first` on in which nothing is marked.
  const unmarkedBytes: usize = isUnmarked ? end - first : 0;
  const starts = startsOf(size);
  let old: u32 = 0;
  let block = first;
  while (block < end) {
    const here = starts << ((block >>> 3) & 63);
    // Marked objects are not read: the bits lie closer together than the objects do.
    for (let rest = here & ~load<u64>(markedWord(block)); rest; rest &= rest - 1) {
      const object = (block & ~511) + ((<usize>ctz(rest)) << 3);
      if (object >= end) break;
      const info = infoOf(object);
      // Free, or a buffer, which goes with its object.
      if ((info & TYPE_MASK) <= <u32>TYPE_BUFFER) continue;
      // Its death has not begun, because the dying are roots.
      if (CHECK) assert(refcountOf(object) != 0, "a marking has passed over a dying object");
      const type = typeAt(info & TYPE_MASK);
      dropMarked(allSlots(object, type), allSlotsEnd(object, type), first, unmarkedBytes);
      if (!isPlain(type)) freeBuffer(object, type);
      if (info & FLAG_INTERNED && (info & TYPE_MASK) == TYPE_STR) forgetInterned(object);
      old += (info / FLAG_OLD) & 1;
      if (isLarge) {
        freeBlock(object);
        return old;
      }
      if (!isWhole) giveToSpan(object, page);
    }
    block += <usize>popcnt(here) * size;
  }
  if (isWhole) renewSpan(first, page);
  control.freedBytes += (before - page.used) * size;
  if (before != page.used) endGiving(page);
  return old;
}

/** Drops the references to marked objects, which stay alive. Nothing is marked in the `unmarkedBytes` bytes at `first`. */
@inline
function dropMarked(slot: usize, end: usize, first: usize, unmarkedBytes: usize): void {
  for (; slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (child && child - first >= unmarkedBytes && isMarked(child)) dropSlot(child);
  }
}
