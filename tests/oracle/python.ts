import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

/** Real CPython 3.12, in WebAssembly, that has run a script of this folder. `print`: gets each line it prints. */
export async function startPython(script: string, print?: (line: string) => void) {
  const python = await loadPyodide(print === undefined ? {} : { stdout: print });
  python.runPython(readFileSync(new URL(script, import.meta.url), "utf8"));
  return python;
}

export type Python = Awaited<ReturnType<typeof startPython>>;

/** A function of the script that takes a text and returns one. */
export function textFunction(python: Python, name: string): (text: string) => string {
  return python.globals.get(name) as (text: string) => string;
}

/** What it takes to start CPython, in ms, at the most. */
export const START_TIMEOUT = 120_000;
