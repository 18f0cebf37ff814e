import { placeIn } from "../../base/frame.js";
import { BadOptionError, BadValueError, describe } from "../../base/errors.js";

/** How statistics are grouped: by the calling line, by all kept frames, or by type. */
export type TraceKey = "line" | "stack" | "type";

/** The live objects that one line or stack created, or that have one type. */
export interface TraceStatistic {
  /** The line as `file:line`; the stack with one frame per line; or the name of the type. */
  readonly key: string;
  /** Bytes of the objects. An estimate with `sampleBytes`. */
  readonly bytes: number;
  /** Number of objects. An estimate with `sampleBytes`. */
  readonly count: number;
}

/** A statistic and its difference from an earlier snapshot. */
export interface TraceDifference extends TraceStatistic {
  /** Bytes more than in the earlier snapshot; negative if there are fewer. */
  readonly bytesDiff: number;
  /** Objects more than in the earlier snapshot; negative if there are fewer. */
  readonly countDiff: number;
}

/** A traced object that was alive at the snapshot. */
export interface Trace {
  /** Where the object was allocated: lines of the stack, the caller's first. */
  readonly site: string;
  /** Name of the object's type. */
  readonly type: string;
  /** Bytes of the object: header and own buffer included. */
  readonly bytes: number;
  /** Number of objects this trace represents: 1, or an estimate with `sampleBytes`. */
  readonly weight: number;
}

/** The traced objects alive at one moment: Python's `tracemalloc.Snapshot`. It holds no references to the heap. */
export class TraceSnapshot {
  /** The traces, in no particular order. */
  readonly traces: readonly Trace[];

  /** @internal */
  constructor(traces: readonly Trace[]) {
    this.traces = traces;
  }

  /**
   * Returns the sums by line, stack or type, most bytes first.
   *
   * @example
   * trace(heap).start();
   * using list = heap.list([1, 2]);
   * const [largest] = trace(heap).takeSnapshot().statistics("type");
   * largest?.key; // "list"
   *
   * @throws {@link BadOptionError} for any other `by`.
   */
  statistics(by: TraceKey = "line"): TraceStatistic[] {
    return [...this.#sums(by)]
      .map(([key, { bytes, count }]) => ({ key, bytes, count }))
      .sort((a, b) => b.bytes - a.bytes || b.count - a.count || compare(a.key, b.key));
  }

  /**
   * Returns the sums and their differences from an earlier snapshot, largest difference first.
   *
   * @example
   * trace(heap).start();
   * const earlier = trace(heap).takeSnapshot();
   * using list = heap.list([1, 2]);
   * trace(heap).takeSnapshot().compareTo(earlier, "type"); // [{ key: "list", countDiff: 1, … }]
   *
   * @throws {@link BadValueError} unless `earlier` is a snapshot; {@link BadOptionError} for any other `by`.
   */
  compareTo(earlier: TraceSnapshot, by: TraceKey = "line"): TraceDifference[] {
    if (typeof earlier !== "object" || (earlier as unknown) === null || !(#sums in earlier))
      throw new BadValueError(`expected an earlier snapshot, got ${describe(earlier)}`);
    const before = earlier.#sums(by);
    const now = this.#sums(by);
    return [...new Set([...now.keys(), ...before.keys()])]
      .map((key) => {
        const { bytes, count } = now.get(key) ?? NOTHING;
        const old = before.get(key) ?? NOTHING;
        return { key, bytes, count, bytesDiff: bytes - old.bytes, countDiff: count - old.count };
      })
      .sort((a, b) => Math.abs(b.bytesDiff) - Math.abs(a.bytesDiff) || b.bytes - a.bytes || compare(a.key, b.key));
  }

  #sums(by: TraceKey): Map<string, { bytes: number; count: number }> {
    const keyOf = typeof by === "string" && Object.hasOwn(KEYS, by) ? KEYS[by] : undefined;
    if (keyOf === undefined)
      throw new BadOptionError(`statistics can be grouped by "line", "stack" or "type", not by ${describe(by)}`);
    const sums = new Map<string, { bytes: number; count: number }>();
    for (const trace of this.traces) {
      const key = keyOf(trace);
      let sum = sums.get(key);
      if (sum === undefined) sums.set(key, (sum = { bytes: 0, count: 0 }));
      sum.bytes += trace.bytes * trace.weight;
      sum.count += trace.weight;
    }
    for (const sum of sums.values()) {
      sum.bytes = Math.round(sum.bytes);
      sum.count = Math.round(sum.count);
    }
    return sums;
  }
}

const NOTHING = { bytes: 0, count: 0 };

const KEYS: Record<TraceKey, (trace: Trace) => string> = {
  line: ({ site }) => lineOf(site),
  stack: ({ site }) => site,
  type: ({ type }) => type,
};

/** `file:line` of the innermost frame, or the whole frame if its format is unknown. */
export function lineOf(site: string): string {
  const frame = (site.split("\n", 1)[0] as string).trim();
  return placeIn(frame)?.replace(/:\d+$/, "") ?? frame;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
