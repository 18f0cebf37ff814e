// The pace of a cycle: as much work for each birth as it takes to end before births have added a tenth to the
// heap. What that is can only be estimated; when it was too little, the steps grow, not the heap.

import { control } from "../../control";

/** Least units of work of a step. */
const MIN_STEP: u32 = 2000;
const MAX_UNITS_PER_BIRTH: u32 = 1 << 20;
/** Few objects need no spreading. */
const MIN_BOUND: u32 = 2000;

/** Estimates: an old object is walked past three times, marked, its slots scanned, a quarter of them swept. */
const UNITS_PER_OBJECT: u32 = 12;
/** Clearing, passes over the bitmaps, and blocks of atoms that are walked past. */
const UNITS_PER_PAGE: u32 = 2000;

/** For a cycle that begins. */
export function setPace(): void {
  const work = <u64>control.oldCount * UNITS_PER_OBJECT + <u64>control.pagesInUse * UNITS_PER_PAGE;
  const bound = max(control.oldCount / 10, MIN_BOUND);
  control.cycleBirths = 0;
  control.cycleBound = bound;
  control.unitsPerBirth = <u32>(work / bound) + 1;
}

/** Units of work of the step that is due after so many births. */
export function unitsAfter(births: u32): i32 {
  if (!control.phase) return MIN_STEP;
  control.cycleBirths += births;
  if (control.cycleBirths > control.cycleBound) {
    control.isHurried = 1;
    control.cycleBound += control.cycleBound >>> 2;
    control.unitsPerBirth = min(control.unitsPerBirth << 1, MAX_UNITS_PER_BIRTH);
  }
  return max(MIN_STEP, births * control.unitsPerBirth);
}
