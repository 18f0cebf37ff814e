// What ours must do, against peers measured in the same run.

const MILLION = 1e6;

/** At most so many times a peer, at these sizes. */
const times = (workload, sizes, subject, atMost, ours = "heapwright") => ({
  workload,
  sizes,
  ours,
  against: { subject },
  atMost,
});
/** At most so many times our own figure for something else. */
const timesOwn = (workload, sizes, against, atMost) => ({ workload, sizes, ours: "heapwright", against, atMost });
/** At most so much. */
const atMost = (workload, sizes, field, limit, unit = "", ours = "heapwright") => ({
  workload,
  sizes,
  ours,
  field,
  atMost: limit,
  unit,
});

/** With bounded pauses. */
const bounded = (workload, sizes, field, limit, unit) =>
  atMost(workload, sizes, field, limit, unit, "heapwright-bounded");
const RINGS = [MILLION, 5 * MILLION, 10 * MILLION];
/** Live JavaScript objects beside a ring of a million. */
const BESIDE = [0, 2 * MILLION];
const LARGE = ["pauses-list", "pauses-cycle", "pauses-dict", "pauses-array"];
const SHAPES = ["shape-boxed", "shape-chunks-10", "shape-chunks-128", "shape-comb", "shape-hub"];
const THROUGHPUT = [
  "churn",
  "trees",
  "trees-off",
  "mixed-512",
  "mixed-32768",
  "full-random",
  "full-one-root",
  "full-sequential",
  "full-aged",
  "garbage",
  "steady",
  "drop",
  "real-graph",
];

const boundedPauses = [
  ...[
    { workload: "pauses", sizes: RINGS, p99: 1 },
    { workload: "pauses-program", sizes: BESIDE, p99: 1 },
    ...LARGE.map((workload) => ({ workload, sizes: [10 * MILLION], p99: 1.5 })),
  ].flatMap(({ workload, sizes, p99 }) => [
    bounded(workload, sizes, "max", 2, "ms at the longest"),
    bounded(workload, sizes, "p99", p99, "ms at p99"),
  ]),
  bounded("pauses", RINGS, "longestStep", 0.5, "ms for the longest step"),
  bounded("pauses", RINGS, "memoryPerLive", 1.5, "× the live bytes"),
  bounded("pauses", RINGS, "garbagePerLive", 0.1, "of live as garbage after a cycle"),
  bounded("pauses", RINGS, "bitmapShare", 0.04, "of the heap for bitmaps"),
  ...THROUGHPUT.map((workload) => times(workload, [], "heapwright", 1.3, "heapwright-bounded")),
];

