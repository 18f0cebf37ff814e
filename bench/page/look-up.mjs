// Figures of a report, by workload, size and subject.

import { format } from "../report/table.mjs";

export const MISSING = "–";

export const rowOf = (report, workload, size) =>
  report.results.find((row) => row.workload === workload && (size === undefined || row.size === size));

/** A figure, or a field of a summary in the same way; `MISSING` where there is none. */
export function shown(summary, field = "figure") {
  const value = summary?.[field];
  return Number.isFinite(value) ? format(value) : MISSING;
}

export const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : MISSING);

/** Subjects of a report that have a figure in one of these rows, in the report's order. */
export function subjectsIn(report, rows) {
  return report.subjects.filter(({ name }) => rows.some((row) => Number.isFinite(row.subjects[name]?.figure)));
}

/** What a row is called in a table. */
export function titleOfRow({ title, label }) {
  return `${title.split(":")[0]}, ${label}`;
}

/** What part of the page a workload belongs to. */
export const isPause = ({ workload }) => workload.startsWith("pauses");
export const isOfBlocks = ({ workload }) => workload.startsWith("mixed");

/** Where, when, and of what state of the source. */
export function describeRun(report) {
  const { machine, versions, commit, date, options } = report;
  const pinned = machine.pinnedTo === null ? "" : `, pinned to core ${machine.pinnedTo}`;
  const where = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}${pinned}`;
  const runs = options.runs === 1 ? "one run" : `${options.runs} runs`;
  return `${date.slice(0, 10)}, commit \`${commit?.slice(0, 7)}\`; Node ${versions.node} (V8 ${versions.v8}); ${where}; ${runs} of each case${options.quick ? ", of small sizes" : ""}`;
}
