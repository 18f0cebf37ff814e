import { siteHere } from "./site.js";
import type { Address } from "../wasm/exports.js";

/** Cells of a record. */
const CELLS = 64;
/** Maximal number of full records that wait for the end of a job: 262,144 handles. */
const MOST_WAITING = 4096;
/** Number of frames shown for the place where a handle was made. */
const SHOWN_FRAMES = 10;

/** The addresses of some handles. They outlive the handles. A cell is 0 after its handle is released. */
export class HandleRecord {
  readonly addresses = new Uint32Array(CELLS);
  /** Where each handle was made, if the heap traces handles. */
  readonly sites: string[] | undefined;
  /** The handles, until they are registered. Some of them may be released. */
  handles: object[] | undefined;
  used = 0;
  /** Live handles, once the record is closed. */
  live = 0;

  constructor(
    readonly id: number,
    withSites: boolean,
    holdsHandles: boolean,
  ) {
    this.sites = withSites ? [] : undefined;
    this.handles = holdsHandles ? [] : undefined;
  }
}

/**
 * Releases handles that JavaScript has forgotten.
 *
 * Registering with a `FinalizationRegistry` costs more than creating a handle, and most handles are short-lived. So a new
 * handle is not registered; its record keeps it alive. The current record takes new handles until it is full, and is then
 * closed. At the end of the job (in the following microtask) each remaining handle of a closed record is registered
 * separately, and the record no longer keeps it alive. The delay loses nothing, because JavaScript reports no collected
 * object before the end of a job.
 *
 * So an unreachable handle in the current record waits until that record is full, or until `close`.
 */
export class LeakNet {
  /** Whether the sites of handles are recorded. */
  readonly hasSites: boolean;
  readonly #registry: FinalizationRegistry<number> | undefined;
  /** Records with live handles, by id, in order of creation. */
  readonly #records = new Map<number, HandleRecord>();
  readonly #onFull: () => void;
  #current: HandleRecord | undefined;
  /** Closed records, from `#next` on, whose handles are not registered yet. */
  #waiting: HandleRecord[] = [];
  #next = 0;
  #isScheduled = false;
  #nextId = 0;

  /** `onFull` is called when a record is full. `onForgotten` receives each address that an unreachable handle still owns. */
  constructor(
    withSites: boolean,
    onFull: () => void,
    onForgotten: (address: Address, site: string | undefined) => void,
  ) {
    this.hasSites = withSites;
    this.#onFull = onFull;
    if (typeof FinalizationRegistry === "undefined") return;
    // The held value is the number of a cell, not a record: most registered handles are released in time.
    this.#registry = new FinalizationRegistry((cell) => {
      const record = this.#records.get(Math.floor(cell / CELLS));
      const index = cell % CELLS;
      const address = record?.addresses[index];
      if (record === undefined || address === undefined || address === 0) return;
      this.free(record, index);
      onForgotten(address, record.sites?.[index]);
    });
  }

  /** The record that takes the next handle: see `claim`. */
  room(): HandleRecord {
    const current = this.#current;
    if (current !== undefined && current.used < CELLS) return current;
    if (current !== undefined) {
      this.close();
      this.#onFull();
    }
    const record = new HandleRecord(this.#nextId++, this.hasSites, this.#registry !== undefined);
    this.#records.set(record.id, record);
    this.#current = record;
    return record;
  }

  /** Takes a cell for a handle. Returns its index in `record`, the last result of `room`. */
  claim(record: HandleRecord, handle: object, address: Address): number {
    const index = record.used++;
    record.addresses[index] = address;
    if (record.handles !== undefined) record.handles[index] = handle;
    if (record.sites !== undefined) record.sites[index] = siteHere(SHOWN_FRAMES);
    return index;
  }

  /** Frees a cell. The last one of the current record is reused, so short-lived handles do not fill records. */
  free(record: HandleRecord, index: number): void {
    record.addresses[index] = 0;
    if (record === this.#current) {
      if (index === record.used - 1) record.used = index;
    } else if (--record.live === 0) {
      record.handles = undefined;
      this.#records.delete(record.id);
    }
  }

  /** Closes the current record, so that unreachable handles in it can be found. */
  close(): void {
    const record = this.#current;
    if (record === undefined || record.used === 0) return;
    this.#current = undefined;
    record.live = liveIn(record);
    if (record.live === 0) {
      this.#records.delete(record.id);
    } else if (record.handles !== undefined) {
      this.#wait(record);
    }
  }

  #wait(record: HandleRecord): void {
    this.#waiting.push(record);
    if (!this.#isScheduled) {
      // A promise instead of a timer, which would keep a program running.
      void Promise.resolve().then(() => {
        this.#registerAll();
      });
      this.#isScheduled = true;
    }
    if (this.#waiting.length - this.#next <= MOST_WAITING) return;
    this.#register(this.#waiting[this.#next++]);
    if (this.#next < MOST_WAITING) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }

  #registerAll(): void {
    const waiting = this.#waiting;
    for (let at = this.#next; at < waiting.length; at++) this.#register(waiting[at]);
    this.#waiting = [];
    this.#next = 0;
    this.#isScheduled = false;
  }

  #register(record: HandleRecord | undefined): void {
    const handles = record?.handles;
    if (record === undefined || handles === undefined) return;
    record.handles = undefined;
    for (let index = 0; index < record.used; index++)
      if (record.addresses[index] !== 0) this.#registry?.register(handles[index] as object, record.id * CELLS + index);
  }

  /**
   * Releases all handles that are live now, in the order of creation. Handles created by finalizers meanwhile are not
   * released, because there might be no end.
   */
  releaseAll(release: (address: Address) => void): void {
    this.close();
    const live = [...this.#records.values()].map((record) => [record, record.addresses.slice()] as const);
    for (const [record, addresses] of live) {
      for (const [index, address] of addresses.entries()) {
        // A finalizer may have released the handle meanwhile.
        if (address === 0 || record.addresses[index] !== address) continue;
        this.free(record, index);
        release(address);
      }
    }
  }

  /** Marks all handles as released without dropping their references, which are already gone. */
  forgetAll(): void {
    this.releaseAll(() => undefined);
  }

  /** Gives each live handle the new address of its object. */
  move(to: (address: Address) => Address): void {
    for (const { addresses } of this.#records.values())
      for (let index = 0; index < addresses.length; index++)
        if (addresses[index] !== 0) addresses[index] = to(addresses[index] as number);
  }

  /** Address and site of each live handle, in the order of creation. */
  *live(): Generator<[address: Address, site: string | undefined], void> {
    for (const { addresses, sites } of this.#records.values())
      for (const [index, address] of addresses.entries()) if (address !== 0) yield [address, sites?.[index]];
  }

  /** Number of live handles. */
  get count(): number {
    let count = 0;
    for (const record of this.#records.values()) count += record === this.#current ? liveIn(record) : record.live;
    return count;
  }
}

function liveIn({ addresses, used }: HandleRecord): number {
  let live = 0;
  for (let index = 0; index < used; index++) if (addresses[index] !== 0) live++;
  return live;
}
