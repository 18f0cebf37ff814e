// The object graph of a real CPython process, written down once: bench/.cache/. See bench/programs/capture.py.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const directory = fileURLToPath(new URL(".cache/", import.meta.url));
const source = new URL("programs/capture.py", import.meta.url);

const pathOf = (modules) => `${directory}cpython-${modules}.graph`;

/** CPython in WebAssembly, with so many modules of its library parsed; and how many objects it tracks. */
export async function parsedLibrary(modules) {
  const { loadPyodide } = await import("pyodide");
  const interpreter = await loadPyodide();
  interpreter.runPython(readFileSync(source, "utf8"));
  const tracked = interpreter.globals.get("parse")(modules);
  return { interpreter, tracked };
}

/** Writes the graph down, unless that was done before. */
export async function captureGraph(modules) {
  if (existsSync(pathOf(modules))) return;
  const { interpreter } = await parsedLibrary(modules);
  interpreter.globals.get("capture")("/graph");
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${pathOf(modules)}.part`, interpreter.FS.readFile("/graph"));
  renameSync(`${pathOf(modules)}.part`, pathOf(modules));
}

/**
 * @returns sizes in bytes, with all headers; `starts[i]` to `starts[i + 1]` are an object's references, in `targets`; flags as
 * capture.py says.
 */
export function readGraph(modules) {
  const bytes = readFileSync(pathOf(modules));
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const [objects, references] = words;
  let at = 2;
  const take = (length) => words.subarray(at, (at += length));
  return {
    objects,
    references,
    sizes: take(objects),
    starts: take(objects + 1),
    flags: take(objects),
    targets: take(references),
  };
}

export const IS_COLLECTED_TYPE = 1;
export const IS_TRACKED = 2;
export const IS_ROOT = 4;