export const TARGETS = [
  times("churn", [], "v8", 1.4),
  times("churn", [], "dlmalloc", 1),
  times("trees-off", [], "v8", 2),
  times("trees", [], "as-minimal", 1),
  times("trees", [], "python", 1 / 10),
  times("mixed-512", [], "dlmalloc", 0.5),
  times("mixed-512", [], "mimalloc", 1),
  atMost("mixed-512", [], "memoryPerLive", 1.17, "× the bytes asked for"),
  times("mixed-32768", [], "dlmalloc", 0.5),
  times("mixed-32768", [], "mimalloc", 1),
  atMost("mixed-32768", [], "memoryPerLive", 1.17, "× the bytes asked for"),
  times("full-random", [MILLION, 5 * MILLION], "limit", 1),
  times("full-random", [MILLION, 5 * MILLION], "python", 1 / 10),
  times("full-random", [MILLION, 5 * MILLION], "pyodide", 1 / 30),
  times("full-random", [MILLION, 5 * MILLION], "v8", 1 / 12),
  times("full-random", [MILLION, 5 * MILLION], "as-minimal", 1 / 3),
  times("full-one-root", [MILLION], "python", 1 / 4),
  times("full-one-root", [MILLION], "as-minimal", 0.8),
  timesOwn("full-aged", [MILLION], { workload: "full-random", size: MILLION }, 1.5),
  times("full-aged", [MILLION], "python", 1 / 30),
  times("full-aged", [MILLION], "v8", 1 / 8),
  times("full-sequential", [MILLION], "as-minimal", 1),
  times("full-sequential", [MILLION], "python", 1 / 4),
  times("full-sequential", [MILLION], "v8", 1 / 5),
  ...SHAPES.flatMap((workload) => [
    timesOwn(workload, [MILLION], { workload: "full-random", size: MILLION }, 3),
    times(workload, [MILLION], "python", 1 / 5),
  ]),
  times("garbage", [MILLION], "v8", 1.2),
  times("garbage", [MILLION], "python", 1 / 6),
  times("steady", [0], "python", 1 / 3),
  timesOwn("steady", [MILLION, 5 * MILLION], { workload: "steady", size: 0 }, 1.2),
  times("drop", [MILLION], "v8", 0.7),
  // V8 does not touch what is dead: at ten million it is no measure.
  timesOwn("drop", [10 * MILLION], { workload: "drop", size: MILLION }, 1.1),
  times("drop", [MILLION, 10 * MILLION], "python", 1 / 5),
  atMost("bytes", [MILLION], "figure", 24.5, "bytes"),
  atMost("bytes", [MILLION], "bitmapShare", 0.032, "of the heap for bitmaps"),
  times("js-object", [], "v8", 2, "heapwright-js"),
  times("js-handle", [], "v8", 12, "heapwright-js"),
  ...boundedPauses,
  times("real-graph", [], "pyodide", 1 / 12),
  atMost("wasm-size", [], "figure", 32, "KB gzipped", "heapwright-js"),
  atMost("ready", [], "figure", 5, "ms from import to heap", "heapwright-js"),
  atMost("empty-heap", [], "figure", 256, "KB", "heapwright-js"),
];

function sizesFor({ sizes, workload }, rows) {
  const measured = rows.filter((row) => row.workload === workload).map(({ size }) => size);
  return sizes.length === 0 || measured.length === 0 ? measured : sizes;
}

function figureOf(rows, workload, size, subject, field = "figure") {
  const row = rows.find((candidate) => candidate.workload === workload && candidate.size === size);
  return row?.subjects[subject]?.[field];
}

/** What the target says, about the size at which the other figure was measured. */
function describe({ against, atMost: limit, unit }, size, titleOf) {
  const bound =
    limit < 1 && Number.isInteger(Math.round(1e6 / limit) / 1e6) ? `1/${Math.round(1 / limit)}` : String(limit);
  if (against === undefined) return `≤ ${limit} ${unit}`;
  if (against.subject !== undefined) return `≤ ${bound} × ${titleOf(against.subject)}`;
  return `≤ ${bound} × ours, ${against.workload} ${size.toLocaleString("en-US")}`;
}

/**
 * Each target at each size, with the value that was measured; `holds` is missing where something was not measured. Sizes of a quick
 * run are others: there every size that was measured counts.
 */
export function judge(rows, { quick, titleOf }) {
  return TARGETS.flatMap((target) => {
    const { workload, ours, field, against } = target;
    return sizesFor(quick ? { ...target, sizes: [] } : target, rows).map((size) => {
      const own = figureOf(rows, workload, size, ours, field);
      const elsewhere = against?.workload !== undefined;
      const quickSize = elsewhere && quick ? rows.find((row) => row.workload === against.workload)?.size : undefined;
      const otherSize = elsewhere ? (quickSize ?? against.size) : size;
      const other = against && figureOf(rows, against.workload ?? workload, otherSize, against.subject ?? ours);
      const value = against ? own / other : own;
      return {
        workload,
        size,
        target: describe(target, otherSize, titleOf),
        ...(Number.isFinite(value) && { value, holds: value <= target.atMost }),
      };
    });
  });
}
