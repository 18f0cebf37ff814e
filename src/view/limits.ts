import { HeapwrightError, TooLargeError } from "../base/errors.js";

/** Makes a value of JavaScript's. An error without a code is a limit of the engine's. @throws {@link TooLargeError} */
export function withinLimits<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof HeapwrightError) throw cause;
    throw new TooLargeError(`this is more than JavaScript can hold: ${String(cause)}`, { cause });
  }
}
