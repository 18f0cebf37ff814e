// What marking takes on graphs of different shapes: ns an object of a full collection, or the steps of bounded pauses.
//
//     npm run bench:shapes -- 1000000                   so many objects
//     npm run bench:shapes -- 1000000 --bounded         a collection in steps, at the pace of births
//     node bench/shapes.mjs 1000000 --only comb,ring    some shapes
//     node bench/shapes.mjs 1000000 dist ../b/dist      the cores of several builds in turn, in one process

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readCore } from "./shapes/core.mjs";
import { SHAPES } from "./shapes/graphs.mjs";
import { fullCollections } from "./shapes/full.mjs";
import { boundedCollections } from "./shapes/bounded.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bounded: { type: "boolean" }, only: { type: "string" } },
});
const isNumber = (text) => /^\d+$/.test(text);
const objects = Number(positionals.find(isNumber) ?? 1_000_000);
const builds = positionals.filter((text) => !isNumber(text));
if (!builds.length) builds.push(fileURLToPath(new URL("../dist", import.meta.url)));
const cores = await Promise.all(builds.map(readCore));
const only = values.only?.split(",");
const names = Object.keys(SHAPES).filter((name) => !only || only.some((part) => name.includes(part)));

console.log(`${objects.toLocaleString("en-US")} objects${cores.length > 1 ? `: ${builds.join(", then ")}` : ""}`);
(values.bounded ? boundedCollections : fullCollections)(names, cores, objects);
