// What the package weighs in a program that uses a part of it: bundled and minified as users do, and gzipped.
//
//     npm run size
//
// tests/package/weight.test.ts holds the packed package against the same limits.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const KIB = 1024;

/** Programs, and the most that each may weigh. */
export const WEIGHTS = [
  { what: 'Heap of "heapwright"', source: 'export { Heap } from "heapwright";', limit: 74 * KIB },
  { what: 'Heap of "heapwright/slim"', source: 'export { Heap } from "heapwright/slim";', limit: 41 * KIB },
  { what: "slim, and save", source: 'export { Heap, save } from "heapwright/slim";', limit: 50.5 * KIB },
  { what: "slim, and restore", source: 'export { Heap, restore } from "heapwright/slim";', limit: 60.5 * KIB },
  {
    what: "slim, and trace",
    source: 'export { Heap } from "heapwright/slim"; export { trace } from "heapwright/trace";',
    limit: 43.5 * KIB,
  },
  { what: "all of heapwright/dump", source: 'export * from "heapwright/dump";', limit: 40 * KIB },
  { what: "all of heapwright/view", source: 'export * from "heapwright/view";', limit: 9 * KIB },
  {
    what: "view, and asObject left out",
    source: 'export { openView } from "heapwright/view";',
    limit: 8.25 * KIB,
  },
  { what: "an error class", source: 'export { BadValueError } from "heapwright";', limit: 3 * KIB },
];
/** The cores as files, gzipped as servers do. */
export const CORES = [
  { what: "core.wasm", limit: 33 * KIB },
  { what: "core.checked.wasm", limit: 40 * KIB },
];
/** Files of JavaScript in the package, those of the command line included. */
export const MOST_FILES = 17;

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** A program that uses the package of this folder, bundled into one text and minified. */
export async function bundled(source, folder, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
    ...options,
  });
  return outputFiles[0].text;
}

/** Bytes of each program and core, of the package that is or is installed in this folder. */
export async function weigh(folder, dist) {
  const programs = WEIGHTS.map(async ({ what, source, limit }) => {
    return { what, bytes: gzipped(await bundled(source, folder)), limit };
  });
  const cores = CORES.map(({ what, limit }) => ({ what, bytes: gzipped(readFileSync(join(dist, what))), limit }));
  return [...(await Promise.all(programs)), ...cores];
}

/** Files of JavaScript. */
export function filesOf(dist) {
  return readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".js"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const dist = join(root, "dist");
  const shown = (bytes) => `${(bytes / KIB).toFixed(1)} KiB`.padStart(9);
  for (const { what, bytes, limit } of await weigh(root, dist))
    console.log(`${what.padEnd(28)}${shown(bytes)}  of ${shown(limit)}${bytes > limit ? "  TOO MUCH" : ""}`);
  console.log(`${"files of JavaScript".padEnd(28)}${String(filesOf(dist).length).padStart(5)}      of ${MOST_FILES}`);
}
