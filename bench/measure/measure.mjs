import { measureTime } from "./time.mjs";

/** The figures of one case: `figure` is what tables show, in the workload's unit. */
export async function measure(workload, subject, size, options) {
  const program = await subject.start({ workload: workload.name, size });
  const opened = await workload.open(program, size, options);
  const time = measureTime(workload, opened, options);
  opened.check?.();
  return { figure: time.min, ...time, ...opened.extra?.() };
}
