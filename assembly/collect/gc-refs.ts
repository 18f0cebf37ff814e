// Of each object in a list: how many references come from outside of the list. That is the refcount, less the references
// that the list's own objects hold. The word `prev`, which the list lends, is gcRefs meanwhile: twice the number of
// references that are not explained yet, plus KNOWN.

import {
  FLAG_COLLECTING,
  FLAG_HAS_WEAKREFS,
  FLAG_UNREACHABLE,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  TYPE_DIES_AT_ONCE,
  TYPE_EPHEMERON,
  TYPE_MASK,
} from "../layout";
import { CHECK } from "../check";
import { control } from "../control";
import { hasFlag, infoOf, nextOf, prevOf, refcountOf, setInfo, setPrev } from "../object/header";
import { allSlots, allSlotsEnd } from "../object/references";
import { Type, typeOf } from "../object/type";
import { firstEntryOf, isEntry, keyOf, mapOf, nextEntryOf, sizeOfMap } from "../weak/map";

/** A bit of gcRefs, which no link has: `prev` is gcRefs. By itself: no reference comes from outside. */
export const KNOWN: usize = 1;
/** One reference, in gcRefs. */
export const ONE_REF: usize = 2;

/**
 * Makes every object COLLECTING, with gcRefs = refcount. False if there are more than `limit`; those are done.
 *
 * Following a list that is not in the cache waits for memory at each link. So the list is read from its end, too, until
 * the two meet: then two links are waited for at a time.
 */
export function updateRefs(list: usize, limit: u32): bool {
  let candidates: u32 = 0;
  let object = nextOf(list);
  let ahead = prevOf(list);
  for (; object != list && candidates < limit; object = nextOf(object)) {
    if (ahead != list) ahead = infoOf(ahead) & FLAG_COLLECTING ? list : prevOf(ahead);
    setInfo(object, (infoOf(object) | FLAG_COLLECTING) & ~FLAG_UNREACHABLE);
    setPrev(object, ((<usize>refcountOf(object)) << 1) | KNOWN);
    candidates++;
  }
  control.candidates = candidates;
  return object == list;
}

/** gcRefs = references from outside the list. False if its objects have more than `limit` slots and entries. */
export function subtractRefs(list: usize, limit: u32): bool {
  let outside: u32 = 0;
  let slots: u32 = 0;
  for (let object = nextOf(list); object != list; object = nextOf(object)) {
    const type = typeOf(object);
    if (isEmptyPair(object, type)) continue;
    const first = allSlots(object, type);
    const end = allSlotsEnd(object, type);
    slots += (<u32>(end - first)) >>> 2;
    if (limit != u32.MAX_VALUE) slots += entriesOf(object, type, limit);
    if (slots > limit) return false;
    for (let slot = first; slot < end; slot += 4) {
      const child = load<u32>(slot);
      if (!child) continue;
      const info = infoOf(child);
      if (info & FLAG_COLLECTING) {
        if (CHECK)
          assert(prevOf(child) >= ONE_REF, "refcount is too small: an object has more references than it counts");
        setPrev(child, prevOf(child) - ONE_REF);
      } else outside |= info;
    }
    // The key and the map share one reference to an entry. It counts as one from the list if either of them is in it.
    if ((infoOf(object) & TYPE_MASK) == TYPE_EPHEMERON && isEntry(object)) {
      if (isCollecting(keyOf(object)) || isCollecting(mapOf(object))) setPrev(object, prevOf(object) - ONE_REF);
    }
  }
  control.garbageHasHooks = outside & FLAG_HAS_WEAKREFS;
  return true;
}

/**
 * Number of entries that are visited through a key or a map, young or old: a key that its finalizer has resurrected is
 * younger than its entries. The count stops at `limit`.
 */
function entriesOf(object: usize, type: Type, limit: u32): u32 {
  let count: u32 = type.kind == KIND_WEAKMAP ? sizeOfMap(object) : 0;
  for (let entry = firstEntryOf(object); entry && count <= limit; entry = nextEntryOf(entry)) count++;
  return count;
}

/** Whether an object is a struct of at most two slots that hold nothing, as a third of all objects are. */
@inline
export function isEmptyPair(object: usize, type: Type): bool {
  return (type.flags & TYPE_DIES_AT_ONCE) != 0 && load<u64>(object, PAYLOAD_OFFSET) == 0;
}

export function isCollecting(object: usize): bool {
  return hasFlag(object, FLAG_COLLECTING);
}
