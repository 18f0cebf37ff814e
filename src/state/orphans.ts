import type { Address } from "../wasm/exports.js";

/**
 * The outside references of a restored heap that the saved program held and this program does not hold yet. They stay in
 * the image's rows until they are used: most programs take some by name and release the rest.
 */
export class Orphans {
  /** Address and site of each handle, in the order of creation. Taken rows are 0. */
  readonly #handles: Uint32Array;
  readonly #sites: readonly string[];
  /** Address and number of the references that belonged to no handle and no named root. */
  readonly #others: Uint32Array;
  /** For each address: its rows of `handles`, and its row of `others` (-1 = none). */
  #index: Map<Address, { handles: number[]; other: number }> | undefined;

  /** `handles` has rows of address and site number (from 1 on); `others` has rows of address and count. */
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
    for (let row = 0; row < this.#handles.length; row += 2)
      if (this.#handles[row] !== 0) at(this.#handles[row] as number).handles.push(row);
    for (let row = 0; row < this.#others.length; row += 2)
      if (this.#others[row + 1] !== 0) at(this.#others[row] as number).other = row;
    this.#index = index;
    return index;
  }

  /** Gives each reference the new address of its object. */
  move(to: (address: Address) => Address): void {
    for (const rows of [this.#handles, this.#others])
      for (let row = 0; row < rows.length; row += 2) rows[row] = to(rows[row] as number);
    this.#index = undefined;
  }

  /** Takes one reference to an object. False if there is none. */
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

  /** Address and site of each handle, in the order of creation. */
  *handles(): Generator<[address: Address, site: string | undefined], void> {
    for (let row = 0; row < this.#handles.length; row += 2)
      if (this.#handles[row] !== 0) yield [this.#handles[row] as number, this.#siteOf(row)];
  }

  /** Each address with the number of its references and the known sites of its handles. */
  *entries(): Generator<[address: Address, references: number, sites: string[]], void> {
    for (const [address, { handles, other }] of this.#indexed()) {
      const sites = handles.flatMap((row) => this.#siteOf(row) ?? []);
      yield [address, handles.length + this.#countOthers(other), sites];
    }
  }
}
