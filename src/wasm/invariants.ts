import * as invariants from "../../assembly/invariants.js";

const SENTENCES: Record<number, string> = {
  [invariants.INVARIANT_PAGES_TILE]: "the pages of a run do not agree about it",
  [invariants.INVARIANT_FREE_RUNS]: "a free run of pages is damaged, not coalesced, or not counted",
  [invariants.INVARIANT_SPAN_COUNTS]: "a span's live and free blocks are not as many as it says",
  [invariants.INVARIANT_FREE_BLOCKS]: "a free list leads to something that is not a free block of its span",
  [invariants.INVARIANT_SPANS_LISTED]:
    "the list of a size class does not have the spans with room, or they do not say so",
  [invariants.INVARIANT_TYPE_ID]: "an object's type does not exist",
  [invariants.INVARIANT_SLOT]: "a slot does not point to a live object",
  [invariants.INVARIANT_REFCOUNT]:
    "a refcount is not the number of slots that point to the object plus its outside references",
  [invariants.INVARIANT_LINKS]: "the links of a generation's list do not agree",
  [invariants.INVARIANT_TRACKED]: "an object is tracked in no generation, in two, or should not be tracked",
  [invariants.INVARIANT_OLD_COUNT]: "generation 2 does not hold as many objects as it counts",
  [invariants.INVARIANT_BIRTH]: "an old object has a birth number that was not given out yet",
  [invariants.INVARIANT_MARKS]: "a collection's marks are left though none is under way",
  [invariants.INVARIANT_WEAKREFS]: "a weak reference and its referent do not know of each other",
  [invariants.INVARIANT_BUFFER]: "a buffer belongs to nobody",
  [invariants.INVARIANT_LIST]: "a list does not fit its buffer",
  [invariants.INVARIANT_SATURATED]: "the side table of outside references does not agree with the headers",
  [invariants.INVARIANT_GUARD]: "an object was written past its end",
  [invariants.INVARIANT_BITMAPS]: "the descriptors of pages, or the bitmaps of a collection, do not cover the heap",
  [invariants.INVARIANT_DYING]: "an object is dying though no death is under way",
  [invariants.INVARIANT_TABLE]: "the entries of a dict or set, their hashes and its index do not agree",
  [invariants.INVARIANT_TUPLE]: "a tuple has an empty slot",
  [invariants.INVARIANT_INTERNED]: "the table of interned strings does not agree with the strings",
  [invariants.INVARIANT_UNTRACKED]: "a container is not tracked though it could be part of a cycle",
  [invariants.INVARIANT_SNAPSHOT]:
    "the marks of a bounded collection are wrong, or something alive refers to what it found dead",
  [invariants.INVARIANT_PAGES_IN_USE]: "the count of pages that serve objects is wrong",
  [invariants.INVARIANT_TABLE_PAGES]: "a page of descriptors or bitmaps is not the one that its directory leads to",
  [invariants.INVARIANT_WEAKMAP]: "a weak map and its keys do not have the same entries",
};

/** What is wrong when `verify` returns this number. */
export function describeInvariant(code: number): string {
  return SENTENCES[code] ?? `unknown invariant ${code}`;
}
