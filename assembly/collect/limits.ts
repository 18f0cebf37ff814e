// When to look for work: the settings and counters, reduced to two limits that each birth compares. trigger.ts does the
// work.

import { PAGE_SHIFT } from "../layout";
import { control } from "../control";
import { BIRTHS_BEFORE_STEP, isAnythingWaiting } from "../death/hooks";

/** Whether births may collect. */
export function isOn(): bool {
  return control.enabled != 0 && control.pauses == 0;
}

/**
 * Sets both limits. Called after anything that decides when to collect has changed. A limit that no number reaches
 * means "never".
 */
export function setLimits(): void {
  control.birthsLimit = isOn() && control.threshold0 != 0 ? control.threshold0 : i32.MAX_VALUE;
  control.pagesLimit = limitOfPages();
  if (control.pagesInUse > control.pagesLimit) control.birthsLimit = i32.MIN_VALUE;
  else if (control.phase && isOn()) limitBirths(control.birthsPerStep);
  else if (isAnythingWaiting()) limitBirths(BIRTHS_BEFORE_STEP);
}

function limitBirths(sinceStep: i32): void {
  control.birthsLimit = min(control.birthsLimit, control.lastStep + sinceStep);
}

/** Pages in use above which a birth collects for bytes. */
export function limitOfPages(): u32 {
  return isOn() && control.byteThreshold != 0 ? control.pagesAfter + thresholdInPages() : u32.MAX_VALUE;
}

/** The threshold in bytes as whole pages, at least one. */
export function thresholdInPages(): u32 {
  return max(control.byteThreshold >>> PAGE_SHIFT, 1);
}
