import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const CASE = fileURLToPath(new URL("case.mjs", import.meta.url));
const LONGEST_RUN = 300_000;

/** The core that cases are pinned to; undefined where nothing can pin. */
export function chooseCore(wanted) {
  const core = wanted ?? availableParallelism() - 1;
  const { status } = spawnSync("taskset", ["-c", String(core), "true"], { stdio: "ignore" });
  return status === 0 ? core : undefined;
}

/** The line of a failed process that says most. */
function reasonOf(stderr, code, signal) {
  const error = stderr.split("\n").find((line) => /(Error|Exception|FATAL|error):? /.test(line));
  return (error ?? (signal ? `killed by ${signal}` : `ended with code ${code}`)).trim().slice(0, 200);
}

/**
 * Runs one case once, in a process of its own: its figures, and the seconds that the process took, or `{ failed: reason }`. What a
 * case computes is the same in each run, so one `check` is enough.
 */
export function runCase({ workload, subject, size }, { quick, core, check }) {
  const what = JSON.stringify({ workload: workload.name, subject: subject.name, size, quick, check });
  const start = performance.now();
  const node = [subject.node?.() ?? process.execPath, ...(subject.flags ?? []), CASE, what];
  const [command, ...args] = core === undefined ? node : ["taskset", "-c", String(core), ...node];
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST_RUN });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    child.on("error", (error) => resolve({ failed: error.message }));
    child.on("close", (code, signal) => {
      const line = stdout.trimEnd().split("\n").at(-1) ?? "";
      const result = code === 0 && line.startsWith("{") ? JSON.parse(line) : undefined;
      if (Number.isFinite(result?.figure)) resolve({ ...result, seconds: (performance.now() - start) / 1000 });
      else if (result) resolve({ failed: "it measured nothing" });
      else resolve({ failed: signal === "SIGTERM" ? "took too long" : reasonOf(stderr, code, signal) });
    });
  });
}
