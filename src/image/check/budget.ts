/**
 * Limits the search steps in hash tables that an image may cause. With colliding keys a search visits all keys, and an
 * attacker can make all of them collide. Images of real heaps stay far below the limit.
 */
export class ProbeBudget {
  #left: number;
  readonly #onSpent: () => Error;

  /** `words` is the size of the image. The budget grows with it. */
  constructor(words: number, onSpent: () => Error) {
    this.#left = 2 ** 26 + 8 * words;
    this.#onSpent = onSpent;
  }

  /** @throws The error of `onSpent` once the budget is used up. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw this.#onSpent();
  }
}
