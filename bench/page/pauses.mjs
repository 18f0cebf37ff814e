// Pauses: those of all subjects at one size, and ours with bounded pauses at all.

import { MISSING, percent, rowOf, shown, subjectsIn } from "./look-up.mjs";
import { table } from "./markdown.mjs";

const FIRST_RING = 1_000_000;
const FIELDS = ["p50", "p99", "p999", "max"];
const NAMES = ["p50", "p99", "p99.9", "longest"];

const clock = (summary) => shown(summary?.elapsed, "max");

/** All subjects beside a ring of a million. */
export function pausesOfAll({ results }) {
  const row = rowOf(results, "pauses", FIRST_RING);
  return table(
    ["a ring of a million, ms", ...NAMES, "longest, by the clock", "while it warmed up"],
    subjectsIn(results, [row]).map(({ name, title }) => {
      const summary = row.subjects[name];
      return [title, ...FIELDS.map((field) => shown(summary, field)), clock(summary), shown(summary, "longestGrowing")];
    }),
  );
}

/** With bounded pauses, for each size of the ring. */
export function pausesBySize({ results }) {
  const rows = results.results.filter(({ workload }) => workload === "pauses");
  return table(
    [
      "bounded, ms",
      ...NAMES,
      "longest step (p99.9)",
      "memory ÷ live",
      "garbage after a cycle",
      "bitmaps",
      "control: longest",
    ],
    rows.map((row) => {
      const summary = row.subjects["heapwright-bounded"];
      return [
        row.label,
        ...FIELDS.map((field) => shown(summary, field)),
        `${shown(summary, "longestStep")} (${shown(summary, "stepP999")})`,
        summary?.memoryPerLive?.toFixed(2) ?? MISSING,
        percent(summary?.garbagePerLive),
        percent(summary?.bitmapShare),
        shown(row.subjects.control, "max"),
      ];
    }),
  );
}

/** Ten million beside a ring of a million. */
export function pausesBesideLarge({ results }) {
  const rows = results.results.filter(({ workload }) => workload.startsWith("pauses-"));
  return table(
    ["ring of a million, ms", "heapwright: longest", "bounded: p99", "bounded: p99.9", "bounded: longest"],
    rows.map(({ title, label, subjects }) => [
      `${title.split(":")[1].split(",")[0].trim()} (${label.replace("beside ", "")})`,
      shown(subjects.heapwright, "max"),
      ...["p99", "p999", "max"].map((field) => shown(subjects["heapwright-bounded"], field)),
    ]),
  );
}
