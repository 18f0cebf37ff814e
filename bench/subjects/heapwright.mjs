import { buildRealGraph } from "./heapwright-graph.mjs";
import { hooks } from "./instantiate.mjs";
import { startModule } from "./wasm-module.mjs";

/** Ours, driven from inside WebAssembly: the workloads are linked with the core's source. */
export const heapwright = {
  name: "heapwright",
  title: "heapwright",
  isOurs: true,
  build: ["heapwright"],
  workloads: {
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
    bytes: true,
    pauses: true,
    "real-graph": true,
  },
  start: () => startHeap(),
};

function startHeap() {
  const program = startModule("heapwright", { host: hooks() });
  return {
    ...program,
    // The list that holds the others is an object, too.
    holders: 1,
    isPaged: true,
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
  title: "heapwright, bounded pauses",
  isOurs: true,
  build: ["heapwright"],
  workloads: {
    churn: true,
    trees: true,
    "trees-off": true,
    "mixed-512": true,
    garbage: true,
    steady: true,
    pauses: true,
  },
  start() {
    const program = startHeap();
    program.boundPauses();
    return program;
  },
};
