// One case, in a frame of its own.

import { measure } from "../measure/measure.mjs";
import { SUBJECTS } from "./subjects.js";
import { WORKLOADS } from "./workloads.js";

const wanted = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const named = (list, name) => list.find((one) => one.name === name);
let result;
try {
  result = await measure(named(WORKLOADS, wanted.workload), named(SUBJECTS, wanted.subject), wanted.size, wanted);
} catch (error) {
  result = { failed: String(error) };
}
parent.postMessage(result, location.origin);
