import { measureTime } from "./time.mjs";

/** The figures of one case: `figure` is what tables show, in the workload's unit. */
export async function measure(workload, subject, size, options) {
  const program = await subject.start({ workload: workload.name, size });
  const opened = await workload.open(program, size, options);
  const result = opened.value ? await opened.value() : measureTime(workload, opened, options);
  opened.check?.(result);
  return { figure: result.min, ...result, ...opened.extra?.() };
}
