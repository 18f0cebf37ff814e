// Doors: collecting, when to collect, and which objects are tracked.

import { ROOM_FOR_DOORS, ROOM_FOR_HOOKS } from "../layout";
import { control, UNREACHABLE } from "../control";
import { needMoreRoom, needRoom } from "../room";
import { growAhead } from "../memory/growth";
import { nextOf } from "../object/header";
import {
  freeze as freezeTracked,
  frozenCount,
  nextTracked,
  trackedCount as countTracked,
  unfreeze as unfreezeAll,
} from "../heap/generations";
import { release } from "../death/death";
import { denyRoom as denyRoomForHooks, waitingCount } from "../death/hooks";
import { createList } from "../containers/list";
import { collect as collectGeneration } from "../collect/collect";
import { setLimits } from "../collect/limits";
import { settleAll, step as stepCycle } from "../collect/cycle/cycle";
import { nextReferrer as referrerAfter } from "../collect/referrers";
import { verifyHeap } from "../verify/verify";
import { beginIfWorthIt, setBounded as setBoundedPauses } from "../collect/trigger";
import { checkGarbage, checkGeneration, checkLoan, checkTracked } from "./checks";

// Hooks are deferred where the stack has no room for them. A program that asks for a collection expects them to run, so
// these doors ask for the room of hooks and not only for their own.

export function collect(generation: u32): u32 {
  checkGeneration(generation);
  needMoreRoom(ROOM_FOR_HOOKS);
  return collectGeneration(generation);
}

/**
 * Does about `units` units of deferred work; begins a cycle if one is due. False if nothing is left: then memory has been
 * grown ahead of need.
 */
export function step(units: i32): bool {
  needMoreRoom(ROOM_FOR_HOOKS);
  beginIfWorthIt();
  if (stepCycle(units)) return true;
  growAhead();
  return false;
}

/** Completes all incremental work; abandons a cycle that is still marking. */
export function settle(): void {
  needMoreRoom(ROOM_FOR_HOOKS);
  if (control.collecting) return;
  settleAll();
}

export function setBounded(on: u32): bool {
  needMoreRoom(ROOM_FOR_HOOKS);
  return setBoundedPauses(on != 0);
}

/** Number of dying and deferred objects. Each may hold more that will die with it. */
export function waiting(): u32 {
  return waitingCount();
}

export function setEnabled(enabled: u32): void {
  needRoom();
  control.enabled = enabled ? 1 : 0;
  setLimits();
}

export function addPause(by: i32): void {
  if (by > 0) needMoreRoom(ROOM_FOR_DOORS);
  else needRoom();
  control.pauses += by;
  setLimits();
}

export function setByteThreshold(bytes: u32): void {
  needRoom();
  control.byteThreshold = bytes;
  control.pagesAfter = control.pagesInUse;
  setLimits();
}

export function setThresholds(t0: i32, t1: i32, t2: i32): void {
  needRoom();
  control.threshold0 = t0;
  control.threshold1 = t1;
  control.threshold2 = t2;
  setLimits();
}

export function trackedCount(generation: u32): u32 {
  checkGeneration(generation);
  return countTracked(generation);
}

export function trackedAfter(generation: u32, object: usize): usize {
  checkTracked(generation, object);
  return nextTracked(generation, object);
}

/** The next object that the collection under way has found to be garbage (0 = the first), or 0. */
export function unreachableAfter(object: usize): usize {
  checkGarbage(object);
  const next = nextOf(object ? object : UNREACHABLE);
  return next == UNREACHABLE ? 0 : next;
}

export function nextReferrer(generation: u32, object: usize, targets: usize, count: u32): usize {
  checkTracked(generation, object);
  checkLoan(targets, count, 2);
  return referrerAfter(generation, object, targets, count);
}

export function freeze(): void {
  needRoom();
  freezeTracked();
}

export function unfreeze(): void {
  unfreezeAll();
}

export function freezeCount(): u32 {
  return frozenCount();
}

export function setDebug(flags: u32): void {
  control.debug = flags;
}

export function garbage(): usize {
  needRoom();
  if (!control.garbage) control.garbage = <u32>createList(0);
  return control.garbage;
}

/** Releases the list `gc.garbage`. */
export function forgetGarbage(): void {
  needRoom();
  const list = control.garbage;
  control.garbage = 0;
  if (list) release(list);
}

/** The import `checkRoom` calls this if the host's stack has no room for a hook. */
export function denyRoom(): void {
  denyRoomForHooks();
}

/** 0, or the number of the first broken invariant: see invariants.ts. Then `control.verifyAddress` says where. */
export function verify(): u32 {
  needRoom();
  return verifyHeap();
}
