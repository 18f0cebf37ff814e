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

export function verifyCycle(): u32 {
  if (control.marking) return verifyMarks();
  return control.phase >= <u32>PHASE_GATHERING ? verifyDecision() : 0;
}

/** Scanned objects are marked, and so are objects with outside references, once the walk has passed them. */
function verifyMarks(): u32 {
  const passed: usize = control.phase == PHASE_WALKING ? <usize>control.cursor : usize.MAX_VALUE;
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (isMarked(object)) continue;
    const isRoot = object < passed && rootsFieldOf(object) && isOfSnapshot(object, infoOf(object));
    if (isScanned(object) || isRoot) return broken(INVARIANT_SNAPSHOT, object);
  }
  return 0;
}

/** Nothing alive refers to garbage, and garbage has no hook left to run. */
function verifyDecision(): u32 {
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

/**
 * Three kinds of objects may refer to garbage: PENDING ones until MARKING_PENDING has marked it, all objects while
 * garbage is saved, and a dead entry whose key has died since, until it has died itself.
 */
function holdsNothingDead(object: usize): bool {
  const type = typeOf(object);
  if (!hasLinks(type) || infoOf(object) & FLAG_UNREACHABLE) return true;
  if (typeIdOf(object) == TYPE_EPHEMERON && infoOf(object) & FLAG_DYING) return true;
  if (control.phase == PHASE_MARKING_PENDING || control.savesGarbage) return true;
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child && isDead(child)) return false;
  }
  return true;
}
