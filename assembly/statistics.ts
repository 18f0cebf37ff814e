// Names of the numbers that `statistic` returns after a `census`. Shared with the host.

/** Bytes of the pages taken from memory so far, the first tables included. */
export const STAT_RESERVED_BYTES = 0;
/** Bytes of pages that serve objects, whole pages counted. */
export const STAT_USED_PAGE_BYTES = 1;
/** Bytes of pages that serve nothing at the moment. */
export const STAT_FREE_PAGE_BYTES = 2;
/** Bytes of the heap's own tables, but for the bitmaps. */
export const STAT_TABLE_BYTES = 3;
/** Bytes set aside for the bitmaps of a collection. */
export const STAT_BITMAP_BYTES = 4;
/** Bytes of the blocks of live objects and buffers. */
export const STAT_LIVE_BYTES = 5;
/** Live objects, buffers not counted. */
export const STAT_LIVE_OBJECTS = 6;
/** Live blocks, buffers counted. */
export const STAT_LIVE_BLOCKS = 7;
export const STAT_WEAKREFS = 8;
export const STATISTICS = 9;
