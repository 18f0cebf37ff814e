import type { Address } from "../wasm/exports.js";

/**
 * The outside references of a restored heap: the earlier program held them, and this one does not yet. Kept as the rows of
 * the image until they are used: most programs give names to what they need, and release the rest.
 */
export class Orphans {
  /** Address and site of each handle, in the order they were made; 0 for what was taken. */
  readonly #handles: Uint32Array;
  readonly #sites: readonly string[];
  /** Address and number of references that no handle and no root of the program before explains. */
  readonly #others: Uint32Array;
  /** Of each address its rows of `handles`, and its row of `others` (-1 = none). */
  #index: Map<Address, { handles: number[]; other: number }> | undefined;

  /** `handles` are rows of address and number of the site from 1 on; `others` of address and count. */
  constructor(handles: Uint32Array, sites: readonly string[], others: Uint32Array) {
    this.#handles = handles.slice();
    this.#sites = sites;
    this.#others = others.slice();
  }

  #indexed(): Map<Address, { handles: number[]; other: number }> {
    if (this.#index !== undefined) return this.#index;
    const index = new Map<Address, { handles: number[]; other: number }>();
    const at = (address: Address): { handles: number[]; other: number } => {
      let entry = index.get(address);
      if (entry === undefined) index.set(address, (entry = { handles: [], other: -1 }));
      return entry;
    };
    for (let row = 0; row < this.#handles.length; row += 2) at(this.#handles[row] as number).handles.push(row);
    for (let row = 0; row < this.#others.length; row += 2) at(this.#others[row] as number).other = row;
    this.#index = index;
    return index;
  }

  /** Takes one reference out of the books. False if there is none. */
  take(address: Address): boolean {
    const index = this.#indexed();
    const entry = index.get(address);
    if (entry === undefined) return false;
    const handle = entry.handles.shift();
    if (handle !== undefined) this.#handles[handle] = 0;
    else this.#others[entry.other + 1] = (this.#others[entry.other + 1] as number) - 1;
    if (entry.handles.length === 0 && this.#countOthers(entry.other) === 0) index.delete(address);
    return true;
  }

  #countOthers(row: number): number {
    return row < 0 ? 0 : (this.#others[row + 1] as number);
  }
  #siteOf(row: number): string | undefined {
    return this.#sites[(this.#handles[row + 1] as number) - 1];
  }

  /** Address and site of each handle, in the order they were made. */
  *handles(): Generator<[address: Address, site: string | undefined], void> {
    for (let row = 0; row < this.#handles.length; row += 2)
      if (this.#handles[row] !== 0) yield [this.#handles[row] as number, this.#siteOf(row)];
  }

  /** Each address with its references, and the sites of its handles as far as known. */
  *entries(): Generator<[address: Address, references: number, sites: string[]], void> {
    for (const [address, { handles, other }] of this.#indexed()) {
      const sites = handles.flatMap((row) => this.#siteOf(row) ?? []);
      yield [address, handles.length + this.#countOthers(other), sites];
    }
  }
}
