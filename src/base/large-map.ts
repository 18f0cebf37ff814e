/** Maximal number of entries of a Map in V8. Other engines allow as many. */
const MOST_ENTRIES = 2 ** 24;

/** A Map without the engine's limit on the number of entries. It cannot delete. */
export class LargeMap<K, V> {
  readonly #full: Map<K, V>[] = [];
  #open = new Map<K, V>();

  constructor(readonly limit = MOST_ENTRIES) {}

  get size(): number {
    return this.#full.length * this.limit + this.#open.size;
  }
  get(key: K): V | undefined {
    const value = this.#open.get(key);
    return value !== undefined || this.#full.length === 0 ? value : this.#inFull(key);
  }
  #inFull(key: K): V | undefined {
    for (const map of this.#full) {
      const value = map.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  set(key: K, value: V): void {
    for (const map of this.#full) if (map.has(key)) return void map.set(key, value);
    if (this.#open.size === this.limit && !this.#open.has(key)) {
      this.#full.push(this.#open);
      this.#open = new Map();
    }
    this.#open.set(key, value);
  }
}
