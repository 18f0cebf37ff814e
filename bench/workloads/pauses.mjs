import { processorTime } from "../measure/clock.mjs";
import { PauseRecorder } from "../measure/pauses.mjs";
import { minimumUtilisation } from "../measure/utilisation.mjs";

const REPLACEMENTS = 1000;
const FULL = { batches: 10_000, seconds: 8 };
const QUICK = { batches: 300, seconds: 2 };
const LOOKS_AT_MEMORY = 100;
/** What part of the ring is replaced before anything is called steady: enough for memory to grow to where it stays. */
const WARM_UP = 0.6;
/** Bytes of two objects, and of their place in the list. */
const bytesOfRing = (objects) => objects * 24 + (objects / 2) * 4;

/**
 * What the processor did for a batch counts, where that can be told: so the rest of the machine is not in it, and memory that the
 * system has to hand over is. What the clock said is kept beside it.
 */
function timed(program, run, elapsed, worked) {
  const [start, startOfWork] = [performance.now(), processorTime?.() ?? 0];
  run();
  const [work, time] = [(processorTime?.() ?? 0) - startOfWork, performance.now() - start];
  // Python's own clocks, where a call of it takes time of its own.
  elapsed.record(program.lastNanoseconds === undefined ? time : program.lastNanoseconds / 1e6);
  if (program.lastProcessorNanoseconds !== undefined) worked.record(program.lastProcessorNanoseconds / 1e6);
  else if (processorTime) worked.record(work);
}

/** `batches` of replacements; before the one in the middle, and as part of it, `inTheMiddle` runs. */
function recordBatches(program, { batches, seconds }, inTheMiddle, after) {
  const [elapsed, worked] = [new PauseRecorder(), new PauseRecorder()];
  const end = performance.now() + seconds * 1000;
  for (let i = 0; i < batches && performance.now() < end; i++) {
    timed(
      program,
      () => {
        if (i === batches >>> 1) inTheMiddle?.();
        program.replace(REPLACEMENTS);
      },
      elapsed,
      worked,
    );
    after?.(i);
  }
  const counted = processorTime ? worked : elapsed;
  return { ...counted.summary(), elapsed: elapsed.summary(), utilisation: minimumUtilisation(counted.pauses) };
}

/** Looks at the books now and then, outside of the time: bytes in use, and what a finished cycle has left. */
function watchMemory(program, live, batches) {
  const every = Math.ceil(batches / LOOKS_AT_MEMORY);
  const seen = { bytes: 0, garbage: undefined, overhead: 0 };
  let cycles = program.steps?.cycles;
  return {
    seen,
    look(i) {
      if (i % every === 0) {
        seen.bytes = Math.max(seen.bytes, program.bytesInUse());
        seen.overhead = Math.max(seen.overhead, program.bitmapBytes() / program.bytesInUse());
      }
      if (cycles === program.steps?.cycles) return;
      cycles = program.steps.cycles;
      seen.garbage = Math.max(seen.garbage ?? 0, program.objects() / live - 1);
    },
  };
}

/** Steps, by the processor's time. The clock costs as much as the steps are short, so it runs in batches of its own. */
function timeSteps(program, batches) {
  const recorder = new PauseRecorder();
  Object.assign(program.steps, { recorder, clock: processorTime ?? (() => performance.now()) });
  for (let i = 0; i < batches; i++) program.replace(REPLACEMENTS);
  program.steps.clock = undefined;
  const { p999, max } = recorder.summary();
  return { stepP999: p999, longestStep: max };
}

