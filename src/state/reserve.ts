import type { Store } from "./store.js";

const PAGE_BYTES = 65536;

/** Grows a memory to at least this size. @throws What `refusal` makes of the engine's error; nothing has changed. */
export function growMemoryTo(memory: WebAssembly.Memory, bytes: number, refusal: (cause: unknown) => Error): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw refusal(cause);
  }
}

/** Grows the memory of a heap ahead of need: see `Heap.reserve`. @throws {@link OutOfMemoryError} if the engine refuses. */
export function reserveMemory(store: Store, bytes: number): void {
  growMemoryTo(store.core.memory, bytes, (cause) => store.outOfMemory(`a memory of ${bytes} bytes`, cause));
}
