// The marks of a bounded cycle, and what it has decided by them: heap/barrier.ts describes the colours. Relies on sound
// objects, weak maps and lists.

import {
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_UNREACHABLE,
  PHASE_GATHERING,
  PHASE_MARKING_PENDING,
  PHASE_SWEEPING,
  PHASE_WALKING,
  TYPE_EPHEMERON,
} from "../layout";
import { INVARIANT_DEAD, INVARIANT_SNAPSHOT } from "../invariants";
import { isMarked, isScanned } from "../memory/bits";
import { control } from "../control";
import { infoOf, rootsFieldOf, typeIdOf } from "../object/header";
import { slotsEnd, slotsOf } from "../object/references";
import { hasFinalizer, hasLinks, typeOf } from "../object/type";
import { isDead, isOfSnapshot } from "../heap/barrier";
import { firstObject, nextObject } from "../heap/walk";
import { isEntry, keyOf, mapOf } from "../weak/map";
import { firstWeakref } from "../weak/reference";
import { broken } from "./broken";

/** Whether a cycle has found the object to be garbage, and empties it now or has emptied it. It may be a shell. */
export function isBeingSwept(object: usize): bool {
  return control.phase == PHASE_SWEEPING && isDead(object);
}

/**
 * Whether an object may have no reference without dying: its own visit frees it. Before the sweep, those are entries
 * that have been left to it (`releaseEntry` in weak/map.ts).
 */
export function mayBeShell(object: usize): bool {
  return (
    isDead(object) && (control.phase == PHASE_SWEEPING || (typeIdOf(object) == TYPE_EPHEMERON && !isEntry(object)))
  );
}

export function verifyCycle(): u32 {
  if (control.marking) return verifyMarks();
  return control.phase >= <u32>PHASE_GATHERING ? verifyDecision() : 0;
}

/**
 * Scanned objects are marked. So are objects with outside references, and dying ones for what they still hold, once the
 * walk has passed them.
 */
function verifyMarks(): u32 {
  const passed: usize = control.phase == PHASE_WALKING ? <usize>control.cursor : usize.MAX_VALUE;
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (isMarked(object)) continue;
    const info = infoOf(object);
    const isRoot = info & FLAG_DYING || (rootsFieldOf(object) && isOfSnapshot(object, info));
    if (isScanned(object) || (isRoot && object < passed)) return broken(INVARIANT_SNAPSHOT, object);
  }
  return 0;
}

/**
 * Nothing alive refers to garbage, and garbage has no hook left to run. But garbage that is being saved leads to garbage
 * that is not saved yet.
 */
function verifyDecision(): u32 {
  if (control.savesGarbage && control.phase == PHASE_SWEEPING) return 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const isSound = isDead(object) ? isRightlyDead(object) : holdsNothingDead(object);
    if (!isSound) return broken(INVARIANT_DEAD, object);
  }
  return 0;
}

function isRightlyDead(object: usize): bool {
  if (rootsFieldOf(object) && !control.collecting) return false;
  // An entry whose key and map are alive is alive too. MARKING_PENDING marks them one after the other.
  const isKept = isEntry(object) && isMarked(keyOf(object)) && isMarked(mapOf(object));
  if (isKept && control.phase != PHASE_MARKING_PENDING) return false;
  if (control.phase == PHASE_GATHERING) return true;
  const isFinalized = !hasFinalizer(typeOf(object)) || (infoOf(object) & FLAG_FINALIZED) != 0;
  return isFinalized && !firstWeakref(object);
}

/** PENDING objects refer to garbage until MARKING_PENDING has marked it. */
function holdsNothingDead(object: usize): bool {
  const type = typeOf(object);
  if (!hasLinks(type) || infoOf(object) & FLAG_UNREACHABLE) return true;
  if (control.phase == PHASE_MARKING_PENDING) return true;
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && isDead(child)) return false;
  }
  return true;
}
