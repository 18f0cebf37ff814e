// The pass over all pages, and the scanning of grey parts of pages: word by word of the bitmaps, in address order, in
// steps. Between two steps pages may be freed and serve other blocks. Objects that are there then were born after the
// snapshot, and need not be met.

import {
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  PAGE_SHIFT,
  PAGE_SIZE,
  PAYLOAD_OFFSET,
  PHASE_DRAINING,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  TYPE_DIES_PLAINLY,
  TYPE_MASK,
} from "../../layout";
import { endOfBlocks, firstBlockOf, strideOf } from "../../memory/blocks-of";
import { PAGE_BITMAP_WORDS, SCANNED, bitsOfPage, mark, markUnforeseen, maskOf } from "../../memory/bits";
import { PAGE_FREE, PAGE_INSIDE, PAGE_LARGE, PAGE_SPAN, Page, pageAt, pageOf, usedOf } from "../../memory/page";
import { CHECK } from "../../check";
import { control } from "../../control";
import { birthOf, hasFlag, infoOf } from "../../object/header";
import { typeAt } from "../../object/type";
import { MARK_STACK_WORDS } from "../../heap/barrier";
import { isFrozen } from "../../heap/generations";
import { GREY_PART_SIZE, isLeafPage, spill } from "../../heap/grey";
import { JUMP_UNITS, OBJECT_UNITS, PART, scanSlots } from "./scan";

/**
 * Units of work: for a page, and for a word of its bitmaps. One unit pays for reading BLOCKS_PER_UNIT blocks for roots.
 */
const PAGE_UNITS: i32 = 4;
const WORD_UNITS: i32 = 1;
/** Units to take a grey part of a page: its bitmaps, and its page's descriptor, are not in the cache. */
const PART_UNITS: i32 = 40;
const BLOCKS_PER_UNIT: u32 = 2;
/** Units for the slots of a struct, estimated by its size: one for each 16 bytes. */
const BYTES_PER_UNIT_SHIFT: u32 = 4;

/** Bits of `info` that make an object a root: outside references, or dying. */
const ROOT: u32 = (ROOTS_SATURATED << ROOTS_SHIFT) | FLAG_DYING;

/** Begins a walk over all pages. */
export function startWalk(): void {
  control.walkPage = control.firstPage;
  control.cursor = control.firstPage << PAGE_SHIFT;
}

/** Moves the walk to the start of a page; behind all addresses if there is no such page. */
export function goTo(number: u32): void {
  control.walkPage = number;
  control.cursor = number >>> (32 - PAGE_SHIFT) ? u32.MAX_VALUE : number << PAGE_SHIFT;
}

/** Continues the pass by at most a page: marks the page's roots when it begins the page, and scans grey objects. */
export function walkPage(): void {
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
  if (control.cursor == start && state != PAGE_INSIDE) markRoots(start, page);
  const end = isLeafPage(start) ? start : endOfBits(start, state);
  const at = start == end ? end : scanWords(control.cursor & ~511, end, 0);
  if (at == end) goTo(state == PAGE_LARGE ? number + page.span : number + 1);
  else control.cursor = at;
}

/** Where the bits of a page end: the one object of a large block begins in its first word. */
function endOfBits(start: u32, state: u32): u32 {
  return start + (state == PAGE_LARGE ? 512 : PAGE_SIZE);
}

/** Begins to scan a grey part of a page. */
export function startGreyPart(start: usize): void {
  control.work -= PART_UNITS;
  control.greyCursor = <u32>start;
}

/** Continues with the grey part, unless its page has been freed. */
export function scanGreyPart(): void {
  const cursor = control.greyCursor;
  const page = cursor & ~(PAGE_SIZE - 1);
  const state = pageAt(page >>> PAGE_SHIFT).state;
  control.greyCursor = 0;
  // This only saves time: `givePages` has cleared the bits of a freed page, so nothing there would be scanned.
  if (state != PAGE_SPAN && state != PAGE_LARGE && state != PAGE_INSIDE) return;
  const end = min((cursor | (GREY_PART_SIZE - 1)) + 1, endOfBits(page, state));
  const at = scanWords(cursor & ~511, end, end);
  if (at != end) control.greyCursor = at;
}

/**
 * Scans the grey objects whose bits are in the words of [at, end), all in one page. Returns where to continue: `end`, or
 * an earlier word if the step has no work left, or an object must be scanned in parts. Objects marked from the current
 * word up to `met` are reached later anyway, and need no place on the stack (0 = up to the end of memory: in the
 * pass).
 */
