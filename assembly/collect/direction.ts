// A proof that a young list has no garbage, in one pass.
//
// Objects of a list can only be garbage if references among them form a cycle. A young list is in birth order. If every
// reference among its objects leads to a younger one, there is no cycle, nor if every one leads to an older one. Programs
// that build trees, chains or documents mostly have such lists: built from the root on, references lead to younger
// objects; built from the leaves on, to older ones. The first two objects that refer to each other end the proof, so it
// costs little where it fails.
//
// The pass goes from the youngest object to the oldest, and marks each one COLLECTING. So a reference to a marked object
// leads to a younger one, and one to any other young object leads to an older one, of this list or of the next generation.

import {
  FLAG_COLLECTING,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  PAYLOAD_OFFSET,
  TYPE_DIES_AT_ONCE,
  TYPE_EPHEMERON,
  TYPE_MASK,
  TYPE_TUPLE,
} from "../layout";
import { control } from "../control";
import { clearFlag, infoOf, prevOf, setInfo } from "../object/header";
import { allSlots, allSlotsEnd } from "../object/references";
import { typeAt } from "../object/type";

const TO_YOUNGER: u32 = 1;
const TO_OLDER: u32 = 2;
const BOTH: u32 = TO_YOUNGER | TO_OLDER;

/**
 * Whether all references among the objects of a young list lead in one direction. Then the objects are COLLECTING, and
 * `control.candidates` is their number. False, too, if there are more than `objects` of them, or more than `slots` slots,
 * or an object of a kind that needs more than this pass: then nothing has changed.
 */
export function leadsOneWay(list: usize, objects: u32, slots: u32): bool {
  let candidates: u32 = 0;
  let ways: u32 = 0;
  let object = prevOf(list);
  for (; object != list; object = prevOf(object)) {
    if (candidates++ == objects) break;
    const info = infoOf(object);
    const type = typeAt(info & TYPE_MASK);
    setInfo(object, info | FLAG_COLLECTING);
    if (type.flags & TYPE_DIES_AT_ONCE) {
      const pair = load<u64>(object, PAYLOAD_OFFSET);
      if (pair) ways |= wayTo(<u32>pair, object) | wayTo(<u32>(pair >>> 32), object);
    } else {
      if (needsMore(info & TYPE_MASK)) break;
      const slot = allSlots(object, type);
      const end = allSlotsEnd(object, type);
      const count = (<u32>(end - slot)) >>> 2;
      if (count > slots) break;
      slots -= count;
      ways = addWays(ways, slot, end, object);
    }
    if (ways == BOTH) break;
  }
  control.candidates = candidates;
  if (object == list) return true;
  const end = prevOf(object);
  for (let marked = prevOf(list); marked != end; marked = prevOf(marked)) clearFlag(marked, FLAG_COLLECTING);
  return false;
}

/** Whether an object of this type needs more: a tuple may stop being tracked; an entry is held without a slot. */
@inline
function needsMore(id: u32): bool {
  return id == TYPE_TUPLE || id == TYPE_EPHEMERON;
}

/** `ways`, and the ways in which the slots of an object lead; not all of them if they are BOTH. */
function addWays(ways: u32, slot: usize, end: usize, object: usize): u32 {
  for (; slot < end && ways != BOTH; slot += 4) ways |= wayTo(load<u32>(slot), object);
  return ways;
}

/** In which way a slot of the object leads; 0 = to no young object; BOTH = to the object itself. */
@inline
function wayTo(child: u32, object: usize): u32 {
  if (!child) return 0;
  if (child == <u32>object) return BOTH;
  const info = infoOf(child);
  if (!isYoung(info)) return 0;
  return info & FLAG_COLLECTING ? TO_YOUNGER : TO_OLDER;
}

/** Whether an object is in generation 0 or 1. (PENDING ones, which are in neither, are UNREACHABLE.) */
@inline
function isYoung(info: u32): bool {
  return (info & (FLAG_TRACKED | FLAG_OLD | FLAG_UNREACHABLE)) == FLAG_TRACKED;
}
