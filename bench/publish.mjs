// Makes all that docs/benchmarks holds, and writes the pages that show it. About an hour: leave it the machine for itself.
//
//     npm run bench:publish
//     npm run bench:publish -- --parts growth,node26                             a part of it, at the same commit; pages when all are there
//     npm run bench:publish -- --quick --only full-sequential --out /tmp/tried   to see that it works; no page is written
//     node bench/publish.mjs --node /path/to/node                                another Node beside this one than 26

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.mjs";
import { fetchNewerNode, newerNode } from "./nodes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const DOCS = join(root, "docs/benchmarks");
/** Whom the other Node runs; ours is there anyway. The large sizes are the first Node's. */
const ON_OTHER_NODE = ["--only", "v8,control,wasm-gc", "--most", "1000000"];
/** Curves say how figures grow: two runs, of ours and of those that it is measured by. */
const CURVES = ["--growth", "--only", "heapwright,v8,python"];
const IN_BROWSERS = ["full", "most=1000000", "runs=2"];
const WORKLOADS_IN_BROWSERS = "only=churn,trees,full-random,garbage,drop,pauses";

const { values } = parseArgs({
  options: {
    parts: { type: "string" },
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    only: { type: "string" },
    node: { type: "string" },
    out: { type: "string" },
    core: { type: "string" },
  },
});

const start = performance.now();
const note = (text) => console.error(`[${((performance.now() - start) / 60_000).toFixed(1)} min] ${text}`);
const isTrial = values.quick || values.only !== undefined || values.runs !== undefined || values.out !== undefined;
const out = values.out ?? join(root, "bench-results/publish");

function run(node, script, ...args) {
  const { status } = spawnSync(node, [join(root, "bench", script), ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`bench/${script} ${args.join(" ")} ended with code ${status}`);
}

function measure(node, folder, runs, ...args) {
  const given = [
    ...(values.quick ? ["--quick"] : []),
    ...["--runs", values.runs ?? (values.quick ? "1" : String(runs))],
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

/** Each makes the file of its name. */
const PARTS = {
  results: () => measure(process.execPath, ".", 5),
  growth: () => measure(process.execPath, ".", 2, ...CURVES),
  node26() {
    measure(otherNode(), "node26", 5, ...ON_OTHER_NODE);
    renameSync(join(out, "node26/results.json"), join(out, "node26.json"));
    rmSync(join(out, "node26"), { recursive: true });
  },
  browsers() {
    const sizes = values.quick ? ["runs=1"] : IN_BROWSERS;
    run(process.execPath, "browser.mjs", `json=${join(out, "browsers.json")}`, ...sizes, WORKLOADS_IN_BROWSERS);
  },
};

/** Parts that were not made at this commit. */
function missingAt(commit) {
  return Object.keys(PARTS).filter((part) => {
    const file = join(out, `${part}.json`);
    return !existsSync(file) || JSON.parse(readFileSync(file, "utf8")).commit !== commit;
  });
}

const { commit, modified } = describeMachine();
if (!isTrial && modified)
  throw new Error("there are changes that are not committed: what is published says of which commit it is");
const wanted = values.parts?.split(",") ?? Object.keys(PARTS);
const unknown = wanted.filter((part) => !PARTS[part]);
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join()}; there are ${Object.keys(PARTS).join()}`);
if (values.parts === undefined) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const part of wanted) {
  note(part);
  PARTS[part]();
}
const missing = missingAt(commit);
if (isTrial) note(`done: see ${out}. No page was written, because this was not the whole run`);
else if (missing.length > 0)
  note(`done; before the pages are written, --parts ${missing.join()} must be measured, too`);
else {
  for (const name of readdirSync(out)) copyFileSync(join(out, name), join(DOCS, name));
  run(process.execPath, "page.mjs");
  note("done: commit docs/benchmarks, docs/benchmarks.md and README.md");
}
