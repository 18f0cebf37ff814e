// The walk of a cycle over its garbage, in address order and in steps. Between two steps, and whenever a visit runs
// user code, pages may be freed and reused for other blocks. Blocks that are there then are not garbage.

import { PHASE_GATHERING } from "../../layout";
import { markedWord } from "../../memory/bits";
import { blockFrom, endOfBlocks, firstBlockOf, hasBlocks, startsOf, strideOf } from "../../memory/blocks-of";
import { BLOCK_LEAF, PAGE_FREE, PAGE_INSIDE, Page, pageAt } from "../../memory/page";
import { control } from "../../control";
import { infoOf, refcountOf } from "../../object/header";
import { isDecidedDead } from "../../heap/barrier";
import { goTo } from "../mark/pass";
import { runWaiting } from "../../death/death";
import { canRunHooks, isAnythingWaiting } from "../../death/hooks";
import { sweep, sweepPart } from "../../death/sweeping";
import { gather, save } from "./pending";

/** Units of work: a page, a word of its bitmap, and a block that is not marked. */
const PAGE_UNITS: i32 = 4;
const WORD_UNITS: i32 = 1;
const UNMARKED_UNITS: i32 = 3;

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
  const size = strideOf(page);
  const end = endOfBlocks(page);
  let object = blockFrom(control.cursor, firstBlockOf(number, page), size);
  const starts = startsOf(size);
  while (object < end) {
    control.work -= WORD_UNITS;
    const here = starts << ((object >>> 3) & 63);
    // Marked objects are not read: the bits lie closer together than the objects do.
    for (let rest = here & ~load<u64>(markedWord(object)); rest; rest &= rest - 1) {
      const dead = (object & ~511) + ((<usize>ctz(rest)) << 3);
      if (dead >= end) break;
      control.work -= UNMARKED_UNITS;
      if (!isDecidedDead(dead, infoOf(dead))) continue;
      if (control.phase == PHASE_GATHERING) {
        if (!gather(dead)) continue;
        control.cursor = <u32>dead + 8;
        return false;
      }
      // An object without references dies like it would without a collection.
      if (control.savesGarbage && refcountOf(dead)) {
        save(dead);
        continue;
      }
      const isDone = sweep(dead);
      if (isDone && !isAnythingWaiting()) continue;
      control.cursor = <u32>(isDone ? dead + 8 : dead);
      return false;
    }
    object += <usize>popcnt(here) * size;
    if (control.work <= 0) break;
  }
  control.cursor = <u32>object;
  return object >= end;
}
