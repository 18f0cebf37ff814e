// Units of work of the host: how often the blocks of code in src/ run. V8 counts them exactly (its precise coverage), so
// the number is the same in every run, as that of the core's units in work.ts. What the engine does itself, as to copy
// a set, shows nowhere: `countSetSteps` counts that kind.

import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";
import type { Profiler } from "node:inspector";

// Optimized code does not count.
setFlagsFromString("--no-opt");
setFlagsFromString("--no-flush-bytecode");

/** Runs something, and counts how often each block of the host's own code ran. Do not nest. */
export function hostUnitsOf(run: () => void): number {
  const session = new Session();
  session.connect();
  const post = (method: string, params: object = {}): unknown => {
    let answer: unknown;
    // An in-process session answers before `post` returns.
    session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  };
  try {
    post("Profiler.enable");
    post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    run();
    const { result } = post("Profiler.takePreciseCoverage") as Profiler.TakePreciseCoverageReturnType;
    return result
      .filter(({ url }) => /\/src\/[^?]*\.[jt]s/.test(url))
      .reduce((sum, script) => sum + unitsIn(script), 0);
  } finally {
    post("Profiler.stopPreciseCoverage");
    post("Profiler.disable");
    session.disconnect();
  }
}

function unitsIn({ functions }: Profiler.ScriptCoverage): number {
  let units = 0;
  for (const { ranges } of functions) for (const { count } of ranges) units += count;
  return units;
}

/** Runs something, and counts the elements of sets that are gone through meanwhile. */
export function setStepsOf(run: () => void): number {
  const { values } = Set.prototype;
  let steps = 0;
  function* counted(this: Set<unknown>): Generator<unknown, undefined> {
    const iterator = values.call(this);
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      steps++;
      yield next.value;
    }
    return undefined;
  }
  const patched = { values: counted, keys: counted, [Symbol.iterator]: counted } as object;
  const original = Object.getOwnPropertyDescriptors(Set.prototype);
  Object.assign(Set.prototype, patched);
  try {
    run();
  } finally {
    for (const key of ["values", "keys", Symbol.iterator] as const)
      Object.defineProperty(Set.prototype, key, original[key as "values"]);
  }
  return steps;
}
