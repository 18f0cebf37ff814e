// Ours and those peers that a page has, too.

import { hooks, instantiate } from "../subjects/instantiate.mjs";

const moduleNamed = async (name) => WebAssembly.compileStreaming(fetch(`../.build/${name}.wasm`));
const wasm = (name) => async () => instantiate(await moduleNamed(name), name);

const everything = [
  "churn",
  "trees",
  "full-random",
  "full-one-root",
  "full-sequential",
  "full-aged",
  "garbage",
  "steady",
  "drop",
];
const limited = ["full-random", "full-one-root", "full-sequential", "full-aged"];
/** Without a function that collects. */
const uncollected = ["churn", "trees"];

async function startHeap() {
  const program = instantiate(await moduleNamed("heapwright"), "heapwright", { host: hooks() });
  return { ...program, holders: 1, isPaged: true };
}

async function startV8() {
  const source = await (await fetch("../programs/javascript.js")).text();
  const program = (0, eval)(source);
  const collect = () => (globalThis.gc(), 0);
  const drop = () => (program.drop(), collect());
  return { ...program, enable() {}, collect, drop };
}

export const SUBJECTS = [
  {
    name: "heapwright",
    title: "heapwright",
    workloads: [...everything, "trees-off", "mixed-512", "mixed-32768", "pauses", "bytes"],
    start: startHeap,
  },
  {
    name: "heapwright-bounded",
    title: "heapwright, bounded",
    workloads: ["pauses"],
    async start() {
      const program = await startHeap();
      program.boundPauses();
      return program;
    },
  },
  { name: "limit", title: "limit: reads alone", workloads: limited, start: wasm("limit") },
  {
    name: "v8",
    title: "this browser's objects",
    workloads: globalThis.gc ? [...everything, "pauses"] : uncollected,
    start: startV8,
  },
  {
    name: "as-minimal",
    title: "AssemblyScript, minimal",
    workloads: [...everything, "pauses", "bytes"],
    start: wasm("as-minimal"),
  },
  {
    name: "as-incremental",
    title: "AssemblyScript, incremental",
    workloads: [...everything, "pauses", "bytes"],
    start: wasm("as-incremental"),
  },
  {
    name: "as-tlsf",
    title: "AssemblyScript's TLSF",
    workloads: ["churn", "mixed-512", "mixed-32768"],
    async start() {
      const program = await wasm("as-tlsf")();
      const before = program.bytesTaken();
      return { ...program, bytesInUse: () => program.bytesTaken() - before };
    },
  },
];
