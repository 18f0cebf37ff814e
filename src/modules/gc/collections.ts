import {
  COLLECTION_ENDS,
  COLLECTION_FOUND,
  COLLECTION_STARTS,
  CYCLE_STARTS,
  DEBUG_SAVEALL,
  DEBUG_STATS,
  DEBUG_UNCOLLECTABLE,
  STEP_ENDS,
  STEP_STARTS,
} from "../../../assembly/layout.js";
import { BadValueError, describe } from "../../base/errors.js";
import type { Generation } from "../../state/options.js";
import { checkAtOnce } from "../../state/unraisable.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";

/** Describes a collection to `gc.callbacks`. At the start of a collection both counts are 0. */
export interface CollectionInfo {
  /** The oldest generation collected. */
  generation: Generation;
  /** Number of objects found to be garbage and not resurrected. */
  collected: number;
  /** Always 0: every object can be collected. The field exists in Python. */
  uncollectable: number;
}

/** Called when a collection starts and when it has ended. No other collection can start before the call returns. */
export type GcCallback = (phase: "start" | "stop", info: CollectionInfo) => void;

/** The record of a collection that has ended. */
export interface CollectionRecord {
  /** The oldest generation collected. */
  generation: Generation;
  /** Milliseconds. Callbacks of weak references and finalizers are included; `gc.callbacks` are not. */
  duration: number;
  /** Number of objects visited: those tracked in the generation and in younger ones. */
  candidates: number;
  /** Number of objects found to be garbage and not resurrected. */
  collected: number;
  /** Bytes of the blocks freed during the collection, including those freed by its finalizers and callbacks. */
  bytesFreed: number;
  /** Number of steps. Present for a cycle with bounded pauses. */
  steps?: number;
  /** The longest step, in milliseconds. Present for a cycle with bounded pauses. */
  longestStep?: number;
  /** Whether steps became longer because the program allocated faster than expected. Present for such a cycle. */
  hurried?: boolean;
}

/** Number of records kept. */
const MAX_RECORDS = 64;

function addCallback(callbacks: GcCallback[], name: PropertyKey, member: PropertyDescriptor): boolean {
  if (name !== "length") {
    const { value } = member as { value?: unknown };
    if (typeof value !== "function") throw new BadValueError(`gc.callbacks takes functions, not ${describe(value)}`);
    checkAtOnce(value, "gc callback");
  }
  return Reflect.defineProperty(callbacks, name, member);
}

/** Receives the core's events of each collection: keeps records, calls `gc.callbacks`, writes the debug output. */
export class CollectionLog {
  readonly #store: Store;
  readonly callbacks: GcCallback[] = [];
  /** The same list behind a check that accepts only functions. */
  readonly checkedCallbacks = new Proxy(this.callbacks, { defineProperty: addCallback });
  readonly records: CollectionRecord[] = [];
  /** Receives the lines of the debug output. */
  sink: (line: string) => void = console.error;
  #startedAt = 0;
  #stepStartedAt = 0;
  /** Milliseconds: the total of the cycle's steps, and the longest step. */
  #cycleTime = 0;
  #longestStep = 0;

  constructor(store: Store) {
    this.#store = store;
    store.onCollection = (phase, generation, collected) => {
      if (phase === STEP_STARTS) this.#stepStartedAt = performance.now();
      else if (phase === STEP_ENDS) this.#endStep();
      else if (phase === COLLECTION_STARTS) this.#start(generation as Generation);
      else if (phase === COLLECTION_FOUND) this.#found();
      else if (phase === COLLECTION_ENDS) this.#end(generation as Generation, collected);
      else if (phase === CYCLE_STARTS) this.#startCycle();
      else this.#endCycle(collected);
    };
  }

