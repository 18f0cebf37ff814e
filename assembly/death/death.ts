// Death: the one loop in which objects die.
//
//   refcount 0 → finalizer (once, the object alive; it may resurrect)
//              → entries of weak maps removed, whose key it is; weak references to it cleared; callbacks, newest first
//              → slots dropped, depth first: the whole death of a child before the next slot
//              → memory freed
//
// Objects that wait for the death of a child form a stack (`control.dyingTop`) through their own `next`, and record in
// `prev` how many slots they have dropped. An object is freed before the child in its last slot is entered. So a list
// of any length needs a stack of one object and is touched once: no recursion, and no memory.
//
// The loop has a budget, in slots. It is unlimited, or DEATH_SLICE with bounded pauses: then the rest stays on the
// stack, and the steps of later births continue. Objects on the stack are DYING: their refcount is 0, and every
// collection treats them as roots, for the slots that they still hold.
//
// Hooks run at two points of the loop: the finalizer of the object that is about to die, and the callbacks of an object
// whose weak references have been cleared. There the stack is whole and each count exact. Deaths that a hook starts run
// in a loop of their own, above the floor (hooks.ts) of this one.

import {
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  FLAG_TRACKED,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  TYPE_MASK,
} from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { SATURATED, hasFlag, infoOf, nextOf, prevOf, setFlag, setInfo, setPrev, setRefcount } from "../object/header";
import { dropsLastFirst, firstSlot, slotCount } from "../object/references";
import { Type, hasFinalizer, hasLinks, typeAt, typeOf } from "../object/type";
import { shadeSlots } from "../heap/barrier";
import { dropOutside, dropSlot } from "../heap/count";
import { track, untrack } from "../heap/generations";
import { firstEntry, firstEntryOf, releaseEntry } from "../weak/map";
import { clearWeakrefs } from "../weak/reference";
import {
  callOrDefer,
  canRunHooks,
  defer,
  finalize,
  isAnythingWaiting,
  pushDying,
  seeToWaiting,
  startActivation,
  takeCallbacks,
  takeDeferred,
} from "./hooks";
import { endDying, freeObject } from "./end";
import { isPlainLeaf, killLeaf } from "./leaf";
import { STRUCT, dropUntilDeath, firstHeld, isStruct, leaveAndDropSlots, structEnd, waitForChild } from "./struct";

/** Slots that one death drops in one go when pauses are bounded. */
const DEATH_SLICE: i32 = 1000;
const UNLIMITED: i32 = i32.MAX_VALUE;

/** Kills an object whose refcount has become 0, and all objects that only it refers to. */
export function kill(object: usize): void {
  killFrom(object, 0);
}

/** Drops a reference from outside; the object dies if it was the last reference. */
export function release(object: usize): void {
  if (dropOutside(object)) kill(object);
}

/** `kill` for a struct that has dropped its slots up to `slot`, whose object is about to die. `slot` = 0: none yet. */
export function killFrom(object: usize, slot: usize): void {
  startActivation();
  goOn(object, slot, control.dyingTop);
}

/**
 * Kills an object (0 = none), and continues with the stack above `floor`: to the end, or for a slice with bounded
 * pauses.
 */
@inline
export function goOn(object: usize, slot: usize, floor: usize): void {
  if (control.bounded) {
    const left = run(object, slot, floor, DEATH_SLICE);
    if (!control.nesting && control.waitingFirst | control.callbacksFirst) runWaiting(left);
    if (isAnythingWaiting()) seeToWaiting();
  } else {
    run(object, slot, floor, UNLIMITED);
    while (<usize>control.dyingTop != floor) run(0, 0, floor, UNLIMITED);
    if (!control.nesting && control.waitingFirst | control.callbacksFirst) runWaiting(UNLIMITED);
  }
}

/**
 * Continues deferred deaths and callbacks, for about `budget` slots. Deaths further up the host's stack, which wait for
 * a hook to return, are not touched. Returns the budget that is left.
 */
export function runWaiting(budget: i32): i32 {
  while (budget > 0 && isAnythingWaiting() && canRunHooks()) {
    callOrDefer(takeCallbacks());
    const dead: usize = control.dyingTop == control.dyingFloor ? takeDeferred() : 0;
    budget = run(dead, 0, control.dyingFloor, budget);
  }
  return budget;
}

/** Continues deferred deaths: all of them, or a slice with bounded pauses. */
export function endDeaths(): void {
  if (!control.bounded) settleDeaths();
  else if (isAnythingWaiting()) {
    runWaiting(DEATH_SLICE);
    seeToWaiting();
  }
}

/** Ends all deferred deaths that can run here. */
export function settleDeaths(): void {
  while (isAnythingWaiting() && canRunHooks()) runWaiting(UNLIMITED);
}

/**
 * The loop. Kills `dead` (0 = nothing new; `slot`: see `killFrom`). Then continues with the objects on the stack above
 * `floor`, the innermost first, until the stack is back at `floor` or the budget is spent. Returns the budget that is
 * left.
 */
