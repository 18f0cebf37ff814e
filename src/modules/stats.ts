import type { Store } from "../state/store.js";

/** How many objects of a type live, and what they take. */
export interface TypeStats {
  /** Name of the type. */
  type: string;
  /** The number of live objects. */
  count: number;
  /** Bytes of the objects' blocks. Their buffers and the objects they refer to are not included. */
  bytes: number;
}

/** The pages that serve one size of blocks. */
export interface SizeClassStats {
  /** Bytes of a block. */
  blockBytes: number;
  /** The number of pages that serve this size class. */
  pages: number;
  /** Number of blocks in use. */
  used: number;
  /** Number of free blocks in the pages of this size class. */
  free: number;
}

/** The sizes and counts of a heap. All sizes are in bytes. */
export interface HeapStats {
  /** Where linear memory goes. All numbers are bytes. */
  bytes: {
    /** Linear memory taken so far: the sum of the next four. */
    reserved: number;
    /** Pages that hold objects. */
    usedPages: number;
    /** Free pages. Any size class can take them. */
    freePages: number;
    /** The heap's own tables. */
    tables: number;
    /** Reserved for the mark bitmaps of full collections. */
    bitmaps: number;
    /** Blocks of live objects and their buffers. */
    live: number;
    /** Size of the WebAssembly memory. Beyond `reserved` the heap has not touched it, so that takes no room. */
    memory: number;
  };
  /** The share of `usedPages` not filled by live objects, from 0 to 1. */
  fragmentation: number;
  /** Live objects, including the immortal ones. */
  objects: number;
  /** Blocks in use, including those of buffers: Python's `sys.getallocatedblocks()`. */
  blocks: number;
  /** Live weak references. */
  weakrefs: number;
  /** Interned strings: Python's `sys.getunicodeinternedsize()`. */
  interned: number;
  /** With bounded pauses: unreferenced objects that wait to be freed. Each may keep more objects alive. */
  waiting: number;
  /** Handles not yet released. */
  handles: number;
  /** Handles that the program forgot and the leak net released, since the heap was created: see `heap.leaks()`. */
  forgotten: number;
  /** Types with live objects, most bytes first. */
  byType: TypeStats[];
  /** Size classes with pages, smallest first. */
  sizeClasses: SizeClassStats[];
}

/** Counts by walking the heap: O(objects). */
export function takeStats(store: Store): HeapStats {
  const { core } = store;
  core.census();
  const live = core.liveBytes();
  const usedPages = core.usedPageBytes();
  const byType = [...store.types.values()]
    .map(({ id, name }) => ({ type: name, count: core.typeCount(id) >>> 0, bytes: core.typeBytes(id) >>> 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.bytes - a.bytes);
  const sizeClasses = Array.from({ length: core.classCount() }, (_, index) => ({
    blockBytes: core.classSize(index),
    pages: core.classPages(index) >>> 0,
    used: core.classUsed(index) >>> 0,
    free: core.classFree(index) >>> 0,
  })).filter(({ pages }) => pages > 0);
  return {
    bytes: {
      reserved: core.reservedBytes(),
      usedPages,
      freePages: core.freePageBytes(),
      tables: core.tableBytes(),
      bitmaps: core.bitmapBytes(),
      live,
      memory: core.memory.buffer.byteLength,
    },
    fragmentation: usedPages === 0 ? 0 : 1 - live / usedPages,
    objects: core.liveObjects(),
    blocks: core.liveBlocks(),
    interned: core.internedCount() >>> 0,
    weakrefs: core.weakrefs(),
    waiting: core.waiting() >>> 0,
    handles: store.net.count,
    forgotten: store.leaks.count,
    byType,
    sizeClasses,
  };
}
