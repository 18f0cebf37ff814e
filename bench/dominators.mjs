// Dominators and retained sizes of large heaps, beside Chrome DevTools' own code on the same file.
//
//     npm run bench:dominators                 a heap of a million objects, and DevTools
//     npm run bench:dominators -- 10000000     of ten million; DevTools then takes minutes: add --devtools to wait for it
//
// CPU time counts, not wall time, as other programs may run. DevTools' is that of both its threads, from an open
// process on: reading the file, dominators, and statistics by class. Ours for the same: the line "file to sizes".

import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import {
  cycles,
  dominated,
  dominators,
  duplicates,
  finish,
  histogram,
  reachability,
  readHeapSnapshot,
  referrers,
  writeHeapSnapshot,
} from "../dist/dump.js";
import { syntheticHeap } from "./heap-graph.mjs";

const count = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 1_000_000);
const withDevTools = count <= 2_000_000 || process.argv.includes("--devtools");
const own = fileURLToPath(import.meta.url);

function line(name, seconds, note = "") {
  console.log(`${name.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s CPU   ${note}`);
}
const peak = () => `peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`;

/** Runs `work`, and prints how long it took. */
async function measure(name, work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  line(name, (user + system) / 1e6, peak());
  return result;
}

// Each of these is a process of its own, so that its peak of memory is.
if (process.argv.includes("--graph")) {
  const graph = syntheticHeap(count);
  console.log(`${count} objects, ${graph.edges.count} references, ${peak()} with the graph alone`);
  await measure("dominators and retained sizes", () => finish(dominators(graph)));
} else if (process.argv.includes("--others")) {
  const graph = syntheticHeap(count);
  const tree = finish(dominators(graph));
  await measure("live and garbage", () => finish(reachability(graph)));
  const children = await measure("dominated children", () => finish(dominated(tree)));
  await measure("histogram with retained sizes", () => finish(histogram(graph, { tree, children })));
  await measure("referrers", () => finish(referrers(graph)));
  await measure("cycles", () => finish(cycles(graph)));
  await measure("duplicates", () => finish(duplicates(graph)));
} else if (process.argv.includes("--write")) {
  const graph = syntheticHeap(count);
  const file = process.argv.at(-1);
  await measure("writing .heapsnapshot", () =>
    pipeline(Readable.from(writeHeapSnapshot(graph)), createWriteStream(file)),
  );
} else if (process.argv.includes("--file")) {
  const file = process.argv.at(-1);
  const bytes = statSync(file).size;
  const before = process.cpuUsage();
  const graph = await measure("reading .heapsnapshot", () =>
    readHeapSnapshot(createReadStream(file, { highWaterMark: 1 << 20 }), { bytes }),
  );
  const tree = await measure("  its dominators", () => finish(dominators(graph)));
  await measure("  its histogram", () => finish(histogram(graph, { tree })));
  const { user, system } = process.cpuUsage(before);
  line("file to sizes", (user + system) / 1e6, `${(bytes / 1e6).toFixed(0)} MB, ${peak()}`);
} else {
  const folder = mkdtempSync(join(tmpdir(), "heapwright-bench-"));
  try {
    const file = join(folder, "bench.heapsnapshot");
    const run = (...options) => {
      const { status } = spawnSync(process.execPath, [own, String(count), ...options], { stdio: "inherit" });
      if (status !== 0) throw new Error(`${options[0]} ended with ${status}`);
    };
    run("--graph");
    run("--others");
    run("--write", file);
    run("--file", file);
    if (withDevTools) {
      const support = new URL("../tests/support/", import.meta.url);
      const { stdout, status } = spawnSync(
        process.execPath,
        [
          "--max-old-space-size=8000",
          "--import",
          new URL("modern-promise.mjs", support).href,
          fileURLToPath(new URL("devtools.mjs", support)),
          "--time",
          file,
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
      );
      if (status !== 0) throw new Error(`DevTools ended with ${status}`);
      const { cpu, wall, peak: most } = JSON.parse(stdout);
      line(
        "Chrome DevTools, file to sizes",
        cpu / 1000,
        `${(wall / 1000).toFixed(1)} s wall, peak ${most.toFixed(0)} MiB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
