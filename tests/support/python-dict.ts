import { NAN_KEY } from "./items.js";
import type { Item } from "./items.js";

/** A dict as Python's, in a Map: keys by their normal form, the first of those that are equal stays. */
export class PythonDict {
  readonly entries = new Map<string, [key: Item, value: Item]>();
  #nans = 0;

  find(key: Item): [key: Item, value: Item] | undefined {
    return key.key === NAN_KEY ? undefined : this.entries.get(key.key);
  }

  set(key: Item, value: Item): void {
    const found = this.find(key);
    if (found !== undefined) found[1] = value;
    // Each NaN is another key.
    else this.entries.set(key.key === NAN_KEY ? `${NAN_KEY} ${this.#nans++}` : key.key, [key, value]);
  }

  delete(key: Item): boolean {
    return this.entries.delete(key.key);
  }

  popItem(): [key: Item, value: Item] | undefined {
    const last = [...this.entries].at(-1);
    if (last !== undefined) this.entries.delete(last[0]);
    return last?.[1];
  }
}
