// Single words of the control block: those with few legal values, those with a limit, those that follow from others.
// Counts of things that are walked are checked by the walk. Relies on nothing, so it runs first.
//
// A difference that wraps below zero is a huge number, which exceeds its limit.

import { PHASE_DRAINING, PHASE_SWEEPING, PHASE_WALKING } from "../layout";
import { INVARIANT_CONTROL, INVARIANT_COUNTER, INVARIANT_LIMITS } from "../invariants";
import { Control, LAYOUT_VERSION, control } from "../control";
import { MAX_NESTING } from "../death/hooks";
import { limitOfPages } from "../collect/limits";
import { broken } from "./broken";

/** A page has at most 2^12 blocks: none is smaller than 16 bytes. */
const BLOCKS_PER_PAGE_SHIFT: u32 = 12;

export function verifyControl(): u32 {
  return verifyModes() || verifyCounters() || verifyLimits();
}

/** Returns 0 if `holds`; else the invariant, and records the address of the field. */
function expect(holds: bool, invariant: u32, field: usize): u32 {
  return holds ? 0 : broken(invariant, changetype<usize>(control) + field);
}

function verifyModes(): u32 {
  // The barrier is on while a cycle marks, and at no other time.
  const isMarking: u32 = control.phase >= <u32>PHASE_WALKING && control.phase <= <u32>PHASE_DRAINING ? 1 : 0;
  return (
    expect(control.version == LAYOUT_VERSION, INVARIANT_CONTROL, offsetof<Control>("version")) ||
    expect(control.enabled <= 1, INVARIANT_CONTROL, offsetof<Control>("enabled")) ||
    expect(control.bounded <= 1, INVARIANT_CONTROL, offsetof<Control>("bounded")) ||
    expect(control.collecting <= 1, INVARIANT_CONTROL, offsetof<Control>("collecting")) ||
    expect(control.hasHooks <= 1, INVARIANT_CONTROL, offsetof<Control>("hasHooks")) ||
    expect(control.room <= 2, INVARIANT_CONTROL, offsetof<Control>("room")) ||
    // A cycle may begin inside the innermost hook, and its event is one level deeper.
    expect(control.nesting <= MAX_NESTING + 1, INVARIANT_CONTROL, offsetof<Control>("nesting")) ||
    expect(control.nesting != 0 || !control.dyingFloor, INVARIANT_CONTROL, offsetof<Control>("dyingFloor")) ||
    expect(control.phase <= <u32>PHASE_SWEEPING, INVARIANT_CONTROL, offsetof<Control>("phase")) ||
    expect(control.marking == isMarking, INVARIANT_CONTROL, offsetof<Control>("marking"))
  );
}

function verifyCounters(): u32 {
  const objects = (<u64>(control.endPage - control.firstPage)) << BLOCKS_PER_PAGE_SHIFT;
  // Objects promoted since the last full collection; a cycle that is given up adds a quarter of those that survived it.
  const pending = control.births + (control.longLivedTotal >>> 2);
  return (
    expect(control.count0 >= 0, INVARIANT_COUNTER, offsetof<Control>("count0")) ||
    expect(control.count1 >= 0, INVARIANT_COUNTER, offsetof<Control>("count1")) ||
    expect(control.count2 >= 0, INVARIANT_COUNTER, offsetof<Control>("count2")) ||
    expect(control.lastStep >= 0, INVARIANT_COUNTER, offsetof<Control>("lastStep")) ||
    expect(control.longLivedTotal <= objects, INVARIANT_COUNTER, offsetof<Control>("longLivedTotal")) ||
    expect(control.longLivedPending <= pending, INVARIANT_COUNTER, offsetof<Control>("longLivedPending")) ||
    expect(control.cycleCandidates <= objects, INVARIANT_COUNTER, offsetof<Control>("cycleCandidates")) ||
    expect(control.frozenUpTo <= control.births, INVARIANT_COUNTER, offsetof<Control>("frozenUpTo")) ||
    expect(control.snapshot <= control.births, INVARIANT_COUNTER, offsetof<Control>("snapshot")) ||
    expect(control.decidedFrozen <= control.births, INVARIANT_COUNTER, offsetof<Control>("decidedFrozen"))
  );
}

/** The two limits that births are compared with follow from the settings. */
function verifyLimits(): u32 {
  const isOver = control.pagesInUse > control.pagesLimit;
  return (
    expect(control.pagesLimit == limitOfPages(), INVARIANT_LIMITS, offsetof<Control>("pagesLimit")) ||
    expect(!isOver || control.birthsLimit == i32.MIN_VALUE, INVARIANT_LIMITS, offsetof<Control>("birthsLimit"))
  );
}
