// Hooks that do extreme things, at every place where a hook runs: each deed at each place, on both cores, with both
// pause modes. The heap is sound inside the hook and after it, lives and dies what the model says, and each finalizer
// runs once.

import { describe, test } from "vitest";
import { BUILDS } from "../support/core.js";
import { MODES, SCALE } from "../support/growth.js";
import { DEEDS } from "./deeds.js";
import type { Deed } from "./deeds.js";
import { PLACES } from "./places.js";
import type { Place } from "./places.js";
import { runPlace } from "./run.js";
import type { Way } from "./run.js";

/** Of each deed at each place, so many of the four ways to run it, in turn. HEAPWRIGHT_SCALE runs all. */
const WAYS = SCALE > 1 ? 4 : 1;
/** A hook may make another run; only the first ones do the deed. */
const FUEL = 3;

/** The ways for a cell of the matrix: every way comes up equally often. */
function waysFor(place: Place, deed: Deed, cell: number): Way[] {
  const builds = deed.checkedOnly ? (["checked"] as const) : BUILDS;
  const modes = place.boundedOnly ? (["bounded"] as const) : MODES;
  const ways = builds.flatMap((build) => modes.map((pauses): Way => ({ build, pauses })));
  return Array.from({ length: Math.min(WAYS, ways.length) }, (_, at) => ways[(cell + at) % ways.length] as Way);
}

let cell = 0;
for (const [where, place] of Object.entries(PLACES)) {
  describe(where, () => {
    for (const [what, deed] of Object.entries(DEEDS)) {
      if (deed.needsSelf && !place.hasSelf) continue;
      for (const way of waysFor(place, deed, cell++))
        test(`that would ${what}: ${way.build} core, ${way.pauses} pauses`, async () => {
          await runPlace(place, { run: deed.run, fuel: FUEL }, way);
        });
    }
  });
}
