// A cache that forgets what was used longest ago. A dict keeps its entries in the order of insertion, so a use moves an
// entry to the end, and the first entry is the oldest. What is forgotten dies at that moment: no collector is needed.

import { Heap, required, type Handle, type ObjectOf } from "heapwright";

const heap = Heap.createSync();
heap.gc.disable();
const empty = heap.stats();

class LruCache<V extends Handle> {
  readonly #entries = heap.dict<string, V>();
  readonly #limit: number;
  hits = 0;
  misses = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value of a key, made if it is not there. The caller releases it. */
  get(key: string, make: (key: string) => V): V {
    const found = this.#entries.pop(key);
    const value = found ?? make(key);
    if (found === undefined) this.misses++;
    else this.hits++;
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#forgetOldest();
    return value;
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  get keys(): string[] {
    return [...this.#entries.keys()];
  }

  [Symbol.dispose](): void {
    this.#entries.release();
  }
}

const fields = { path: required("str"), body: "str", visits: "u32" } as const;
const Page = heap.struct("Page", fields, {
  finalize: (page) => console.log(`forgotten: ${page.path}, ${page.visits} visits`),
});

{
  using cache = new LruCache<ObjectOf<typeof Page>>(2);
  for (const path of ["/", "/docs", "/", "/api", "/docs", "/docs"]) {
    using page = cache.get(path, () => Page.new({ path, body: `<h1>${path}</h1>` }));
    page.visits++;
  }
  console.log(`kept: ${cache.keys.join(", ")}; ${cache.hits} hits, ${cache.misses} misses`);
}

heap.verify();
console.log(`left: ${heap.stats().objects - empty.objects} objects, ${heap.stats().handles} handles`);
