import * as invariants from "../../assembly/invariants.js";

const SENTENCES: Record<number, string> = {
  [invariants.INVARIANT_PAGES_TILE]: "the pages of a run do not agree about it",
  [invariants.INVARIANT_FREE_RUNS]: "a free run of pages is damaged, not coalesced, or not counted",
  [invariants.INVARIANT_SPAN_COUNTS]: "a span's counts of live and free blocks are wrong",
  [invariants.INVARIANT_FREE_BLOCKS]: "a free list leads to something that is not a free block of its span",
  [invariants.INVARIANT_SPANS_LISTED]: "the list of a size class does not contain exactly its spans with free blocks",
  [invariants.INVARIANT_TYPE_ID]: "an object's type does not exist",
  [invariants.INVARIANT_SLOT]: "a slot does not point to a live object",
  [invariants.INVARIANT_REFCOUNT]:
    "a refcount is not the number of slots that point to the object plus its outside references",
  [invariants.INVARIANT_LINKS]: "the links of a list of objects do not agree",
  [invariants.INVARIANT_TRACKED]: "an object is on a list where its state does not belong, or on none",
  [invariants.INVARIANT_OLD_COUNT]: "the count of objects in generation 2 is wrong",
  [invariants.INVARIANT_BIRTH]: "an old object has a birth number that was not given out yet",
  [invariants.INVARIANT_MARKS]: "an object is marked as garbage though no collection is under way",
  [invariants.INVARIANT_WEAKREFS]: "a weak reference is not in the chain of its referent",
  [invariants.INVARIANT_BUFFER]: "a buffer belongs to no object, to two, or to more loans than there are",
  [invariants.INVARIANT_LIST]: "a list does not fit its buffer",
  [invariants.INVARIANT_SATURATED]: "the side table of outside references does not agree with the headers",
  [invariants.INVARIANT_GUARD]: "an object was written past its end",
  [invariants.INVARIANT_BITMAPS]: "the descriptors of pages, or the bitmaps of a collection, do not cover the heap",
  [invariants.INVARIANT_DYING]: "the dying objects are not exactly those on the stack and in the queue of deaths",
  [invariants.INVARIANT_TABLE]: "the entries of a dict or set, their hashes and its index do not agree",
  [invariants.INVARIANT_TUPLE]: "a list or tuple has an empty slot",
  [invariants.INVARIANT_INTERNED]: "the table of interned strings does not agree with the strings",
  [invariants.INVARIANT_UNTRACKED]: "a container is not tracked though it could be part of a cycle",
  [invariants.INVARIANT_SNAPSHOT]: "an object that a bounded collection has passed is not marked",
  [invariants.INVARIANT_DEAD]:
    "an object that a bounded collection found dead is held by a live one, or has a finalizer or weak references left",
  [invariants.INVARIANT_PAGES_IN_USE]: "the count of pages that serve objects is wrong",
  [invariants.INVARIANT_TABLE_PAGES]: "a page of descriptors or bitmaps is not the one that its directory leads to",
  [invariants.INVARIANT_FROZEN_COUNT]: "the count of frozen objects is wrong",
  [invariants.INVARIANT_GREY]: "the grey pages of a marking do not agree with their count, or with their descriptors",
  [invariants.INVARIANT_STATE]: "the flags and counts of an object contradict each other",
  [invariants.INVARIANT_ROOM]: "an object does not fit its block",
  [invariants.INVARIANT_TYPES]: "the table of types is damaged",
  [invariants.INVARIANT_CONTROL]: "a word of the control block has an invalid value",
  [invariants.INVARIANT_COUNTER]: "a counter exceeds its maximum",
  [invariants.INVARIANT_LIMITS]: "the limits that births are compared with do not follow from the settings",
  [invariants.INVARIANT_CALLBACKS]: "the weak reference of a deferred callback is alive, not held, or has no callback",
  [invariants.INVARIANT_PLACE]: "the position of a bounded collection is invalid",
  [invariants.INVARIANT_PARTIAL]: "the object that a bounded collection visits in parts does not exist",
  [invariants.INVARIANT_PENDING]: "garbage whose finalizer is to run is on no list",
  [invariants.INVARIANT_IMMORTALS]: "None, True, False, the empty tuple or a small int is not what it should be",
  [invariants.INVARIANT_GARBAGE]: "gc.garbage is not a list",
  [invariants.INVARIANT_WEAKMAP]: "a weak map and its keys do not have the same entries",
};

/** The violated invariant for a result of `verify`. */
export function describeInvariant(code: number): string {
  return SENTENCES[code] ?? `unknown invariant ${code}`;
}
