import {
  BUFFER_DATA_OFFSET,
  CHANGED_ENTRY,
  MAX_KEY_PARTS,
  MAX_KEY_DEPTH,
  NO_ENTRY,
  RESULT_FOUND,
  RESULT_UNHASHABLE,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LENGTH_OFFSET,
  TABLE_VERSION_OFFSET,
  TYPE_FROZENSET,
  TYPE_SET,
  TYPE_TUPLE,
  TYPE_WEAKREF,
  UNHASHABLE_ENTRY,
} from "../../../assembly/layout.js";
import { BadKeyError, ContainerChangedError } from "../../base/errors.js";
import { addressIn } from "../handle.js";
import type { Store } from "../../state/store.js";
import { withKey } from "../values.js";
import type { Sought, Value } from "../values.js";
import type { Address } from "../../wasm/exports.js";
import { ContainerHandle } from "./container.js";
import { HoldingWalk, OVER, asGenerator } from "./walk.js";

/**
 * What dicts, sets and frozensets have in common. Keys are equal as in Python: `1`, `1.0` and `true` are one key.
 * Strings, bytes, tuples and frozensets are compared by what they hold, structs by identity; lists, dicts and sets
 * cannot be keys ({@link BadKeyError}).
 */
export abstract class TableHandle<K extends Value = Value> extends ContainerHandle {
  /** Slots to an entry. */
  protected abstract readonly width: 1 | 2;

  /** How many entries there are. */
  get size(): number {
    return this.store.memory.word(this.address + TABLE_LENGTH_OFFSET);
  }

  /**
   * Whether the key is there.
   *
   * @example
   * using tags = heap.set(["new", 1]);
   * tags.has("new"); // true
   * tags.has(true); // true: True equals 1
   *
   * @throws {@link BadKeyError}
   */
  has(key: Sought<K>): boolean {
    return this.find(key) !== NO_ENTRY;
  }

  /** Number of a key's entry, or NO_ENTRY. A long key dies before this returns, and hooks that waited may run: see `lookUp`. */
  protected find(key: Value): number {
    return this.#search(key, () => undefined);
  }

  /** What `read` makes of a key's entry, while nothing can have changed the table; `missing` if there is none. */
  protected lookUp<T, M>(key: Value, read: (entry: number) => T, missing: M): T | M {
    let found: T | M = missing;
    this.#search(key, (entry) => {
      found = read(entry);
    });
    return found;
  }

  /** As `find`, for an object of the heap; but a set is no frozenset here. Runs no code of the program. @internal */
  findAddress(key: Address): number {
    const { store } = this;
    if (store.typeIdAt(key) === TYPE_SET) throw unhashableType(store, TYPE_SET);
    const entry = store.core.tableFind(this.address, key) >>> 0;
    if (entry === UNHASHABLE_ENTRY) throw unhashable(store);
    return entry;
  }

  #search(key: Value, found: (entry: number) => void): number {
    const { store } = this;
    const entry = withKey(store, key, (address) => {
      const at = store.core.tableFind(this.address, address) >>> 0;
      if (at !== NO_ENTRY && at !== UNHASHABLE_ENTRY) found(at);
      return at;
    });
    if (entry === UNHASHABLE_ENTRY) throw unhashable(store);
    return entry;
  }

  /** Key and value may die of it, and their finalizers free any object: even the table. */
  protected deleteEntry(entry: number): void {
    this.store.core.tableDeleteAt(this.address, entry);
  }

  /** Address of an entry's key slot; behind it lies that of its value. @internal */
  slotOf(entry: number): Address {
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

  /**
   * Adds the entries of another table, the objects themselves: keys and values of a dict, or keys alone. `what` is for
   * the error.
   *
   * @throws {@link ContainerChangedError} if keys of the other come or go meanwhile, {@link OutOfMemoryError}; what has
   *   been added stays.
   */
  protected addAll(other: TableHandle, what: string): void {
    const { store } = this;
    const { core } = store;
    const [table, from] = [this.address, addressIn(store, other)];
    const version = other.#version;
    const { type } = other;
    store.holding(table, () => {
      store.holding(from, () => {
        let entry = core.tableAddAll(table, from, 0, version) >>> 0;
        while (entry < CHANGED_ENTRY) {
          // All is read anew after a collection, but for the number of the entry, which an unchanged version vouches for.
          core.collect(2);
          const next = core.tableAddAll(table, from, entry, version) >>> 0;
          if (next === entry) throw this.store.outOfMemory(what);
          entry = next;
        }
        if (entry === CHANGED_ENTRY) throw changed(type);
      });
    });
  }

  /** Changes when a key comes or goes. */
  get #version(): number {
    return this.store.memory.word(this.address + TABLE_VERSION_OFFSET);
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
    const version = this.#version;
    return this.walk(read, (held) => {
      held.#checkVersion(version);
    });
  }

  /** As `each`. `check` is called before each step, and throws for changes. Entries may be deleted meanwhile, but none added. */
  protected walk<T>(read: (slot: Address) => T, check: (held: this) => void): Generator<T, void> {
    return asGenerator(new TableWalk(this, read, check));
  }

  /** The first entry from this one on that is not deleted; `undefined` if there is none. @internal */
  entryFrom(entry: number): number | undefined {
    const { entryCount } = this;
    if (entry >= entryCount) return undefined;
    if (this.store.memory.word(this.slotOf(entry)) !== 0) return entry;
    // The core knows how to step over many deleted ones at once.
    const next = this.store.core.tableEntryFrom(this.address, entry) >>> 0;
    return next < entryCount ? next : undefined;
  }

  #checkVersion(version: number): void {
    if (this.#version !== version) throw changed(this.type);
  }
}

