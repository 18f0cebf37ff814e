/**
 * How much searching in hash tables an image may cause. Keys that collide make each search as long as there are keys;
 * whoever writes the bytes can see to it that all do. Nobody's heap got there by itself.
 */
export class ProbeBudget {
  #left = 2 ** 28;
  readonly #onSpent: () => Error;

  constructor(onSpent: () => Error) {
    this.#onSpent = onSpent;
  }

  /** @throws What there is to throw once all is spent. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw this.#onSpent();
  }
}
