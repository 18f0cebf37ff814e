import { share } from "../adopt.js";
import { EPHEMERON_KEY_OFFSET, RESULT_ADDED, RESULT_FOUND, WEAKMAP_SIZE_OFFSET } from "../../../assembly/layout.js";
import { BadIndexError, ContainerChangedError } from "../../base/errors.js";
import { Handle, addressIn } from "../handle.js";
import type { Address } from "../../wasm/exports.js";
import { entryNewerThan } from "./entries.js";
import { weakrefableIn } from "./weakref.js";

/** What weak maps and weak sets have in common: entries that go with their keys. */
export abstract class WeakTableHandle extends Handle {
  /** How many keys there are. */
  get size(): number {
    return this.store.memory.word(this.address + WEAKMAP_SIZE_OFFSET);
  }

  /**
   * Whether the object is there; never for what cannot be referred to weakly.
   *
   * @example
   * using seen = heap.weakref.set([alice]);
   * seen.has(alice); // true
   */
  has(key: Handle): boolean {
    return this.entryOf(key) !== 0;
  }

  /**
   * Removes an object.
   *
   * @example
   * using seen = heap.weakref.set([alice]);
   * seen.delete(alice); // true
   *
   * @returns Whether it was there.
   */
  delete(key: Handle): boolean {
    if (this.entryOf(key) === 0) return false;
    this.#countChange();
    return this.store.core.weakMapDelete(this.address, key.address) === RESULT_FOUND;
  }

  /**
   * Removes all.
   *
   * @example
   * using seen = heap.weakref.set([alice, bob]);
   * seen.clear();
   * seen.size; // 0
   */
  clear(): void {
    this.#countChange();
    this.store.core.weakMapClear(this.address);
  }

  protected entryOf(key: Handle): Address {
    return this.store.core.weakMapFind(this.address, addressIn(this.store, key)) >>> 0;
  }

  /** With `keeps`, an entry that is there stays as it is. To make room may run code of the program that sets one. */
  protected setEntry(key: Handle, value: Address, keeps = false): void {
    const { store } = this;
    weakrefableIn(store, key);
    const set = (): number =>
      keeps && this.entryOf(key) !== 0 ? RESULT_FOUND : store.core.weakMapSet(this.address, key.address, value);
    if (store.require(set, "an entry of a weak map") === RESULT_ADDED) this.#countChange();
  }

  /** Tells loops over the map that an entry has come, or is about to go. (That one goes with its key is no change.) */
  #countChange(): void {
    const loops = this.store.loops.get(this.address);
    if (loops !== undefined) loops.changes++;
  }

  /**
   * Goes through the entries, the oldest first; what comes of each is made by `read`. Map and key are held meanwhile, so
   * the entry is still there when the loop goes on, unless the map has been changed. Outside of scopes, since the loop
   * may begin in one and go on after it.
   *
   * @throws {@link ContainerChangedError} if an entry was added or removed meanwhile.
   */
  protected *each<T>(read: (entry: Address) => T): Generator<T, void> {
    const { store } = this;
    const held = store.outsideScopes(() => this.clone());
    const now = store.loops.get(held.address) ?? { loops: 0, changes: 0 };
    store.loops.set(held.address, now);
    now.loops++;
    let key: Handle | undefined;
    try {
      const before = now.changes;
      for (let entry = entryNewerThan(store, held.address, 0); entry !== 0;) {
        const found = entry;
        const last = key;
        key = store.outsideScopes(() => held.keyAt<Handle>(found));
        // It may die, and its hooks may change the map.
        last?.release();
        if (now.changes !== before) throw changed(held.type);
        const { epoch } = store;
        yield read(entry);
        if (now.changes !== before) throw changed(held.type);
        if (store.epoch !== epoch) entry = held.entryOf(key);
        entry = entryNewerThan(store, held.address, entry);
      }
    } finally {
      if (--now.loops === 0) store.loops.delete(held.address);
      key?.release();
      held.release();
    }
  }

  /** A handle for the key that was added last. @throws {@link BadIndexError} if there is none. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the map knows what its keys are
  protected newestKey<K extends Handle>(): K {
    const entry = this.store.core.weakMapEntryAfter(this.address, 0) >>> 0;
    if (entry === 0) throw new BadIndexError(`pop from an empty ${this.type}`);
    return this.keyAt<K>(entry);
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the map knows what its keys are
  protected keyAt<K extends Handle>(entry: Address): K {
    return share<K>(this.store, this.store.memory.word(entry + EPHEMERON_KEY_OFFSET));
  }
}

function changed(type: string): ContainerChangedError {
  return new ContainerChangedError(`a ${type} changed while it was iterated over`);
}
