import { shrinkElements, shrinkList } from "../support/shrink.js";
import { kindOf } from "./gc-compare.js";
import type { Difference } from "./gc-compare.js";
import { SLOTS } from "./gc-program.js";
import type { Action, Step } from "./gc-program.js";

/** The shortest program that can be found which still fails. */
export function shrinkProgram(steps: readonly Step[], fails: (steps: Step[]) => boolean): Step[] {
  let current = shrinkList(steps, fails);
  const flat = current.flatMap((step) => (step[0] === "all" ? step[1] : [step]));
  if (fails(flat)) current = flat;
  for (let before = ""; before !== JSON.stringify(current);) {
    before = JSON.stringify(current);
    current = shrinkElements(shrinkList(current, fails), smallerForms, fails);
  }
  return current;
}

/** The shortest program that still shows a difference of the same kind as the first one. */
export function shrinkDifference(
  steps: readonly Step[],
  differenceOf: (steps: readonly Step[]) => Difference | undefined,
  first: Difference,
): { program: Step[]; difference: Difference } {
  const program = shrinkProgram(steps, (shorter) => {
    try {
      const difference = differenceOf(shorter);
      return difference !== undefined && kindOf(difference) === kindOf(first);
    } catch {
      return false; // a side that breaks down is another kind of failure
    }
  });
  const difference = differenceOf(program);
  if (!difference) throw new Error("it differs only among others");
  return { program, difference };
}

/** With a smaller number that can be there, or a hook that does less. */
export function smallerForms<T extends Step | Action>(step: T): T[] {
  return step.flatMap((part, at): T[] => {
    const put = (other: unknown): T => (step as unknown[]).with(at, other) as T;
    if (typeof part === "number") {
      const least = step[0] === "new" && at === 2 ? Math.min(...SLOTS) : 0;
      return Array.from({ length: part - least }, (_, more) => put(least + more));
    }
    if (!Array.isArray(part)) return [];
    const parts = part as (Step | Action)[];
    return [
      ...(step[0] === "new" ? [put(null)] : []),
      ...parts.map((_, index) => put(parts.toSpliced(index, 1))),
      ...parts.flatMap((one, index) => smallerForms(one).map((form) => put(parts.with(index, form)))),
    ];
  });
}
