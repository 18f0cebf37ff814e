// Marking the whole heap, in address order, over two bitmaps.
//
// `marked` in alloc/bitmap.ts means reachable, `scanned` that its slots have been marked. A pass
// goes through the bitmaps word by word and scans what is marked and not scanned, so memory streams in;
// marking an object sets a bit and does not touch the object. An edge to a higher address is met later
// in the same pass. One to a lower address goes on a short stack, drained after the pass. When the
// stack is full the edge is dropped: the bits remember it, and another pass finds it.
//
// Roots are all holders that are not slots of ordinary objects: outside references, immortals, the slots
// that dying objects still hold, and those of frozen objects.

import { FLAG_DYING, FLAG_HAS_WEAKREFS, FLAG_OLD, KIND_WEAKMAP, PAGE_SHIFT, PAYLOAD_OFFSET } from "../layout";
import {
  PAGE_BITMAP_WORDS,
  SCANNED,
  bitsOfPage,
  clearBits,
  isMarked,
  mark,
  markScanned,
  setMark,
} from "../alloc/bitmap";
import { PAGE_LARGE, PAGE_SPAN, Page, pageAt, prefixOf } from "../alloc/page";
import { control } from "../control";
import { hasFlag, infoOf, isTracked, rootsFieldOf } from "../object/header";
import { allSlots, allSlotsEnd, isPlain, slotsEnd, slotsOf } from "../object/slots";
import { Type, hasLinks, typeOf } from "../object/type";
import { firstEntry, firstEntryOf, keyOf, mapOf, nextEntryOf, olderEntry } from "../heap/ephemeron";
import { isFrozen } from "../heap/generations";
import { MARK_STACK_WORDS } from "../heap/snapshot";
import { untrackIfAtoms } from "../heap/tracking";
import { firstObject, nextObject } from "../heap/walk";

/** Marks everything that is reachable. Returns how many tracked objects it met that are not frozen. */
export function markReachable(): u32 {
  clearBits(control.firstPage, control.endPage - control.firstPage);
  control.frozenMet = 0;
  // Only inside a hook is anything dying.
  if (control.nesting | (control.frozenUpTo != 0 ? 1 : 0)) markFromOdd();
  control.markedTracked = 0;
  let isFirst = true;
  do {
    control.markOverflow = 0;
    drain(scanInOrder(isFirst));
    isFirst = false;
  } while (control.markOverflow);
  return control.markedTracked;
}

/**
 * One pass: scans in address order what is marked and not scanned; the first one marks what is held from outside when
 * it gets there. Returns the top of the stack it filled.
 */
function scanInOrder(isFirst: bool): usize {
  let stack = <usize>control.markStack;
  let tracked: u32 = 0;
  for (let number = control.firstPage, end = control.endPage; number < end;) {
    const page = pageAt(number);
    const state = page.state;
    const after = number + page.span;
    if (state != PAGE_SPAN && state != PAGE_LARGE) {
      number = after;
      continue;
    }
    if (isFirst) markRoots(number, page);
    for (; number < after; number++) {
      const bits = bitsOfPage(number);
      for (let word: u32 = 0; word < PAGE_BITMAP_WORDS; word++) {
        const at = bits + (word << 3);
        let scanned = load<u64>(at, SCANNED);
        let grey = load<u64>(at) & ~scanned;
        if (!grey) continue;
        const start = ((<usize>number) << PAGE_SHIFT) + (word << 9);
        do {
          const object = start + ((<usize>ctz(grey)) << 3);
          scanned |= grey & (0 - grey);
          // What lies ahead this pass will come to, and to what is in this word at once.
          stack = scan(object, stack, start - 1);
          if (isTracked(object)) tracked++;
          grey = load<u64>(at) & ~scanned;
        } while (grey);
        store<u64>(at, scanned, SCANNED);
      }
    }
  }
  control.markedTracked += tracked;
  return stack;
}

