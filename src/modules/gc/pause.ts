import { DISPOSE } from "../../handles/handle.js";
import { uncloneable } from "../../base/uncloneable.js";
import type { Store } from "../../state/store.js";

/** A reason for no automatic collection, until it is released. They nest: the last one to go lets it on again. */
export class GcPause {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a pause");
  #store: Store | undefined;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
    store.core.addPause(1);
  }

  /** Ends this pause. What is due by then is collected at the next birth of an object. Harmless when repeated. */
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
