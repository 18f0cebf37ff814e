import { nameOf } from "../base/untrusted.js";
import type { CallbackLabel } from "../object/callbacks.js";

/** What the program gives to weak references. */
export type Callback = (handle: never) => void;

/** The functions that the weak references of a heap call, by the ids by which the core knows them. */
export class Callbacks {
  readonly #functions = new Map<number, Callback>();
  /** What is known of them, and of those that a restored heap has lost. */
  readonly labels = new Map<number, CallbackLabel>();
  /** The id of the next one. */
  next = 1;

  /** Number of functions that are there. */
  get size(): number {
    return this.#functions.size;
  }
  get(id: number): Callback | undefined {
    return this.#functions.get(id);
  }
  has(id: number): boolean {
    return this.#functions.has(id);
  }

  /** Gives a function an id. `label` is what an image says of it. */
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
