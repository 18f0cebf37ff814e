// The pace of a cycle: the work for each birth is chosen so that the cycle ends before births have added a tenth to the
// live objects. Births count from the snapshot on, because what dies before it is found by the same cycle.
//
// A tenth of the live objects, or, if most of the work is about slots of large objects or other memory, of the bytes in
// use. (`spread`)
//
// Every birth should pay the same, so before each step the work that is left is divided by the births that are left. The
// work can only be estimated: by the work of the last cycle, or at first by the worst case of marking, and by what the
// phase has left at least. If a cycle is late, the pace doubles. But no step exceeds STEP_UNITS: if every birth already
// has a full step, the cycle takes as many births as it needs.

import { PAGE_SIZE, PHASE_DRAINING, PHASE_SWEEPING, PHASE_WALKING } from "../../layout";
import { hasBlocks } from "../../memory/blocks-of";
import { BLOCK_LINKED, pageAt, usedOf } from "../../memory/page";
import { CHECK } from "../../check";
import { control } from "../../control";
import { BIRTHS_BEFORE_STEP } from "../../death/hooks";
import { unitsOfPartsLeft } from "../mark/scan";

/** Minimal and maximal units of work of a step. `npm run bench:shapes -- 300000 --bounded` prints the times. */
const MIN_STEP: u32 = 2000;
const STEP_UNITS: u32 = 40000;
/** Slots of deferred deaths that a step drops when no cycle is under way. */
export const DEATHS_STEP: i32 = 2000;
/** What is left of a cycle is spread over this part of its births at least: log2 of its inverse. */
const LEAST_SHIFT: u32 = 6;
/** Births within which a cycle of few objects ends. */
const MIN_BOUND: u32 = 2000;
/** A cycle ends within one birth for this many old objects. In a steady state, a quarter of those are garbage. */
const OBJECTS_PER_BIRTH: u32 = 13;
/**
 * If births would pay more units than this, the cycle takes more of them: up to one for so many bytes in use, which is
 * what as many objects of the smallest size take.
 */
const FAIR_UNITS: u64 = 128;
const BYTES_PER_BIRTH: u32 = OBJECTS_PER_BIRTH * 32;

/**
 * Estimates for the first cycle: units for an object, for a leaf, and for a page of any use.
 */
const UNITS_PER_OBJECT: u64 = 20;
const UNITS_PER_LEAF: u64 = 4;
const UNITS_PER_PAGE: u64 = 1200;
/** Minimal units for an object that is not marked yet when the walk is over. */
const UNITS_TO_DRAIN: u64 = 15;
/** Minimal units to sweep a garbage object, and units for each walk over a page. */
const UNITS_PER_GARBAGE: u64 = 8;
const UNITS_PER_SWEPT_PAGE: u64 = 140;
/** After this part of the pages, what they took says what the others will take: log2 of its inverse. */
const KNOWN_SHIFT: u32 = 4;
/**
 * Units that a collection of generation 0 takes for an object that it examines. One of generation 1 takes twice as
 * much, because not all of it is in the cache.
 */
const UNITS_PER_YOUNG: u32 = 6;
/** Objects that the next collection of generation 1 is expected to examine at most. */
const MAX_FORESEEN: u32 = 16384;
/** Units that young collections take for each birth: one collection of generation 0, later one of generation 1. */
const YOUNG_UNITS_PER_BIRTH: u64 = 3 * UNITS_PER_YOUNG;
/** Measured work per block is stored in sixteenths of a unit. */
const PARTS: u32 = 16;
/** Maximal number of units that steps may be behind or ahead by: all sums fit 32 bits. */
const MAX_AHEAD: i32 = 0x20000000;

/** Called when a cycle begins. Until its blocks are counted, its pace is that of an empty heap with as many pages. */
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

/** Sets the pace after all blocks are counted. */
export function setPace(): void {
  // Few objects may have many slots, or leaves.
  control.cycleBound = max(control.cycleBound, <u32>(workOfCycle() / STEP_UNITS));
  setUnitsPerBirth(workOfCycle() / control.cycleBound + YOUNG_UNITS_PER_BIRTH);
}

/** Lets the cycle take more births for this work, if its memory allows. */
function spread(work: u64): void {
  const births = control.pagesInUse * (PAGE_SIZE / BYTES_PER_BIRTH);
  const fair = <u64>control.cycleBirths + work / FAIR_UNITS;
  control.cycleBound = max(control.cycleBound, <u32>min<u64>(births, fair));
}

/** Called when the snapshot is taken. */
export function startSnapshotPace(): void {
  control.cycleBirths = 0;
  startPhasePace();
}

/** Units that the cycle is estimated to take, by its blocks and pages. */
function workOfCycle(): u64 {
  const linked = <u64>control.cycleLinked;
  const leaves = <u64>control.cycleLeaves;
  const known = ((linked + leaves) * control.cycleCost) / PARTS;
  if (known) return known;
  return linked * UNITS_PER_OBJECT + leaves * UNITS_PER_LEAF + <u64>control.pagesInUse * UNITS_PER_PAGE;
}

function setUnitsPerBirth(units: u64): void {
  control.unitsPerBirth = <u32>min<u64>(units + 1, STEP_UNITS);
  control.birthsPerStep = <i32>min<u32>(STEP_UNITS / control.unitsPerBirth, BIRTHS_BEFORE_STEP);
}

/** Called when a phase begins that walks over pages or drains. */
export function startPhasePace(): void {
  // A step counts its units when it ends. Until then `cycleWork` includes all that it may do.
  control.phaseWork = control.cycleWork - <i64>control.work;
  control.phaseMarked = control.markedOld;
}

