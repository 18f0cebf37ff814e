// When to collect: after so many births more than deaths, or, if asked for, so many bytes. Each birth
// compares a count with a limit, which is out of reach while collection is off, and below any count once
// there are too many bytes.

import { CHECK } from "../check";
import { control } from "../control";
import { collect } from "./collect";
import { isOn, thresholdInPages } from "./limits";

/**
 * Counts the birth of an object that can be tracked, and collects if it is one too many. Called before
 * the object exists.
 */
export function countBirth(): void {
  countBirthHere();
}

/** The same in place: for the one caller that is called most. */
@inline
export function countBirthHere(): void {
  const births = control.count0 + 1;
  control.count0 = births;
  if (births > control.birthsLimit || (CHECK && control.collectAlways)) collectIfDue();
}

/** Takes back `countBirth` for an object that could not be created. */
export function uncountBirth(): void {
  if (control.count0 > 0) control.count0--;
}

function collectIfDue(): void {
  if (control.collecting || !isOn()) return;
  if (CHECK && control.collectAlways) collect(2);
  else if (control.pagesInUse > control.pagesLimit) collectForBytes();
  else collectDueGeneration();
}

/** The oldest generation whose count is past its threshold. */
function collectDueGeneration(): void {
  if (isWholeHeapDue()) collect(2);
  else if (control.count1 > control.threshold1) collect(1);
  else if (control.count0 > control.threshold0) collect(0);
}

/** The third threshold is passed, and the heap has grown by a quarter since it was last collected whole. */
function isWholeHeapDue(): bool {
  return control.count2 > control.threshold2 && control.longLivedPending >= control.longLivedTotal >>> 2;
}

/** The same quarter, of bytes, decides whether all of the heap is worth a look; else something young is. */
function collectForBytes(): void {
  const before = control.pagesAfterFull;
  const grown = control.pagesInUse > before ? control.pagesInUse - before : 0;
  if (isWholeHeapDue() || grown > max(thresholdInPages(), before >>> 2)) collect(2);
  else collect(control.count1 > control.threshold1 ? 1 : 0);
}
