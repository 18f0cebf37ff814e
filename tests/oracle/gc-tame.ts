// With steps between any two operations the heap finds garbage earlier than CPython, or later, and tells its finalizers then.
// What a program does must not depend on when that is. So programs for that mode lose what does, and only that:
//
// - A finalizer or callback that moves references between places which the program uses: it would find others there.
// - Looks at what may be garbage, through weak references, finalizers or referrers: first all garbage goes.
// - What DEBUG_SAVEALL keeps, since it keeps what it holds: what is let go of before it is found is garbage, later not.
// - A callback is called if its weak reference outlives what it refers to. When either goes is a matter of when garbage
//   is found, so all such weak references are held (`pin`); or callbacks have no effect, and are not compared.
// - Resurrection holds, from when it happens, what was reachable from the object. If that goes to garbage in between, it
//   is told at once with the object in CPython, and later here. So in programs with resurrection hooks do nothing else of effect,
//   weak references are not read, nothing is frozen, and what was told is compared once all that was kept has gone.

import type { Action, Hook, Step } from "./gc-program.js";
import { ROOTS } from "./gc-program.js";

/** What finalizers of a program may do, and whether it holds its weak references with callbacks. */
export type Manner = "still" | "unpinned" | "resurrecting";
export const MANNERS: readonly Manner[] = ["still", "unpinned", "resurrecting"];

/** Without effect on anything but what it creates, for a while. */
const HARMLESS = new Set<Action[0]>(["collect", "raise", "deref"]);

/** The program, fit to be compared with steps between its operations, and with an end in which everything goes. */
export function tame(steps: readonly Step[], manner: Manner): Step[] {
  const drops = Array.from({ length: ROOTS }, (_, root): Step => ["drop", root]);
  const tamed = steps.flatMap((step) => tameStep(step, manner));
  // To CPython it makes all of the interpreter come back.
  const hasFrozen = JSON.stringify(tamed).includes('["freeze"]');
  return [
    ...(manner === "unpinned" ? [] : [["pin"] satisfies Step]),
    ...tamed,
    ...(hasFrozen ? [["unfreeze"] satisfies Step] : []),
    ["settle"],
    ["all", drops],
    ["settle"],
    ["forgetAll"],
    ["settle"],
  ];
}

/** Where the two sides must be the same. */
export function isLookedAt(step: Step): boolean {
  return step[0] === "settle" || step[0] === "forgetAll" || (step[0] === "collect" && step[1] === 2);
}

function tameStep(step: Step, manner: Manner): Step[] {
  const resurrects = manner === "resurrecting";
  switch (step[0]) {
    case "new":
      return [["new", step[1], step[2], tameFinalizer(step[3], manner)]];
    case "weak":
      return [["weak", step[1], step[2], step[3] && tameCallback(step[3], manner)]];
    case "finalize":
      // The heap's own weak reference to the object is held as long as it takes.
      return [["finalize", step[1], tameCallback(step[2], resurrects ? "unpinned" : "still")]];
    case "watch":
      return [["watch", step[1].filter(([name]) => HARMLESS.has(name) || name === "unwatch")]];
    case "deref":
    case "peek":
    case "detach":
    case "referrers":
    case "freeze":
    case "unfreeze":
      return resurrects ? [] : [["settle"], step];
    case "forget":
      return resurrects ? [["settle"], ["forgetAll"]] : [["settle"], step];
    case "saveAll":
    case "emptyGarbage":
      return [];
    case "all":
      return [["all", step[1].flatMap((one) => tameStep(one, manner))]];
    default:
      return [step];
  }
}

function tameFinalizer(hook: Hook, manner: Manner): Hook {
  if (hook === null) return null;
  return hook.flatMap((action): Action[] => {
    if (HARMLESS.has(action[0])) return [action];
    if (manner === "resurrecting") {
      if (action[0] === "new") return action[1] === "kept" ? [] : [["new", "none", null]];
      return action[0] === "keep" || action[0] === "keepSlot" ? [action] : [];
    }
    if (action[0] === "new") return [["new", action[1], tameFinalizer(action[2], manner)]];
    return action[0] === "clear" ? [action] : [];
  });
}

function tameCallback(hook: Action[], manner: Manner): Action[] {
  return hook.flatMap((action): Action[] => {
    if (HARMLESS.has(action[0])) return [action];
    if (manner !== "still" || action[0] !== "new") return [];
    return [["new", action[1], tameFinalizer(action[2], manner)]];
  });
}
