import Benchmark from "benchmark";

// Without this the functions are compiled anew from their text, and lose sight of what they use.
Benchmark.support.decompilation = false;

/** In a browser benchmark.js counts whole milliseconds, and would use one setup for many runs: there these are timed one by one. */
const COUNTS_MILLISECONDS = typeof process === "undefined";

/**
 * Nanoseconds an operation takes, measured by benchmark.js. Each of its samples is the mean over one or many runs of the case, and
 * the least of the samples is what the machine can do when nothing disturbs it.
 */
export function measureTime(workload, opened, { quick }) {
  if (workload.once && COUNTS_MILLISECONDS) return timeOneByOne(opened, quick);
  const { operations, run, setup, teardown } = opened;
  const options = {
    fn: run,
    minSamples: quick ? 3 : 5,
    maxTime: quick ? 0.1 : 0.5,
    ...(setup && { setup }),
    ...(teardown && { teardown }),
    // What uses up its setup runs once for each: so benchmark.js must be content with however little time it takes.
    ...(workload.once && { minTime: 1e-9, initCount: 1 }),
  };
  let runs = 0;
  const bench = new Benchmark(workload.name, options);
  bench.on("cycle", () => {
    runs = Math.max(runs, bench.count);
  });
  bench.run();
  if (bench.error) throw bench.error;
  if (workload.once && bench.stats.sample.length > 0 && runs > 1) throw new Error("a used-up setup was run again");
  const sample = bench.stats.sample.map((seconds) => (seconds * 1e9) / operations);
  if (sample.length === 0) throw new Error("no samples");
  return {
    min: Math.min(...sample),
    mean: (bench.stats.mean * 1e9) / operations,
    relativeError: bench.stats.rme,
    samples: sample.length,
  };
}

function timeOneByOne({ operations, setup, run }, quick) {
  const sample = [];
  const samples = quick ? 3 : 5;
  while (sample.length < samples) {
    setup();
    const start = performance.now();
    run();
    sample.push(((performance.now() - start) * 1e6) / operations);
  }
  const mean = sample.reduce((sum, one) => sum + one, 0) / samples;
  return { min: Math.min(...sample), mean, samples };
}
