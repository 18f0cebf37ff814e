import type { Address } from "../wasm/exports.js";

/** A handle that has not been released. */
export interface LiveHandle {
  /** Type of the object. */
  type: string;
  /** Where the handle's object is: its `address`. */
  address: Address;
  /** Stack where the handle was made; with the option `traceHandles`, as the checked core has it. */
  site?: string;
}

/** A handle that JavaScript forgot before it was released. */
export type Leak = LiveHandle;

/** Gets each handle that was forgotten. */
export type LeakHook = (leak: Leak) => void;

/** Maximal number of remembered leaks: a program may leak without end. */
const MOST_LEAKS = 1000;

/** The latest leaks, oldest first, and the number of all leaks. */
export class LeakLog {
  latest: Leak[] = [];
  count = 0;

  add(leak: Leak): void {
    this.count++;
    if (this.latest.push(leak) > MOST_LEAKS) this.latest.shift();
  }

  /** Forgets the leaks, but not their number. */
  clear(): void {
    this.latest = [];
  }
}