function run(dead: usize, slot: usize, floor: usize, budget: i32): i32 {
  let top = <usize>control.dyingTop;
  while (true) {
    while (dead) {
      const info = infoOf(dead);
      const type = typeAt(info & TYPE_MASK);
      budget -= 2;
      if (!isStruct(info, type) || budget <= 0) {
        control.dyingTop = <u32>top;
        begin(dead, info, type);
        top = control.dyingTop;
        break;
      }
      if (!slot) slot = leaveAndDropSlots(dead, info, type);
      if (!slot) {
        freeObject(dead);
        break;
      }
      const child = <usize>load<u32>(slot);
      const rest = firstHeld(slot + 4, structEnd(dead, type));
      if (rest) {
        waitForChild(dead, info, rest, top);
        top = dead;
      } else freeObject(dead);
      dead = child;
      slot = 0;
    }
    dead = slot = 0;
    if (top == floor || budget <= 0) break;
    const type = typeOf(top);
    if ((type.flags & STRUCT) == STRUCT && !hasFlag(top, FLAG_HAS_WEAKREFS)) {
      const first = top + PAYLOAD_OFFSET;
      const end = structEnd(top, type);
      const dropped = dropUntilDeath(first + (prevOf(top) << 2), end);
      const rest = dropped ? firstHeld(dropped + 4, end) : 0;
      if (dropped) dead = load<u32>(dropped);
      if (rest) setPrev(top, (rest - first) >>> 2);
      else {
        budget -= type.slots + 1;
        const done = top;
        top = nextOf(top);
        freeObject(done);
      }
    } else {
      control.dyingTop = <u32>top;
      control.dropsLeft = budget;
      dead = dropNext(top);
      budget = control.dropsLeft;
      top = control.dyingTop;
    }
  }
  control.dyingTop = <u32>top;
  return budget;
}

/**
 * Begins a death that may be more than dropping slots. Afterwards the object is on the stack, freed, resurrected or
 * deferred.
 */
function begin(dead: usize, info: u32, type: Type): void {
  if (!hasLinks(type)) {
    callOrDefer(killLeaf(dead));
    return;
  }
  if (hasFinalizer(type) && !(info & FLAG_FINALIZED)) {
    if (!canRunHooks()) {
      defer(dead);
      return;
    }
    if (!finalizeDying(dead)) return;
  }
  pushDying(dead);
}

/**
 * Runs the finalizer of an object whose refcount is 0. During the call it is alive, the youngest of generation 0. False
 * = it was resurrected.
 */
function finalizeDying(object: usize): bool {
  shadeSlots(object);
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  // A deferred object was DYING; it is alive again.
  setInfo(object, infoOf(object) & ~(SATURATED | FLAG_DYING));
  setRefcount(object, 0);
  track(object);
  const dies = finalize(object);
  setFlag(object, FLAG_FINALIZED);
  return dies;
}

/** Continues the death of the object on top of the stack. Returns an object that dies of it, or 0. */
function dropNext(top: usize): usize {
  if (hasFlag(top, FLAG_HAS_WEAKREFS)) {
    const entry = firstEntryOf(top);
    if (entry) return dropEntry(entry);
    callOrDefer(clearWeakrefs(top));
    return 0;
  }
  const type = typeOf(top);
  if (type.kind == KIND_WEAKMAP) {
    const entry = firstEntry(top);
    if (entry) return dropEntry(entry);
  } else {
    const dead = dropSome(top, type);
    if (hasSlotsLeft(top, type)) return dead;
    control.dyingTop = <u32>nextOf(top);
    endDying(top, type);
    return dead;
  }
  control.dyingTop = <u32>nextOf(top);
  endDying(top, type);
  return 0;
}

/** Takes an entry out of its weak map. Returns the entry if it dies of it, or 0. */
function dropEntry(entry: usize): usize {
  control.dropsLeft--;
  return releaseEntry(entry) ? entry : 0;
}

/**
 * Drops slots of a dying object until the budget is spent, or until an object dies that is not a plain leaf. Returns
 * that object, or 0.
 */
function dropSome(object: usize, type: Type): usize {
  const first = firstSlot(object, type);
  const backwards = dropsLastFirst(type);
  const end: usize = backwards ? 0 : <usize>slotCount(object, type);
  let cursor = prevOf(object);
  let left = control.dropsLeft;
  let dead: usize = 0;
  for (; left > 0 && cursor != end && !dead; left--) {
    const child = <usize>load<u32>(first + ((backwards ? cursor - 1 : cursor) << 2));
    if (backwards) cursor--;
    else cursor++;
    if (!child || !dropSlot(child)) continue;
    const info = infoOf(child);
    if (isPlainLeaf(info, typeAt(info & TYPE_MASK))) freeBlock(child);
    else dead = child;
  }
  setPrev(object, cursor);
  control.dropsLeft = left;
  return dead;
}

function hasSlotsLeft(object: usize, type: Type): bool {
  const cursor = <u32>prevOf(object);
  return dropsLastFirst(type) ? cursor != 0 : cursor < slotCount(object, type);
}
