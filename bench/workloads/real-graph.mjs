import { captureGraph } from "../real-graph.mjs";

const MILLISECOND = 1e6;

const graph = {
  name: "real-graph",
  title: "real graph: a full collection of what CPython has in memory after parsing its standard library",
  unit: "ms",
  label: (modules) => (modules === ALL_MODULES ? "all modules" : `${modules} modules`),
  sizes: { full: [1000], quick: [20] },
  prepare: captureGraph,
  async open(program, modules) {
    const { objects, bytes } = await program.realGraph(modules);
    // The first one may find garbage that building left.
    program.collect();
    return {
      operations: MILLISECOND,
      run: () => program.collect(),
      check: () => program.checkGraph?.(),
      extra: () => ({
        objects,
        bytes,
        note: `${objects.toLocaleString("en-US")} objects, ${(bytes / 1e6).toFixed(1)} MB`,
      }),
    };
  },
};

/** More than there are. */
const ALL_MODULES = 1000;

export const realGraph = [graph];
