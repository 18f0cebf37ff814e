import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythons } from "./pythons.mjs";

const programs = fileURLToPath(new URL("../programs/", import.meta.url));
export const programSource = () => readFileSync(`${programs}program.py`, "utf8");

/** The steps of a program that take no result from JavaScript but numbers. */
export const STEPS = [
  "enable",
  "collect",
  "found",
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
  "boxed",
  "chunks",
  "comb",
  "hub",
  "weakMap",
  "cycles",
  "garbage",
  "ring",
  "replace",
];

/**
 * A Python process whose steps are called as if they were functions: two pipes carry the calls, and Python itself says how long
 * each one took, in `lastNanoseconds`, and how long the processor worked for it. (A call costs some 50 µs on top, which benchmark.js sees.)
 */
function startPython({ path }) {
  const directory = mkdtempSync(join(tmpdir(), "heapwright-bench-"));
  const [requestPath, answerPath] = ["requests", "answers"].map((name) => join(directory, name));
  if (spawnSync("mkfifo", [requestPath, answerPath]).status !== 0) throw new Error("mkfifo failed");
  const child = spawn(path, [`${programs}serve.py`, requestPath, answerPath], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const requests = openSync(requestPath, "w");
  const answers = openSync(answerPath, "r");
  rmSync(directory, { recursive: true });
  process.once("exit", () => {
    closeSync(requests);
    child.kill();
  });
  const buffer = Buffer.alloc(256);
  const program = { lastNanoseconds: 0, lastProcessorNanoseconds: 0 };
  const call = (name, numbers) => {
    writeSync(requests, `${[name, ...numbers].join(" ")}\n`);
    let line = "";
    while (!line.endsWith("\n")) {
      const length = readSync(answers, buffer);
      if (length === 0) throw new Error(`Error: Python died in ${name}`);
      line += buffer.toString("ascii", 0, length);
    }
    const [result, nanoseconds, processor] = line.split(" ").map(Number);
    program.lastNanoseconds = nanoseconds;
    program.lastProcessorNanoseconds = processor;
    return result;
  };
  for (const name of [...STEPS, "bytesTaken"]) program[name] = (...numbers) => call(name, numbers);
  return program;
}

const WORKLOADS = {
  churn: true,
  trees: true,
  "trees-off": true,
  "full-random": true,
  "full-one-root": true,
  "full-sequential": true,
  "full-aged": 1e6,
  "shape-boxed": true,
  "shape-chunks-10": true,
  "shape-chunks-128": true,
  "shape-comb": true,
  "shape-hub": true,
  "shape-weak-map": 1e6,
  garbage: true,
  steady: true,
  drop: true,
  bytes: true,
  pauses: 5e6,
};

/** Of a second version: enough to compare the two. */
export const COMPARED = {
  churn: true,
  trees: true,
  "full-random": 1e6,
  "full-one-root": 1e6,
  "full-aged": 1e6,
  garbage: 1e6,
  steady: 0,
  drop: 1e6,
  bytes: 1e6,
  pauses: 1e6,
};

/** `which`: of those that `pythons` finds. */
const nativePython = (name, title, which, workloads, missing) => ({
  name,
  title,
  about: () => `${pythons()[which].version}, ${pythons()[which].build}`,
  unavailable: () => (pythons()[which] ? undefined : missing),
  workloads,
  start: () => startPython(pythons()[which]),
});

export const python = nativePython("python", "CPython, native", "own", WORKLOADS, "there is no python3");
export const newestPython = nativePython(
  "python-newest",
  "CPython, native, newest",
  "newest",
  COMPARED,
  "there is no CPython newer than the system's on PATH or in pyenv",
);
