import { births } from "./births.mjs";
import { collections } from "./collections.mjs";
import { cycles } from "./cycles.mjs";
import { host } from "./host.mjs";
import { memory } from "./memory.mjs";
import { pauseWorkloads } from "./pauses.mjs";
import { realGraph } from "./real-graph.mjs";
import { shapes } from "./shapes.mjs";
import { start } from "./start.mjs";

/**
 * Each workload once, for all subjects.
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} title
 * @property {string} unit                                    what a figure is
 * @property {(size: number) => string} [label]               what a size is; objects, if missing
 * @property {Record<"full" | "quick" | "growth", number[]>} sizes
 * @property {boolean} [once]                                 `run` uses up what `setup` made
 * @property {(size: number) => Promise<void>} [prepare]      once, before any process starts
 * @property {string} [ours]                                  the subject that others are compared with; heapwright, if missing
 * @property {(program: object, size: number) => Case | Promise<Case>} open  in the process of the case
 *
 * @typedef {object} Case
 * @property {number} [operations]                            how many of them one `run` is
 * @property {() => void} [setup]
 * @property {() => void} [run]                               what benchmark.js times; or
 * @property {() => object | Promise<object>} [value]         measures by itself: `figure`, in the workload's unit, and others
 * @property {(result: object) => void} [check]               throws if the results are wrong
 * @property {() => object} [extra]                           other figures
 */
export const WORKLOADS = [
  ...births,
  ...collections,
  ...shapes,
  ...cycles,
  ...pauseWorkloads,
  ...memory,
  ...host,
  ...realGraph,
  ...start,
];

export function workloadNamed(name) {
  const workload = WORKLOADS.find((candidate) => candidate.name === name);
  if (workload === undefined) throw new Error(`there is no workload "${name}"`);
  return workload;
}
