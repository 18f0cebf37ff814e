// The collector. Read `collect` to see how it goes. The rules are those of CPython's three-generation
// collector (Modules/gcmodule.c of 3.12); docs/collector.md follows one collection step by step.
//
// It frees nothing itself. Of garbage that has hooks it clears the slots, and death does the rest; any other dies
// all at once (death/bulk.ts).

import { COLLECTION_ENDS, COLLECTION_FOUND, COLLECTION_STARTS, DEBUG_COLLECTABLE } from "../layout";
import { FINALIZED, GENERATION_0, GENERATION_1, UNREACHABLE, control } from "../control";
import { isEmpty, moveAll } from "../object/links";
import {
  clearMarks,
  countUnexamined,
  endLongLived,
  promoteAll,
  promoteSome,
  startLongLived,
} from "../heap/generations";
import { freeTogether, isUnmarkedSilent, sweep } from "../death/bulk";
import { endDeaths, settleDeaths } from "../death/death";
import { canRunHooks, startActivation, tell } from "../death/hooks";
import { gatherUnmarked } from "./order";
import { countCollection } from "./count";
import { countYoung } from "./cycle/pace";
import { trimRoots } from "../heap/count";
import { trimInterned } from "../values/intern";
import { trimWeak } from "../weak/map";
import { settleAll } from "./cycle/cycle";
import { setLimits } from "./limits";
import { markReachable } from "./mark/mark";
import { callWeakrefs, clearGarbage, clearWeakrefsOf, finalizeGarbage } from "./teardown";
import { BECOME_OLD, MAX_EXAMINED, STAY, STAY_IF_TRACKED, splitIfFew, splitUnreachable } from "./young";

/**
 * Collects a generation and all younger ones. Returns how many objects it found to be garbage and did
 * not see resurrected; 0 when a collection is under way, or no finalizer could run: hooks are nested too deep.
 */
export function collect(generation: u32): u32 {
  if (control.collecting) return 0;
  startActivation();
  if (!canRunHooks()) return 0;
  if (generation == 2 && !settleAll()) return 0;
  control.collecting = 1;
  tell(COLLECTION_STARTS, generation, 0);
  control.freedBytes = 0;
  advanceCounts(generation);
  const collected = generation == 2 ? collectWholeHeap() : collectYoung(generation);
  countCollection(generation, collected);
  control.pagesAfter = control.pagesInUse;
  if (generation == 2) control.pagesAfterFull = control.pagesInUse;
  control.lastStep = 0;
  setLimits();
  if (generation == 2) {
    settleDeaths();
    trimTables();
  }
  tell(COLLECTION_ENDS, generation, collected);
  control.collecting = 0;
  return collected;
}

/** The heap's own tables give back what they can do without. */
function trimTables(): void {
  trimRoots();
  trimWeak();
  trimInterned();
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

/** Survivors go one generation up. */
function collectYoung(generation: u32): u32 {
  findInYoung(generation);
  countYoung(generation, control.candidates);
  if (isEmpty(UNREACHABLE)) return 0;
  return control.garbageIsLoud | control.debug ? tearDown(generation) : freeTogether(UNREACHABLE);
}

/** Garbage of the young generations → UNREACHABLE. With bounded pauses, a long backlog becomes old unexamined. */
function findInYoung(generation: u32): void {
  const list = generation ? GENERATION_1 : GENERATION_0;
  if (generation) moveAll(GENERATION_0, GENERATION_1);
  const survivors = generation ? BECOME_OLD : STAY_IF_TRACKED;
  if (!control.bounded) splitUnreachable(list, UNREACHABLE, survivors);
  else if (!splitIfFew(list, UNREACHABLE, survivors)) countUnexamined(promoteSome(list, MAX_EXAMINED));
  moveAll(GENERATION_0, GENERATION_1);
}

/** Everything becomes old, and garbage without hooks goes by the marks alone. */
function collectWholeHeap(): u32 {
  promoteAll(GENERATION_1);
  promoteAll(GENERATION_0);
  const all = control.oldCount;
  const reached = markReachable();
  control.candidates = all - control.frozenCount;
  const hasGarbage = reached < all;
  // What is frozen is marked, and yet may die of the garbage that held it last.
  const isSilent = hasGarbage && !(control.debug | control.frozenCount) && isUnmarkedSilent();
  let collected: u32 = 0;
  if (isSilent) collected = sweep();
  else if (hasGarbage) gatherUnmarked(UNREACHABLE);
  startLongLived();
  endLongLived();
  return hasGarbage && !isSilent ? tearDown(2) : collected;
}

/** Ends the life of what is in UNREACHABLE, or of as much as is not resurrected. How many. */
function tearDown(generation: u32): u32 {
  if (control.debug & DEBUG_COLLECTABLE) tell(COLLECTION_FOUND, generation, 0);
  let collected = callWeakrefs(UNREACHABLE, generation);
  finalizeGarbage(UNREACHABLE);
  // Only user code can have resurrected anything; asking again costs two walks of the garbage.
  moveAll(UNREACHABLE, FINALIZED);
  const candidates = control.candidates;
  collected += splitUnreachable(FINALIZED, UNREACHABLE, STAY);
  control.candidates = candidates;
  promoteSurvivors(FINALIZED, generation);
  if (!control.clearsAllWeakrefs) clearWeakrefsOf(UNREACHABLE);
  clearGarbage(UNREACHABLE, FINALIZED);
  promoteSurvivors(FINALIZED, generation);
  endDeaths();
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
