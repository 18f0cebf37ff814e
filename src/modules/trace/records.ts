import type { Address } from "../../wasm/exports.js";

const FIRST_CAPACITY = 256;

/**
 * Site and weight of objects, by address: open addressing in typed arrays, because a Map of a million entries takes five
 * times the memory, and has a limit of 16 million. Nothing is removed: the recorder copies the valid records instead.
 */
export class Records {
  #addresses: Uint32Array;
  #sites: Uint32Array;
  #weights: Float32Array;
  size = 0;

  constructor(expected = 0) {
    let capacity = FIRST_CAPACITY;
    while (capacity < 2 * expected) capacity *= 2;
    this.#addresses = new Uint32Array(capacity);
    this.#sites = new Uint32Array(capacity);
    this.#weights = new Float32Array(capacity);
  }

  /** Whether another one makes the tables grow. */
  get isFull(): boolean {
    return 2 * (this.size + 1) > this.#addresses.length;
  }

  set(address: Address, site: number, weight: number): void {
    if (this.isFull) this.#grow();
    const place = this.#find(address);
    if (this.#addresses[place] === 0) this.size++;
    this.#addresses[place] = address;
    this.#sites[place] = site;
    this.#weights[place] = weight;
  }

  siteOf(address: Address): number | undefined {
    const place = this.#find(address);
    return this.#addresses[place] === 0 ? undefined : this.#sites[place];
  }

  #find(address: Address): number {
    const mask = this.#addresses.length - 1;
    let place = Math.imul(address >>> 3, 0x9e3779b1) >>> Math.clz32(mask);
    while (this.#addresses[place] !== 0 && this.#addresses[place] !== address) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const larger = new Records(2 * this.size + 2);
    this.each((address, site, weight) => {
      larger.set(address, site, weight);
    });
    this.#addresses = larger.#addresses;
    this.#sites = larger.#sites;
    this.#weights = larger.#weights;
  }

  each(visit: (address: Address, site: number, weight: number) => void): void {
    for (let place = 0; place < this.#addresses.length; place++) {
      const address = this.#addresses[place] as number;
      if (address !== 0) visit(address, this.#sites[place] as number, this.#weights[place] as number);
    }
  }
}
