import { OutOfMemoryError } from "../base/errors.js";

/** The use of memory when a heap is out of memory. Sizes are in bytes. */
export interface MemoryUse {
  /** Maximal size of the heap. */
  limit: number;
  /** Size of its objects and tables. */
  used: number;
  /** Number of unreleased handles. */
  handles: number;
}

/** Creates the error for exhausted memory. All such errors are created here, so each says what fills the heap. */
export function outOfMemory(what: string, { limit, used, handles }: MemoryUse, cause?: unknown): OutOfMemoryError {
  const alive = handles === 1 ? "1 handle is" : `${handles} handles are`;
  const hint =
    handles === 0
      ? ""
      : ` (heap.handles() lists them; handles that were forgotten are released only after the program yields to JavaScript's event loop)`;
  return new OutOfMemoryError(
    `out of memory: ${what}. ${used} of at most ${limit} bytes are in use, and ${alive} alive${hint}`,
    cause === undefined ? undefined : { cause },
  );
}
