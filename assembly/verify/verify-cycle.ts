// What holds while a cycle of bounded collection is under way.

import {
  FLAG_UNREACHABLE,
  PHASE_FINALIZING,
  PHASE_GATHERING,
  PHASE_SPARING,
  PHASE_SWEEPING,
  PHASE_WALKING,
} from "../layout";
import { INVARIANT_SNAPSHOT } from "../invariants";
import { isMarked, isScanned } from "../memory/bits";
import { control } from "../control";
import { infoOf, rootsFieldOf } from "../object/header";
import { slotsEnd, slotsOf } from "../object/references";
import { hasLinks, typeOf } from "../object/type";
import { isDead, isOfSnapshot } from "../heap/barrier";
import { firstObject, nextObject } from "../heap/walk";
import { isEntry, keyOf, mapOf } from "../weak/map";
import { broken } from "./broken";

/** A dead object that a cycle is about to empty, or has emptied: until the last other dead one lets go of it, it is a shell. */
export function isBeingSwept(object: usize): bool {
  return control.phase == PHASE_SWEEPING && isDead(object);
}

/**
 * While a cycle marks: what is scanned is marked, and so is what is held from outside, once the walk has passed it. When
 * it is decided who is dead: nothing else refers to them, and no entry of a weak map is among them whose map and key are not.
 */
export function verifyCycle(): u32 {
  if (!control.marking && control.phase < <u32>PHASE_GATHERING) return 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const info = infoOf(object);
    if (control.marking) {
      if (isScanned(object) && !isMarked(object)) return broken(INVARIANT_SNAPSHOT, object);
      const passed = control.phase != PHASE_WALKING || object < <usize>control.cursor;
      if (passed && rootsFieldOf(object) && isOfSnapshot(object, info) && !isMarked(object))
        return broken(INVARIANT_SNAPSHOT, object);
      continue;
    }
    if (isDead(object)) {
      if (rootsFieldOf(object) && !control.collecting) return broken(INVARIANT_SNAPSHOT, object);
      const isKept = isEntry(object) && isMarked(keyOf(object)) && isMarked(mapOf(object));
      if (isKept && control.phase != PHASE_SPARING) return broken(INVARIANT_SNAPSHOT, object);
      continue;
    }
    if (!hasLinks(typeOf(object)) || info & FLAG_UNREACHABLE || control.phase < <u32>PHASE_FINALIZING) continue;
    const type = typeOf(object);
    for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
      const child = load<u32>(slot);
      if (child && isDead(child) && !control.savesGarbage) return broken(INVARIANT_SNAPSHOT, object);
    }
  }
  return 0;
}
