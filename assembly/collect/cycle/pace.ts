// The pace of a cycle: as much work for each birth as it takes to end before births have added a tenth to what
// lives. How much that is can only be estimated, by what the last cycle took; when it was too little, the steps
// grow, not the heap.

import { control } from "../../control";

/** Least units of work of a step. */
const MIN_STEP: u32 = 2000;
/** Few objects need no spreading. */
const MIN_BOUND: u32 = 2000;
/** Births within which a cycle ends: one for so many old objects. A quarter of those is garbage in a steady state. */
const OBJECTS_PER_BIRTH: u32 = 13;

/** What the first cycle is estimated to take: for an old object, and for a page, whatever it serves. */
const UNITS_PER_OBJECT: u32 = 6;
const UNITS_PER_PAGE: u32 = 1200;
/** What a collection of generation 0 takes for an object it looks at. One of generation 1 takes twice as much: not all of that is in the cache. */
const UNITS_PER_YOUNG: u32 = 4;
/** Measured work per object is kept in so many parts of a unit. */
const PARTS: u32 = 16;

/** For a cycle that begins. */
export function setPace(): void {
  const objects = <u64>control.oldCount;
  const first = objects * UNITS_PER_OBJECT + <u64>control.pagesInUse * UNITS_PER_PAGE;
  const known = (objects * control.cycleCost) / PARTS;
  const work = control.cycleCost ? known + (known >>> 5) : first;
  const bound = max(control.oldCount / OBJECTS_PER_BIRTH, MIN_BOUND);
  control.cycleWork = 0;
  control.cycleBirths = control.youngWork = 0;
  control.cycleBound = bound;
  control.unitsPerBirth = <u32>(work / bound) + 1;
}

/** A cycle has ended: what it took says what to expect of the next. */
export function learnPace(): void {
  const objects = <u64>(control.cycleCandidates + control.frozenMet + 1);
  control.cycleCost = max(<u32>((control.cycleWork * PARTS) / objects), control.cycleCost - (control.cycleCost >>> 3));
}

/** A young collection has looked at so many objects. While a cycle goes on, its steps do so much less. */
export function countYoung(generation: u32, objects: u32): void {
  if (!control.phase) return;
  const units = objects * (UNITS_PER_YOUNG << generation);
  control.cycleWork += units;
  control.youngWork += units;
}

/** Units of work of the step that is due after so many births. */
export function unitsAfter(births: u32): i32 {
  if (!control.phase) return MIN_STEP;
  control.cycleBirths += births;
  if (control.cycleBirths > control.cycleBound) {
    control.isHurried = 1;
    control.cycleBound += control.cycleBound >>> 2;
    control.unitsPerBirth <<= 1;
  }
  const due = births * control.unitsPerBirth - control.youngWork;
  const units = max<i32>(MIN_STEP, due);
  control.youngWork = units - due;
  return units;
}
