// When to collect: after so many births more than deaths, or, if asked for, so many bytes. Each birth
// compares two numbers with two limits, which are out of reach while collection is off.

import { CHECK } from "../check";
import { control } from "../control";
import { collect } from "./collect";
import { isOn } from "./limits";

/**
 * Counts the birth of an object that can be tracked, and collects if it is one too many. Called before
 * the object exists.
 */
export function countBirth(): void {
  const births = ++control.count0;
  if (births > control.birthsLimit || control.liveBytes > control.bytesLimit || (CHECK && control.collectAlways)) {
    collectIfDue();
  }
}

/** Takes back `countBirth` for an object that could not be created. */
export function uncountBirth(): void {
  if (control.count0 > 0) control.count0--;
}

function collectIfDue(): void {
  if (control.collecting || !isOn()) return;
  if (CHECK && control.collectAlways) collect(2);
  else if (control.liveBytes > control.bytesLimit) collectForBytes();
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
  const grown = control.liveBytes - control.bytesAfterFull;
  const isLarger = control.liveBytes > control.bytesAfterFull;
  if (isWholeHeapDue() || (isLarger && grown > max(control.byteThreshold, control.bytesAfterFull >>> 2))) collect(2);
  else collect(control.count1 > control.threshold1 ? 1 : 0);
}
