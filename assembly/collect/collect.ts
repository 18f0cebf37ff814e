// The collector. Read `collect` to see how it goes. The rules are those of CPython's three-generation
// collector (Modules/gcmodule.c of 3.12); docs/collector.md follows one collection step by step.
//
// It frees nothing itself: it clears the slots of garbage, and death does the rest.

import { CHECK } from "../check";
import { FINALIZED, GENERATION_0, GENERATION_1, UNREACHABLE, control } from "../control";
import { isEmpty, moveAll } from "../object/list";
import { clearMarks, promoteAll } from "../heap/generations";
import { gatherUnmarked } from "./garbage";
import { markReachable } from "./mark";
import { callWeakrefs, clearGarbage, clearWeakrefsOf, finalizeGarbage } from "./teardown";
import { splitUnreachable } from "./unreachable";

/**
 * Counts the birth of an object that can be tracked, and collects if it is one too many. Called before
 * the object exists.
 */
export function countBirth(): void {
  control.count0++;
  if (control.collecting || !control.enabled) {
    return;
  }
  if (CHECK && control.collectAlways) collect(2);
  else if (control.threshold0 != 0 && control.count0 > control.threshold0) collectDueGeneration();
}

/** Takes back `countBirth` for an object that could not be created. */
export function uncountBirth(): void {
  if (control.count0 > 0) control.count0--;
}

/** The oldest generation whose count is past its threshold; the whole heap only if it grew by a quarter. */
function collectDueGeneration(): void {
  if (control.count2 > control.threshold2 && control.longLivedPending >= control.longLivedTotal >>> 2) collect(2);
  else if (control.count1 > control.threshold1) collect(1);
  else if (control.count0 > control.threshold0) collect(0);
}

/**
 * Collects a generation and all younger ones. Returns how many objects it found to be garbage and did
 * not see resurrected; 0 when a collection is under way.
 */
export function collect(generation: u32): u32 {
  if (control.collecting) return 0;
  control.collecting = 1;
  advanceCounts(generation);
  if (generation == 2) findInWholeHeap();
  else findInYoung(generation);
  const collected = tearDown(generation);
  countCollection(generation, collected);
  control.collecting = 0;
  return collected;
}

function advanceCounts(generation: u32): void {
  control.count0 = 0;
  if (generation == 0) control.count1++;
  else {
    control.count1 = 0;
    if (generation == 1) control.count2++;
    else control.count2 = 0;
  }
}

/** Garbage of the young generations → UNREACHABLE; survivors one generation up. */
function findInYoung(generation: u32): void {
  if (generation == 0) {
    splitUnreachable(GENERATION_0, UNREACHABLE, true);
    moveAll(GENERATION_0, GENERATION_1);
    return;
  }
  moveAll(GENERATION_0, GENERATION_1);
  splitUnreachable(GENERATION_1, UNREACHABLE, true);
  control.longLivedPending += promoteAll(GENERATION_1);
}

/** Everything becomes old; garbage → UNREACHABLE. */
function findInWholeHeap(): void {
  promoteAll(GENERATION_1);
  promoteAll(GENERATION_0);
  const reached = markReachable();
  if (reached < control.oldCount) gatherUnmarked(UNREACHABLE);
  control.longLivedPending = 0;
  control.longLivedTotal = control.oldCount;
}

/** Ends the life of what is in UNREACHABLE, or of as much as is not resurrected. How many. */
function tearDown(generation: u32): u32 {
  if (isEmpty(UNREACHABLE)) return 0;
  let collected = callWeakrefs(UNREACHABLE);
  finalizeGarbage(UNREACHABLE);
  // Only user code can have resurrected anything; asking again costs two walks of the garbage.
  moveAll(UNREACHABLE, FINALIZED);
  collected += splitUnreachable(FINALIZED, UNREACHABLE, false);
  promoteSurvivors(FINALIZED, generation);
  clearWeakrefsOf(UNREACHABLE);
  clearGarbage(UNREACHABLE, FINALIZED);
  promoteSurvivors(FINALIZED, generation);
  return collected;
}

/** Objects that garbage collection spared go where other survivors went. */
function promoteSurvivors(list: usize, generation: u32): void {
  if (generation > 0) {
    promoteAll(list);
    return;
  }
  clearMarks(list);
  moveAll(list, GENERATION_1);
}

function countCollection(generation: u32, collected: u32): void {
  if (generation == 0) {
    control.collections0++;
    control.collected0 += collected;
  } else if (generation == 1) {
    control.collections1++;
    control.collected1 += collected;
  } else {
    control.collections2++;
    control.collected2 += collected;
  }
}
