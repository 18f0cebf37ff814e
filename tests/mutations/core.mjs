// Mistakes to plant in the core: `npm run mutate` says which of them the tests notice. A mistake is a text that stands
// exactly once in a file of assembly/, and what is there instead.

import cycle from "./cycle.mjs";
import death from "./death.mjs";
import hooks from "./hooks.mjs";
import marking from "./marking.mjs";
import parts from "./parts.mjs";
import weak from "./weak.mjs";
import young from "./young.mjs";

/** Test files, in the order in which they are asked: those that notice most in the least time first. */
export const STAGES = [
  [
    "tests/core/death",
    "tests/core/collection",
    "tests/core/one-way",
    "tests/core/weak",
    "tests/core/silent",
    "tests/death",
    "tests/weak/gone",
  ].concat(
    "tests/bounded/passed",
    "tests/bounded/young",
    "tests/bounded/ends",
    "tests/bounded/let-go",
    "tests/bounded/sweep",
    "tests/hooks/random",
    "tests/bounded/hooks",
    "tests/regression/bounded",
    "tests/cpython",
  ),
  ["tests/weak/random", "tests/core/verify", "tests/core/lists", "tests/bounded/steps", "tests/regression/core"].concat(
    "tests/hooks/weak",
    "tests/weak/index",
    "tests/scaling/weak",
    "tests/oracle/gc-bounded",
  ),
  [
    "tests/core/grey-pages",
    "tests/bounded/parts",
    "tests/bounded/pages",
    "tests/regression/cleared",
    "tests/bounded/cursor",
    "tests/bounded/pace",
    "tests/bounded/slices",
    "tests/bounded/freed-pages",
    "tests/bounded/hiding",
    "tests/scaling/marking",
    "tests/scaling/death",
    "tests/stress/re-entrancy",
  ],
  ["tests/model/random-programs", "tests/model/moving", "tests/hooks/matrix", "tests/regression/interference"].concat(
    "tests/oracle/gc.test",
    "tests/memory",
    "tests/host/tracking",
    "tests/image/restore",
  ),
];

export default [...death, ...hooks, ...marking, ...cycle, ...parts, ...weak, ...young];
