import { OutOfMemoryError } from "../base/errors.js";

/** A heap when its memory is out. All sizes in bytes. */
export interface MemoryUse {
  /** The most that the heap may take. */
  limit: number;
  /** What its objects and tables take. */
  used: number;
  /** How many handles have not been released. */
  handles: number;
}

/** The error for something that a heap has no memory for. Every one is made here, so every one says what fills the heap. */
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
