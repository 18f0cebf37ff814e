/**
 * How much searching in hash tables an image may cause. Keys that collide make each search as long as there are keys, and
 * an attacker can make all of them collide. No honest heap comes near the limit.
 */
export class ProbeBudget {
  #left: number;
  readonly #onSpent: () => Error;

  /** `words` of the image: what is sound grows with it. */
  constructor(words: number, onSpent: () => Error) {
    this.#left = 2 ** 26 + 8 * words;
    this.#onSpent = onSpent;
  }

  /** @throws What there is to throw once all is spent. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw this.#onSpent();
  }
}
