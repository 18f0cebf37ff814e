import { births } from "../workloads/births.mjs";
import { collections } from "../workloads/collections.mjs";
import { cycles } from "../workloads/cycles.mjs";
import { memory } from "../workloads/memory.mjs";
import { pauseWorkloads } from "../workloads/pauses.mjs";

export const WORKLOADS = [...births, ...collections, ...cycles, ...pauseWorkloads, ...memory];
