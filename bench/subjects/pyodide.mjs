import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { IS_TRACKED, parsedLibrary, readGraph } from "../real-graph.mjs";
import { COMPARED, STEPS, programSource } from "./python.mjs";

const WORKLOADS = {
  churn: true,
  trees: true,
  "trees-off": true,
  "full-random": 5e6,
  "full-one-root": 1e6,
  "full-sequential": 1e6,
  "full-aged": 1e6,
  garbage: 1e6,
  steady: 1e6,
  drop: 1e6,
  bytes: 1e6,
  "js-handle": true,
  pauses: 1e6,
};

async function startPyodide(packageName) {
  const { loadPyodide } = await import(packageName);
  const interpreter = await loadPyodide();
  interpreter.runPython(programSource());
  const pair = interpreter.globals.get("Pair");
  const program = Object.fromEntries(STEPS.map((name) => [name, interpreter.globals.get(name)]));
  return {
    ...program,
    bytesTaken: () => interpreter._module.HEAPU8.length,
    // Memory is taken in steps too large to tell.
    bytesInUse: () => program.alive() * interpreter.runPython("import sys; sys.getsizeof(Pair())"),
    handles(objects) {
      for (let i = 0; i < objects; i++) pair().destroy();
    },
  };
}

/** The version of a package, and of the CPython in it, from its own files. */
function about(packageName) {
  const lock = createRequire(import.meta.url).resolve(`${packageName}/pyodide-lock.json`);
  const read = (file) => JSON.parse(readFileSync(file, "utf8"));
  return `Pyodide ${read(join(dirname(lock), "package.json")).version}, CPython ${read(lock).info.python}`;
}

/** CPython compiled to WebAssembly. */
export const pyodide = {
  name: "pyodide",
  title: "CPython in wasm (Pyodide)",
  about: () => about("pyodide"),
  needs: ["pyodide"],
  workloads: { ...WORKLOADS, "real-graph": true },
  start: ({ workload }) => (workload === "real-graph" ? realGraph() : startPyodide("pyodide")),
};

export const newestPyodide = {
  name: "pyodide-newest",
  title: "CPython in wasm, newest",
  about: () => about("pyodide-newest"),
  needs: ["pyodide-newest"],
  workloads: COMPARED,
  start: () => startPyodide("pyodide-newest"),
};

/** The process itself, of which the graph was taken. Bytes: what its objects say, without what its allocator adds. */
function realGraph() {
  let interpreter;
  return {
    async realGraph(modules) {
      const library = await parsedLibrary(modules);
      interpreter = library.interpreter;
      const { objects, sizes, flags } = readGraph(modules);
      const captured = flags.reduce((sum, flag) => sum + ((flag & IS_TRACKED) >> 1), 0);
      if (Math.abs(library.tracked - captured) > 0.01 * captured)
        throw new Error(`${library.tracked} objects are tracked; when the graph was taken, ${captured}`);
      return { objects, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    },
    collect: () => interpreter.runPython("gc.collect()"),
  };
}
