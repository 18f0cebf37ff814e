/** Columns that grow as data arrives, so that no count in a file is believed before its rows are there. */

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A typed array with room to spare. `data` is replaced as it grows: read it anew after each `push`. */
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

  /** Makes room for `more` entries, at least half as much again as there is. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.data.length) return;
    const grown = new this.#make(Math.max(needed, Math.ceil(this.data.length * 1.5)));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  /** The entries, in an array of exactly their number; this column is empty afterwards. */
  take(): T {
    const { data, length } = this;
    this.data = new this.#make(0);
    this.length = 0;
    if (data.length === length) return data;
    // A copy only if it frees a good part of the room: two of the largest column may not fit.
    return (length < data.length * 0.9 ? data.slice(0, length) : data.subarray(0, length)) as T;
  }
}
