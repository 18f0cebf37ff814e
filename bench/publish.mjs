// Makes all that docs/benchmarks holds, and writes the pages that show it. Some of an hour: leave it the machine for itself.
//
//     npm run bench:publish
//     npm run bench:publish -- --quick --only churn,pauses --out /tmp/tried      to see that it works; no page is written
//     node bench/publish.mjs --node /path/to/node                                 another Node beside this one than 26

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.mjs";
import { fetchNewerNode, newerNode } from "./nodes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const DOCS = join(root, "docs/benchmarks");
/** Whom the other Node runs. Ours is there anyway. */
const ON_OTHER_NODE = "v8,control,wasm-gc";
/** Who is in the curves. Two runs of each: a curve says how figures grow. */
const IN_CURVES = "heapwright,v8,as-minimal,limit,python";

const IN_BROWSERS = ["full", "most=1000000", "runs=2"];
const WORKLOADS_IN_BROWSERS = "only=churn,trees,full-random,garbage,drop,pauses";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    only: { type: "string" },
    node: { type: "string" },
    out: { type: "string" },
    core: { type: "string" },
    browsers: { type: "boolean", default: true },
  },
  allowNegative: true,
});

const start = performance.now();
const note = (text) => console.error(`[${((performance.now() - start) / 60_000).toFixed(1)} min] ${text}`);
const isTrial = values.quick || values.only !== undefined || values.runs !== undefined || values.out !== undefined;
const out = values.out ?? join(root, "bench-results/publish");

function run(node, script, ...args) {
  const { status } = spawnSync(node, [join(root, "bench", script), ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`bench/${script} ${args.join(" ")} ended with code ${status}`);
}

function measure(node, folder, ...args) {
  const given = [
    ...(values.quick ? ["--quick"] : []),
    ...(values.runs ? ["--runs", values.runs] : []),
    ...(values.only ? ["--only", values.only] : []),
    ...(values.core ? ["--core", values.core] : []),
  ];
  run(node, "run.mjs", "--out", join(out, folder), ...args, ...given);
}

function otherNode() {
  if (values.node) return values.node;
  if (!fetchNewerNode()) throw new Error("a newer Node could not be fetched from npm: --node names one");
  return newerNode;
}

if (!isTrial && describeMachine().modified)
  throw new Error("there are changes that are not committed: what is published says of which commit it is");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
note("the whole run");
measure(process.execPath, ".");
note("growth curves");
measure(
  process.execPath,
  ".",
  "--growth",
  "--only",
  IN_CURVES,
  ...(values.runs || values.quick ? [] : ["--runs", "2"]),
);
note("the other Node");
measure(otherNode(), "node26", "--only", ON_OTHER_NODE);
renameSync(join(out, "node26/results.json"), join(out, "node26.json"));
rmSync(join(out, "node26"), { recursive: true });
if (values.browsers) {
  note("browsers");
  const sizes = values.quick ? ["runs=1"] : IN_BROWSERS;
  run(process.execPath, "browser.mjs", `json=${join(out, "browsers.json")}`, ...sizes, WORKLOADS_IN_BROWSERS);
}
if (isTrial) note(`done: see ${out}. No page was written, because this was not the whole run`);
else {
  for (const name of readdirSync(out)) copyFileSync(join(out, name), join(DOCS, name));
  run(process.execPath, "page.mjs");
  note("done: commit docs/benchmarks, docs/benchmarks.md and README.md");
}
