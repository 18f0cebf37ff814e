import { SUBJECTS } from "./subjects/index.mjs";
import { WORKLOADS } from "./workloads/index.mjs";

/** Sizes of a workload that these options ask for. */
function sizesOf({ sizes }, { quick, growth, most = Infinity }) {
  const wanted = growth ? (sizes.growth ?? []).slice(0, quick ? 2 : undefined) : quick ? sizes.quick : sizes.full;
  return wanted.filter((size) => size <= most);
}

/** Whether a subject has a workload at this size. */
function can({ workloads }, name, size) {
  const limit = workloads[name];
  return limit === true || (typeof limit === "number" && size <= limit);
}

/**
 * What is to be measured: for each workload and size the subjects that have it. With `only`, ours stays in, since it is
 * what the others are compared with.
 */
export function makePlan(options) {
  const plan = [];
  for (const workload of WORKLOADS) {
    for (const size of sizesOf(workload, options)) {
      const subjects = SUBJECTS.filter((subject) => can(subject, workload.name, size));
      const matching = subjects.filter((subject) =>
        options.only.every((words) =>
          words.some((word) => workload.name.includes(word) || subject.name === word || subject.title.includes(word)),
        ),
      );
      if (matching.length === 0) continue;
      plan.push({
        workload,
        size,
        subjects: subjects.filter((subject) => matching.includes(subject) || subject.isOurs),
      });
    }
  }
  return plan;
}
