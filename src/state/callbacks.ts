import { nameOf } from "../base/untrusted.js";
import type { CallbackLabel } from "../object/callbacks.js";

/** A function that the program passes to weak references. */
export type Callback = (handle: never) => void;

/** The callbacks of a heap's weak references, by their ids in the core. */
export class Callbacks {
  readonly #functions = new Map<number, Callback>();
  /** Labels of the callbacks, including those that a restored heap has lost. */
  readonly labels = new Map<number, CallbackLabel>();
  /** The next id. */
  next = 1;

  /** Number of callbacks. */
  get size(): number {
    return this.#functions.size;
  }
  get(id: number): Callback | undefined {
    return this.#functions.get(id);
  }
  has(id: number): boolean {
    return this.#functions.has(id);
  }

  /** Assigns an id to a function. Images store the `label`. */
  register(callback: Callback, label: CallbackLabel = { kind: "callback", name: nameOf(callback) }): number {
    const id = this.next++;
    this.#functions.set(id, callback);
    this.labels.set(id, label);
    return id;
  }
  forget(id: number): void {
    this.#functions.delete(id);
    this.labels.delete(id);
  }
}
