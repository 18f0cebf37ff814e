// The walk of a cycle over its garbage, in address order and in steps. Between two steps, and whenever a visit runs
// user code, pages may be freed and reused for other blocks. Blocks that are there then are not garbage.

import { PHASE_GATHERING, PHASE_SWEEPING } from "../../layout";
import { markedWord } from "../../memory/bits";
import { blockFrom, endOfBlocks, firstBlockOf, hasBlocks, startsOf, strideOf } from "../../memory/blocks-of";
import { BLOCK_LEAF, PAGE_FREE, PAGE_INSIDE, Page, pageAt } from "../../memory/page";
import { control } from "../../control";
import { infoOf, refcountOf } from "../../object/header";
import { isDecidedDead } from "../../heap/barrier";
import { goTo } from "../mark/pass";
import { runWaiting } from "../../death/death";
import { canRunHooks, isAnythingWaiting } from "../../death/hooks";
import { NEEDS_VISIT, sweepStructs } from "../../death/sweep-structs";
import { UNMARKED_UNITS, WORD_UNITS, sweep, sweepPart } from "../../death/sweeping";
import { gather, save } from "./pending";

/** Units of work for a page. */
const PAGE_UNITS: i32 = 4;

/** Visits garbage as long as there is work left in the step. True if the walk is over. */
export function walkOn(): bool {
  while (control.work > 0) {
    if (isAnythingWaiting() && canRunHooks()) {
      control.work = runWaiting(control.work);
      continue;
    }
    if (control.partial) {
      sweepPart();
      continue;
    }
    const number = control.walkPage;
    if (number >= control.endPage) return true;
    const page = pageAt(number);
    const state = page.state;
    control.work -= PAGE_UNITS;
    // If a run that began before this page has replaced another one since, its objects were born after the snapshot.
    if (state == PAGE_FREE || state == PAGE_INSIDE) goTo(number + 1);
    else {
      // Read before the visit: saving objects takes memory, and then descriptors may move.
      const next = number + page.span;
      if (!hasBlocks(page) || page.kind == BLOCK_LEAF || visitRun(number, page)) goTo(next);
    }
  }
  return false;
}

/** Visits the garbage of a run from the cursor on. True if the run is done. */
function visitRun(number: u32, page: Page): bool {
  const end = endOfBlocks(page);
  const at = blockFrom(control.cursor, firstBlockOf(number, page), strideOf(page));
  const isSimple = control.phase == PHASE_SWEEPING && !(control.frozenCount | control.savesGarbage);
  const next = at >= end ? at : isSimple ? sweepRun(at, end, page) : visitEach(at, end, page);
  control.cursor = <u32>next;
  return next >= end;
}

/**
 * Sweeps a run from the block `at` on. Returns the block to continue with: behind `end`, or an earlier one, if the step
 * has no work left, an object is swept in parts, or deaths wait.
 */
function sweepRun(at: usize, end: usize, page: Page): usize {
  const size = strideOf(page);
  do {
    at = sweepStructs(at, end, page);
    if (!(at & NEEDS_VISIT)) return at;
    at -= NEEDS_VISIT;
    if (!sweep(at)) return at;
    at += size;
  } while (at < end && control.work > 0 && !isAnythingWaiting());
  return at;
}

/** Like `sweepRun`, for GATHERING, and for sweeping when it takes more. It also returns if user code has run. */
function visitEach(at: usize, end: usize, page: Page): usize {
  const size = strideOf(page);
  const starts = startsOf(size);
  do {
    control.work -= WORD_UNITS;
    const here = starts << ((at >>> 3) & 63);
    // Marked objects are not read: the bits lie closer together than the objects do.
    for (let rest = here & ~load<u64>(markedWord(at)); rest; rest &= rest - 1) {
      const dead = (at & ~511) + ((<usize>ctz(rest)) << 3);
      if (dead >= end) break;
      control.work -= UNMARKED_UNITS;
      if (!isDecidedDead(dead, infoOf(dead))) continue;
      if (control.phase == PHASE_GATHERING) {
        if (gather(dead)) return dead + 8;
        continue;
      }
      // An object without references dies like it would without a collection.
      if (control.savesGarbage && refcountOf(dead)) {
        save(dead);
        continue;
      }
      if (!sweep(dead)) return dead;
      if (isAnythingWaiting()) return dead + 8;
    }
    at += <usize>popcnt(here) * size;
  } while (at < end && control.work > 0);
  return at;
}
