import { allocators } from "./allocators.mjs";
import { incremental, minimal, tlsf } from "./assemblyscript.mjs";
import { control } from "./control.mjs";
import { heapwright, heapwrightBounded } from "./heapwright.mjs";
import { heapwrightJs } from "./heapwright-js.mjs";
import { limit } from "./limit.mjs";
import { lua } from "./lua.mjs";
import { newestPyodide, pyodide } from "./pyodide.mjs";
import { newestPython, python } from "./python.mjs";
import { quickjs } from "./quickjs.mjs";
import { v8 } from "./v8.mjs";
import { wasmGc } from "./wasm-gc.mjs";

/**
 * Ours first.
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} title
 * @property {Record<string, true | number>} workloads  those it has; a number is the largest size it can do
 * @property {string[]} [flags]                          Node's, for its processes
 * @property {string[]} [build]                          modules of `bench/build.mjs` that it needs
 * @property {string[]} [needs]                          packages of `bench/package.json`
 * @property {boolean} [needsNewerNode]
 * @property {() => string} [node]                       the Node that runs it, if not this one
 * @property {() => string} [about]                       its version and build, once it is known to be there
 * @property {() => string | undefined} [unavailable]    why it cannot run here
 * @property {(what: { workload: string, size: number }) => object | Promise<object>} start  a program: `bench/subjects/program.mjs`
 */
export const SUBJECTS = [
  heapwright,
  heapwrightBounded,
  heapwrightJs,
  control,
  limit,
  v8,
  wasmGc,
  minimal,
  incremental,
  tlsf,
  python,
  newestPython,
  pyodide,
  newestPyodide,
  quickjs,
  lua,
  ...allocators,
];

export function subjectNamed(name) {
  const subject = SUBJECTS.find((candidate) => candidate.name === name);
  if (subject === undefined) throw new Error(`there is no subject "${name}"`);
  return subject;
}