const pauses = {
  name: "pauses",
  title: "longest pause: cycles of two in a ring, replaced at random, timed in batches of 1,000",
  unit: "ms",
  label: (objects) => `a ring of ${objects.toLocaleString("en-US")}`,
  sizes: { full: [1e6, 5e6, 1e7], quick: [1e5] },
  open(program, objects, { quick }) {
    const options = quick ? QUICK : FULL;
    program.ring(objects);
    const foundBefore = program.found?.();
    let replaced = 0;
    const value = () => {
      const warmUp = { batches: Math.ceil((WARM_UP * objects) / (2 * REPLACEMENTS)), seconds: options.seconds };
      const growing = recordBatches(program, warmUp);
      const memory = program.isPaged && watchMemory(program, objects, options.batches);
      const summary = recordBatches(program, options, undefined, memory?.look);
      replaced = 2 * (growing.count + summary.count) * REPLACEMENTS;
      const steps = {};
      // Enough for a cycle: it begins when a quarter has been replaced, and ends before another tenth is.
      if (program.steps?.cycles > 0) {
        const batches = 100 + Math.ceil((0.4 * objects) / (2 * REPLACEMENTS));
        Object.assign(steps, timeSteps(program, batches));
        replaced += 2 * batches * REPLACEMENTS;
      }
      return {
        ...summary,
        figure: summary.max,
        longestGrowing: growing.max,
        perReplacement: (summary.mean * 1e6) / REPLACEMENTS,
        ...(memory && {
          memoryPerLive: memory.seen.bytes / bytesOfRing(objects),
          bitmapShare: memory.seen.overhead,
          ...(memory.seen.garbage !== undefined && { garbagePerLive: memory.seen.garbage }),
        }),
        ...steps,
      };
    };
    return {
      value,
      check() {
        program.enable(0);
        program.collect();
        if (foundBefore !== undefined) {
          const found = program.found() - foundBefore;
          if (found !== replaced) throw new Error(`${found} objects were found, of ${replaced} replaced`);
        }
        expectAlive(program, objects + (program.holders ?? 0));
      },
    };
  },
};

const BACKGROUND = { full: 1e6, quick: 1e4 };

/** Something large beside a ring of a million: dropped in the middle of the replacements, or there all the time. */
function besideLarge(what, beside, title, make, isDropped) {
  return {
    name: `pauses-${what}`,
    title: `longest pause, ring of 1,000,000: ${title}, in batches of 1,000 replacements`,
    unit: "ms",
    label: (size) => `beside ${beside} of ${size.toLocaleString("en-US")}`,
    sizes: { full: [1e7], quick: [1e5] },
    open(program, size, { quick }) {
      const ring = BACKGROUND[quick ? "quick" : "full"];
      program.ring(ring);
      program[make](size);
      program.collect();
      return {
        value() {
          const options = quick ? QUICK : FULL;
          const summary = recordBatches(program, options, isDropped ? () => program.letGo() : undefined);
          return { ...summary, figure: summary.max, perReplacement: (summary.mean * 1e6) / REPLACEMENTS };
        },
        check() {
          program.letGo();
          program.enable(0);
          program.collect();
          expectAlive(program, ring + (program.holders ?? 0));
        },
      };
    },
  };
}

/** Memory that the heap may grow into, reserved before anything lives: bytes for each object of the ring. */
const RESERVED = 64;

/**
 * As a program feels them: from the first batch on, with nothing warmed up but what made the ring, beside so many live
 * JavaScript objects. An engine may answer a growth of memory with a collection of all of them.
 */
const inProgram = {
  name: "pauses-program",
  title:
    "longest pause: the ring of a million from its first batch on, memory reserved, beside live JavaScript objects",
  unit: "ms",
  label: (beside) => `${beside.toLocaleString("en-US")} JavaScript objects`,
  sizes: { full: [0, 2e6], quick: [0, 2e4] },
  open(program, size, { quick }) {
    const ring = BACKGROUND[quick ? "quick" : "full"];
    program.reserve?.(ring * RESERVED);
    const beside = Array.from({ length: size }, (_, i) => ({ number: i, other: null }));
    program.ring(ring);
    return {
      value() {
        const summary = recordBatches(program, quick ? QUICK : FULL);
        return { ...summary, figure: summary.max, perReplacement: (summary.mean * 1e6) / REPLACEMENTS };
      },
      check() {
        if (beside.some(({ number }, i) => number !== i)) throw new Error("the JavaScript objects are others");
        program.enable(0);
        program.collect();
        expectAlive(program, ring + (program.holders ?? 0));
      },
    };
  },
};

function expectAlive(program, expected) {
  const alive = program.alive?.();
  if (alive !== undefined && alive !== expected) throw new Error(`${alive} objects are alive, of ${expected}`);
}

export const pauseWorkloads = [
  pauses,
  inProgram,
  besideLarge("list", "a list", "a linked list dropped", "largeList", true),
  besideLarge("cycle", "a cycle", "one large cycle dropped", "largeCycle", true),
  besideLarge("dict", "a dict", "a dict with an object for each number dropped", "largeDict", true),
  besideLarge("array", "an array", "one array of so many slots, alive", "largeArray", false),
];
