import { outside } from "../../base/entered.js";
import type { Handle } from "../../handles/handle.js";
import { nameOf } from "../../base/untrusted.js";
import { uncloneable } from "../../base/uncloneable.js";
import type { Store } from "../../state/store.js";
import { createWeakref } from "../../handles/weak/weakref.js";
import type { WeakrefHandle } from "../../handles/weak/weakref.js";

/** What a {@link Finalizer} is about. */
export interface Finalization {
  /** A new handle for the object. */
  object: Handle;
  fn: (...args: never[]) => unknown;
  args: unknown[];
}

/** The finalizers of a heap that have not run. It keeps them alive. */
export class FinalizerRegistry {
  /** In the order they were made. */
  readonly #waiting = new Set<Finalizer>();
  /** Those that are still to run at exit, the next one last. */
  #atExit: Finalizer[] | undefined;
  /** After exit no function runs any more. */
  #isOver = false;

  has(finalizer: Finalizer): boolean {
    return this.#waiting.has(finalizer);
  }
  add(finalizer: Finalizer): void {
    if (this.#isOver) return;
    this.#waiting.add(finalizer);
    this.#atExit?.push(finalizer);
  }
  delete(finalizer: Finalizer): boolean {
    return this.#waiting.delete(finalizer);
  }

  /** Runs those that are to run at exit, the newest first, and those they make. From then on none runs: Python's `_shutdown`. */
  runAtExit(store: Store): void {
    this.#atExit = [...this.#waiting];
    for (let next = this.#atExit.pop(); next !== undefined; next = this.#atExit.pop()) {
      const finalizer = next;
      if (!finalizer.alive || !finalizer.atExit) continue;
      store.callOut({ where: "exit" }, () => finalizer.call());
    }
    this.#isOver = true;
    this.#waiting.clear();
  }
}

/** Runs a function once: when an object dies, when it is called, or when the heap is disposed of. Python's `weakref.finalize`. */
export class Finalizer {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a finalizer");
  readonly #registry: FinalizerRegistry;
  readonly #weakref: WeakrefHandle;
  readonly #fn: (...args: never[]) => unknown;
  readonly #args: unknown[];
  /** Whether to run when the heap is disposed of, if the object is alive by then. If not, it does not run at all then. */
  atExit = true;

  /** The caller holds the object. @internal */
  constructor(
    registry: FinalizerRegistry,
    store: Store,
    object: Handle,
    fn: (...args: never[]) => unknown,
    args: unknown[],
  ) {
    this.#registry = registry;
    this.#fn = fn;
    this.#args = args;
    const run = (): unknown => this.call();
    const watch = (): WeakrefHandle => createWeakref(store, object, run, { kind: "finalize", name: nameOf(fn) });
    // Outside of scopes, because nothing else may release it.
    this.#weakref = store.outsideScopes(watch);
    registry.add(this);
  }

  /** Whether the function has yet to run. (Not once the heap is disposed of.) */
  get alive(): boolean {
    return this.#registry.has(this);
  }

  /** Runs the function now, unless it has run or will not any more. @returns What it returns; else `undefined`. */
  call(): unknown {
    if (!this.#registry.delete(this)) return undefined;
    this.#weakref.release();
    return outside(this.#fn, undefined, ...(this.#args as never[]));
  }

  /** What it is about; `null` if it has run. */
  peek(): Finalization | null {
    const object = this.alive ? this.#weakref.deref() : null;
    return object && { object, fn: this.#fn, args: this.#args };
  }

  /** Gives up on it: the function will not run. @returns What `peek` would have. */
  detach(): Finalization | null {
    const finalization = this.peek();
    if (finalization !== null) {
      this.#registry.delete(this);
      this.#weakref.release();
    }
    return finalization;
  }
}
