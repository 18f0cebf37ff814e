// The garbage of a bounded cycle that needs no more than dropping slots. Most garbage is of this kind: structs without
// finalizers and weak references. It dies in one loop over a run of pages; sweeping.ts has the rules, and the visit for
// all other objects.
//
// What the loop counts goes to the books when it ends, and so does the run's place in the list of its class. Nothing
// allocates or runs user code meanwhile.

import { FLAG_HAS_WEAKREFS, FLAG_OLD, PAYLOAD_OFFSET, TYPE_MASK } from "../layout";
import { isMarked, markedWord } from "../memory/bits";
import { endGiving, giveToSpan } from "../memory/blocks";
import { firstBlockOf, startsOf, strideOf } from "../memory/blocks-of";
import { Page, runOf } from "../memory/page";
import { control } from "../control";
import { birthOf, infoOf, refcountOf } from "../object/header";
import { typeAt } from "../object/type";
import { dropSlot } from "../heap/count";
import { uncountOldTogether } from "../heap/generations";
import { isAnythingWaiting } from "./hooks";
import { STRUCT, structEnd } from "./struct";
import { DROP_UNITS, UNMARKED_UNITS, WORD_UNITS, dropDead } from "./sweeping";

/** A bit of what `sweepStructs` returns. Addresses of objects do not have it. */
export const NEEDS_VISIT: usize = 1;

/**
 * Visits the garbage of a run from the block `at` on, up to the first object that is no such struct. Returns the address
 * of that object, plus NEEDS_VISIT; or the block to continue with, if the step has no work left, or a death waits; or
 * an address behind `end`.
 *
 * Only while no object is frozen.
 */
export function sweepStructs(at: usize, end: usize, page: Page): usize {
  const size = strideOf(page);
  const starts = startsOf(size);
  // Births of the garbage begin with `oldest`.
  const oldest = control.decidedFrozen;
  const births = control.snapshot - oldest;
  const first = firstBlockOf(runOf(at), page);
  let left = control.work;
  // Objects of this run; `dropDead` counts what else dies.
  let freed: u32 = 0;
  let stopped: usize = 0;
  do {
    left -= WORD_UNITS;
    const here = starts << ((at >>> 3) & 63);
    // Marked objects are not read: the bits lie closer together than the objects do.
    for (let rest = here & ~load<u64>(markedWord(at)); rest; rest &= rest - 1) {
      const dead = (at & ~511) + ((<usize>ctz(rest)) << 3);
      if (dead >= end) break;
      left -= UNMARKED_UNITS;
      const info = infoOf(dead);
      if (!(info & FLAG_OLD) || birthOf(dead) - oldest >= births) continue;
      const type = typeAt(info & TYPE_MASK);
      if ((type.flags & STRUCT) != STRUCT || info & FLAG_HAS_WEAKREFS) {
        stopped = dead + NEEDS_VISIT;
        break;
      }
      left -= type.slots * DROP_UNITS;
      let hasDropped = false;
      for (let slot = dead + PAYLOAD_OFFSET, last = structEnd(dead, type); slot < last; slot += 4) {
        const child = <usize>load<u32>(slot);
        if (!child) continue;
        store<u32>(slot, 0);
        if (!dropSlot(child)) continue;
        const itsInfo = infoOf(child);
        const isSimple = child >= first && (typeAt(itsInfo & TYPE_MASK).flags & STRUCT) == STRUCT;
        if (!isSimple || !(itsInfo & FLAG_OLD) || birthOf(child) - oldest >= births || isMarked(child)) {
          dropDead(child, dead);
          hasDropped = true;
        } else if (child < dead) {
          giveToSpan(child, page);
          freed++;
        }
      }
      if (refcountOf(dead) == 0) {
        giveToSpan(dead, page);
        freed++;
      }
      if (hasDropped && isAnythingWaiting()) {
        stopped = dead + size;
        break;
      }
    }
    at = stopped ? stopped : at + <usize>popcnt(here) * size;
  } while (!stopped && at < end && left > 0);
  control.work = left;
  control.cycleCollected += freed;
  uncountOldTogether(freed);
  control.freedBytes += freed * size;
  if (freed) endGiving(page);
  return at;
}
