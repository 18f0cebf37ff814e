// One case, in a process of its own: what is to be measured comes as an argument, what was measured goes to stdout as the last line.

import { measure } from "./measure/measure.mjs";
import { subjectNamed } from "./subjects/index.mjs";
import { workloadNamed } from "./workloads/index.mjs";

const { workload, subject, size, ...options } = JSON.parse(process.argv[2]);
try {
  const result = await measure(workloadNamed(workload), subjectNamed(subject), size, options);
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
