import type { Store } from "./store.js";
import type { Address } from "../wasm/exports.js";

/** Runs something with so many bytes of the heap's memory, which are given back at its end. @throws {@link OutOfMemoryError} */
export function withLoan<T>(store: Store, bytes: number, run: (loan: Address) => T): T {
  store.askForRoom();
  const loan = store.require(() => store.core.lend(bytes), `${bytes} bytes to pass data through`);
  try {
    return run(loan);
  } finally {
    store.core.giveBack(loan);
  }
}
