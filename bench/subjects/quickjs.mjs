import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const source = readFileSync(new URL("../programs/javascript.js", import.meta.url), "utf8");
const FIRST_THRESHOLD = 256 * 1024;
const NEVER = 0xffffffff;

/**
 * Where the runtime keeps the number of bytes at which it collects. There is no function for that, nor one that collects; but a fresh
 * runtime has a number there that it has nowhere else.
 */
function thresholdIn(memory, runtime) {
  const words = new Uint32Array(memory.buffer, runtime, 256);
  const found = [...words.keys()].filter((i) => words[i] === FIRST_THRESHOLD);
  if (found.length !== 1) throw new Error("this is another QuickJS");
  return (runtime >>> 2) + found[0];
}

async function startQuickJS() {
  const { newQuickJSWASMModuleFromVariant } = await import("quickjs-emscripten");
  const { default: variant } = await import("@jitl/quickjs-wasmfile-release-sync");
  const quickjs = await newQuickJSWASMModuleFromVariant(variant);
  const runtime = quickjs.newRuntime();
  const memory = quickjs.getWasmMemory();
  const threshold = thresholdIn(memory, runtime.rt.value);
  const words = () => new Uint32Array(memory.buffer);
  const context = runtime.newContext();
  const program = context.unwrapResult(context.evalCode(source));
  const makeOne = context.unwrapResult(context.evalCode("() => { ({}); }"));
  let isOn = true;
  const steps = {};
  for (const name of STEPS) {
    const step = context.getProp(program, name);
    steps[name] = (...numbers) => {
      const handles = numbers.map((number) => context.newNumber(number));
      const result = context.unwrapResult(context.callFunction(step, context.undefined, ...handles));
      const value = context.typeof(result) === "number" ? context.getNumber(result) : 0;
      for (const handle of [result, ...handles]) handle.dispose();
      return value;
    };
  }
  const enable = (on) => {
    isOn = on !== 0;
    words()[threshold] = isOn ? FIRST_THRESHOLD : NEVER;
  };
  return {
    ...steps,
    enable,
    /** It collects when an object is made and more bytes are in use than the threshold says. */
    collect() {
      words()[threshold] = 0;
      context.unwrapResult(context.callFunction(makeOne, context.undefined)).dispose();
      if (words()[threshold] === 0) throw new Error("there was no collection");
      if (!isOn) enable(0);
      return 0;
    },
    handles(objects) {
      for (let i = 0; i < objects; i++) context.newObject().dispose();
    },
    bytesTaken: () => memory.buffer.byteLength,
    bytesInUse() {
      const usage = runtime.computeMemoryUsage();
      const bytes = context.getProp(usage, "memory_used_size");
      const number = context.getNumber(bytes);
      bytes.dispose();
      usage.dispose();
      return number;
    },
  };
}

const STEPS = [
  "alive",
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

const STARTING = ["wasm-size", "ready"];

function startUp() {
  const require = createRequire(import.meta.url);
  const variant = join(require.resolve("@jitl/quickjs-wasmfile-release-sync"), "..");
  return {
    wasmFile: join(variant, "emscripten-module.wasm"),
    async load() {
      const { newQuickJSWASMModuleFromVariant } = await import("quickjs-emscripten");
      const { default: own } = await import("@jitl/quickjs-wasmfile-release-sync");
      return async () => (await newQuickJSWASMModuleFromVariant(own)).newContext();
    },
  };
}

export const quickjs = {
  name: "quickjs",
  title: "QuickJS in wasm",
  needs: ["quickjs-emscripten"],
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
    "js-handle": true,
    "wasm-size": true,
    ready: true,
  },
  start: ({ workload }) => (STARTING.includes(workload) ? startUp() : startQuickJS()),
};
