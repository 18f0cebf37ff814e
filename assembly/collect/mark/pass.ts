// Passes over the bitmaps, in address order, that go in steps. Between two of them pages may come, go, and serve
// other blocks: what stands there then was born after the snapshot, and need not be met.

import {
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  PAYLOAD_OFFSET,
  TYPE_DIES_QUIETLY,
  TYPE_MASK,
  PAGE_SHIFT,
  PAGE_SIZE,
  PHASE_DRAINING,
  PHASE_WALKING,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
} from "../../layout";
import { PAGE_BITMAP_WORDS, SCANNED, bitsOfPage, mark, setMark } from "../../memory/bits";
import { PAGE_FREE, PAGE_INSIDE, PAGE_LARGE, PAGE_SPAN, Page, pageAt, pageOf, prefixOf } from "../../memory/page";
import { control } from "../../control";
import { birthOf, hasFlag, infoOf } from "../../object/header";
import { isFrozen } from "../../heap/generations";
import { typeAt } from "../../object/type";
import { MARK_STACK_WORDS } from "../../heap/barrier";
import { JUMP_UNITS, OBJECT_UNITS, PART, scanSlots } from "./scan";

/** Units of work: a page, and a word of its bitmaps; and of so many blocks looked at for roots one unit each. */
const PAGE_UNITS: i32 = 4;
const WORD_UNITS: i32 = 1;
const BLOCKS_PER_UNIT: u32 = 4;
/** What the slots of a struct take, by its size: 16 bytes a unit. */
const BYTES_PER_UNIT_SHIFT: u32 = 4;

/** What is a root: held from outside, or dying, and so holding its slots until they are dropped. */
const ROOT: u32 = (ROOTS_SATURATED << ROOTS_SHIFT) | FLAG_DYING;

/** A walk or a pass begins. */
export function startWalk(): void {
  control.walkPage = control.firstPage;
  control.cursor = control.firstPage << PAGE_SHIFT;
}

/** Goes to the start of a page; behind all addresses if there is none. */
export function goTo(number: u32): void {
  control.walkPage = number;
  control.cursor = number >>> (32 - PAGE_SHIFT) ? u32.MAX_VALUE : number << PAGE_SHIFT;
}

/** Goes on with a pass by a page at most. The first pass marks what is held from outside when it gets there. */
export function passOn(): void {
  const number = control.walkPage;
  if (number >= control.endPage) {
    control.cursor = u32.MAX_VALUE;
    control.phase = max<u32>(control.phase, PHASE_DRAINING);
    return;
  }
  control.work -= PAGE_UNITS;
  const page = pageAt(number);
  const state = page.state;
  if (state != PAGE_SPAN && state != PAGE_LARGE && state != PAGE_INSIDE) {
    goTo(state == PAGE_FREE ? number + 1 : number + page.span);
    return;
  }
  const start = number << PAGE_SHIFT;
  if (control.phase == PHASE_WALKING && control.cursor == start && state != PAGE_INSIDE) markRoots(start, page);
  if (state == PAGE_LARGE) {
    if (passWords(start, 1, PART)) goTo(number + page.span);
  } else {
    const jump = control.phase == PHASE_WALKING ? 0 : JUMP_UNITS;
    const units = OBJECT_UNITS + ((<u32>pageOf(start).blockSize) >>> BYTES_PER_UNIT_SHIFT) + jump;
    if (passWords(start, PAGE_BITMAP_WORDS, units)) goTo(number + 1);
  }
}

/**
 * Scans what is marked and not scanned of a page, from the cursor on. False if that is not all: there is no work left in
 * the step, or an object to be scanned in parts. `units`: what one takes about that is not.
 */
function passWords(start: u32, words: u32, units: i32): bool {
  const snapshot = control.snapshot;
  const bits = bitsOfPage(start >>> PAGE_SHIFT);
  const end = start + (words << 9);
  let cursor = control.cursor & ~511;
  let top = control.markTop;
  const limit = control.markStack + (MARK_STACK_WORDS << 2);
  do {
    const at = bits + ((cursor & 0xffff) >>> 6);
    const before = load<u64>(at, SCANNED);
    let scanned = before;
    let grey = load<u64>(at) & ~scanned;
    control.work -= WORD_UNITS;
    while (grey) {
      // All that is known by now, and then what that has marked: to look again after each would wait for its marks.
      scanned |= grey;
      do {
        const object = <usize>cursor + ((<usize>ctz(grey)) << 3);
        grey &= grey - 1;
        const info = infoOf(object);
        const type = typeAt(info & TYPE_MASK);
        if ((info & (FLAG_OLD | FLAG_HAS_WEAKREFS)) != FLAG_OLD || !(type.flags & TYPE_DIES_QUIETLY)) {
          control.markedOld--;
          control.cursor = cursor;
          control.markTop = top;
          scanSlots(object);
          top = control.markTop;
          if (control.partial) {
            control.cursor = <u32>object;
            store<u64>(at, scanned & ~grey, SCANNED);
            control.markedOld += <u32>popcnt((scanned & ~grey) ^ before);
            return false;
          }
        } else if (birthOf(object) < snapshot) {
          const bytes = type.slots << 2;
          if (top + bytes > limit) {
            top -= bytes;
            control.markOverflow = 1;
          }
          const first = object + PAYLOAD_OFFSET;
          for (let slot = first, end = first + bytes; slot < end; slot += 4) {
            const child = load<u32>(slot);
            if (!child || !setMark(child)) continue;
            store<u32>(top, child);
            top += (<u32>(child < cursor)) << 2;
          }
        } else control.markedOld--;
      } while (grey);
      grey = load<u64>(at) & ~scanned;
    }
    if (scanned != before) {
      const passed = <u32>popcnt(scanned ^ before);
      store<u64>(at, scanned, SCANNED);
      control.markedOld += passed;
      control.work -= passed * units;
    }
    cursor += 512;
  } while (cursor != end && control.work > 0);
  control.markTop = top;
  control.cursor = cursor;
  return cursor == end;
}

/** Marks what of a run is held from outside. */
function markRoots(start: u32, page: Page): void {
  const first = start + prefixOf(page.kind);
  const isLarge = page.state == PAGE_LARGE;
  const size: u32 = isLarge ? PAGE_SIZE : page.blockSize;
  const end: u32 = isLarge ? first + 1 : page.fresh;
  for (let object = first; object < end; object += size) if (infoOf(object) & ROOT) mark(object);
  if (control.frozenUpTo) markFrozen(first, size, end);
  control.work -= (end - first) / (size * BLOCKS_PER_UNIT);
}

/** What is frozen is alive whatever holds it. */
function markFrozen(object: u32, size: u32, end: u32): void {
  for (; object < end; object += size) {
    if (!hasFlag(object, FLAG_OLD) || !isFrozen(object)) continue;
    control.frozenMet++;
    mark(object);
  }
}
