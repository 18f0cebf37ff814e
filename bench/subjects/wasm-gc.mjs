import { existsSync } from "node:fs";
import { newerNode } from "../nodes.mjs";
import { startModule } from "./wasm-module.mjs";

const FIRST_NODE = 22;
const isNewEnough = Number(process.versions.node.split(".")[0]) >= FIRST_NODE;

/** WasmGC's structs: wasm's own objects, collected by the engine. */
export const wasmGc = {
  name: "wasm-gc",
  title: `WasmGC structs${isNewEnough ? "" : " (Node 26)"}`,
  build: ["wasm-gc"],
  needs: ["binaryen"],
  needsNewerNode: !isNewEnough,
  flags: ["--expose-gc", "--max-old-space-size=12288"],
  unavailable() {
    if (isNewEnough || existsSync(newerNode)) return undefined;
    return `Node ${process.versions.node} has no WasmGC, and a newer one could not be fetched from npm`;
  },
  node: () => (isNewEnough ? process.execPath : newerNode),
  workloads: {
    churn: true,
    trees: true,
    "full-random": true,
    "full-one-root": true,
    "full-sequential": true,
    "full-aged": true,
    garbage: true,
    steady: true,
    drop: true,
    bytes: true,
    pauses: true,
  },
  start() {
    const program = startModule("wasm-gc");
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
    };
  },
};
