import { buildRealGraph } from "./heapwright-graph.mjs";
import { hooks } from "./instantiate.mjs";
import { SHAPE_NAMES } from "../workloads/shapes.mjs";
import { startModule } from "./wasm-module.mjs";

/** What it does with bounded pauses and without. */
const WORKLOADS = {
  churn: true,
  trees: true,
  "trees-off": true,
  "mixed-512": true,
  "mixed-32768": true,
  "full-random": true,
  "full-one-root": true,
  "full-sequential": true,
  "full-aged": true,
  garbage: true,
  steady: true,
  drop: true,
  pauses: true,
  "pauses-program": true,
  "pauses-list": true,
  "pauses-cycle": true,
  "pauses-dict": true,
  "pauses-array": true,
  "real-graph": true,
};
const PAGE = 65_536;
const A_LOT = 1_000_000;
/** Room for all that measuring allocates, or Node's own collector would be in what is measured. */
const FLAGS = ["--min-semi-space-size=64"];
/** What the core says to `collection`. */
const [STEP_STARTS, STEP_ENDS, CYCLE_ENDS] = [4, 5, 6];

/** Ours, driven from inside WebAssembly: the workloads are linked with the core's source. */
export const heapwright = {
  name: "heapwright",
  title: "heapwright",
  isOurs: true,
  build: ["heapwright"],
  flags: FLAGS,
  workloads: { ...WORKLOADS, ...Object.fromEntries(SHAPE_NAMES.map((name) => [name, true])), bytes: true },
  start: () => startHeap(),
};

/** Hears of cycles that end, and, while there is a clock, how long steps take. */
function watchSteps() {
  const steps = { clock: undefined, recorder: undefined, cycles: 0 };
  let start = 0;
  const hear = (what) => {
    if (what === CYCLE_ENDS) steps.cycles++;
    else if (what === STEP_STARTS) start = steps.clock?.() ?? 0;
    else if (what === STEP_ENDS && steps.clock) steps.recorder.record(steps.clock() - start);
  };
  return { steps, hear };
}

function startHeap() {
  const { steps, hear } = watchSteps();
  const program = startModule("heapwright", { host: hooks(hear) });
  return {
    ...program,
    steps,
    // The list that holds the others is an object, too.
    holders: 1,
    isPaged: true,
    /** Untouched memory takes none. */
    reserve: (bytes) => void program.memory.grow(Math.ceil(bytes / PAGE)),
    realGraph(modules) {
      const { check, ...graph } = buildRealGraph(program, modules);
      this.checkGraph = check;
      return graph;
    },
  };
}

/** The same heap with bounded pauses, on what they are for, and on what they may cost. */
export const heapwrightBounded = {
  name: "heapwright-bounded",
  title: "heapwright, bounded",
  isOurs: true,
  build: ["heapwright"],
  flags: FLAGS,
  workloads: WORKLOADS,
  start() {
    const program = startHeap();
    program.boundPauses();
    return {
      ...program,
      /** To the last slice. */
      drop() {
        program.drop();
        while (program.step(A_LOT));
      },
    };
  },
};
