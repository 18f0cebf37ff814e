import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const source = readFileSync(new URL("../programs/program.lua", import.meta.url), "utf8");

const STEPS = [
  "enable",
  "collect",
  "alive",
  "bytesInUse",
  "churn",
  "trees",
  "treeNodes",
  "chain",
  "drop",
  "graph",
  "sequence",
  "age",
  "redraw",
  "edges",
  "keepFirst",
  "cycles",
  "garbage",
  "ring",
  "replace",
];

async function startLua() {
  const { LuaFactory } = await import("wasmoon");
  const engine = await new LuaFactory().createEngine();
  const program = await engine.doString(source);
  const steps = Object.fromEntries(STEPS.map((name) => [name, (...numbers) => program[name](...numbers)]));
  return { ...steps, bytesTaken: () => engine.global.lua.module.HEAPU8.length };
}

const STARTING = ["wasm-size", "ready"];

function startUp() {
  return {
    wasmFile: join(createRequire(import.meta.url).resolve("wasmoon"), "..", "glue.wasm"),
    async load() {
      const { LuaFactory } = await import("wasmoon");
      return () => new LuaFactory().createEngine();
    },
  };
}

/** Lua 5.4, its collector as it comes: incremental. */
export const lua = {
  name: "lua",
  title: "Lua in wasm",
  needs: ["wasmoon"],
  workloads: {
    churn: true,
    trees: true,
    "trees-off": true,
    "full-random": 1e6,
    "full-one-root": 1e6,
    "full-sequential": 1e6,
    "full-aged": 1e6,
    garbage: 1e6,
    steady: 1e6,
    drop: 1e6,
    bytes: 1e6,
    pauses: 1e6,
    "wasm-size": true,
    ready: true,
  },
  start: ({ workload }) => (STARTING.includes(workload) ? startUp() : startLua()),
};
