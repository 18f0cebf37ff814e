// An incremental collection of the whole heap, for bounded pauses. docs/collector.md shows the phases and the invariants
// of each.
//
//   CLEARING ─► PROMOTING ─► WALKING ─► DRAINING ─► GATHERING ─► MARKING_PENDING ─► FINALIZING ─► SWEEPING
//                          ▲                     ▲
//                       snapshot             garbage is decided
//
// Each step does a number of units of work: one unit for reading a word of a bitmap or a block, more for longer work. No
// single piece of work grows with the heap.

import {
  CYCLE_ENDS,
  CYCLE_STARTS,
  DEBUG_SAVEALL,
  PHASE_CLEARING,
  PHASE_DRAINING,
  PHASE_GATHERING,
  PHASE_IDLE,
  PHASE_PROMOTING,
  PHASE_MARKING_PENDING,
  PHASE_SWEEPING,
  PHASE_FINALIZING,
  STEP_ENDS,
  STEP_STARTS,
} from "../../layout";
import { clearBits } from "../../memory/bits";
import { GENERATION_0, GENERATION_1, control } from "../../control";
import { isEmpty } from "../../object/links";
import { runWaiting, settleDeaths } from "../../death/death";
import { canRunHooks, isAnythingWaiting, startActivation, tell } from "../../death/hooks";
import { endLongLived, giveUpLongLived, promoteSome, startLongLived } from "../../heap/generations";
import { clearGrey } from "../../heap/grey";
import { countCollection } from "../count";
import { markOn, startMarking } from "../mark/mark";
import { startWalk } from "../mark/pass";
import { countBlocks, learnPace, setPace, startPace, startPhasePace, startSnapshotPace } from "./pace";
import { finalizeNext, sortPending, markPending, startMarkingPending } from "./pending";
import { walkOn } from "./walk";

/** Pages whose bitmaps are cleared at once. */
const CLEAR_PAGES: u32 = 16;
/** Units of work: a page of both bitmaps cleared, an object promoted. */
const CLEAR_UNITS: i32 = 100;
const PROMOTE_UNITS: i32 = 8;

/** Begins a cycle; steps do its work. */
export function beginCycle(): void {
  control.phase = PHASE_CLEARING;
  control.walkPage = control.firstPage;
  control.steps = control.isHurried = 0;
  control.cycleCandidates = control.cycleCollected = control.cycleFreed = 0;
  startLongLived();
  startPace();
  tellOfCycle(CYCLE_STARTS, 0);
}

/**
 * Reports an event of a cycle. Its hook cannot start another collection, like in any collection: otherwise events might
 * never end.
 */
function tellOfCycle(event: u32, collected: u32): void {
  const outer = control.collecting;
  control.collecting = 1;
  tell(event, 2, collected);
  control.collecting = outer;
}

/**
 * Does about `units` units of work: deferred deaths, then the cycle. False if nothing is left, or no hook could run.
 */
export function step(units: i32): bool {
  return stepOn(units, true);
}

/** Like `step`, but only deferred deaths, while cycles rest. */
export function stepDeaths(units: i32): bool {
  return stepOn(units, false);
}

function stepOn(units: i32, withCycle: bool): bool {
  if (control.collecting) return false;
  startActivation();
  if (!canRunHooks()) return false;
  control.collecting = 1;
  control.freedBytes = 0;
  control.steps++;
  tell(STEP_STARTS, 2, 0);
  control.work = units;
  if (isAnythingWaiting()) control.work = runWaiting(units);
  if (withCycle) {
    control.cycleWork += control.work;
    for (; control.work > 0 && control.phase; control.work--) advance();
    control.cycleWork -= <i64>control.work;
    sortPending();
  }
  control.cycleFreed += control.freedBytes;
  tell(STEP_ENDS, 2, units - control.work);
  control.collecting = 0;
  return control.phase != 0 || isAnythingWaiting();
}

/** Completes or abandons all incremental work, as far as hooks can run. Repeats if a finalizer has begun another cycle. */
export function settleAll(): bool {
  startActivation();
  while ((control.phase != 0 || isAnythingWaiting()) && canRunHooks()) {
    settleCycle();
    settleDeaths();
  }
  return control.phase == PHASE_IDLE;
}

/** Abandons a cycle that has not decided anything; completes one that has. */
function settleCycle(): void {
  if (control.phase == PHASE_IDLE) return;
  if (control.phase < <u32>PHASE_GATHERING) {
    control.marking = control.partial = 0;
    clearGrey();
    giveUpLongLived();
    endCycle();
  } else while (control.phase && step(i32.MAX_VALUE));
}

function advance(): void {
  const phase = control.phase;
  if (phase == PHASE_CLEARING) clearSome();
  else if (phase == PHASE_PROMOTING) promote();
  else if (phase <= <u32>PHASE_DRAINING) {
    markStep(phase);
  } else if (phase == PHASE_GATHERING) gatherOn();
  else if (phase == PHASE_MARKING_PENDING) {
    if (markPending()) control.phase = PHASE_FINALIZING;
  } else if (phase == PHASE_FINALIZING) {
    if (!finalizeNext()) startPhase(PHASE_SWEEPING);
  } else if (walkOn()) completeCycle();
}

/** Begins a phase that is a walk from the first page on. */
function startPhase(phase: u32): void {
  control.phase = phase;
  startWalk();
  startPhasePace();
}

function clearSome(): void {
  const number = control.walkPage;
  const pages = min(CLEAR_PAGES, control.endPage - number);
  clearBits(number, pages);
  for (let i: u32 = 0; i < pages; i++) countBlocks(number + i);
  control.work -= pages * CLEAR_UNITS;
  control.walkPage = number + pages;
  if (control.walkPage < control.endPage) return;
  setPace();
  control.phase = PHASE_PROMOTING;
}

/** Makes some of the young objects old. When no young object is left, all tracked objects are in the snapshot. */
function promote(): void {
  const list = isEmpty(GENERATION_1) ? GENERATION_0 : GENERATION_1;
  const promoted = promoteSome(list, 256);
  control.work -= promoted * PROMOTE_UNITS + 1;
  if (!isEmpty(GENERATION_1) || !isEmpty(GENERATION_0)) return;
  control.cycleCandidates = control.oldCount - control.frozenCount;
  control.marking = 1;
  startMarking();
  startSnapshotPace();
}

function markStep(phase: u32): void {
  const isOver = markOn();
  if (phase != control.phase) startPhasePace();
  if (isOver) decide();
}

/** From now on white objects are garbage: weak references to them read null, and nothing can reach them. */
function decide(): void {
  control.marking = 0;
  control.decidedFrozen = control.frozenUpTo;
  control.savesGarbage = control.debug & DEBUG_SAVEALL && control.garbage ? 1 : 0;
  startPhase(control.hasHooks ? PHASE_GATHERING : PHASE_SWEEPING);
}

function gatherOn(): void {
  if (!walkOn()) return;
  startMarkingPending();
  control.phase = PHASE_MARKING_PENDING;
}

/** Ends the last phase. Objects that became old during the cycle count towards the next one. */
function completeCycle(): void {
  learnPace();
  countCollection(2, control.cycleCollected);
  endLongLived();
  control.pagesAfterFull = control.pagesInUse;
  endCycle();
}

function endCycle(): void {
  control.phase = PHASE_IDLE;
  control.candidates = control.cycleCandidates;
  control.cycleFreed += control.freedBytes;
  control.freedBytes = control.cycleFreed;
  tellOfCycle(CYCLE_ENDS, control.cycleCollected);
  control.freedBytes = control.cycleFreed = 0;
}
