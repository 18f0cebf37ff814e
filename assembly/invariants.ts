// What `verify` returns: the number of the first invariant that does not hold. Shared with the host,
// which has a sentence for each.

export const INVARIANT_PAGES_TILE = 1;
export const INVARIANT_FREE_RUNS = 2;
export const INVARIANT_SPAN_COUNTS = 3;
export const INVARIANT_FREE_BLOCKS = 4;
export const INVARIANT_SPANS_LISTED = 5;
export const INVARIANT_TYPE_ID = 6;
export const INVARIANT_SLOT = 7;
export const INVARIANT_REFCOUNT = 8;
export const INVARIANT_LINKS = 9;
export const INVARIANT_TRACKED = 10;
export const INVARIANT_OLD_COUNT = 11;
export const INVARIANT_BIRTH = 12;
export const INVARIANT_MARKS = 13;
export const INVARIANT_WEAKREFS = 14;
export const INVARIANT_BUFFER = 15;
export const INVARIANT_LIST = 16;
export const INVARIANT_SATURATED = 17;
export const INVARIANT_GUARD = 18;
export const INVARIANT_BITMAPS = 19;
export const INVARIANT_DYING = 20;
export const INVARIANT_TABLE = 21;
export const INVARIANT_TUPLE = 22;
export const INVARIANT_INTERNED = 23;
export const INVARIANT_UNTRACKED = 24;
export const INVARIANT_PAGES_IN_USE = 25;
export const INVARIANT_WEAKMAP = 26;
export const INVARIANT_SNAPSHOT = 27;
export const INVARIANT_TABLE_PAGES = 28;
