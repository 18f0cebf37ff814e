import { placeIn } from "../../base/frame.js";
import { BadOptionError, BadValueError, describe } from "../../base/errors.js";

/** What statistics are grouped by: the line that called, all frames that were kept, or the type. */
export type TraceKey = "line" | "stack" | "type";

/** What one line, stack or type has made, of what is alive. */
export interface TraceStatistic {
  /** The line as `file:line`, the stack a frame per line, or the name of the type. */
  readonly key: string;
  /** Bytes and objects; estimates if only samples were taken. */
  readonly bytes: number;
  readonly count: number;
}

/** The same, and how it differs from an earlier snapshot. */
export interface TraceDifference extends TraceStatistic {
  readonly bytesDiff: number;
  readonly countDiff: number;
}

/** An object that was alive and traced. */
export interface Trace {
  readonly site: string;
  readonly type: string;
  readonly bytes: number;
  /** How many objects it stands for: 1 unless only samples were taken. */
  readonly weight: number;
}

/** What was alive and traced at a moment: Python's `tracemalloc.Snapshot`. Keeps nothing of the heap. */
export class TraceSnapshot {
  /** The traces, in no order. */
  readonly traces: readonly Trace[];

  /** @internal */
  constructor(traces: readonly Trace[]) {
    this.traces = traces;
  }

  /** Sums by line, stack or type, the largest first. @throws {@link BadOptionError} */
  statistics(by: TraceKey = "line"): TraceStatistic[] {
    return [...this.#sums(by)]
      .map(([key, { bytes, count }]) => ({ key, bytes, count }))
      .sort((a, b) => b.bytes - a.bytes || b.count - a.count || compare(a.key, b.key));
  }

  /** The same beside those of an earlier snapshot, the largest difference first. @throws {@link BadOptionError} */
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
      throw new BadOptionError(`statistics are by "line", "stack" or "type", not ${describe(by)}`);
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

/** `file:line` of the innermost frame; the frame itself where an engine writes it otherwise. */
export function lineOf(site: string): string {
  const frame = (site.split("\n", 1)[0] as string).trim();
  return placeIn(frame)?.replace(/:\d+$/, "") ?? frame;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
