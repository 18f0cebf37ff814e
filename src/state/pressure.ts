const MIB = 2 ** 20;
/** Growth of the heap after which JavaScript's collector is prompted. */
const STEP = 64 * MIB;
/** Minimal growth for that, in a heap that is almost full. */
const SMALLEST_STEP = 4 * MIB;
/** Size of the array buffer that prompts the engine's collector. V8 reacts from 64 MiB on. */
const NUDGE = 64 * MIB;
/** Bytes of large payloads between two checks of the heap. */
const BYTES_BETWEEN_LOOKS = 8 * MIB;

/** The fill level of a heap. */
export interface Fill {
  used: number;
  limit: number;
}

/**
 * Prompts JavaScript's collector to find unreachable handles in time.
 *
 * A handle is small, and the collector does not know that it may keep megabytes alive. No function tells it. But every
 * engine counts the bytes of array buffers, so a large buffer that is dropped at once prompts a collection. It is never
 * written, so it uses addresses but no memory. This happens only when the heap has grown by half and by 64 MiB, or by half
 * of the remaining room. A heap that does not grow, and a small heap, never do it.
 */
export class Pressure {
  /** Minimum of the bytes in use since the last prompt. */
  #low = 0;
  #large = 0;

  /** Counts a large payload. Returns whether the heap should be checked. */
  count(bytes: number): boolean {
    this.#large += bytes;
    if (this.#large < BYTES_BETWEEN_LOOKS) return false;
    this.#large = 0;
    return true;
  }

  /** Checks the heap. Returns whether JavaScript's collector was prompted. */
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
    // The engine is out of memory, so its collector has run.
  }
}
