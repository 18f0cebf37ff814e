import type { Address } from "./wasm/exports.js";

/** Something of the program before held an object, and is no more. */
export interface OrphanRecord {
  readonly address: Address;
  /** Where its handle was made. */
  readonly site: string | undefined;
}

/** The outside references of a restored heap: its program before held them, and nobody does now. */
export class Orphans {
  /** Those of handles, in the order the handles were made; `null` for those that were taken. */
  readonly #handles: (OrphanRecord | null)[] = [];
  /** Of each address, which of `handles` are about it, and how many references nothing explains. */
  readonly #byAddress = new Map<Address, { handles: number[]; others: number }>();

  addHandle(record: OrphanRecord): void {
    this.#at(record.address).handles.push(this.#handles.length);
    this.#handles.push(record);
  }
  /** References that no handle and no root of the program before explains. */
  addOthers(address: Address, count: number): void {
    this.#at(address).others += count;
  }
  #at(address: Address): { handles: number[]; others: number } {
    let entry = this.#byAddress.get(address);
    if (entry === undefined) this.#byAddress.set(address, (entry = { handles: [], others: 0 }));
    return entry;
  }

  /** Takes one reference out of the books. False if there is none. */
  take(address: Address): boolean {
    const entry = this.#byAddress.get(address);
    if (entry === undefined) return false;
    const handle = entry.handles.shift();
    if (handle !== undefined) this.#handles[handle] = null;
    else entry.others--;
    if (entry.handles.length === 0 && entry.others === 0) this.#byAddress.delete(address);
    return true;
  }

  /** References of handles, in the order the handles were made. */
  *handles(): Generator<OrphanRecord, void> {
    for (const record of this.#handles) if (record !== null) yield record;
  }

  /** Each address with its references, and the sites of its handles as far as known. */
  *entries(): Generator<[address: Address, references: number, sites: string[]], void> {
    for (const [address, { handles, others }] of this.#byAddress) {
      const sites = handles.flatMap((index) => this.#handles[index]?.site ?? []);
      yield [address, handles.length + others, sites];
    }
  }

  clear(): void {
    this.#handles.length = 0;
    this.#byAddress.clear();
  }
}
