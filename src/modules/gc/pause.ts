import { DISPOSE } from "../../handles/handle.js";
import { uncloneable } from "../../base/uncloneable.js";
import type { Store } from "../../state/store.js";

/** Stops automatic collection until it is released. Pauses nest: collection resumes when the last one is released. */
export class GcPause {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a pause");
  #store: Store | undefined;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
    store.core.addPause(1);
  }

  /**
   * Ends this pause. A collection that became necessary meanwhile runs at the next allocation. A second call does
   * nothing.
   *
   * @example
   * const pause = heap.gc.pause();
   * pause.release(); // or: using pause = heap.gc.pause()
   * heap.gc.isPaused; // false
   */
  release(): void {
    const store = this.#store;
    this.#store = undefined;
    if (store !== undefined && !store.isDead) store.core.addPause(-1);
  }

  /** Ends this pause: for `using`. */
  [DISPOSE](): void {
    this.release();
  }
}
