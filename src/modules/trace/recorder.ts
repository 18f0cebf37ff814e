import {
  BUFFER_DATA_OFFSET,
  FLAG_SAMPLED,
  INFO_OFFSET,
  LOAD_DICT,
  LOAD_FLOAT,
  LOAD_INT,
  LOAD_KEY,
  LOAD_LIST,
  LOAD_LONG,
  LOAD_OBJECT,
  LOAD_SET,
  LOAD_STR,
  RESULT_ADDED,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_WEAKMAP,
  TYPE_WEAKSET,
  WEAKMAP_FIRST_OFFSET,
} from "../../../assembly/layout.js";
import { referentsOf } from "../../object/referents.js";
import { isTableType } from "../../object/types.js";
import { siteHere } from "../../state/site.js";
import type { Store } from "../../state/store.js";
import { isTraced } from "../../state/traces.js";
import type { LiveTrace, Traces } from "../../state/traces.js";
import type { Address } from "../../wasm/exports.js";
import type { CoreExports } from "../../wasm/readings.js";
import { Records } from "./records.js";
import { Sampler } from "./sampler.js";

export interface Recording {
  frames: number;
  /** 0 = every birth. */
  sampleBytes: number;
  seed: number;
}

/** Growth past the peak, as a part of it, after which it is looked for anew; and in bytes at least. */
const PEAK_STEP = 1 / 8;
const LEAST_STEP = 1 << 16;

/**
 * Records where objects were made. While it records, it replaces those functions of the core that make objects, as the
 * host sees them; otherwise it costs nothing.
 *
 * Each recorded object has the flag SAMPLED in its header, and the flag is gone when the object is freed. So deaths need
 * no report: a record is valid as long as there is an object with that flag at its address. Sweeps drop the records of
 * freed objects; one runs when the objects recorded since the last one could have reached a new peak.
 */
export class Recorder implements Traces {
  readonly #store: Store;
  #records = new Records();
  readonly #sites: string[] = [];
  readonly #siteIndexes = new Map<string, number>();
  #plain: CoreExports | undefined;
  #traced: CoreExports | undefined;
  #sampler = new Sampler(0, 0);
  #frames = 1;
  /** Bytes alive at the last sweep, and recorded since. */
  #current = 0;
  #since = 0;
  #peak = 0;
  /** Objects that loads under way were given, and did not make. */
  readonly #given = new Map<Address, Set<Address>>();

  /** Takes over what an image has brought. */
  constructor(store: Store) {
    this.#store = store;
    for (const { address, site, weight } of store.traces.live())
      this.#records.set(address, this.#siteIndex(site), weight);
    this.#sweep();
    store.traces = this;
  }

  get isRecording(): boolean {
    return this.#traced !== undefined && this.#store.core === this.#traced;
  }

  start({ frames, sampleBytes, seed }: Recording): void {
    this.#frames = frames;
    this.#sampler = new Sampler(sampleBytes, seed);
    this.#store.core = this.#record(this.#store.core);
  }