/** `table.delete(key)`: what dicts and sets can do, and frozensets cannot. */
export function deleteKey(table: TableHandle, key: Value): boolean {
  const { store } = table;
  const remove = (address: Address): number => store.core.tableDelete(table.address, address);
  return checkResult(store, withKey(store, key, remove)) === RESULT_FOUND;
}

/** `table.clear()`, likewise. */
export function clearTable(table: TableHandle): void {
  table.store.core.containerClear(table.address);
}

/** A walk over the entries of a dict or set. */
class TableWalk<H extends TableHandle, T> extends HoldingWalk<H, T> {
  readonly #read: (slot: Address) => T;
  readonly #check: (held: H) => void;
  #entry = 0;

  constructor(table: H, read: (slot: Address) => T, check: (held: H) => void) {
    super(table);
    this.#read = read;
    this.#check = check;
  }
  protected step(): T | typeof OVER {
    const { held } = this;
    this.#check(held);
    const entry = held.entryFrom(this.#entry);
    if (entry === undefined) return OVER;
    this.#entry = entry + 1;
    return this.#read(held.slotOf(entry));
  }
}

function changed(type: string): ContainerChangedError {
  return new ContainerChangedError(`a ${type} changed while it was iterated over`);
}

/** A RESULT_* that is not "out of memory", unless it is "unhashable", which is thrown. */
export function checkResult(store: Store, result: number): number {
  if (result === RESULT_UNHASHABLE) throw unhashable(store);
  return result;
}

function unhashable(store: Store): BadKeyError {
  const type = store.core.unhashableType();
  if (type === TYPE_TUPLE || type === TYPE_FROZENSET)
    return new BadKeyError(
      `tuples and frozensets more than ${MAX_KEY_DEPTH} deep, or more than ${MAX_KEY_PARTS} in all, cannot be a key`,
    );
  if (type === TYPE_WEAKREF) return new BadKeyError("weak object has gone away");
  return unhashableType(store, type);
}

function unhashableType(store: Store, type: number): BadKeyError {
  return new BadKeyError(`unhashable type: '${store.types.get(type)?.name ?? "unknown"}'`);
}
