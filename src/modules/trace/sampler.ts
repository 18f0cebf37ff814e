/**
 * Chooses births so that each byte has the same chance, one in `rate`: the distances between chosen bytes are
 * exponential (a Poisson process), as in Go's and tcmalloc's heap profilers.
 */
export class Sampler {
  readonly #rate: number;
  #state: number;
  #left: number;

  /** A rate of 0 chooses all. */
  constructor(rate: number, seed: number) {
    this.#rate = rate;
    this.#state = Math.imul(seed ^ 0x5bd1e995, 2654435761) | 1;
    this.#left = this.#distance();
  }

  /** How many births like this one it stands for, if it is chosen; 0 if not. */
  weigh(bytes: number): number {
    if (this.#rate === 0) return 1;
    this.#left -= bytes;
    if (this.#left > 0) return 0;
    this.#left = this.#distance();
    return 1 / (1 - Math.exp(-bytes / this.#rate));
  }

  #distance(): number {
    // xorshift32
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return -Math.log(((this.#state >>> 0) + 0.5) / 2 ** 32) * this.#rate;
  }
}
