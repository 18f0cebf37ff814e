// The collector. Read `collect` first. The rules are those of CPython's three-generation collector (Modules/gcmodule.c
// of 3.12); docs/collector.md follows one collection step by step.
//
// The collector frees nothing itself. It clears the slots of garbage that has hooks, and death/ does the rest; garbage
// without hooks dies in bulk (death/bulk.ts).

import { COLLECTION_ENDS, COLLECTION_FOUND, COLLECTION_STARTS, DEBUG_COLLECTABLE, DEBUG_SAVEALL } from "../layout";
import { CHECK } from "../check";
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
import { freeTogether, isUnmarkedWithoutHooks, cutWeakLinks, sweep } from "../death/bulk";
import { endDeaths, settleDeaths } from "../death/death";
import { canRunHooks, startActivation, tell } from "../death/hooks";
import { gatherUnmarked } from "./order";
import { countCollection } from "./count";
import { countYoung } from "./cycle/pace";
import { CLEARING, CLEARING_UNMARKED } from "../heap/barrier";
import { trimRoots } from "../heap/count";
import { trimInterned } from "../values/intern";
import { trimWeak } from "../weak/map";
import { settleAll } from "./cycle/cycle";
import { leadsOneWay } from "./direction";
import { setLimits } from "./limits";
import { markReachable } from "./mark/mark";
import { hasUntrackedKeys, splitUnmarked } from "./remark";
import { callWeakrefs, clearGarbage, clearWeakrefsOf, finalizeGarbage } from "./teardown";
import { BECOME_OLD, MAX_EXAMINED, MAX_SLOTS, STAY, STAY_IF_TRACKED, splitIfFew, splitUnreachable } from "./young";

/**
 * Collects a generation and all younger ones. Returns how many objects were garbage and not resurrected; 0 if a
 * collection is under way, or if no finalizer could run, because the stack has no room or too many hooks are running.
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

/** Shrinks the core's hash tables. Only full collections do that, because moving a table is a pause. */
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

/** Collects the young generations. Survivors move one generation up. */
function collectYoung(generation: u32): u32 {
  findInYoung(generation);
  countYoung(generation, control.candidates);
  if (isEmpty(UNREACHABLE)) return 0;
  return control.garbageHasHooks | control.debug ? tearDown(generation) : freeTogether(UNREACHABLE);
}

/**
 * Moves garbage of the young generations to UNREACHABLE. With bounded pauses, the oldest objects of a long list become
 * old unexamined.
 */
function findInYoung(generation: u32): void {
  const list = generation ? GENERATION_1 : GENERATION_0;
  if (generation) moveAll(GENERATION_0, GENERATION_1);
  const survivors = generation ? BECOME_OLD : STAY_IF_TRACKED;
  if (hasNoCycle(list)) {
    if (generation) countUnexamined(promoteAll(list));
    else clearMarks(list);
  } else if (!control.bounded) splitUnreachable(list, UNREACHABLE, survivors);
  else if (!splitIfFew(list, UNREACHABLE, survivors)) countUnexamined(promoteSome(list, MAX_EXAMINED));
  moveAll(GENERATION_0, GENERATION_1);
}

/** Whether one pass can see that a young list has no cycle, and so no garbage. Then its objects are COLLECTING. */
function hasNoCycle(list: usize): bool {
  const found = control.bounded
    ? leadsOneWay(list, MAX_EXAMINED, MAX_SLOTS)
    : leadsOneWay(list, u32.MAX_VALUE, u32.MAX_VALUE);
  if (CHECK && found) assert(!splitUnreachable(list, UNREACHABLE, STAY), "there is garbage in a list without a cycle");
  return found;
}

/** Makes everything old and marks. Garbage without hooks is swept by the marks alone. */
function collectWholeHeap(): u32 {
  promoteAll(GENERATION_1);
  promoteAll(GENERATION_0);
  const all = control.oldCount;
  const reached = markReachable();
  control.candidates = all - control.frozenCount;
  const hasGarbage = reached < all;
  // Frozen objects are marked, and yet may die if garbage held them last: then their hooks run.
  const diesInBulk = hasGarbage && !(control.debug | control.frozenCount) && isUnmarkedWithoutHooks();
  let collected: u32 = 0;
  if (diesInBulk) collected = sweep();
  else if (hasGarbage) gatherUnmarked(UNREACHABLE);
  startLongLived();
  endLongLived();
  return hasGarbage && !diesInBulk ? tearDown(2) : collected;
}

/** Ends the life of the objects in UNREACHABLE that are not resurrected. Returns how many. */
function tearDown(generation: u32): u32 {
  if (control.debug & DEBUG_COLLECTABLE) tell(COLLECTION_FOUND, generation, 0);
  let collected = callWeakrefs(UNREACHABLE, generation);
  finalizeGarbage(UNREACHABLE);
  // Finalizers may have resurrected objects, so the garbage is examined once more.
  moveAll(UNREACHABLE, FINALIZED);
  const candidates = control.candidates;
  const isMarked = generation == 2 && hasUntrackedKeys(FINALIZED);
  collected += isMarked ? splitUnmarked(FINALIZED, UNREACHABLE) : splitUnreachable(FINALIZED, UNREACHABLE, STAY);
  control.candidates = candidates;
  promoteSurvivors(FINALIZED, generation);
  if (!control.clearsAllWeakrefs) clearWeakrefsOf(UNREACHABLE);
  if (control.bounded && !(control.debug & DEBUG_SAVEALL && control.garbage)) {
    // Deaths in slices would leave cleared objects in reach of the dying ones, where programs find them through
    // listings.
    cutWeakLinks(UNREACHABLE);
    freeTogether(UNREACHABLE);
  } else {
    clearGarbage(UNREACHABLE, FINALIZED, isMarked ? CLEARING_UNMARKED : CLEARING);
    promoteSurvivors(FINALIZED, generation);
    endDeaths();
  }
  return collected;
}

/** Moves objects that were in UNREACHABLE and survive to where other survivors went. */
function promoteSurvivors(list: usize, generation: u32): void {
  if (generation > 0) {
    promoteAll(list);
    return;
  }
  clearMarks(list);
  moveAll(list, GENERATION_1);
}
