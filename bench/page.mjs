// Writes what the pages say of the benchmarks, from the files of a run: the regions of docs/benchmarks.md and of README.md.
//
//     node bench/page.mjs

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { regionsOf, writeRegion } from "./page/markdown.mjs";
import { PAGES, readFiles, textOf } from "./page/regions.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = readFiles(`${root}docs/benchmarks`);
for (const page of Object.keys(PAGES)) {
  const path = `${root}${page}`;
  let text = readFileSync(path, "utf8");
  for (const region of regionsOf(text)) {
    const made = textOf(page, region, files);
    if (made === undefined) console.error(`${page}: "${region}" stays as it is: a file of docs/benchmarks is missing`);
    else text = writeRegion(text, region, made);
  }
  writeFileSync(path, text);
  console.log(`wrote ${page}`);
}
