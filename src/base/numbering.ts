import { LargeMap } from "./large-map.js";

/** Maximal number of elements of a Set in V8. Other engines allow as many. */
const MOST_ELEMENTS = 2 ** 24;

/**
 * Numbers objects from 0 on, in the order of their coming. A new object costs one operation on a Set. The numbers are only
 * written down once an object comes again, which few do.
 */
export class Numbering {
  readonly #sets = [new Set<object>()];
  #open = this.#sets[0] as Set<object>;
  /** The numbers of the first `#numbered` objects. */
  readonly #numbers = new LargeMap<object, number>();
  #numbered = 0;
  /** Reads the objects that follow. It must not reach the end of a set that grows. */
  #next = this.#open.values();

  constructor(readonly limit = MOST_ELEMENTS) {}

  /** Gives an object the next number and returns -1, or returns the number that it has. */
  add(value: object): number {
    const size = this.#open.size;
    if (size === this.limit || this.#sets.length > 1) return this.#addToMany(value);
    this.#open.add(value);
    return this.#open.size === size ? this.#numberOf(value) : -1;
  }

  #addToMany(value: object): number {
    if (this.#sets.some((set) => set.has(value))) return this.#numberOf(value);
    if (this.#open.size === this.limit) this.#sets.push((this.#open = new Set()));
    this.#open.add(value);
    return -1;
  }

  #numberOf(value: object): number {
    const size = (this.#sets.length - 1) * this.limit + this.#open.size;
    for (; this.#numbered < size; this.#numbered++) {
      if (this.#numbered > 0 && this.#numbered % this.limit === 0)
        this.#next = (this.#sets[this.#numbered / this.limit] as Set<object>).values();
      this.#numbers.set(this.#next.next().value as object, this.#numbered);
    }
    return this.#numbers.get(value) as number;
  }
}
