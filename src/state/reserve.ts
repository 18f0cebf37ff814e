import type { Store } from "./store.js";

const PAGE_BYTES = 65536;

/**
 * Grows the WebAssembly memory of a heap to at least this size, so that the heap does not make it grow before. Memory that
 * is not touched takes no room.
 *
 * @throws {@link OutOfMemoryError} if the engine refuses; nothing has changed.
 */
export function reserveMemory(store: Store, bytes: number): void {
  const { memory } = store.core;
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw store.outOfMemory(`a memory of ${bytes} bytes`, cause);
  }
}
