import { readOptions } from "../../base/arguments.js";
import { BadOptionError, describe } from "../../base/errors.js";
import { uncloneable } from "../../base/uncloneable.js";
import { addressIn } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import type { Store } from "../../state/store.js";
import { Recorder } from "./recorder.js";
import { TraceSnapshot } from "./snapshot.js";

export interface TraceOptions {
  /** How many frames of the stack to keep for each object. @default 1 */
  frames?: number;
  /**
   * Keep the stack of one birth for so many bytes, on average, instead of all: large objects are more likely to be
   * chosen, and sums are estimates. @default 0, all
   */
  sampleBytes?: number;
  /** Seed of the choice: the same program, the same samples. @default random */
  seed?: number;
}

const TRACE_OPTIONS: Record<keyof TraceOptions, true> = { frames: true, sampleBytes: true, seed: true };

/** Most frames that can be asked for, as in CPython. */
const MAX_FRAMES = 65535;

const tracers = new WeakMap<Store, Tracer>();

/** The tracer of a heap, made when it is first asked for. */
export function tracerOf(store: Store, markEntrances: () => void): Tracer {
  let tracer = tracers.get(store);
  if (tracer === undefined) tracers.set(store, (tracer = new Tracer(store, markEntrances)));
  return tracer;
}

/**
 * Where memory is made: Python's `tracemalloc`, as `trace(heap)`. Until it is started it costs nothing. Of each object
 * that is made while it is on, by whichever call of this package, the stack of the caller is kept as long as
 * the object lives. Sizes are what objects take now, their buffers included.
 */
export class Tracer {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a tracer");
  readonly #store: Store;
  readonly #recorder: Recorder;
  readonly #markEntrances: () => void;

  /** @internal */
  constructor(store: Store, markEntrances: () => void) {
    this.#markEntrances = markEntrances;
    this.#store = store;
    this.#recorder = new Recorder(store);
  }

  /** Begins to trace. Harmless, and of no effect, when tracing already. @throws {@link BadOptionError} */
  start(options: TraceOptions = {}): void {
    const given = readOptions(options, TRACE_OPTIONS);
    const { frames = 1, sampleBytes = 0, seed = Math.floor(Math.random() * 2 ** 32) } = given;
    if (!Number.isInteger(frames) || frames < 1 || frames > MAX_FRAMES)
      throw new BadOptionError(`frames are a whole number from 1 to ${MAX_FRAMES}, not ${describe(frames)}`);
    if (typeof sampleBytes !== "number" || !(sampleBytes >= 0) || sampleBytes > 2 ** 32)
      throw new BadOptionError(`sampleBytes is a number of bytes, not ${describe(sampleBytes)}`);
    if (!Number.isInteger(seed)) throw new BadOptionError(`a seed is a whole number, not ${describe(seed)}`);
    this.#mustLive();
    if (this.#recorder.isRecording) return;
    this.#markEntrances();
    this.#recorder.clear();
    this.#recorder.start({ frames, sampleBytes, seed });
  }

  /** Stops, and forgets all traces, as in Python. */
  stop(): void {
    this.#recorder.stop();
    this.#recorder.clear();
  }

  isTracing(): boolean {
    return this.#recorder.isRecording;
  }

  /** Forgets the traces of what was made so far. */
  clear(): void {
    this.#mustLive();
    this.#recorder.clear();
  }

  /** What is alive and traced now. */
  takeSnapshot(): TraceSnapshot {
    const { core } = this.#mustLive();
    return new TraceSnapshot(
      this.#recorder.live().map(({ address, site, weight }) => {
        return { site, weight, type: this.#store.typeAt(address).name, bytes: core.sizeOf(address) >>> 0 };
      }),
    );
  }

  /**
   * Bytes of what is alive and traced, and the most there were since the start or `resetPeak`. The peak is looked for each time
   * as much may have come that it grew by an eighth (64 KiB at least), so it may have been that much higher.
   */
  tracedMemory(): { current: number; peak: number } {
    this.#mustLive();
    return this.#recorder.measure();
  }

  resetPeak(): void {
    this.#mustLive();
    this.#recorder.resetPeak();
  }

  /** The frames of the call that made an object, the innermost first; `null` if it was not traced. */
  getObjectTraceback(object: Handle): string[] | null {
    const site = this.#recorder.siteOf(addressIn(this.#store, object));
    return site === undefined ? null : site.split("\n").map((frame) => frame.trim());
  }

  /** @throws {@link HeapDisposedError}, {@link CorruptHeapError} */
  #mustLive(): Store {
    this.#store.mustLive();
    return this.#store;
  }
}
