/** Keeps every pause there was, so that no percentile is a guess. */
export class PauseRecorder {
  #pauses = new Float64Array(1024);
  #count = 0;

  get count() {
    return this.#count;
  }

  record(milliseconds) {
    if (this.#count === this.#pauses.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#pauses);
      this.#pauses = larger;
    }
    this.#pauses[this.#count++] = milliseconds;
  }

  /** All of them, in the order in which they came. */
  get pauses() {
    return this.#pauses.slice(0, this.#count);
  }

  /** Mean and percentiles by nearest rank: p99 is the least pause that 99 % of all do not exceed. */
  summary() {
    const sorted = this.pauses.sort();
    const rank = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    const sum = sorted.reduce((total, pause) => total + pause, 0);
    return {
      count: sorted.length,
      mean: sum / sorted.length,
      p50: rank(0.5),
      p99: rank(0.99),
      p999: rank(0.999),
      max: rank(1),
    };
  }
}
