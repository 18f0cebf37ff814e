import { OTHERS_SEED, drawing } from "../programs/draw.mjs";

/** Draws for one replacement: about as long as ours takes. */
const DRAWS = 100;

/**
 * Nothing is allocated, nothing collected: only numbers are drawn, in batches that are timed like all others. What its longest batches
 * take more than the others is the machine's doing, and as much of anybody's longest pause may be.
 */
export const control = {
  name: "control",
  title: "control: no heap at all",
  // As ours.
  flags: ["--min-semi-space-size=64"],
  workloads: { pauses: true, "pauses-program": true },
  start() {
    const draw = drawing(OTHERS_SEED);
    let sum = 0;
    return {
      enable() {},
      collect: () => 0,
      ring() {},
      replace(count) {
        for (let i = count * DRAWS; i > 0; i--) sum += draw(2);
      },
      drawn: () => sum,
    };
  },
};
