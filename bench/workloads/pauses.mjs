import { PauseRecorder } from "../measure/pauses.mjs";

const REPLACEMENTS = 1000;
const FULL = { batches: 10_000, seconds: 20 };
const QUICK = { batches: 300, seconds: 2 };
const LOOKS_AT_MEMORY = 20;
/** Bytes of two objects, and of their place in the list. */
const bytesOfRing = (objects) => objects * 24 + (objects / 2) * 4;

function now(program, start) {
  // Python's own clock, where a call of it takes time of its own.
  return program.lastNanoseconds === undefined ? performance.now() - start : program.lastNanoseconds / 1e6;
}

const pauses = {
  name: "pauses",
  title: "longest pause: cycles of two in a ring, replaced at random, timed in batches of 1,000",
  unit: "ms",
  sizes: { full: [1e6, 5e6, 1e7], quick: [1e5] },
  open(program, objects, { quick }) {
    const { batches, seconds } = quick ? QUICK : FULL;
    program.ring(objects);
    const replacedBefore = program.found?.();
    const value = () => {
      const recorder = new PauseRecorder();
      let memory = 0;
      const end = performance.now() + seconds * 1000;
      const every = Math.ceil(batches / LOOKS_AT_MEMORY);
      for (let i = 0; i < batches && performance.now() < end; i++) {
        const start = performance.now();
        program.replace(REPLACEMENTS);
        recorder.record(now(program, start));
        if (program.isPaged && i % every === 0) memory = Math.max(memory, program.bytesInUse());
      }
      const summary = recorder.summary();
      return {
        ...summary,
        figure: summary.max,
        perReplacement: (summary.mean * 1e6) / REPLACEMENTS,
        ...(program.isPaged && { memoryPerLive: memory / bytesOfRing(objects) }),
      };
    };
    return {
      value,
      check(result) {
        program.enable(0);
        program.collect();
        if (replacedBefore !== undefined) {
          const found = program.found() - replacedBefore;
          const replaced = 2 * result.count * REPLACEMENTS;
          if (found !== replaced) throw new Error(`${found} objects were found, of ${replaced} replaced`);
        }
        const alive = program.alive?.();
        const expected = objects + (program.holders ?? 0);
        if (alive !== undefined && alive !== expected) throw new Error(`${alive} objects are alive, of ${expected}`);
      },
    };
  },
};

export const pauseWorkloads = [pauses];
