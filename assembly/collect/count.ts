// The statistics of CPython's `gc.get_stats`.

import { control } from "../control";

/** Counts a collection of this generation and the younger ones. */
export function countCollection(generation: u32, collected: u32): void {
  if (generation == 0) {
    control.collections0++;
    control.collected0 += collected;
  } else if (generation == 1) {
    control.collections1++;
    control.collected1 += collected;
  } else {
    control.collections2++;
    control.collected2 += collected;
  }
}
