/** Maximal number of errors kept until the end of a job. */
const MOST = 256;
let pending: unknown[] = [];
let isScheduled = false;

/**
 * Makes an error release the functions on its stack. V8 keeps them until the stack is formatted, so an error that was
 * created below the core keeps the core and all memory of its heap alive.
 *
 * The stack is formatted at the end of the job: this may run the program's `Error.prepareStackTrace`, for which the stack
 * may have no room now.
 */
export function dropFrames<T>(error: T): T {
  if (pending.length >= MOST) return error;
  pending.push(error);
  if (isScheduled) return error;
  try {
    void Promise.resolve().then(readStacks);
    isScheduled = true;
  } catch {
    // Stack overflow. The next error schedules again.
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
