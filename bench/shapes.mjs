// What marking takes on graphs of different shapes: ns an object of a full collection, or the steps of bounded pauses.
//
//     npm run bench:shapes -- 1000000                   so many objects
//     npm run bench:shapes -- 1000000 --bounded         a collection in steps, at the pace of births
//     node bench/shapes.mjs 1000000 --only comb,ring    some shapes
//     node bench/shapes.mjs 1000000 a.wasm b.wasm       cores in turn, in one process

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SHAPES } from "./shapes/graphs.mjs";
import { fullCollections } from "./shapes/full.mjs";
import { boundedCollections } from "./shapes/bounded.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bounded: { type: "boolean" }, only: { type: "string" } },
});
const isNumber = (text) => /^\d+$/.test(text);
const objects = Number(positionals.find(isNumber) ?? 1_000_000);
const paths = positionals.filter((text) => !isNumber(text));
if (!paths.length) paths.push(fileURLToPath(new URL("../dist/core.wasm", import.meta.url)));
const cores = paths.map((path) => ({ path, module: new WebAssembly.Module(readFileSync(path)) }));
const only = values.only?.split(",");
const names = Object.keys(SHAPES).filter((name) => !only || only.some((part) => name.includes(part)));

console.log(`${objects.toLocaleString("en-US")} objects${cores.length > 1 ? `: ${paths.join(", then ")}` : ""}`);
(values.bounded ? boundedCollections : fullCollections)(names, cores, objects);
