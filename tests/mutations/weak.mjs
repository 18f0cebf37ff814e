// Mistakes to plant: weak references and weak maps. See core.mjs.

const scan = "assembly/collect/mark/scan.ts";
const map = "assembly/weak/map.ts";
const reference = "assembly/weak/reference.ts";
const barrier = "assembly/heap/barrier.ts";

export default [
  {
    name: "weak maps: an entry is reached by its key alone",
    file: scan,
    find: "    if (isMarked(mapOf(entry))) reach(entry);",
    replace: "    reach(entry);",
  },
  {
    name: "weak maps: a marking that stands at an entry that goes is lost",
    file: map,
    find: "  if (entry == <usize>control.partialEntry && control.partial && control.partialStage != PART_SLOTS) passEntry(entry);",
    replace: "",
  },
  {
    name: "weak maps: an entry that goes is still counted",
    file: map,
    find: "  store<u32>(map + WEAKMAP_SIZE_OFFSET, sizeOfMap(map) - 1);",
    replace: "",
  },
  {
    // One half of the question would do: of one map, no two keys have the same hash, nor of one key two maps.
    name: "weak maps: the index takes any entry with the hash for the one that is asked for",
    file: map,
    find: "(mapOf(valueOf(cell)) != map || keyOf(valueOf(cell)) != key)",
    replace: "false",
  },
  {
    name: "weak references: a new one to be shared stands behind one that is on its way out",
    file: reference,
    find: "  while (after && id && !callbackOf(after)) {",
    replace: "  while (after && !callbackOf(after)) {",
  },
  {
    name: "weak references: one that is dying is shared",
    file: reference,
    find: "  return first && !callbackOf(first) && !isGone(first) ? first : 0;",
    replace: "  return first && !callbackOf(first) ? first : 0;",
  },
  {
    name: "weak references: the last one takes the flag of an object that is a key, too",
    file: reference,
    find: "    del(weakrefsByReferent(), referent);\n    clearFlagIfBare(referent);",
    replace: "    del(weakrefsByReferent(), referent);\n    clearFlag(referent, FLAG_HAS_WEAKREFS);",
  },
  {
    name: "weak references: those that are dead are still counted",
    file: reference,
    find: "  control.weakrefs--;\n",
    replace: "",
  },
  {
    name: "weak references: a dead one forgets its hash",
    file: reference,
    find: "  if (isHashed(weakref)) store<u32>(weakref + WEAKREF_PREV_OFFSET, hash);\n",
    replace: "",
  },
  {
    name: "weak references: dying ones are called with the living",
    file: reference,
    find: "    if (!hasCallback || isGone(weakref) || (isGarbage",
    replace: "    if (!hasCallback || (isGarbage",
  },
  {
    name: "weak references: those that are garbage with their referent are called",
    file: reference,
    find: " || (isGarbage && hasFlag(weakref, FLAG_UNREACHABLE))",
    replace: "",
  },
  {
    name: "weak references: one that is called is not held",
    file: reference,
    find: "    hold(weakref);\n    if (last)",
    replace: "    if (last)",
  },
  {
    name: "weak references: those on their way out are counted and listed",
    file: reference,
    find: "  while (weakref && isGone(weakref)) weakref = nextWeakref(weakref);\n",
    replace: "",
  },
  {
    name: "weak references: a dying referent can be read",
    file: reference,
    find: "  return referent && !isGone(referent) ? referent : 0;",
    replace: "  return referent;",
  },
  {
    name: "weak references: a chain loses its end when one in the middle dies",
    file: reference,
    find: "  if (next) store<u32>(next + WEAKREF_PREV_OFFSET, <u32>before);\n  if (before) setNextWeakref(before, next);",
    replace: "  if (before) setNextWeakref(before, next);",
  },
  {
    name: "weak maps: an entry counts a reference from outside",
    file: map,
    find: "  setInfo(entry, infoOf(entry) - ONE_ROOT);\n",
    replace: "",
  },
  {
    name: "weak maps: no room is made in the index",
    file: map,
    find: "  if (!reserve(entriesByKey()) || !reserve(index())) return 0;",
    replace: "  if (!reserve(entriesByKey())) return 0;",
  },
  {
    name: "weak maps: an object that is no key any more keeps the flag of one",
    file: map,
    find: "    del(entriesByKey(), key);\n    clearFlagIfBare(key);",
    replace: "    del(entriesByKey(), key);",
  },
  {
    name: "weak maps: a marking that stands at a key's last entry ends there",
    file: map,
    find: "  if (!isOfMap && !control.partialEntry) greyAgain(keyOf(entry));\n",
    replace: "",
  },
  {
    name: "weak maps: a marking that stands at an entry that goes goes on in the other list",
    file: map,
    find: "(isOfMap ? olderEntry(entry) : nextEntryOf(entry))",
    replace: "(isOfMap ? nextEntryOf(entry) : olderEntry(entry))",
  },
  {
    name: "weak maps: the index keeps the room it had",
    file: map,
    find: "  trim(entriesByKey());\n  trim(index());",
    replace: "  trim(entriesByKey());",
  },
  {
    name: "weak maps: all entries of a key are in one place of the index",
    file: map,
    find: "  return (((<u32>map) >>> 3) * 0x85ebca6b) ^ ((<u32>key) >>> 3);",
    replace: "  return (<u32>key) >>> 3;",
  },
  {
    name: "weak maps: a newer entry still leads to one that has gone",
    file: map,
    find: "  if (newer) store<u32>(newer + EPHEMERON_NEXT_OFFSET, <u32>older);\n  else store",
    replace: "  if (!newer) store",
  },
  {
    name: "weak maps: a new entry does not know the older one of its key",
    file: map,
    find: "  if (keyed) store<u32>(keyed + EPHEMERON_KEY_PREV_OFFSET, <u32>entry);\n",
    replace: "",
  },
  {
    name: "weak: an entry that a cycle has found dead dies ahead of it",
    file: "assembly/weak/map.ts",
    find: "  return dropSlot(entry) && !isDead(entry);",
    replace: "  return dropSlot(entry);",
  },
];
