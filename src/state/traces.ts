import { FLAG_SAMPLED, INFO_OFFSET } from "../../assembly/layout.js";
import type { Address } from "../wasm/exports.js";
import type { CoreExports } from "../wasm/readings.js";
import type { HeapMemory } from "../wasm/memory.js";

interface Objects {
  readonly core: CoreExports;
  readonly memory: HeapMemory;
}

/** The allocation site of a live object. */
export interface LiveTrace {
  readonly address: Address;
  readonly site: string;
  /** Number of objects that this sample represents. */
  readonly weight: number;
}

/** The known allocation sites, as an image needs them. */
export interface Traces {
  /** The live samples, ordered by address. */
  live(): readonly LiveTrace[];
  /**
   * Prepares to give each sample the new address of its object, which the returned function does. A dead one gets none, or
   * that of an object that was never sampled.
   */
  moving(to: (address: Address) => Address): () => void;
  /** What the host sees of a core that takes the place of its core. */
  over(core: CoreExports): CoreExports;
  /** Releases the heap when it has ended. */
  end(): void;
}

export const NO_TRACES: Traces = {
  live: () => [],
  moving: () => () => undefined,
  over: (core) => core,
  end: () => undefined,
};

/** Whether an object was sampled and is alive. Its death clears the flag. */
export function isTraced({ core, memory }: Objects, object: Address): boolean {
  return core.typeOf(object) !== 0 && (memory.word(object + INFO_OFFSET) & FLAG_SAMPLED) !== 0;
}

/** The samples of an image, until tracing starts. */
export class RestoredTraces implements Traces {
  readonly #objects: Objects;
  #traces: readonly LiveTrace[];

  constructor(objects: Objects, traces: readonly LiveTrace[]) {
    this.#objects = objects;
    this.#traces = traces;
  }

  live(): readonly LiveTrace[] {
    return this.#traces.filter(({ address }) => isTraced(this.#objects, address));
  }

  moving(to: (address: Address) => Address): () => void {
    const moved = this.#traces
      .map((trace) => ({ ...trace, address: to(trace.address) }))
      .filter(({ address }) => address !== 0);
    return () => {
      this.#traces = moved;
    };
  }

  over(core: CoreExports): CoreExports {
    return core;
  }

  end(): void {
    // It holds only the store, which releases its own memory.
  }
}
