import { siteHere } from "./site.js";
import type { Address } from "../wasm/exports.js";

/** Handles to one registration: one live handle can delay the release of 63 forgotten ones. */
const BATCH_SIZE = 64;
/** Frames that are shown of where a handle was made. */
const SHOWN_FRAMES = 10;

/** Where handles keep their addresses: what outlives them. A cell is 0 when its handle is released. */
export class HandleRecord {
  readonly addresses = new Uint32Array(BATCH_SIZE);
  /** Where each handle was made, when the heap is checked. */
  readonly sites: string[] | undefined;
  live = 0;

  constructor(withSites: boolean) {
    this.sites = withSites ? [] : undefined;
  }
}

/** What the handles of a batch hold on to. When the last of them is forgotten, so is this. */
export class HandleBatch {
  used = 0;
  constructor(readonly record: HandleRecord) {}
}

/** A handle that JavaScript forgot before it was released. */
export interface Leak {
  /** Type of the object. */
  type: string;
  address: Address;
  /** Stack where the handle was made; only with the checked core. */
  site?: string;
}

/** Leaks that are remembered: else what a program forgets for ever would be remembered for ever. */
const MOST_LEAKS = 1000;

/** The latest leaks, the oldest first, and how many there have been. */
export class LeakLog {
  readonly latest: Leak[] = [];
  count = 0;

  add(leak: Leak): void {
    this.count++;
    if (this.latest.push(leak) > MOST_LEAKS) this.latest.shift();
  }
}

/**
 * Releases handles that JavaScript has forgotten. A registration with `FinalizationRegistry`
 * costs more than the handle itself, so handles are registered by batches.
 */
export class LeakNet {
  /** Whether it knows where each handle was made. */
  readonly hasSites: boolean;
  readonly #registry: FinalizationRegistry<HandleRecord> | undefined;
  /** Records with live handles, in order of creation. */
  readonly records = new Set<HandleRecord>();
  #current: HandleBatch | undefined;

  /** `onForgotten` is given each address that a forgotten handle still owns. */
  constructor(withSites: boolean, onForgotten: (address: Address, site: string | undefined) => void) {
    this.hasSites = withSites;
    if (typeof FinalizationRegistry === "undefined") return;
    this.#registry = new FinalizationRegistry((record) => {
      this.records.delete(record);
      for (const [index, address] of record.addresses.entries()) {
        if (address === 0) continue;
        record.addresses[index] = 0;
        onForgotten(address, record.sites?.[index]);
      }
    });
  }

  /** The batch that takes the next handle: put its address at `record.addresses[used]`, then count it with `claimed`. */
  batch(): HandleBatch {
    const current = this.#current;
    if (current !== undefined && current.used < BATCH_SIZE) return current;
    if (current !== undefined && current.record.live === 0) this.records.delete(current.record);
    const batch = new HandleBatch(new HandleRecord(this.hasSites));
    this.records.add(batch.record);
    this.#registry?.register(batch, batch.record);
    this.#current = batch;
    return batch;
  }

  /** Takes a cell for an address. Returns its index in `batch`. */
  claim(batch: HandleBatch, address: Address): number {
    const index = batch.used++;
    const { record } = batch;
    record.addresses[index] = address;
    record.live++;
    if (record.sites !== undefined) record.sites[index] = siteHere(SHOWN_FRAMES);
    return index;
  }

  /** Gives a cell back. The last one of the current batch is used again, so short-lived handles register nothing new. */
  free(batch: HandleBatch, index: number): void {
    const { record } = batch;
    record.addresses[index] = 0;
    record.live--;
    if (batch === this.#current) {
      if (index === batch.used - 1) batch.used = index;
    } else if (record.live === 0) {
      this.records.delete(record);
    }
  }

  /**
   * Releases all handles that are live now, in the order they were made. Not those that finalizers make
   * meanwhile, or there might be no end.
   */
  releaseAll(release: (address: Address) => void): void {
    const live = [...this.records].map((record) => [record, record.addresses.slice()] as const);
    for (const [record, addresses] of live) {
      for (const [index, address] of addresses.entries()) {
        // Released by a finalizer since, or its cell has been given to another handle.
        if (address === 0 || record.addresses[index] !== address) continue;
        record.addresses[index] = 0;
        record.live--;
        release(address);
      }
    }
  }

  /** Makes all handles released ones, their references having been given back otherwise. */
  forgetAll(): void {
    this.releaseAll(() => undefined);
  }

  /** Address and site of each live handle, in the order they were made. */
  *live(): Generator<[address: Address, site: string | undefined], void> {
    for (const { addresses, sites } of this.records)
      for (const [index, address] of addresses.entries()) if (address !== 0) yield [address, sites?.[index]];
  }

  /** Live handles. */
  get count(): number {
    let count = 0;
    for (const record of this.records) count += record.live;
    return count;
  }
}
