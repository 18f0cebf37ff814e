import type { Store } from "../state/store.js";

export interface TypeStats {
  type: string;
  count: number;
  /** Of the objects' blocks; what they refer to and their buffers not counted. */
  bytes: number;
}

export interface SizeClassStats {
  /** Bytes of a block. */
  blockBytes: number;
  pages: number;
  /** Blocks in use, and blocks free in the pages that the class has. */
  used: number;
  free: number;
}

/** A heap in numbers. All sizes in bytes. */
export interface HeapStats {
  bytes: {
    /** Linear memory taken so far: the next four together. */
    reserved: number;
    /** Pages that serve objects. */
    usedPages: number;
    /** Pages that serve nothing, and any size next. */
    freePages: number;
    /** The heap's own tables. */
    tables: number;
    /** Set aside for the bitmaps of full collections. */
    bitmaps: number;
    /** Blocks of live objects and their buffers. */
    live: number;
  };
  /** The part of `usedPages` that no live object fills. */
  fragmentation: number;
  /** Live objects, the immortal ones included. */
  objects: number;
  /** Blocks in use, those of buffers included: Python's `sys.getallocatedblocks()`. */
  blocks: number;
  weakrefs: number;
  /** Interned strings: Python's `sys.getunicodeinternedsize()`. */
  interned: number;
  /** Objects that are known to wait for their death, with bounded pauses. Each may hold more. */
  waiting: number;
  /** Handles not yet released. */
  handles: number;
  /** Handles that were forgotten, and that have been released for you, since the heap was made: see `heap.leaks()`. */
  forgotten: number;
  /** Types with live objects, the most bytes first. */
  byType: TypeStats[];
  /** Size classes that have pages, the smallest first. */
  sizeClasses: SizeClassStats[];
}

/** Walks the heap and counts. */
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
