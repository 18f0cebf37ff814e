import {
  BUFFER_DATA_OFFSET,
  NO_ENTRY,
  RESULT_UNHASHABLE,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_VERSION_OFFSET,
  TYPE_TUPLE,
  UNHASHABLE_ENTRY,
} from "../../assembly/layout.js";
import { BadKeyError, ContainerChangedError } from "../errors.js";
import type { Store } from "../store.js";
import { withKey } from "../values.js";
import type { Value } from "../values.js";
import type { Address } from "../wasm/exports.js";
import { ContainerHandle } from "./container.js";

/**
 * What dicts and sets have in common. Keys are equal as in Python: `1`, `1.0` and `true` are one key. Strings,
 * bytes and tuples are compared by what they hold, structs and weak references by identity; lists, dicts
 * and sets cannot be keys ({@link BadKeyError}).
 */
export abstract class TableHandle extends ContainerHandle {
  /** Slots to an entry. */
  protected abstract readonly width: 1 | 2;

  /** How many entries there are. (`size` is the bytes of the object.) */
  get length(): number {
    return this.store.memory.word(this.address + TABLE_LENGTH_OFFSET);
  }

  /** Whether the key is there. @throws {@link BadKeyError} */
  has(key: Value): boolean {
    return this.find(key) !== NO_ENTRY;
  }

  /** Removes a key; it may die before this returns. @returns Whether it was there. @throws {@link BadKeyError} */
  delete(key: Value): boolean {
    const entry = this.find(key);
    if (entry === NO_ENTRY) return false;
    this.deleteEntry(entry);
    return true;
  }

  /** Removes all entries, the first first. */
  clear(): void {
    const { address, store } = this;
    store.holding(address, () => {
      store.core.containerClear(address);
    });
  }

  /** Number of a key's entry, or NO_ENTRY. */
  protected find(key: Value): number {
    const { store } = this;
    const entry = withKey(store, key, (address) => store.core.tableFind(this.address, address) >>> 0);
    if (entry === UNHASHABLE_ENTRY) throw unhashable(store);
    return entry;
  }

  /** The entry's key and value may die of it, and with them who knows who: even this. */
  protected deleteEntry(entry: number): void {
    this.store.core.tableDeleteAt(this.address, entry);
  }

  /** Address of an entry's key slot; behind it lies that of its value. */
  protected slotOf(entry: number): Address {
    return this.store.memory.word(this.address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET + 4 * this.width * entry;
  }

  /** Entries, deleted ones included. */
  protected get entryCount(): number {
    return this.store.memory.word(this.address + SLOTS_COUNT_OFFSET) / this.width;
  }

  /** The last entry. There is one. */
  protected get lastEntry(): number {
    // The core forgets deleted entries at the end.
    return this.entryCount - 1;
  }

  /** @internal */
  override elements(): Generator<Address, void> {
    return this.each((slot) => this.store.memory.word(slot));
  }

  /**
   * Goes through the entries, in the order of insertion; what comes of each is made by `read`, from the
   * address of its slots. The table is held from the first on.
   *
   * @throws {@link ContainerChangedError} if a key came or went meanwhile. (A new value for a key is no change.)
   */
  protected each<T>(read: (slot: Address) => T): Generator<T, void> {
    return this.#walk(read, this.store.memory.word(this.address + TABLE_VERSION_OFFSET));
  }

  *#walk<T>(read: (slot: Address) => T, version: number): Generator<T, void> {
    const held = this.clone();
    const { memory } = this.store;
    try {
      this.#checkVersion(held, version);
      for (let entry = 0; entry < held.entryCount; entry++) {
        const slot = held.slotOf(entry);
        if (memory.word(slot) === 0) continue;
        yield read(slot);
        this.#checkVersion(held, version);
      }
    } finally {
      held.release();
    }
  }

  #checkVersion(held: this, version: number): void {
    if (this.store.memory.word(held.address + TABLE_VERSION_OFFSET) !== version)
      throw new ContainerChangedError(`a ${held.type} changed while it was iterated over`);
  }
}

/** A RESULT_* that is not "out of memory", unless it is "unhashable", which is thrown. */
export function checkResult(store: Store, result: number): number {
  if (result === RESULT_UNHASHABLE) throw unhashable(store);
  return result;
}

function unhashable(store: Store): BadKeyError {
  const type = store.core.unhashableType();
  if (type === TYPE_TUPLE) return new BadKeyError("tuples in tuples are nested too deeply for a key");
  return new BadKeyError(`unhashable type: '${store.types.get(type)?.name ?? "unknown"}'`);
}
