// The progress of a bounded cycle: its place, its stack, its grey pages, the object that it scans or sweeps in parts,
// its garbage with finalizers. Relies on sound objects, lists and weak maps.

import {
  PAGE_SHIFT,
  PART_ENTRIES_OF_KEY,
  PART_SLOTS,
  PHASE_MARKING_PENDING,
  PHASE_SWEEPING,
  PHASE_WALKING,
  TYPE_BUFFER,
  TYPE_EPHEMERON,
} from "../layout";
import { INVARIANT_GREY, INVARIANT_PARTIAL, INVARIANT_PENDING, INVARIANT_PLACE } from "../invariants";
import { PENDING, control } from "../control";
import { pageAt } from "../memory/page";
import { slotCount } from "../object/references";
import { STATE_PENDING, stateOf } from "../object/state";
import { typeOf } from "../object/type";
import { MARK_STACK_WORDS } from "../heap/barrier";
import { countGreyWords, isGreyPage } from "../heap/grey";
import { typeIdAt } from "../heap/walk";
import { keyOf, mapOf } from "../weak/map";
import { broken } from "./broken";
import { isBeingSwept } from "./verify-cycle";

export function verifyProgress(): u32 {
  return verifyGrey() || verifyPlace() || verifyPartial() || verifyPending();
}

/** A page has grey parts if its bit says so. */
function verifyGrey(): u32 {
  if (countGreyWords() != control.greyWords) return broken(INVARIANT_GREY, 0);
  for (let page = control.firstPage; page < control.endPage; page++)
    if (isGreyPage(page) != (pageAt(page).grey != 0)) return broken(INVARIANT_GREY, page << PAGE_SHIFT);
  return 0;
}

/** The cursor is in the page at which the walk is, or behind it; the stack is within its bounds. */
function verifyPlace(): u32 {
  if (control.phase < <u32>PHASE_WALKING) return 0;
  const page = control.walkPage;
  const cursor = control.cursor;
  if (page < control.firstPage || page > control.endPage) return broken(INVARIANT_PLACE, page << PAGE_SHIFT);
  if (cursor >>> PAGE_SHIFT < page) return broken(INVARIANT_PLACE, cursor);
  const grey = control.greyCursor >>> PAGE_SHIFT;
  if (grey && (grey < control.firstPage || grey >= control.endPage)) return broken(INVARIANT_PLACE, control.greyCursor);
  const used = control.markTop - control.markStack;
  return used <= MARK_STACK_WORDS << 2 && (used & 3) == 0 ? 0 : broken(INVARIANT_PLACE, control.markTop);
}

/** The object that is scanned or swept in parts exists, and so does the next of its entries. */
function verifyPartial(): u32 {
  const object = <usize>control.partial;
  if (!object) return 0;
  const id = typeIdAt(object);
  const stage = control.partialStage;
  const phase = control.phase;
  if (!id || id == TYPE_BUFFER || phase < <u32>PHASE_WALKING || stage > <u32>PART_SLOTS)
    return broken(INVARIANT_PARTIAL, object);
  if (phase == PHASE_SWEEPING) {
    const isWithin = control.partialSlot <= slotCount(object, typeOf(object));
    return isWithin && isBeingSwept(object) ? 0 : broken(INVARIANT_PARTIAL, object);
  }
  const entry = <usize>control.partialEntry;
  if (stage == PART_SLOTS || !entry) return 0;
  if (typeIdAt(entry) != TYPE_EPHEMERON) return broken(INVARIANT_PARTIAL, entry);
  return object == (stage == PART_ENTRIES_OF_KEY ? keyOf(entry) : mapOf(entry)) ? 0 : broken(INVARIANT_PARTIAL, entry);
}

/**
 * Garbage with finalizers is on PENDING whenever user code can run. The next object to mark in MARKING_PENDING is on
 * PENDING, or its head.
 */
function verifyPending(): u32 {
  if (control.pendingChain) return broken(INVARIANT_PENDING, control.pendingChain);
  if (control.phase != PHASE_MARKING_PENDING) return 0;
  const next = <usize>control.pendingAt;
  if (next == PENDING) return 0;
  return typeIdAt(next) && stateOf(next) == STATE_PENDING ? 0 : broken(INVARIANT_PENDING, next);
}
