import { labelOf } from "./workloads/label.mjs";

export const OURS = "heapwright";

/** The runs of one case as one figure: the least, since whatever disturbs makes it larger; and how far the runs are apart. */
export function summarize(runs) {
  const good = runs.filter((run) => run.failed === undefined);
  if (good.length === 0) return { failed: runs[0]?.failed ?? "never ran" };
  const figures = good.map(({ figure }) => figure);
  const least = Math.min(...figures);
  const best = good.find(({ figure }) => figure === least);
  return {
    ...best,
    figure: least,
    runs: figures,
    seconds: good[0].seconds,
    spread: least > 0 ? (Math.max(...figures) - least) / least : 0,
    ...(good.length < runs.length && { failedRuns: runs.length - good.length }),
  };
}

/** One row: all subjects at one workload and size. `ratio`: how many times ours the figure is. */
export function makeRow({ workload, size }, summaries) {
  const ours = summaries[workload.ours ?? OURS]?.figure;
  const subjects = Object.fromEntries(
    Object.entries(summaries).map(([name, summary]) => [
      name,
      summary.failed === undefined && ours > 0 ? { ...summary, ratio: summary.figure / ours } : summary,
    ]),
  );
  return {
    workload: workload.name,
    title: workload.title,
    unit: workload.unit,
    ...(workload.ours && { ours: workload.ours }),
    size,
    label: labelOf(workload, size),
    subjects,
  };
}