/**
 * Units that the cycle still needs at least, estimated from the progress of its phase. A walk has pages left. Draining
 * has all unmarked objects left, except as many as were garbage in the last cycle. Sweeping has all objects left that
 * were not marked.
 */
function workLeft(): u64 {
  const phase = control.phase;
  const done = control.cycleWork - control.phaseWork;
  const old = <u64>control.oldCount;
  const marked = <u64>control.markedOld;
  const garbage = min(<u64>control.lastGarbage, old > marked ? old - marked : 0);
  if (CHECK) assert(<i64>done >= 0, "a phase has taken less than no work");
  if (phase == PHASE_WALKING) {
    const walk = extrapolate(done, control.endPage - control.walkPage);
    return walk + unitsOfPartsLeft() + unitsToSweep(garbage, control.endPage - control.firstPage);
  }
  if (phase == PHASE_DRAINING) {
    const left = unmarked();
    const drained = marked - control.phaseMarked;
    const drain = max(left * UNITS_TO_DRAIN, drained ? (done * left) / drained : 0);
    return drain + unitsOfPartsLeft() + unitsToSweep(garbage, control.endPage - control.firstPage);
  }
  // Objects that became old meanwhile are not marked either.
  const known = marked + control.longLivedPending;
  const left = control.endPage - control.walkPage;
  const least = unitsToSweep(old > known ? old - known : 0, left);
  return phase == PHASE_SWEEPING ? max(least, extrapolate(done, left)) : least;
}

/** Units that `left` pages will take if they take as many as those in front of them; 0 = too few to tell. */
function extrapolate(done: u64, left: u32): u64 {
  const pages = control.endPage - control.firstPage;
  const walked = pages - left;
  return walked > pages >>> KNOWN_SHIFT ? (done * left) / walked : 0;
}

function unitsToSweep(garbage: u64, pages: u32): u64 {
  return garbage * UNITS_PER_GARBAGE + pages * UNITS_PER_SWEPT_PAGE;
}

/**
 * Units that the cycle still needs: what is left of the estimate for the whole cycle, or of the phase. The first may be
 * much too high: the last cycle may have swept a large graph. So it counts up to twice the second, and the worst case of
 * marking, unless hooks are to run.
 */
function workEstimated(): u64 {
  const all = workOfCycle();
  const done = control.cycleWork;
  const left = workLeft();
  const planned = all > done ? all - done : 0;
  const phase = control.phase;
  let most: u64 = u64.MAX_VALUE;
  if (phase <= <u32>PHASE_DRAINING) most = (left << 1) + unmarked() * UNITS_PER_OBJECT;
  else if (phase == PHASE_SWEEPING) most = left << 1;
  return max(left, min(planned, most));
}

/** Objects of the snapshot that are not marked yet, and that are no garbage if there is as much as in the last cycle. */
function unmarked(): u64 {
  const known = <u64>control.markedOld + control.lastGarbage;
  const old = <u64>control.oldCount;
  return old > known ? old - known : 0;
}

/** Sets the pace for the rest of the cycle. If the cycle is late, the pace does not fall again. */
function keepPace(): void {
  if (control.cycleBirths >= control.cycleBound) {
    control.isHurried = 1;
    control.cycleBound += control.cycleBound >>> 2;
    setUnitsPerBirth((<u64>control.unitsPerBirth) << 1);
    return;
  }
  if (control.phase < <u32>PHASE_WALKING) return;
  const rest = workEstimated();
  spread(rest);
  // The aim is a sixteenth in front of the bound: then an estimate that is a little too low makes no burst at the end.
  const aim = control.cycleBound - (control.cycleBound >>> 4);
  const left = max<i32>(aim - control.cycleBirths, control.cycleBound >>> LEAST_SHIFT);
  const needed = rest / left + YOUNG_UNITS_PER_BIRTH;
  setUnitsPerBirth(control.isHurried ? max<u64>(needed, control.unitsPerBirth - 1) : needed);
}

/** Called when a cycle has ended: stores the measured work. */
export function learnPace(): void {
  const blocks = <u64>control.cycleLinked + control.cycleLeaves + 1;
  control.cycleCost = max(<u32>((control.cycleWork * PARTS) / blocks), control.cycleCost - (control.cycleCost >>> 3));
  control.lastGarbage = control.cycleCollected;
}

/**
 * Counts the objects that a young collection has examined. The steps of a cycle under way do that much less. Half of what
 * a collection of generation 1 takes is deducted before it: from the steps behind the last collection of generation 0.
 */
export function countYoung(generation: u32, objects: u32): void {
  if (!control.phase) return;
  let examined: u32 = objects;
  // Half of twice as much for each object.
  if (!generation && control.count1 > control.threshold1) examined += min(objects * control.count1, MAX_FORESEEN);
  control.youngWork = min(control.youngWork + <i32>(examined * UNITS_PER_YOUNG), MAX_AHEAD);
}

/**
 * Units of work of a step after `births` births. Work beyond STEP_UNITS is left to the following
 * steps.
 */
export function unitsAfter(births: u32): i32 {
  control.cycleBirths += births;
  keepPace();
  const due = <i64>births * control.unitsPerBirth - control.youngWork;
  const units = min(max<i64>(MIN_STEP, due), STEP_UNITS);
  control.youngWork = <i32>max<i64>(units - due, -MAX_AHEAD);
  return <i32>units;
}
