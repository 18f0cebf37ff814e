import { outside } from "../../base/entered.js";
import type { Handle } from "../../handles/handle.js";
import { nameOf } from "../../base/untrusted.js";
import { uncloneable } from "../../base/uncloneable.js";
import type { Store } from "../../state/store.js";
import { createWeakref } from "../../handles/weak/weakref.js";
import type { WeakrefHandle } from "../../handles/weak/weakref.js";

/** The object, function and arguments of a {@link Finalizer}. */
export interface Finalization {
  /** A new handle for the object. The caller releases it. */
  object: Handle;
  /** The function that would have run. */
  fn: (...args: never[]) => unknown;
  /** The arguments that it would have got. */
  args: unknown[];
}

/** Keeps alive the finalizers of a heap that have not run. */
export class FinalizerRegistry {
  /** In the order of creation. */
  readonly #waiting = new Set<Finalizer>();
  /** The finalizers that have yet to run at exit. The last element runs next. */
  #atExit: Finalizer[] | undefined;
  /** Set after exit: no function runs from then on. */
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

  /** Runs the finalizers with `atExit`, newest first, and any finalizers these create. Afterwards none runs. Python: `_shutdown`. */
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

/** Runs a function once: when an object is freed, on `call()`, or at `dispose()`. Python's `weakref.finalize`. */
export class Finalizer {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a finalizer");
  readonly #registry: FinalizerRegistry;
  readonly #weakref: WeakrefHandle;
  readonly #fn: (...args: never[]) => unknown;
  readonly #args: unknown[];
  /** Whether the function runs at `dispose()` if the object still lives then. If false, the function does not run at all in that case. */
  atExit = true;

  /** The caller must hold a reference to the object. @internal */
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
    // Outside of scopes: only the finalizer may release the weak reference.
    this.#weakref = store.outsideScopes(watch);
    registry.add(this);
  }

  /** Whether the function can still run. False after `dispose()`. */
  get alive(): boolean {
    return this.#registry.has(this);
  }

  /**
   * Runs the function now, if it has not run and is not detached.
   *
   * @example
   * const finalizer = heap.weakref.finalize(alice, (name) => `freed ${name}`, "Alice");
   * finalizer.call(); // "freed Alice"
   * finalizer.call(); // undefined: the function runs once
   *
   * @returns The function's result; `undefined` if it did not run.
   */
  call(): unknown {
    if (!this.#registry.delete(this)) return undefined;
    this.#weakref.release();
    return outside(this.#fn, undefined, ...(this.#args as never[]));
  }

  /**
   * Returns the object (a new handle, which the caller releases), the function and its arguments; `null` if it cannot
   * run any more.
   *
   * @example
   * const finalizer = heap.weakref.finalize(alice, console.log, "freed");
   * const planned = finalizer.peek();
   * planned?.args; // ["freed"]
   * planned?.object.release();
   */
  peek(): Finalization | null {
    const object = this.alive ? this.#weakref.deref() : null;
    return object && { object, fn: this.#fn, args: this.#args };
  }

  /**
   * Cancels the finalizer: the function will not run.
   *
   * @example
   * const finalizer = heap.weakref.finalize(alice, () => console.log("freed"));
   * finalizer.detach()?.object.release();
   * finalizer.alive; // false: the function will not run
   *
   * @returns As `peek()`, with a new handle that the caller releases.
   */
  detach(): Finalization | null {
    const finalization = this.peek();
    if (finalization !== null) {
      this.#registry.delete(this);
      this.#weakref.release();
    }
    return finalization;
  }
}
