import { describe, expect, test } from "vitest";
import { seedOf, seededRandom } from "../support/random.js";

type Points = { window: number; share: number }[];

/** Modules of the benchmarks, which have no types. */
async function load<T>(path: string): Promise<T> {
  return (await import(new URL(`../../bench/${path}`, import.meta.url).href)) as T;
}
const { minimumUtilisation } = await load<{
  minimumUtilisation: (batches: Float64Array, windows: number[]) => Points;
}>("measure/utilisation.mjs");
const { drawUtilisation } = await load<{ drawUtilisation: (report: object) => string | undefined }>(
  "report/utilisation.mjs",
);

/** Work between two times, by adding up what of each batch lies there. */
function workBetween(batches: Float64Array, own: number, from: number, to: number): number {
  let start = 0;
  let work = 0;
  for (const time of batches) {
    const share = Math.max(0, Math.min(to, start + time) - Math.max(from, start)) / time;
    work += share * Math.min(own, time);
    start += time;
  }
  return work;
}

describe("minimum mutator utilisation", () => {
  test("one long batch among short ones", () => {
    const batches = Float64Array.from({ length: 100 }, (_, i) => (i === 50 ? 11 : 1));
    // Within it an eleventh; around it, nine more.
    expect(minimumUtilisation(batches, [5, 11, 20])).toEqual([
      { window: 5, share: expect.closeTo(1 / 11, 9) as number },
      { window: 11, share: expect.closeTo(1 / 11, 9) as number },
      { window: 20, share: expect.closeTo(10 / 20, 9) as number },
    ]);
  });

  test("is the minimum of all windows, and no window is longer than the run", () => {
    const seed = seedOf(1);
    const random = seededRandom(seed);
    const batches = Float64Array.from(
      { length: 60 },
      () => (random(10) === 0 ? 1 + random(200) : 10 + random(20)) / 10,
    );
    const own = batches.toSorted()[6] as number;
    const all = batches.reduce((sum, time) => sum + time, 0);
    for (const { window, share } of minimumUtilisation(batches, [0.5, 3, 17, 40])) {
      let least = Infinity;
      for (let from = 0; from + window <= all; from += 0.05)
        least = Math.min(least, workBetween(batches, own, from, from + window) / window);
      expect(share, `seed ${seed}, window ${window}`).toBeLessThan(least + 1e-9);
      // A twentieth of a millisecond to either side changes little.
      expect(share, `seed ${seed}, window ${window}`).toBeGreaterThan(least - 0.11 / window);
    }
    expect(minimumUtilisation(batches, [all + 1])).toEqual([]);
  });

  test("is drawn as one chart for each size, and omitted without data", () => {
    const about = { machine: { cpu: "c" }, versions: { heapwright: "1", node: "2" }, date: "2020-01-01", options: {} };
    const subjects = [{ name: "v8", title: "V8" }];
    const row = { workload: "pauses", label: "10", subjects: { v8: { utilisation: [{ window: 1, share: 0.5 }] } } };
    const drawing = drawUtilisation({ ...about, subjects, results: [row, { ...row, label: "20" }] }) as string;
    expect(drawing.match(/<polyline /g)).toHaveLength(2);
    expect(drawing).not.toContain("NaN");
    expect(drawUtilisation({ ...about, subjects, results: [{ ...row, workload: "churn" }] })).toBeUndefined();
  });
});
