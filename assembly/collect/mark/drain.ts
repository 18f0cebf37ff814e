// Draining the mark stack, from its top. While marking is wide, objects that are far away are noted instead: see
// heap/grey.ts.
//
// Here marking goes depth first, from one place in memory to another. Structs of the snapshot, which most objects are,
// are scanned here; all others in scan.ts.

import { FLAG_HAS_WEAKREFS, FLAG_OLD, PAYLOAD_OFFSET, TYPE_DIES_PLAINLY, TYPE_MASK } from "../../layout";
import { isMarked, markScanned, markUnforeseen } from "../../memory/bits";
import { control } from "../../control";
import { birthOf, infoOf } from "../../object/header";
import { typeAt } from "../../object/type";
import { MARK_STACK_WORDS } from "../../heap/barrier";
import { isFar, isLeafPage, noteGrey, spill } from "../../heap/grey";
import { JUMP_UNITS, OBJECT_UNITS, scanSlots } from "./scan";

/** Units of work of an object on the stack that is a leaf, or is noted. */
const LEAF_UNITS: i32 = 2;
const NOTE_UNITS: i32 = 2;

/**
 * Scans the objects on the stack, as long as there is work left in the step and no object is to be scanned in parts.
 * The walk must be over.
 */
export function drainStack(): void {
  const stack = control.markStack;
  const limit = stack + (MARK_STACK_WORDS << 2);
  const snapshot = control.snapshot;
  let top = control.markTop;
  let left = control.work;
  let passed: u32 = 0;
  while (top != stack && left > 0) {
    top -= 4;
    const object = <usize>load<u32>(top);
    // If its page has been freed since, nothing there is marked.
    if (!isMarked(object)) continue;
    if (isFar(object)) {
      noteGrey(object);
      left -= NOTE_UNITS;
      continue;
    }
    if (isLeafPage(object)) {
      left -= LEAF_UNITS;
      continue;
    }
    if (!markScanned(object)) continue;
    left -= JUMP_UNITS;
    const info = infoOf(object);
    const type = typeAt(info & TYPE_MASK);
    if ((info & (FLAG_OLD | FLAG_HAS_WEAKREFS)) != FLAG_OLD || !(type.flags & TYPE_DIES_PLAINLY)) {
      control.markTop = top;
      control.work = left;
      scanSlots(object);
      top = control.markTop;
      left = control.work;
      if (control.partial) break;
    } else if (birthOf(object) < snapshot) {
      passed++;
      const slots = type.slots;
      left -= OBJECT_UNITS + slots;
      if (top + (slots << 2) > limit) {
        control.markTop = top;
        spill();
        top = control.markTop;
      }
      const first = object + PAYLOAD_OFFSET;
      for (let slot = first, last = first + (slots << 2); slot < last; slot += 4) {
        const child = load<u32>(slot);
        if (!child) continue;
        store<u32>(top, child);
        top += markUnforeseen(child) << 2;
      }
    }
  }
  control.markTop = top;
  control.work = left;
  control.markedOld += passed;
}