  /** The core, with functions that record. */
  #record(core: CoreExports): CoreExports {
    this.#plain = core;
    this.#traced = { ...core, ...this.#births(core) };
    return this.#traced;
  }

  over(core: CoreExports): CoreExports {
    return this.isRecording ? this.#record(core) : core;
  }

  moving(to: (address: Address) => Address): () => void {
    const moved = new Records(this.#records.size);
    this.#records.each((address, site, weight) => {
      const now = to(address);
      if (now !== 0) moved.set(now, site, weight);
    });
    return () => {
      this.#records = moved;
    };
  }

  /** Whatever there is of a dead heap stays as it is. */
  stop(): void {
    if (this.isRecording) this.#store.core = this.#plain as CoreExports;
    this.#plain = this.#traced = undefined;
  }

  /** Lets go of the core, which it holds while it records. */
  end(): void {
    this.#plain = this.#traced = undefined;
  }

  clear(): void {
    this.#records = new Records();
    this.#sites.length = 0;
    this.#siteIndexes.clear();
    this.#current = this.#since = this.#peak = 0;
  }

  /** Bytes alive now, and the most that were: exact to an eighth, since it is not looked for at each birth. */
  measure(): { current: number; peak: number } {
    this.#sweep();
    return { current: this.#current, peak: this.#peak };
  }

  resetPeak(): void {
    this.#sweep();
    this.#peak = this.#current;
  }

  /** Where an object was made, if that is known. */
  siteOf(object: Address): string | undefined {
    const site = isTraced(this.#store, object) ? this.#records.siteOf(object) : undefined;
    return site === undefined ? undefined : this.#sites[site];
  }

  /** All that is known of what is alive, by address. */
  live(): LiveTrace[] {
    const live: LiveTrace[] = [];
    this.#records.each((address, site, weight) => {
      if (isTraced(this.#store, address)) live.push({ address, site: this.#sites[site] as string, weight });
    });
    return live.sort((a, b) => a.address - b.address);
  }

  #siteIndex(site: string): number {
    let index = this.#siteIndexes.get(site);
    if (index === undefined) {
      index = this.#sites.push(site) - 1;
      this.#siteIndexes.set(site, index);
    }
    return index;
  }

  /** Drops the records of the dead, and sums up the rest. */
  #sweep(): void {
    const old = this.#records;
    const kept: [Address, number, number][] = [];
    let current = 0;
    old.each((address, site, weight) => {
      if (!isTraced(this.#store, address)) return;
      current += (this.#store.core.sizeOf(address) >>> 0) * weight;
      kept.push([address, site, weight]);
    });
    // As many may come before the next sweep for want of room.
    this.#records = new Records(2 * kept.length);
    for (const [address, site, weight] of kept) this.#records.set(address, site, weight);
    this.#current = Math.round(current);
    this.#since = 0;
    this.#peak = Math.max(this.#peak, this.#current);
  }

  /** An object may have been made: if it is new, it has the one reference that it was made with. */
  #born(object: Address, site?: string): void {
    if (object !== 0 && this.#store.memory.word(object) === 1) this.#note(object, site);
  }

  #note(object: Address, site: string | undefined): void {
    const { memory, core } = this.#store;
    const size = core.sizeOf(object) >>> 0;
    const weight = this.#sampler.weigh(size);
    if (weight === 0) return;
    if (this.#records.isFull) this.#sweep();
    memory.u32[(object + INFO_OFFSET) >>> 2] = memory.word(object + INFO_OFFSET) | FLAG_SAMPLED;
    this.#records.set(object, this.#siteIndex(site ?? siteHere(this.#frames)), weight);
    this.#since += size * weight;
    if (this.#current + this.#since > this.#peak + Math.max(LEAST_STEP, this.#peak * PEAK_STEP)) this.#sweep();
  }

  /** Of each function of the core that makes objects, one that looks at what it made. */
  #births(core: CoreExports): Partial<CoreExports> {
    const told = (object: Address): Address => {
      this.#born(object >>> 0);
      return object;
    };
    const { memory } = this.#store;
    /** A key that is no object becomes one, in the last entry of the table. */
    const toldKey = (table: Address, key: Address, result: number): number => {
      if (result === RESULT_ADDED && key >>> 0 < core.heapBase() >>> 0) {
        const width = this.#store.typeIdAt(table) === TYPE_DICT ? 2 : 1;
        const buffer = memory.word(table + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
        this.#born(memory.word(buffer + 4 * (memory.word(table + SLOTS_COUNT_OFFSET) - width)));
      }
      return result;
    };
    return {
      alloc: (type) => told(core.alloc(type)),
      newInt: (low, high, isBigint) => told(core.newInt(low, high, isBigint)),
      newFloat: (value) => told(core.newFloat(value)),
      newStr: (bytes) => told(core.newStr(bytes)),
      newBytes: (bytes) => told(core.newBytes(bytes)),
      strFromBorrowed: (bytes) => told(core.strFromBorrowed(bytes)),
      intern: (text) => told(core.intern(text)),
      newList: (capacity) => told(core.newList(capacity)),
      newTuple: (length) => told(core.newTuple(length)),
      newDict: (expected) => told(core.newDict(expected)),
      newSet: (expected) => told(core.newSet(expected)),
      newFrozenset: (expected) => told(core.newFrozenset(expected)),
      newWeakref: (referent, callback) => told(core.newWeakref(referent, callback)),
      newWeakMap: (isSet) => told(core.newWeakMap(isSet)),
      dictSet: (dict, key, value) => toldKey(dict, key, core.dictSet(dict, key, value)),
      dictSetDefault: (dict, key, value) => toldKey(dict, key, core.dictSetDefault(dict, key, value)),
      setAdd: (set, key) => toldKey(set, key, core.setAdd(set, key)),
      weakMapSet: (map, key, value) => {
        const result = core.weakMapSet(map, key, value);
        // The birth of the entry may have collected, and a finalizer released the map.
        const type = core.typeOf(map);
        if (result === RESULT_ADDED && (type === TYPE_WEAKMAP || type === TYPE_WEAKSET))
          this.#born(memory.word(map + WEAKMAP_FIRST_OFFSET));
        return result;
      },
      allocMany: (type, count, out) => {
        const made = core.allocMany(type, count, out) >>> 0;
        const site = made > 0 ? siteHere(this.#frames) : "";
        for (let i = 0; i < made; i++) this.#born(memory.word(out + 4 * i), site);
        return made;
      },
      runLoad: (load, at, end) => {
        this.#noteGiven(load, at >>> 0, end >>> 0);
        return core.runLoad(load, at, end);
      },
      endLoad: (load, isSuccess) => {
        const result = core.endLoad(load, isSuccess) >>> 0;
        const given = this.#given.get(load);
        this.#given.delete(load);
        if (result !== 0) this.#bornInLoad(result, given ?? new Set());
        return result;
      },
    };
  }

  /** Notes the objects that a stream of operations (assembly/load.ts) refers to. */
  #noteGiven(load: Address, at: Address, end: Address): void {
    const { memory } = this.#store;
    let given = this.#given.get(load);
    if (given === undefined) this.#given.set(load, (given = new Set()));
    while (at < end) {
      const word = memory.word(at);
      const operation = word & 0xff;
      if (operation === LOAD_KEY || operation === LOAD_OBJECT) given.add(memory.word(at + 4));
      at += 4 + lengthOf(operation, word >>> 8);
    }
  }

  /** All that a load made: what its containers hold, and was not given. */
  #bornInLoad(root: Address, given: ReadonlySet<Address>): void {
    const site = siteHere(this.#frames);
    const seen = new Set([root]);
    const pending = [root];
    for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
      const type = this.#store.typeIdAt(object);
      if (type === TYPE_LIST || isTableType(type))
        for (const child of referentsOf(this.#store, object)) {
          if (given.has(child) || seen.has(child)) continue;
          if (this.#store.typeIdAt(child) >= TYPE_LIST) seen.add(child);
          pending.push(child);
        }
      if (!this.#store.isImmortal(object)) this.#note(object, site);
    }
  }
}

/** Bytes behind the first word of an operation. */
function lengthOf(operation: number, operand: number): number {
  switch (operation) {
    case LOAD_KEY:
    case LOAD_OBJECT:
    case LOAD_LIST:
    case LOAD_DICT:
    case LOAD_SET:
    case LOAD_INT:
      return 4;
    case LOAD_LONG:
    case LOAD_FLOAT:
      return 8;
    case LOAD_STR:
      return (operand + 3) & ~3;
    default:
      return 0;
  }
}
