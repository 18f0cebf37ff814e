import type { Store } from "./store.js";
import type { Address } from "../wasm/exports.js";

/** Calls `run` with `bytes` bytes of the heap's memory, and frees them afterwards. @throws {@link OutOfMemoryError} */
export function withLoan<T>(store: Store, bytes: number, run: (loan: Address) => T): T {
  store.askForRoom();
  const loan = store.require(() => store.core.lend(bytes), `${bytes} bytes to pass data through`);
  try {
    return run(loan);
  } finally {
    store.core.giveBack(loan);
  }
}
