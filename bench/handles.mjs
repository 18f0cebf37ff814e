// What calls from JavaScript cost, a table: objects of a heap through handles and raw addresses, beside JavaScript's own
// objects, and the handles of other heaps in WebAssembly.
//
//     npm run bench:handles                      the table, in ns; as Markdown
//     npm run bench:handles -- lookUp loop       some rows

import Benchmark from "benchmark";
import { heapwright, heapwrightCore } from "./handles/heapwright.mjs";
import { javascript } from "./handles/javascript.mjs";
import { pyodide } from "./handles/pyodide.mjs";
import { quickjs } from "./handles/quickjs.mjs";
import { ROWS } from "./handles/rows.mjs";
import { install, reasonAgainst } from "./peers.mjs";

// Without this the functions are compiled anew from their text, and lose sight of what they use.
Benchmark.support.decompilation = false;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0)
  throw new Error(`no such row: ${unknown.join(", ")}; there are ${ROWS.map(({ name }) => name).join(", ")}`);
const rows = ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

const all = [javascript, heapwright, heapwrightCore, pyodide, quickjs];
const note = (text) => process.stderr.write(`${text}\n`);
install(all, note);
const subjects = [];
for (const subject of all) {
  const reason = reasonAgainst(subject);
  if (reason !== undefined) note(`left out: ${subject.title}: ${reason}`);
  else subjects.push({ title: subject.title, acts: await subject.start() });
}

/** The least time of three samples, in ns. */
function timeOf(acts, { name, times = 1 }) {
  let least = Infinity;
  for (let sample = 0; sample < 3; sample++) {
    const bench = new Benchmark(name, acts[name], { maxTime: 0.3, minSamples: 5 });
    bench.run();
    if (bench.error) throw bench.error;
    least = Math.min(least, Math.min(...bench.stats.sample) * 1e9);
  }
  return least / times;
}

const shown = (ns) => (ns === undefined ? "–" : ns < 10 ? ns.toFixed(1) : Math.round(ns).toLocaleString("en"));
console.log(`Node ${process.version}; ns, the least of three samples.\n`);
console.log(`| | ${subjects.map(({ title }) => title).join(" | ")} |`);
console.log(`| --- |${" ---: |".repeat(subjects.length)}`);
for (const row of rows) {
  // In turn, so that a machine that is slow for a while slows all of them.
  const times = subjects.map(({ acts }) => (row.name in acts ? timeOf(acts, row) : undefined));
  console.log(`| ${row.title} | ${times.map(shown).join(" | ")} |`);
}
for (const { acts } of subjects) acts.end?.();
