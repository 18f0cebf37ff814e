import { readFileSync } from "node:fs";

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
    garbage: true,
    steady: true,
    drop: true,
  },
  start() {
    const program = (0, eval)(source);
    const collect = () => {
      globalThis.gc();
      return 0;
    };
    return {
      ...program,
      enable() {},
      collect,
      drop() {
        program.drop();
        collect();
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
