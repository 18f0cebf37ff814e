// Marking: which of the old objects are reachable, in steps or in one go.
//
// It proceeds in address order, with two bitmaps: heap/barrier.ts explains their colours. One pass over all pages
// (WALKING) marks the roots of each page when it gets there, and scans what is grey. Marking an object sets a bit and
// does not touch the object, so memory is read in a stream. The pass meets an edge to a higher address later. An edge
// to a lower address goes on a stack of 1,024 words, which is drained behind the pass (DRAINING). When the stack is
// full, objects are noted by their place (heap/grey.ts), and their part of a page is scanned when the stack is empty.
//
// So each object is scanned once, each page is walked once, and a noted part of a page has at least one object to scan:
// linear in objects and pages, at any shape of the heap.
//
// Leaves are marked and not scanned, so pages of leaves are skipped, unless there are weak maps, whose keys leaves may
// be.
//
// Roots are all objects that something other than a slot of an ordinary object keeps alive: objects with outside
// references, immortals, dying objects (for the slots that they still hold), and frozen objects.

import { PHASE_IDLE, PHASE_WALKING } from "../../layout";
import { clearBits, mark } from "../../memory/bits";
import { GENERATION_0, GENERATION_1, control } from "../../control";
import { nextOf } from "../../object/header";
import { slotsEnd, slotsOf } from "../../object/references";
import { typeOf } from "../../object/type";
import { reach } from "../../heap/barrier";
import { clearGrey, takeGreyPart } from "../../heap/grey";
import { drainStack } from "./drain";
import { scanGreyPart, startGreyPart, startWalk, walkPage } from "./pass";
import { scanPart } from "./scan";

/** Begins to mark the objects that are old now. The bitmaps must be clear. */
export function startMarking(): void {
  clearGrey();
  control.snapshot = control.births;
  control.markTop = control.markStack;
  control.greyCursor = control.partial = control.markedOld = 0;
  control.phase = PHASE_WALKING;
  startWalk();
}

/** Scans grey objects as long as there is work left in the step. True if none is left. */
export function markOn(): bool {
  while (control.work > 0) {
    if (control.partial) scanPartApart();
    else if (control.cursor != u32.MAX_VALUE) walkPage();
    else if (control.markTop != control.markStack) drainStack();
    else if (control.greyCursor) scanGreyPart();
    else {
      const part = takeGreyPart();
      if (!part) return true;
      startGreyPart(part);
    }
  }
  return false;
}

/**
 * Scans a part of a large object. The pace of a cycle follows what the phase has taken for each page so far. The slots
 * of one large object say nothing about the pages that are left, so their work does not count for the phase.
 */
function scanPartApart(): void {
  const before = control.work;
  scanPart();
  control.phaseWork += <i64>(before - control.work);
}

/**
 * Marks everything that is reachable, in one go. Young objects count as reachable. Returns how many old objects it met,
 * frozen ones included.
 */
export function markReachable(): u32 {
  clearBits(control.firstPage, control.endPage - control.firstPage);
  startMarking();
  markYoung(GENERATION_0);
  markYoung(GENERATION_1);
  do control.work = i32.MAX_VALUE;
  while (!markOn());
  control.phase = PHASE_IDLE;
  return control.markedOld;
}

/** Marks the objects of a young generation, which will not be scanned, and all objects in their slots. */
function markYoung(list: usize): void {
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    mark(object);
    const type = typeOf(object);
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      const child = load<u32>(slot);
      if (child) reach(child);
    }
  }
}
