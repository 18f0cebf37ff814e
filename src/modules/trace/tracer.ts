import { readOptions } from "../../base/arguments.js";
import { BadOptionError, describe } from "../../base/errors.js";
import { uncloneable } from "../../base/uncloneable.js";
import { addressIn } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import type { Store } from "../../state/store.js";
import { Recorder } from "./recorder.js";
import { TraceSnapshot } from "./snapshot.js";

/** What {@link Tracer.start} takes. */
export interface TraceOptions {
  /** Number of stack frames kept for each object: 1 to 65535. @default 1 */
  frames?: number;
  /**
   * Sample: trace one allocation for this many bytes, on average, instead of all. Large objects are more likely to be
   * traced, and sums are estimates. @default 0: trace all
   */
  sampleBytes?: number;
  /** Seed of the sampling. The same program with the same seed traces the same allocations. @default random */
  seed?: number;
}

const TRACE_OPTIONS: Record<keyof TraceOptions, true> = { frames: true, sampleBytes: true, seed: true };

/** Maximum of `frames`, as in CPython. */
const MAX_FRAMES = 65535;

const tracers = new WeakMap<Store, Tracer>();

/** The tracer of a heap, created at the first call. */
export function tracerOf(store: Store, markEntrances: () => void): Tracer {
  let tracer = tracers.get(store);
  if (tracer === undefined) tracers.set(store, (tracer = new Tracer(store, markEntrances)));
  return tracer;
}

/**
 * Records where objects are created: Python's `tracemalloc`, as `trace(heap)`. Before `start()` it costs nothing. While it
 * is on, it keeps the caller's stack for each new object, until the object is freed. Sizes are current bytes, with the
 * object's buffers.
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

  /**
   * Starts to trace. It does nothing if tracing is on.
   *
   * @example
   * trace(heap).start({ frames: 5 });
   * trace(heap).isTracing(); // true
   *
   * @throws {@link BadOptionError} for an unknown option or a value out of range.
   */
  start(options: TraceOptions = {}): void {
    const given = readOptions(options, TRACE_OPTIONS);
    const { frames = 1, sampleBytes = 0, seed = Math.floor(Math.random() * 2 ** 32) } = given;
    if (!Number.isInteger(frames) || frames < 1 || frames > MAX_FRAMES)
      throw new BadOptionError(`frames must be a whole number from 1 to ${MAX_FRAMES}, not ${describe(frames)}`);
    if (typeof sampleBytes !== "number" || !(sampleBytes >= 0) || sampleBytes > 2 ** 32)
      throw new BadOptionError(`sampleBytes must be a number of bytes from 0 to 2^32, not ${describe(sampleBytes)}`);
    if (!Number.isInteger(seed)) throw new BadOptionError(`seed must be a whole number, not ${describe(seed)}`);
    this.#mustLive();
    if (this.#recorder.isRecording) return;
    this.#markEntrances();
    this.#recorder.clear();
    this.#recorder.start({ frames, sampleBytes, seed });
  }

  /**
   * Stops tracing and deletes all traces, as in Python. Take a snapshot before.
   *
   * @example
   * trace(heap).start();
   * trace(heap).stop();
   * trace(heap).isTracing(); // false
   */
  stop(): void {
    this.#recorder.stop();
    this.#recorder.clear();
  }

  /**
   * Whether tracing is on.
   *
   * @example
   * trace(heap).isTracing(); // false
   */
  isTracing(): boolean {
    return this.#recorder.isRecording;
  }

  /**
   * Deletes the traces recorded so far. Tracing goes on.
   *
   * @example
   * trace(heap).start();
   * using list = heap.list([1, 2]);
   * trace(heap).clear();
   * trace(heap).tracedMemory(); // { current: 0, peak: 0 }
   */
  clear(): void {
    this.#mustLive();
    this.#recorder.clear();
  }

  /**
   * Returns the traces of all live objects. The snapshot holds no references to the heap.
   *
   * @example
   * trace(heap).start();
   * using list = heap.list([1, 2]);
   * for (const { key, count } of trace(heap).takeSnapshot().statistics("type")) console.log(key, count); // prints: list 1
   */
  takeSnapshot(): TraceSnapshot {
    const { core } = this.#mustLive();
    return new TraceSnapshot(
      this.#recorder.live().map(({ address, site, weight }) => {
        return { site, weight, type: this.#store.typeAt(address).name, bytes: core.sizeOf(address) >>> 0 };
      }),
    );
  }

  /**
   * Returns the bytes of live traced objects, now and at the peak since `start()` or `resetPeak()`. The peak is sampled:
   * the true peak may be higher by an eighth, or by 64 KiB if that is more.
   *
   * @example
   * trace(heap).start();
   * const { current, peak } = trace(heap).tracedMemory();
   * current; // 0: nothing has been allocated since
   */
  tracedMemory(): { current: number; peak: number } {
    this.#mustLive();
    return this.#recorder.measure();
  }

  /**
   * Sets the peak of `tracedMemory()` to the current bytes.
   *
   * @example
   * trace(heap).start();
   * heap.list([1, 2]).release();
   * trace(heap).resetPeak();
   * trace(heap).tracedMemory(); // { current: 0, peak: 0 }
   */
  resetPeak(): void {
    this.#mustLive();
    this.#recorder.resetPeak();
  }

  /**
   * Returns the stack frames of the call that created an object, innermost first; `null` if the object was not traced.
   *
   * @example
   * trace(heap).start();
   * using list = heap.list([1, 2]);
   * trace(heap).getObjectTraceback(list)?.length; // 1: one frame, unless `frames` says otherwise
   * trace(heap).getObjectTraceback(alice); // null: older than the tracing
   */
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