function scanWords(at: u32, end: u32, met: u32): u32 {
  // A large block, whose one object begins in the first word, may have taken the place of a page that was half scanned.
  if (at >= end) return end;
  const isPass = met == 0;
  const start = at & ~(PAGE_SIZE - 1);
  const bits = bitsOfPage(start >>> PAGE_SHIFT);
  const snapshot = control.snapshot;
  const units = OBJECT_UNITS + ((<u32>pageOf(start).blockSize) >>> BYTES_PER_UNIT_SHIFT) + (isPass ? 0 : JUMP_UNITS);
  const isDense = isPass && isMostlyMarked(at, end);
  const limit = control.markStack + (MARK_STACK_WORDS << 2);
  let top = control.markTop;
  let left = control.work;
  // Above this, the stack has what was reached since the part of the page began.
  let below = top;
  // At least one word. Otherwise a step that the roots of a page use up would begin that page again forever.
  do {
    const word = bits + ((at - start) >>> 6);
    const before = load<u64>(word, SCANNED);
    let scanned = before;
    // The word of the marked bits: while it is in a variable, marking a neighbour waits for no store.
    let marked = load<u64>(word);
    let grey = marked & ~scanned;
    left -= WORD_UNITS;
    while (grey) {
      // All objects that are grey now, and then those that these have made grey.
      scanned |= grey;
      do {
        const object = <usize>at + ((<usize>ctz(grey)) << 3);
        grey &= grey - 1;
        const info = infoOf(object);
        const type = typeAt(info & TYPE_MASK);
        if ((info & (FLAG_OLD | FLAG_HAS_WEAKREFS)) != FLAG_OLD || !(type.flags & TYPE_DIES_PLAINLY)) {
          control.markedOld--;
          if (isPass) control.cursor = at;
          control.markTop = top;
          store<u64>(word, marked);
          store<u64>(word, scanned & ~grey, SCANNED);
          control.work = left;
          scanSlots(object);
          left = control.work;
          top = control.markTop;
          marked = load<u64>(word);
          if (control.partial) {
            control.markedOld += <u32>popcnt((scanned & ~grey) ^ before);
            return <u32>object;
          }
        } else if (birthOf(object) < snapshot) {
          const bytes = type.slots << 2;
          if (top + bytes > limit) {
            control.markTop = top;
            spill();
            top = control.markTop;
          }
          const first = object + PAYLOAD_OFFSET;
          for (let slot = first, last = first + bytes; slot < last; slot += 4) {
            const child = load<u32>(slot);
            if (child - at < 512) marked |= maskOf(child);
            else if (child) {
              let isNew: u32 = 1;
              if (!isDense) isNew = markUnforeseen(child);
              else if (!mark(child)) continue;
              store<u32>(top, child);
              top += (isNew & (<u32>(child - at >= met - at))) << 2;
            }
          }
        } else control.markedOld--;
      } while (grey);
      grey = marked & ~scanned;
    }
    if (scanned != before) {
      const passed = <u32>popcnt(scanned ^ before);
      if (CHECK) assert((load<u64>(word) & ~marked) == 0, "an object was marked behind the back of the pass");
      store<u64>(word, marked);
      store<u64>(word, scanned, SCANNED);
      control.markedOld += passed;
      left -= passed * units;
    }
    at += 512;
    if (left > 0 && (at == end || !(at & (GREY_PART_SIZE - 1)))) {
      if (top > below) {
        control.markTop = top;
        const lowest = takeBehind(below, (at - 1) & ~(GREY_PART_SIZE - 1));
        top = control.markTop;
        if (lowest) at = lowest & ~511;
      }
      below = top;
    }
  } while (at != end && left > 0);
  control.work = left;
  control.markTop = top;
  return at;
}

/**
 * Takes those objects off the stack, from `below` to its top, that lie in the part that has just been scanned. Returns the
 * lowest of them; 0 = there is none. So the part is scanned again from there, while it is in the cache: each time finds
 * at least one object, and reads at most 16 words of either bitmap.
 */
function takeBehind(below: u32, part: u32): u32 {
  let lowest: u32 = u32.MAX_VALUE;
  let kept = below;
  for (let at = below, top = control.markTop; at < top; at += 4) {
    const object = load<u32>(at);
    if (object - part < GREY_PART_SIZE) lowest = min(lowest, object);
    else {
      store<u32>(kept, object);
      kept += 4;
    }
  }
  control.markTop = kept;
  return lowest + 1 ? lowest : 0;
}

/**
 * Whether most blocks in use are marked of those in [at, end), a part of a page. What refers to most objects has been
 * scanned then, and a reference most likely leads to a marked object.
 */
function isMostlyMarked(at: u32, end: u32): bool {
  const page = pageOf(at);
  const used = <u32>((<u64>usedOf(page) * (end - at)) / ((<u32>page.span) << PAGE_SHIFT));
  const bits = bitsOfPage(at >>> PAGE_SHIFT) + ((at & (PAGE_SIZE - 1)) >>> 6);
  let marked: u32 = 0;
  for (let word = bits, last = bits + ((end - at) >>> 6); word < last; word += 8)
    marked += <u32>popcnt(load<u64>(word));
  return marked >= used - (used >>> 3);
}

/** Marks the objects of a run that are held from outside. */
function markRoots(start: u32, page: Page): void {
  const first = <u32>firstBlockOf(start >>> PAGE_SHIFT, page);
  const end = <u32>endOfBlocks(page);
  const size = strideOf(page);
  let object = first;
  // Few objects are roots, so four are asked at once.
  for (const four: u32 = 4 * size; end - object >= four; object += four) {
    const infos = infoOf(object) | infoOf(object + size) | infoOf(object + 2 * size) | infoOf(object + 3 * size);
    if (infos & ROOT) for (let i: u32 = 0; i < four; i += size) markRoot(object + i);
  }
  for (; object < end; object += size) markRoot(object);
  if (control.frozenUpTo) markFrozen(first, size, end);
  control.work -= (end - first) / (size * BLOCKS_PER_UNIT);
}

function markRoot(object: usize): void {
  if (infoOf(object) & ROOT) mark(object);
}

/** Marks the frozen objects of a run. They are alive whatever holds them. */
function markFrozen(object: u32, size: u32, end: u32): void {
  for (; object < end; object += size) {
    if (!hasFlag(object, FLAG_OLD) || !isFrozen(object)) continue;
    mark(object);
  }
}
