import { FLAG_SAMPLED, INFO_OFFSET } from "../../assembly/layout.js";
import type { Address } from "../wasm/exports.js";
import type { CoreExports } from "../wasm/readings.js";
import type { HeapMemory } from "../wasm/memory.js";

interface Objects {
  readonly core: CoreExports;
  readonly memory: HeapMemory;
}

/** Where an object was made that is alive. */
export interface LiveTrace {
  readonly address: Address;
  readonly site: string;
  /** How many objects like it this one stands for. */
  readonly weight: number;
}

/** What is known of where objects were made, as an image needs it. */
export interface Traces {
  /** By address. */
  live(): readonly LiveTrace[];
  /** Lets go of the heap, which has ended. */
  end(): void;
}

export const NO_TRACES: Traces = { live: () => [], end: () => undefined };

/** Whether an object was recorded, and has not died since: its death takes the flag away. */
export function isTraced({ core, memory }: Objects, object: Address): boolean {
  return core.typeOf(object) !== 0 && (memory.word(object + INFO_OFFSET) & FLAG_SAMPLED) !== 0;
}

/** What came with an image, until somebody traces. */
export class RestoredTraces implements Traces {
  readonly #objects: Objects;
  readonly #traces: readonly LiveTrace[];

  constructor(objects: Objects, traces: readonly LiveTrace[]) {
    this.#objects = objects;
    this.#traces = traces;
  }

  live(): readonly LiveTrace[] {
    return this.#traces.filter(({ address }) => isTraced(this.#objects, address));
  }

  end(): void {
    // It has the store alone, which lets go itself.
  }
}
