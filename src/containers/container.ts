import { Handle, addressIn } from "../handle.js";
import type { Store } from "../store.js";
import { ownedValue } from "../values.js";
import type { Address } from "../wasm/exports.js";

/** Handle of something with elements. */
export abstract class ContainerHandle extends Handle {
  /** Addresses of what Python iterates over (of a dict: the keys), each borrowed until the next. @internal */
  abstract elements(): Generator<Address, void>;
}

/**
 * Objects for all values, each with one reference for the caller. Those of a container of the heap are
 * shared, not made anew from what they are to JavaScript.
 */
export function* ownedElements(store: Store, values: Iterable<unknown>): Generator<Address, void> {
  if (values instanceof ContainerHandle) {
    addressIn(store, values);
    for (const address of values.elements()) {
      store.incref(address);
      yield address;
    }
  } else for (const value of values) yield ownedValue(store, value);
}
