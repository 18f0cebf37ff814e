import { STEPS, programSource } from "./python.mjs";

/** CPython compiled to WebAssembly. */
export const pyodide = {
  name: "pyodide",
  title: "CPython in wasm (Pyodide)",
  needs: ["pyodide"],
  workloads: {
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
    pauses: 1e6,
  },
  async start() {
    const { loadPyodide } = await import("pyodide");
    const interpreter = await loadPyodide();
    interpreter.runPython(programSource());
    const program = Object.fromEntries(STEPS.map((name) => [name, interpreter.globals.get(name)]));
    return { ...program, bytesTaken: () => interpreter._module.HEAPU8.length };
  },
};
