// Full collections at once: the fastest of several, of each core in turn.

import { cpu, heapOf } from "./core.mjs";
import { printControls } from "./controls.mjs";
import { SHAPES } from "./graphs.mjs";

const TIMES = 6;

function nanoseconds({ core, objects }) {
  const start = cpu();
  core.collect(2);
  return ((cpu() - start) * 1e6) / objects;
}

/** The fastest of several is what the machine was least disturbed in. */
function measure(name, cores, n) {
  const heaps = cores.map((built) => {
    const { core, two } = heapOf(built);
    core.setEnabled(0);
    return { core, objects: SHAPES[name](core, two, n) };
  });
  for (const heap of heaps) heap.core.collect(2);
  const best = heaps.map(() => Infinity);
  for (let time = 0; time < TIMES; time++) heaps.forEach((heap, i) => (best[i] = Math.min(best[i], nanoseconds(heap))));
  return best;
}

export function fullCollections(names, cores, n) {
  let random;
  console.log(
    `ns of the processor for each object of a full collection, fastest of ${TIMES}; and how many times the random graph's\n`,
  );
  for (const name of names) {
    const best = measure(name, cores, n);
    random ??= best;
    const columns = best.map((ns, i) => `${ns.toFixed(1).padStart(8)}  ${(ns / random[i]).toFixed(2).padStart(5)} x`);
    console.log(`${name.padEnd(34)}${columns.join("    ")}`);
  }
  printControls(n);
}
