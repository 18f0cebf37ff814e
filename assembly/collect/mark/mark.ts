// Marking: what is reachable, of all that is old, in steps or in one go.
//
// It goes in address order, over two bitmaps. `marked` in memory/bits.ts means reachable, `scanned` that the
// object's slots have been marked. A pass goes through the bitmaps word by word and scans what is marked and not
// scanned, so memory streams in; marking an object sets a bit and does not touch the object. An edge to a higher
// address is met later in the same pass. One to a lower address goes on a short stack, drained after the pass. When
// the stack is full the edge is dropped: the bits remember it, and another pass finds it.
//
// Roots are all holders that are not slots of ordinary objects: outside references, immortals, the slots that dying
// objects still hold, and frozen objects.

import { PHASE_IDLE, PHASE_WALKING } from "../../layout";
import { clearBits, isMarked } from "../../memory/bits";
import { control } from "../../control";
import { passOn, startWalk } from "./pass";
import { scan, scanPart } from "./scan";

/** Begins a marking of the old objects there are, with bitmaps that are clear. */
export function startMarking(): void {
  control.snapshot = control.births;
  control.markTop = control.markStack;
  control.markOverflow = control.partial = control.frozenMet = control.markedOld = 0;
  control.phase = PHASE_WALKING;
  startWalk();
}

/** Scans what is marked and not scanned, as long as there is work left in the step. True if there is no more of it. */
export function markOn(): bool {
  while (control.work > 0) {
    if (control.partial) scanPart();
    else if (control.cursor != u32.MAX_VALUE) passOn();
    else if (control.markTop > control.markStack) {
      control.markTop -= 4;
      const object = <usize>load<u32>(control.markTop);
      // Where its page has gone since, nothing is marked.
      if (isMarked(object)) scan(object);
    } else if (control.markOverflow) {
      control.markOverflow = 0;
      startWalk();
    } else return true;
  }
  return false;
}

/** Marks everything that is reachable, in one go. All that is tracked is old. How many of that it met, frozen ones included. */
export function markReachable(): u32 {
  clearBits(control.firstPage, control.endPage - control.firstPage);
  startMarking();
  do control.work = i32.MAX_VALUE;
  while (!markOn());
  control.phase = PHASE_IDLE;
  return control.markedOld;
}
