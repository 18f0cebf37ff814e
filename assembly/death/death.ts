// Death: the one loop in which objects die.
//
//   refcount 0 → finalizer, once, object alive, may resurrect → entries of weak maps whose key it is, then weak
//   references to it, cleared, callbacks newest first → slots dropped, depth first, a child's whole death before the
//   next slot → memory freed
//
// Objects that wait for a child's death form a stack (`control.dyingTop`) through their own `next`, and remember in
// `prev` how far their slots are dropped. An object is freed before the child in its last slot is entered, so a list
// of any length needs a stack of one and is touched once: no recursion, and no memory.
//
// The loop has a budget: so many slots. At once it is unlimited. With bounded pauses it is DEATH_SLICE, and what is
// left stays on the stack for the steps of later births. Objects on the stack are DYING: refcount 0, and roots of
// every collection with the slots that they still hold.
//
// Hooks run at two points of the loop: the finalizer of the object that is about to die, and the callbacks of an
// object whose weak references have been cleared. Between them the stack is whole and each count exact. Deaths that a
// hook starts run in a loop of their own above the floor (hooks.ts) of this one.

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
import { firstEntry, firstEntryOf, unlinkEntry } from "../weak/map";
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

/** Slots that one death drops at once when pauses are bounded. */
const DEATH_SLICE: i32 = 1000;
const UNLIMITED: i32 = i32.MAX_VALUE;

/** An object's count has become 0: it dies, and with it everything that only it refers to. */
export function kill(object: usize): void {
  killFrom(object, 0);
}

/** Takes a reference from outside away; the object dies if it was the last reference. */
export function release(object: usize): void {
  if (dropOutside(object)) kill(object);
}

/** The same for a struct that has dropped its slots up to `slot`, whose object is about to die (0 = none yet). */
export function killFrom(object: usize, slot: usize): void {
  startActivation();
  goOn(object, slot, control.dyingTop);
}

/** Kills an object (0 = none), and goes on with what waits on the stack above `floor`: to the end, or for a slice with bounded pauses. */
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
 * Goes on with the deaths and callbacks that wait, for about `budget` slots: not with those that belong to a death
 * under way further up the host's stack. Returns the budget that is left.
 */
export function runWaiting(budget: i32): i32 {
  while (budget > 0 && isAnythingWaiting() && canRunHooks()) {
    callOrDefer(takeCallbacks());
    const dead: usize = control.dyingTop == control.dyingFloor ? takeDeferred() : 0;
    budget = run(dead, 0, control.dyingFloor, budget);
  }
  return budget;
}

/** Deaths that were deferred go on: all of them, or a slice with bounded pauses. */
export function endDeaths(): void {
  if (!control.bounded) settleDeaths();
  else if (isAnythingWaiting()) {
    runWaiting(DEATH_SLICE);
    seeToWaiting();
  }
}

/** Ends all deaths that wait and can go on here. */
export function settleDeaths(): void {
  while (isAnythingWaiting() && canRunHooks()) runWaiting(UNLIMITED);
}

/**
 * The loop. Kills `dead` (0 = nothing new; `slot`: see `killFrom`), then goes on with the objects on the stack above
 * `floor`, the innermost first, until the stack is back at `floor` or the budget is spent. Returns what is left of it.
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

/** The beginning of a death that may be more than dropping slots. Afterwards the object is on the stack, gone, or deferred. */
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

/** Runs the finalizer of an object whose count is 0, as the youngest of generation 0. False if it was resurrected. */
function finalizeDying(object: usize): bool {
  shadeSlots(object);
  if (hasFlag(object, FLAG_TRACKED)) untrack(object);
  // It is alive again, also if it was deferred.
  setInfo(object, infoOf(object) & ~(SATURATED | FLAG_DYING));
  setRefcount(object, 0);
  track(object);
  const dies = finalize(object);
  setFlag(object, FLAG_FINALIZED);
  return dies;
}

/** Goes on with the death of the object on top of the stack. Returns what dies of it, or 0. */
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

/** Takes an entry out of its weak map. Returns it if it dies of it, or 0. */
function dropEntry(entry: usize): usize {
  control.dropsLeft--;
  unlinkEntry(entry);
  return dropSlot(entry) ? entry : 0;
}

/** Drops slots of a dying object until an object with a death of its own dies of it, which is returned, or the budget is spent. */
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
