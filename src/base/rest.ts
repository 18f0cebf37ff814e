/** Milliseconds of work between two rests: a frame of 60 Hz has 16. */
export const WORK_MS = 10;

/** Gives way to the event loop. A timer of 0 ms takes one of 1 ms, which adds up; browsers have nothing else. */
export function rest(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve);
  });
}
