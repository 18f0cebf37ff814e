const MIB = 2 ** 20;
/** Growth of the heap after which JavaScript's collector should look for forgotten handles. */
const STEP = 64 * MIB;
/** Smallest growth that matters, in a heap that is almost full. */
const SMALLEST_STEP = 4 * MIB;
/** What an engine must think that it has lost, to look for garbage soon. V8 starts to at 64 MiB. */
const NUDGE = 64 * MIB;
/** Bytes of large payloads between two looks at the heap. */
const BYTES_BETWEEN_LOOKS = 8 * MIB;

/** How full a heap is. */
export interface Fill {
  used: number;
  limit: number;
}

/**
 * Makes JavaScript's collector look in time for handles that were forgotten.
 *
 * A handle is small, and the collector does not know that megabytes may depend on it. No function tells it. But every
 * engine counts the bytes of array buffers, so a large one that is dropped at once makes it look. It is never written
 * to, so it costs addresses, no memory. That happens only after the heap has grown by half, and by 64 MiB, or by half of
 * what is left: a heap that does not grow, and a small heap, never ask for it.
 */
export class Pressure {
  /** Least bytes in use that were seen since the last nudge. */
  #low = 0;
  #large = 0;

  /** Counts a large payload. Returns whether it is time to look at the heap. */
  count(bytes: number): boolean {
    this.#large += bytes;
    if (this.#large < BYTES_BETWEEN_LOOKS) return false;
    this.#large = 0;
    return true;
  }

  /** Looks at the heap. Returns whether JavaScript's collector was asked to look for garbage. */
  look({ used, limit }: Fill): boolean {
    if (used < this.#low) this.#low = used;
    const step = Math.min(Math.max(STEP, this.#low / 2), Math.max(SMALLEST_STEP, (limit - this.#low) / 2));
    if (used - this.#low < step) return false;
    this.#low = used;
    nudge();
    return true;
  }
}

function nudge(): void {
  try {
    new ArrayBuffer(NUDGE);
  } catch {
    // The engine has no more memory: then it has looked.
  }
}
