import type { Handle } from "../handle.js";

/** What a step of a walk gives at its end. No value of a heap is this. */
export const OVER = Symbol("over");

/** What generators and the engine's own iterators inherit from: it makes them iterable, and gives them `map`, `filter` and so on. */
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()) as object) as object;

/**
 * An iterator that holds something from its first step on until it is over, left or fails: what a generator with `finally` is, at
 * half of its price for each step.
 */
export abstract class Walk<T> implements Iterator<T, void> {
  static {
    Object.setPrototypeOf(this.prototype, IteratorPrototype);
  }
  #state: "new" | "stepping" | "under way" | "over" = "new";

  /** Begins to hold what `step` reads. */
  protected abstract begin(): void;
  /** The next value, or {@link OVER}. */
  protected abstract step(): T | typeof OVER;
  /** Lets go of it. Called once, if `begin` was. */
  protected abstract end(): void;

  next(): IteratorResult<T, void> {
    this.#mustWait();
    if (this.#state === "over") return { done: true, value: undefined };
    try {
      if (this.#state === "new") {
        this.#state = "over";
        this.begin();
      }
      this.#state = "stepping";
      const value = this.step();
      if (value !== OVER) {
        this.#state = "under way";
        return { done: false, value };
      }
    } catch (error) {
      this.#stop();
      throw error;
    }
    this.#stop();
    return { done: true, value: undefined };
  }

  return(): IteratorReturnResult<void> {
    this.#mustWait();
    this.#stop();
    return { done: true, value: undefined };
  }

  throw(error: unknown): never {
    this.#mustWait();
    this.#stop();
    throw error;
  }

  /** A step may run code of the program, which must not end the walk below it. Generators say the same. */
  #mustWait(): void {
    if (this.#state === "stepping") throw new TypeError("Generator is already running");
  }

  #stop(): void {
    const isHeld = this.#state === "under way" || this.#state === "stepping";
    this.#state = "over";
    if (isHeld) this.end();
  }
}

/**
 * A walk over a container, which it holds from its first step on. Its reference is its own: the body of a loop may release the
 * program's handle, and the scope in which the loop began may end.
 */
export abstract class HoldingWalk<H extends Handle, T> extends Walk<T> {
  /** The program's handle; from the first step on the walk's own. */
  protected held: H;

  constructor(container: H) {
    super();
    this.held = container;
  }
  protected begin(): void {
    const container = this.held;
    this.held = container.store.outsideScopes(() => container.clone());
  }
  protected end(): void {
    this.held.release();
  }
}

/** A walk as programs see it: a generator, with which it has all in common. */
export function asGenerator<T>(walk: Walk<T>): Generator<T, void> {
  return walk as unknown as Generator<T, void>;
}
