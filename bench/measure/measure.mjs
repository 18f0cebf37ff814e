import { measureTime } from "./time.mjs";

/** The figures of one case: `figure` is what tables show, in the workload's unit. `check: false`: its results were checked before. */
export async function measure(workload, subject, size, options) {
  const program = await subject.start({ workload: workload.name, size });
  const opened = await workload.open(program, size, options);
  const result = opened.value ? await opened.value() : measureTime(workload, opened, options);
  if (options.check !== false) opened.check?.(result);
  return { figure: result.min, ...result, ...opened.extra?.() };
}