  #start(generation: Generation): void {
    const { core } = this.#store;
    if (this.callbacks.length > 0) this.#call("start", { generation, collected: 0, uncollectable: 0 });
    if ((core.debug() & DEBUG_STATS) !== 0) {
      const counts = [0, 1, 2].map((one) => core.trackedCount(one) >>> 0).join(" ");
      this.#write([
        `gc: collecting generation ${generation}...`,
        `gc: objects in each generation: ${counts}`,
        `gc: objects in permanent generation: ${core.freezeCount() >>> 0}`,
      ]);
    }
    this.#startedAt = performance.now();
  }

  #found(): void {
    const { core } = this.#store;
    const lines: string[] = [];
    for (let object = core.unreachableAfter(0); object !== 0; object = core.unreachableAfter(object))
      lines.push(`gc: collectable ${this.#describe(object >>> 0)}`);
    this.#write(lines);
  }

  #describe(object: Address): string {
    return `<${this.#store.typeAt(object).name} 0x${object.toString(16)}>`;
  }

  #end(generation: Generation, collected: number): void {
    const { core } = this.#store;
    const duration = performance.now() - this.#startedAt;
    const bytesFreed = core.freedBytes() >>> 0;
    const candidates = core.candidates() >>> 0;
    this.#keep({ generation, duration, candidates, collected, bytesFreed });
  }

  #startCycle(): void {
    this.#cycleTime = this.#longestStep = 0;
    if (this.callbacks.length > 0) this.#call("start", { generation: 2, collected: 0, uncollectable: 0 });
  }

  #endStep(): void {
    const time = performance.now() - this.#stepStartedAt;
    this.#cycleTime += time;
    if (time > this.#longestStep) this.#longestStep = time;
  }

  /** Counts the last step too, which is still running here. */
  #endCycle(collected: number): void {
    const { core } = this.#store;
    this.#endStep();
    this.#stepStartedAt = performance.now();
    this.#keep({
      generation: 2,
      duration: this.#cycleTime,
      candidates: core.candidates() >>> 0,
      collected,
      bytesFreed: core.freedBytes() >>> 0,
      steps: core.cycleSteps() >>> 0,
      longestStep: this.#longestStep,
      hurried: core.isHurried(),
    });
  }

  /** Keeps a record, prints it with DEBUG_STATS, and calls `gc.callbacks`. */
  #keep(record: CollectionRecord): void {
    const { generation, collected, duration } = record;
    this.records.push(record);
    if (this.records.length > MAX_RECORDS) this.records.shift();
    if ((this.#store.core.debug() & DEBUG_STATS) !== 0) {
      const seconds = (duration / 1000).toFixed(4);
      this.#write([`gc: done, ${collected} unreachable, 0 uncollectable, ${seconds}s elapsed`]);
    }
    if (this.callbacks.length > 0) this.#call("stop", { generation, collected, uncollectable: 0 });
  }

  /**
   * Iterates by index, like CPython: a callback added meanwhile is called; one that removes itself makes the next one be
   * skipped.
   */
  #call(phase: "start" | "stop", info: CollectionInfo): void {
    for (let i = 0; i < this.callbacks.length; i++) {
      // Setting `length` can leave holes in the list.
      const callback = this.callbacks[i];
      if (callback !== undefined) this.#store.callOut({ where: "gc callback" }, callback, phase, info);
    }
  }

  #write(lines: readonly string[]): void {
    for (const line of lines) this.#store.callOut({ where: "gc callback" }, this.sink, line);
  }

  /** Writes Python's message at exit about objects left in `garbage`. */
  reportGarbage(garbage: readonly Address[]): void {
    const debug = this.#store.core.debug();
    if (garbage.length === 0 || (debug & DEBUG_SAVEALL) !== 0) return;
    const hint = "use gc.setDebug(gc.DEBUG_UNCOLLECTABLE) to list them";
    const isListed = (debug & DEBUG_UNCOLLECTABLE) !== 0;
    this.#write([
      `gc: ${garbage.length} uncollectable objects at shutdown${isListed ? "" : `; ${hint}`}`,
      ...(isListed ? garbage.map((object) => `      ${this.#describe(object)}`) : []),
    ]);
  }
}
