// Hooks that do several of the deeds, each finalizer another, at a place that is drawn: seeded, so a failure names its
// seed, and HEAPWRIGHT_SEED replays it.

import { expect, test } from "vitest";
import { BUILDS } from "../support/core.js";
import { MODES } from "../support/growth.js";
import { pick } from "../support/program.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { DEEDS } from "./deeds.js";
import { PLACES } from "./places.js";
import { runPlace } from "./run.js";

const PROGRAMS = howMany(60);
const FIRST_SEED = seedOf(1);
/** Two fills of memory in each other take long, and show nothing more. */
const DRAWN = Object.entries(DEEDS).filter(([name]) => !name.startsWith("allocate until"));

test(`random deeds at random places, from seed ${FIRST_SEED} on`, async () => {
  let acts = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
    const random = seededRandom(seed);
    const [where, place] = pick(random, Object.entries(PLACES));
    const way = { build: pick(random, BUILDS), pauses: place.boundedOnly ? ("bounded" as const) : pick(random, MODES) };
    const trace: string[] = [];
    try {
      const act: Parameters<typeof runPlace>[1] = {
        fuel: 6,
        isEveryone: true,
        run: (scene, self, neighbour) => {
          for (let count = random(3); count >= 0; count--) {
            const [what, deed] = pick(random, DRAWN);
            if ((deed.needsSelf && !self) || (deed.checkedOnly && way.build !== "checked")) continue;
            trace.push(what);
            acts++;
            deed.run(scene, self, neighbour);
          }
        },
      };
      await runPlace({ ...place, allowed: [...(place.allowed ?? []), "OUT_OF_MEMORY"] }, act, way);
    } catch (error) {
      const program = `seed ${seed}: ${where}, ${way.build} core, ${way.pauses} pauses: ${trace.join("; ")}`;
      throw new Error(`${program}: ${(error as Error).message}`, { cause: error });
    }
  }
  expect(acts).toBeGreaterThan(PROGRAMS);
}, 600_000);
