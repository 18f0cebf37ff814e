import { compactStore, trimStore } from "../persist/compact.js";
import type { Address } from "../wasm/exports.js";
import { storeOf } from "./heap.js";
import type { Heap } from "./heap.js";

/** What a compaction has done. */
export interface Compacted {
  /** Bytes of the WebAssembly memory before. */
  readonly before: number;
  /** Bytes of the WebAssembly memory after. */
  readonly after: number;
  /**
   * The new address of an object, for a program that uses `heap.core` and has noted addresses; 0 for a number that was no
   * object's address. It keeps a table of all objects for as long as it is kept itself.
   *
   * @example
   * const noted = alice.address;
   * compact(heap).movedTo(noted) === alice.address; // true
   */
  movedTo(address: Address): Address;
}

/**
 * Moves all objects to the lowest pages of a new, smaller memory, and lets the old one go: memory that comes back without
 * an end of the heap. Handles, iterators, finalizers, callbacks, weak references, generations and statistics go on as if
 * nothing had happened.
 *
 * Addresses do not: `handle.address`, and addresses that were noted for `heap.core`, are others afterwards, and
 * `heap.epoch` is one higher. Objects keep the order in which they were born; a list of `handle.address` as keys does not
 * work any more.
 *
 * The call takes time in proportion to what is alive, and meanwhile the memory of it three times. So call it when the
 * program is idle and much has been released. Collect before: garbage moves, too. JavaScript's engine gives the old memory
 * back with its next major collection.
 *
 * With bounded pauses, it first frees the waiting objects and ends a cycle, as `save` does.
 *
 * @example
 * const large = heap.list(Array.from({ length: 20_000 }, (_, i) => `item ${i}`));
 * large.release();
 * const { before, after } = compact(heap);
 * after < before; // true
 * alice.title; // "Alice"
 *
 * @throws {@link HeapBusyError} inside a finalizer or callback of the heap, during a copy or sort, and in an iterator or
 *   getter that the heap reads; {@link OutOfMemoryError} if the engine has no second memory; {@link BadValueError} if `heap`
 *   is not a heap. The heap is then as it was.
 */
export function compact(heap: Heap): Compacted {
  const store = storeOf(heap);
  store.mustLive();
  const before = store.core.memory.buffer.byteLength;
  const movedTo = compactStore(store);
  return { before, after: store.core.memory.buffer.byteLength, movedTo };
}

/** The memory of a heap before and after `trim`. */
export type Trimmed = Omit<Compacted, "movedTo">;

/**
 * Gives back the free pages behind the last object, and leaves all addresses as they are. The heap's own tables move out of
 * the way. It gives back less than {@link compact}: one live object at the end of memory keeps all of it. Time, memory and
 * errors are those of `compact`; if nothing would come back, nothing is copied.
 *
 * @example
 * const large = heap.list(Array.from({ length: 20_000 }, (_, i) => `item ${i}`));
 * large.release(); // it was born last, so its pages are at the end
 * const { before, after } = trim(heap);
 * after < before; // true
 * alice.title; // "Alice", at the same address
 *
 * @throws {@link HeapBusyError}, {@link OutOfMemoryError}, {@link BadValueError}, as `compact`
 */
export function trim(heap: Heap): Trimmed {
  const store = storeOf(heap);
  store.mustLive();
  const before = store.core.memory.buffer.byteLength;
  trimStore(store);
  return { before, after: store.core.memory.buffer.byteLength };
}
