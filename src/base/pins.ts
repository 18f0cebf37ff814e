// Whether code of the program runs that a function of this package has called, and that may hold addresses of objects. No
// heap may move its objects then. Finalizers, callbacks, copies and sorts are known to their heap, and are not counted here.

let pins = 0;

/** Whether the package waits for code of the program to return. */
export function isPinned(): boolean {
  return pins > 0;
}

/** From here to `unpin`, no heap moves its objects. */
export function pin(): void {
  pins++;
}
export function unpin(): void {
  pins--;
}

/** Runs code of the program, during which no heap moves its objects. */
export function pinned<T>(run: () => T): T {
  pins++;
  try {
    return run();
  } finally {
    pins--;
  }
}