/** Marks the blocks of a span, or the one of a run of its own, that are held from outside. */
function markRoots(number: u32, page: Page): void {
  let object = ((<usize>number) << PAGE_SHIFT) + prefixOf(page.kind);
  if (page.state == PAGE_LARGE) {
    if (rootsFieldOf(object)) mark(object);
    return;
  }
  const size = <usize>page.blockSize;
  for (const end = <usize>page.fresh; object < end; object += size) if (rootsFieldOf(object)) mark(object);
}

/** Scans what is on the stack, and what that leads to, depth first. */
function drain(stack: usize): void {
  while (stack > <usize>control.markStack) {
    stack -= 4;
    const object = <usize>load<u32>(stack);
    if (!markScanned(object)) continue;
    stack = scan(object, stack, usize.MAX_VALUE);
    if (isTracked(object)) control.markedTracked++;
  }
}

/**
 * Marks what the object refers to, and pushes of it what is new and not beyond `last`. Returns the top of
 * the stack. Inlined, because a call an object shows in `npm run bench:depth`.
 */
@inline
function scan(object: usize, stack: usize, last: usize): usize {
  const type = typeOf(object);
  if (hasFlag(object, FLAG_HAS_WEAKREFS)) stack = scanEntriesOf(object, stack, last);
  if (!hasLinks(type)) return stack;
  if (!isPlain(type)) {
    if (isTracked(object)) untrackIfAtoms(object, type);
    if (type.kind == KIND_WEAKMAP) stack = scanEntriesIn(object, stack, last);
  }
  // No DYING object is reachable, so these are all its slots.
  for (let slot = allSlots(object, type), end = allSlotsEnd(object, type); slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (child) stack = reach(child, stack, last);
  }
  return stack;
}

/** Marks an object, and pushes it if it is new and not beyond `last`. */
@inline
function reach(object: usize, stack: usize, last: usize): usize {
  if (!setMark(object) || object > last) return stack;
  if (stack == <usize>control.markStack + (MARK_STACK_WORDS << 2)) {
    control.markOverflow = 1;
    return stack;
  }
  store<u32>(stack, <u32>object);
  return stack + 4;
}

function reachEntry(entry: usize, stack: usize, last: usize): usize {
  return reach(entry, stack, last);
}

/** The entries of which a reached object is the key, if their map is reached as well. */
function scanEntriesOf(key: usize, stack: usize, last: usize): usize {
  for (let entry = firstEntryOf(key); entry; entry = nextEntryOf(entry)) {
    if (isMarked(mapOf(entry))) stack = reachEntry(entry, stack, last);
  }
  return stack;
}

/** The entries of a reached map, if their key is reached as well. */
function scanEntriesIn(map: usize, stack: usize, last: usize): usize {
  for (let entry = firstEntry(map); entry; entry = olderEntry(entry)) {
    if (isMarked(keyOf(entry))) stack = reachEntry(entry, stack, last);
  }
  return stack;
}

/** Marks what dying and frozen objects hold, in one walk over all objects. */
function markFromOdd(): void {
  for (let object = firstObject(); object; object = nextObject(object)) {
    const info = infoOf(object);
    if (info & FLAG_DYING) markSlots(object, typeOf(object));
    else if (info & FLAG_OLD && isFrozen(object)) markFrozen(object);
  }
}

/** A frozen object is alive whatever holds it: it is scanned at once, and not again. */
function markFrozen(object: usize): void {
  control.frozenMet++;
  mark(object);
  markScanned(object);
  const type = typeOf(object);
  markSlots(object, type);
  // With an empty stack that takes nothing, reaching is marking.
  if (hasFlag(object, FLAG_HAS_WEAKREFS)) scanEntriesOf(object, 0, 0);
  if (type.kind == KIND_WEAKMAP) scanEntriesIn(object, 0, 0);
}

function markSlots(object: usize, type: Type): void {
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) mark(child);
  }
}
