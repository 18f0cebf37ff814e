// Structs whose death only drops slots. Most objects are of this kind. The loop (death.ts) and the fast path
// (fast.ts) inline these functions.

import {
  FLAG_COLLECTING,
  FLAG_DYING,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  PAYLOAD_OFFSET,
  TYPE_DIES_PLAINLY,
  TYPE_HAS_LINKS,
} from "../layout";
import { SATURATED, setInfo, setNext, setPrev, setRefcount } from "../object/header";
import { Type } from "../object/type";
import { shade } from "../heap/barrier";
import { dropSlot } from "../heap/count";
import { leaveGeneration } from "../heap/generations";

/**
 * Mask for the `info` of an object that waits for the death of a child: no generation, no garbage, no outside
 * references.
 */
const NOT_ALIVE: u32 = ~(SATURATED | FLAG_TRACKED | FLAG_OLD | FLAG_COLLECTING | FLAG_UNREACHABLE);
/** Type flags of these structs. */
export const STRUCT: u32 = TYPE_DIES_PLAINLY | TYPE_HAS_LINKS;

/** Whether an object is one of these structs, and its death has not begun. */
@inline
export function isStruct(info: u32, type: Type): bool {
  return (type.flags & STRUCT) == STRUCT && !(info & (FLAG_HAS_WEAKREFS | FLAG_DYING));
}


@inline
export function structEnd(struct: usize, type: Type): usize {
  return struct + PAYLOAD_OFFSET + ((<usize>type.slots) << 2);
}

/** Takes a struct out of its generation and drops its slots until an object dies. Returns that slot, or 0. */
@inline
export function leaveAndDropSlots(struct: usize, info: u32, type: Type): usize {
  if (info & FLAG_TRACKED) leaveGeneration(struct, info);
  return dropUntilDeath(struct + PAYLOAD_OFFSET, structEnd(struct, type));
}

/** Drops slots until an object dies. Returns that slot, or 0. */
@inline
export function dropUntilDeath(slot: usize, end: usize): usize {
  for (; slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && dropSlot(child)) return slot;
  }
  return 0;
}

/** The first slot that holds a reference, or 0: then the struct need not wait for the death of its child. */
@inline
export function firstHeld(slot: usize, end: usize): usize {
  for (; slot < end; slot += 4) if (load<u32>(slot)) return slot;
  return 0;
}

/** Puts the struct `dead` on top of the stack: a child is about to die, and the slots from `rest` on are still held. */
@inline
export function waitForChild(dead: usize, info: u32, rest: usize, top: usize): void {
  setInfo(dead, (info & NOT_ALIVE) | FLAG_DYING);
  setRefcount(dead, 0);
  setPrev(dead, (rest - dead - PAYLOAD_OFFSET) >>> 2);
  setNext(dead, top);
  shade(dead);
}
