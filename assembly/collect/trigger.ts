// When to collect: after so many births more than deaths, or, if asked for, after so many bytes. Each birth compares
// `count0` with one limit. It is out of reach while collection is off, and below any count when there are too many
// bytes (limits.ts).

import { CHECK } from "../check";
import { control } from "../control";
import { BIRTHS_BEFORE_STEP, canRunHooks, isAnythingWaiting } from "../death/hooks";
import { hasGrownByQuarter } from "../heap/generations";
import { collect } from "./collect";
import { beginCycle, settleAll, step, stepDeaths } from "./cycle/cycle";
import { DEATHS_STEP, unitsAfter } from "./cycle/pace";
import { isOn, setLimits, thresholdInPages } from "./limits";

/**
 * Counts the birth of an object that can be tracked, and collects if that passes the limit. Called before the object
 * exists.
 */
export function countBirth(): void {
  const births = control.count0 + 1;
  control.count0 = births;
  if (births > control.birthsLimit || (CHECK && control.collectAlways)) collectIfDue();
}

/** Takes back `countBirth` for an object that could not be created. */
export function uncountBirth(): void {
  if (control.count0 > 0) control.count0--;
}

function collectIfDue(): void {
  if (control.collecting) return;
  // Objects born before a cycle began, or while it rested, do not count as its births.
  const births = control.phase ? min(max(control.count0 - control.lastStep, 0), BIRTHS_BEFORE_STEP) : 0;
  if (isOn()) {
    if (CHECK && control.collectAlways) collect(2);
    else if (control.pagesInUse > control.pagesLimit) collectForBytes();
    else collectDueGeneration();
  }
  goOn(births);
}

/**
 * Continues deferred work, at the pace of births: `births` is their number since the last step. A cycle rests while
 * collection is off or paused; deaths do not.
 */
function goOn(births: i32): void {
  // This includes a cycle that could not be completed for lack of stack when pauses became unbounded.
  if (!control.bounded) settleAll();
  else if (control.phase && isOn()) step(unitsAfter(births));
  else if (isAnythingWaiting()) stepDeaths(DEATHS_STEP);
  control.lastStep = control.count0;
  setLimits();
}

/** Collects the oldest generation whose count is past its threshold. */
function collectDueGeneration(): void {
  if (isWholeHeapDue()) collectWholeHeap();
  else if (control.count1 > control.threshold1) collect(1);
  else if (control.count0 > control.threshold0) collect(0);
}

/** A full collection; with bounded pauses, the beginning of a cycle. */
function collectWholeHeap(): void {
  if (!control.bounded) {
    collect(2);
    return;
  }
  collect(1);
  control.count2 = 0;
  if (!control.phase && canRunHooks()) beginCycle();
}

/** Turns bounded pauses on or off. Turning them off completes work under way. False = a collection is running, nothing changed. */
export function setBounded(on: bool): bool {
  if (control.collecting) return false;
  control.bounded = on ? 1 : 0;
  if (!on) settleAll();
  setLimits();
  return true;
}

/** Begins a cycle if none is under way and enough objects have become old. */
export function beginIfWorthIt(): void {
  if (
    control.bounded &&
    !control.phase &&
    !control.collecting &&
    isOn() &&
    control.longLivedPending &&
    hasGrownByQuarter()
  )
    beginCycle();
}

/** Whether the third threshold is passed, and the heap has grown by a quarter since the last full collection. */
function isWholeHeapDue(): bool {
  return control.count2 > control.threshold2 && hasGrownByQuarter();
}

/**
 * Too many bytes: collects the whole heap if it is due, or if the pages in use have grown by a quarter; else a young
 * generation.
 */
function collectForBytes(): void {
  const before = control.pagesAfterFull;
  const grown = control.pagesInUse > before ? control.pagesInUse - before : 0;
  if (isWholeHeapDue() || grown > max(thresholdInPages(), before >>> 2)) collectWholeHeap();
  else collect(control.count1 > control.threshold1 ? 1 : 0);
}
