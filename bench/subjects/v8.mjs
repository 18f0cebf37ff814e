import { readFileSync } from "node:fs";
import { IS_ROOT, readGraph } from "../real-graph.mjs";

const source = readFileSync(new URL("../programs/javascript.js", import.meta.url), "utf8");

/** Bytes of the smallest object with two fields. */
const OBJECT = 24;

/** Plain objects in the engine that runs this. Its collector has no off switch. */
export const v8 = {
  name: "v8",
  title: "V8 objects",
  flags: ["--expose-gc", "--max-old-space-size=12288"],
  workloads: {
    churn: true,
    trees: true,
    "trees-off": true,
    "full-random": true,
    "full-one-root": true,
    "full-sequential": true,
    "full-aged": true,
    "shape-boxed": true,
    "shape-comb": true,
    "shape-hub": true,
    "shape-weak-map": 1e6,
    garbage: true,
    steady: true,
    drop: true,
    bytes: true,
    pauses: true,
    "pauses-program": true,
    "js-object": true,
    "js-handle": true,
    "real-graph": true,
  },
  start() {
    const program = (0, eval)(source);
    let roots = [];
    const collect = () => {
      globalThis.gc();
      return 0;
    };
    return {
      ...program,
      enable() {},
      handles: program.churn,
      collect,
      drop() {
        program.drop();
        collect();
      },
      /** Each object as an array of its references. */
      realGraph(modules) {
        const { objects, starts, flags, targets } = readGraph(modules);
        const before = this.bytesInUse();
        const all = Array.from({ length: objects }, (_, i) => new Array(starts[i + 1] - starts[i]));
        for (let i = 0; i < objects; i++)
          for (let at = starts[i]; at < starts[i + 1]; at++) all[i][at - starts[i]] = all[targets[at]];
        roots = all.filter((_, i) => (flags[i] & IS_ROOT) !== 0);
        return { objects, bytes: this.bytesInUse() - before };
      },
      checkGraph() {
        if (roots.length === 0) throw new Error("the graph is gone");
      },
      bytesTaken: () => process.memoryUsage().heapTotal,
      bytesInUse() {
        collect();
        return process.memoryUsage().heapUsed;
      },
      /** The optimised loop makes its objects: the heap grows by them. (A collection in between would hide that: so another try.) */
      checkChurn() {
        for (let attempt = 0; attempt < 20; attempt++) {
          const before = process.memoryUsage().heapUsed;
          program.churn(1000);
          if (process.memoryUsage().heapUsed - before >= 1000 * OBJECT) return;
        }
        throw new Error("the engine optimised the objects away");
      },
    };
  },
};
