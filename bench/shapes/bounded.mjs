// Collections in steps, of each core in turn: short lives beside a shape that stays, until a few cycles have ended.

import { cpu, heapOf } from "./core.mjs";
import { SHAPES } from "./graphs.mjs";

const CYCLES = 5;
/** Short-lived objects alive at a time; every second is a cycle, so collections have something to find. */
const RING = 1000;

const CYCLE_STARTS = 3;
const STEP_STARTS = 4;
const STEP_ENDS = 5;
const CYCLE_ENDS = 6;

function measure(name, built, n) {
  const times = [];
  let [most, hurried, cycles, start, inCycle] = [0, 0, 0, 0, false];
  const { core, two, isHurried } = heapOf(built, (event, _generation, units) => {
    if (event === CYCLE_STARTS) inCycle = true;
    else if (event === STEP_STARTS) start = cpu();
    else if (event === STEP_ENDS && inCycle) {
      times.push(cpu() - start);
      most = Math.max(most, units);
    } else if (event === CYCLE_ENDS) {
      inCycle = false;
      cycles++;
      hurried += isHurried() ? 1 : 0;
    }
  });
  core.setEnabled(0);
  SHAPES[name](core, two, n);
  core.setBounded(1);
  while (core.trackedCount(0) + core.trackedCount(1) > 0) core.collect(1);
  core.setEnabled(1);
  const ring = new Uint32Array(RING);
  for (let births = 0; cycles < CYCLES; births++) {
    if (births > 100 * n + 1e7) throw new Error("no cycle came to its end");
    const object = core.alloc(two);
    if (births & 1) core.setRef(object, 0, object);
    const at = births % RING;
    if (ring[at]) core.decref(ring[at]);
    ring[at] = object;
  }
  times.sort((a, b) => a - b);
  return { hurried, steps: times.length, most, p999: times[Math.floor(times.length * 0.999)], longest: times.at(-1) };
}

/** Objects of a first measurement that is not counted: engines compile the code better as it runs. */
const WARM_UP = 30_000;

export function boundedCollections(names, cores, n) {
  for (const built of cores) measure(names[0], built, WARM_UP);
  console.log(
    `${CYCLES} cycles: how many of them were hurried; steps; the most units of one; p99.9 and longest, in ms of the processor\n`,
  );
  for (const name of names) {
    const columns = cores.map((built) => {
      const { hurried, steps, most, p999, longest } = measure(name, built, n);
      return `${String(hurried).padStart(3)}  ${String(steps).padStart(6)}  ${String(most).padStart(8)}  ${p999.toFixed(2).padStart(6)}  ${longest.toFixed(2).padStart(7)}`;
    });
    console.log(`${name.padEnd(34)}${columns.join("    ")}`);
  }
}
