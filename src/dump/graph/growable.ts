/** Columns that grow as data arrives. So a wrong count in a file cannot cause a huge allocation. */

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A typed array that can grow. `push` may replace `data`, so read `data` again after each call. */
export class Growable<T extends Column> {
  data: T;
  length = 0;
  readonly #make: new (length: number) => T;

  constructor(make: new (length: number) => T, room = 256) {
    this.#make = make;
    this.data = new make(room);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(1);
    this.data[this.length++] = value;
  }

  /** Makes room for `more` entries. Grows by at least half. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.data.length) return;
    const grown = new this.#make(Math.max(needed, Math.ceil(this.data.length * 1.5)));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  /** Returns the entries in an array of exactly their number. This column is empty afterwards. */
  take(): T {
    const { data, length } = this;
    this.data = new this.#make(0);
    this.length = 0;
    if (data.length === length) return data;
    // Copies only if that frees much memory: two copies of the largest column may not fit.
    return (length < data.length * 0.9 ? data.slice(0, length) : data.subarray(0, length)) as T;
  }
}
