// What it costs to import the package in Node, beside one file that holds the same code: whole processes, in pairs.
//
//     npm run build && node scripts/import-time.mjs [pairs]
//
// Bare Node is measured too and taken off. The figures are medians, in milliseconds of CPU.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const pairs = Number(process.argv[2] ?? 15);
const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
const entry = fileURLToPath(new URL("../dist/index.js", import.meta.url));
const oneFile = join(folder, "one.mjs");
await build({ entryPoints: [entry], bundle: true, format: "esm", outfile: oneFile });

/** CPU of one process. It says itself what it took: the start of Node included. */
function cpu(module) {
  const load = module === undefined ? "" : `await import(${JSON.stringify(pathToFileURL(module).href)});`;
  const source = `${load} const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", source], { encoding: "utf8" });
  return Number(stdout);
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

try {
  const rounds = Array.from({ length: pairs }, () => [cpu(), cpu(entry), cpu(oneFile)]);
  const ours = median(rounds.map(([bare, published]) => published - bare));
  const one = median(rounds.map(([bare, , single]) => single - bare));
  console.log(`the package ${ours.toFixed(1)} ms, one file ${one.toFixed(1)} ms: ${(ours / one).toFixed(2)} times`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
