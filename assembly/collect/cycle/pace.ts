// The pace of a cycle: as much work for each birth as it takes to end before births have added a tenth to what lives.
//
// How much work that is can only be estimated: by what the last cycle took, and at first by the worst that marking can
// take. When it was too little, steps do more, and the heap does not grow. Steps are as frequent as it takes to keep each of them
// near STEP_UNITS.

import { hasBlocks } from "../../memory/blocks-of";
import { BLOCK_LINKED, pageAt, usedOf } from "../../memory/page";
import { control } from "../../control";
import { BIRTHS_BEFORE_STEP } from "../../death/hooks";

/** Least units of work of a step, and what a step should take: some 0.2 ms. A unit is about 5 ns. */
const MIN_STEP: u32 = 2000;
/** Slots that a step drops of what waits for its death, when no cycle goes on. */
export const DEATHS_STEP: i32 = 2000;
const STEP_UNITS: u32 = 40000;
/** Few objects need no spreading. */
const MIN_BOUND: u32 = 2000;
/** Births within which a cycle ends: one for so many old objects. A quarter of those is garbage in a steady state. */
const OBJECTS_PER_BIRTH: u32 = 13;

/** What the first cycle is estimated to take at most: for an object, for a leaf, and for a page, whatever it serves. */
const UNITS_PER_OBJECT: u64 = 20;
const UNITS_PER_LEAF: u64 = 3;
const UNITS_PER_PAGE: u64 = 1200;
/** What an object takes that is still to be marked when the walk is over. */
const UNITS_TO_DRAIN: u64 = 15;
/** What a collection of generation 0 takes for an object that it examines. One of generation 1 takes twice as much: not all of it is in the cache. */
const UNITS_PER_YOUNG: u32 = 4;
/** Measured work per block is kept in so many parts of a unit. */
const PARTS: u32 = 16;

/** A cycle begins. Until its blocks are counted, it goes at the pace of one that has next to none. */
export function startPace(): void {
  control.cycleLinked = control.cycleLeaves = 0;
  control.cycleWork = 0;
  control.cycleBirths = control.youngWork = 0;
  control.cycleBound = max(control.oldCount / OBJECTS_PER_BIRTH, MIN_BOUND);
  setUnitsPerBirth((<u64>control.pagesInUse * UNITS_PER_PAGE) / control.cycleBound);
}

/** Counts the blocks of a page. */
export function countBlocks(number: u32): void {
  const page = pageAt(number);
  if (!hasBlocks(page)) return;
  if (page.kind == BLOCK_LINKED) control.cycleLinked += usedOf(page);
  else control.cycleLeaves += usedOf(page);
}

/** All blocks are counted: sets the pace. */
export function setPace(): void {
  const linked = <u64>control.cycleLinked;
  const leaves = <u64>control.cycleLeaves;
  const known = ((linked + leaves) * control.cycleCost) / PARTS;
  const most = linked * UNITS_PER_OBJECT + leaves * UNITS_PER_LEAF;
  const work = control.cycleCost ? known + (known >>> 4) : most;
  setUnitsPerBirth((work + <u64>control.pagesInUse * UNITS_PER_PAGE) / control.cycleBound);
}

function setUnitsPerBirth(units: u64): void {
  control.unitsPerBirth = <u32>min<u64>(units + 1, 0x1000000);
  control.birthsPerStep = <i32>min<u32>(max<u32>(STEP_UNITS / control.unitsPerBirth, 1), BIRTHS_BEFORE_STEP);
}

/**
 * The walk is over: what it has not reached is garbage, or will be reached by jumps, which take longer. If there is more
 * of it than the last cycle found garbage, the pace rises.
 */
export function adjustPace(): void {
  const reached = <u64>control.markedOld + control.lastGarbage;
  const old = <u64>control.oldCount;
  if (reached >= old || control.cycleBirths >= control.cycleBound) return;
  const needed = ((old - reached) * UNITS_TO_DRAIN) / (control.cycleBound - control.cycleBirths);
  if (needed > control.unitsPerBirth) setUnitsPerBirth(needed);
}

/** A cycle has ended: what it took says what to expect of the next. */
export function learnPace(): void {
  const blocks = <u64>control.cycleLinked + control.cycleLeaves + 1;
  control.cycleCost = max(<u32>((control.cycleWork * PARTS) / blocks), control.cycleCost - (control.cycleCost >>> 3));
  control.lastGarbage = control.cycleCollected;
}

/** A young collection has examined so many objects. While a cycle goes on, its steps do so much less. */
export function countYoung(generation: u32, objects: u32): void {
  if (!control.phase) return;
  const units = objects * (UNITS_PER_YOUNG << generation);
  control.cycleWork += units;
  control.youngWork += units;
}

/** Units of work of the step that is due after so many births. */
export function unitsAfter(births: u32): i32 {
  control.cycleBirths += births;
  if (control.cycleBirths > control.cycleBound) {
    control.isHurried = 1;
    control.cycleBound += control.cycleBound >>> 2;
    setUnitsPerBirth((<u64>control.unitsPerBirth) << 1);
  }
  const due = <i64>births * control.unitsPerBirth - control.youngWork;
  const units = <i32>min<i64>(max<i64>(MIN_STEP, due), i32.MAX_VALUE);
  control.youngWork = <i32>(<i64>units - due);
  return units;
}
