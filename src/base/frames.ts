/** Errors of one job, at most: a program that makes more of them does not keep them all. */
const MOST = 256;
let pending: unknown[] = [];
let isScheduled = false;

/**
 * Makes an error let go of the functions on its stack. V8 keeps those until the stack is read as a text, and so an error
 * that was made below the core keeps the core, and all memory of its heap.
 *
 * The stack is read at the end of the job: a program's own `Error.prepareStackTrace` may run for that, for which there
 * may be no room on the stack now.
 */
export function dropFrames<T>(error: T): T {
  if (pending.length >= MOST) return error;
  pending.push(error);
  if (isScheduled) return error;
  try {
    void Promise.resolve().then(readStacks);
    isScheduled = true;
  } catch {
    // The stack is full. The next error tries again.
  }
  return error;
}

function readStacks(): void {
  const errors = pending;
  pending = [];
  isScheduled = false;
  for (const error of errors) {
    try {
      if (error instanceof Error) String(error.stack);
    } catch {
      // A stack of the program's own.
    }
  }
}
