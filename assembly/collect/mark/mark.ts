// Marking: what is reachable, of all that is old, in steps or at once.
//
// It goes in address order, over two bitmaps: heap/barrier.ts says what their colours mean. One pass over all pages
// (WALKING) marks the roots of each page when it gets there, and scans what is grey, so memory streams in; marking an
// object sets a bit and does not touch the object. An edge to a higher address is met later in the pass. An edge to a
// lower one goes on a short stack, which is drained behind the pass (DRAINING); where the stack is full, the object's page becomes
// grey (heap/grey.ts), and grey pages are scanned when the stack is empty.
//
// So each object is scanned once, each page walked once, and a grey page scanned once for each time that it became grey:
// linear in the objects and pages, at any shape.
//
// Leaves are marked and not scanned, unless there are weak maps, whose keys they may be: a page of leaves is skipped.
//
// Roots are all holders that are not slots of ordinary objects: outside references, immortals, the slots that dying
// objects still hold, and frozen objects.

import { PHASE_IDLE, PHASE_WALKING } from "../../layout";
import { clearBits } from "../../memory/bits";
import { control } from "../../control";
import { clearGrey, takeGreyPart } from "../../heap/grey";
import { drainStack } from "./drain";
import { scanGreyPart, startGreyPart, startWalk, walkPage } from "./pass";
import { scanPart } from "./scan";

/** Begins a marking of the old objects there are, with bitmaps that are clear. */
export function startMarking(): void {
  clearGrey();
  control.snapshot = control.births;
  control.markTop = control.markStack;
  control.greyCursor = control.partial = control.markedOld = 0;
  control.phase = PHASE_WALKING;
  startWalk();
}

/** Scans what is grey, as long as there is work left in the step. True if nothing is. */
export function markOn(): bool {
  while (control.work > 0) {
    if (control.partial) scanPart();
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

/** Marks everything that is reachable, at once. All that is tracked is old. How many of that it met, frozen ones included. */
export function markReachable(): u32 {
  clearBits(control.firstPage, control.endPage - control.firstPage);
  startMarking();
  do control.work = i32.MAX_VALUE;
  while (!markOn());
  control.phase = PHASE_IDLE;
  return control.markedOld;
}
