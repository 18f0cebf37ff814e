import type { Difference } from "./gc-compare.js";
import { areSame } from "./gc-compare.js";
import type { Told } from "./gc-player.js";
import type { Step } from "./gc-program.js";
import { isLookedAt } from "./gc-tame.js";
import type { Manner } from "./gc-tame.js";

/** Where two traces of a tame program part: after full collections what is there, and all that was told until then. */
export function compareBounded(
  steps: readonly Step[],
  python: readonly Told[],
  heap: readonly Told[],
  manner: Manner,
): Difference | undefined {
  const told: [string[], string[]] = [[], []];
  for (const [step, operation] of steps.entries()) {
    const [theirs, ours] = [python[step] as Told, heap[step] as Told];
    told[0].push(...theirs[0].filter((event) => isTold(event, manner)));
    told[1].push(...ours[0].filter((event) => isTold(event, manner)));
    if (!isLookedAt(operation)) continue;
    const views = [viewOf(theirs, told[0], operation, manner), viewOf(ours, told[1], operation, manner)];
    for (const what of Object.keys(views[0] as object)) {
      const [a, b] = views.map((view) => view[what]);
      if (!areSame(a, b)) return { step, what, python: a, heap: b };
    }
  }
  return undefined;
}

function isTold(event: string, manner: Manner): boolean {
  return /^(finalizer of|finalize) /.test(event) || (manner !== "unpinned" && event.startsWith("callback of "));
}

/** What hooks make, and only that, may be garbage again after one collection. */
const isMadeByHook = (name: string): boolean => name.includes(".");

function viewOf([, seen]: Told, told: readonly string[], [operation]: Step, manner: Manner): Record<string, unknown> {
  const { roots, kept, nodes, alive, frozen } = seen;
  if (operation === "collect") return { roots, alive: alive.filter((name) => !isMadeByHook(name)) };
  const events = told.toSorted();
  if (manner === "resurrecting") return { roots, alive, ...(operation === "forgetAll" && { events }) };
  return { roots, alive, kept, nodes, frozen, events };
}
