// Which region of which page is made from which files.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { browsers, nodes } from "./elsewhere.mjs";
import { aboutRun, blocks, figures, growth, targets } from "./figures.mjs";
import { pausesBesideLarge, pausesBySize, pausesOfAll } from "./pauses.mjs";
import { picture } from "./picture.mjs";

/** What each file holds, by the name of the file. */
const FILES = ["results", "growth", "node26", "browsers"];

/** By page: the function that writes each region, and the files that it needs. */
export const PAGES = {
  "docs/benchmarks.md": {
    run: [aboutRun, "results"],
    figures: [figures, "results"],
    blocks: [blocks, "results"],
    targets: [targets, "results"],
    pauses: [pausesOfAll, "results"],
    "pauses by size": [pausesBySize, "results"],
    "pauses beside large": [pausesBesideLarge, "results"],
    nodes: [nodes, "results", "node26"],
    growth: [growth, "growth"],
    browsers: [browsers, "browsers"],
  },
  "README.md": { picture: [picture, "results"] },
};

/** The files of a folder that are there. */
export function readFiles(folder) {
  const there = FILES.filter((name) => existsSync(join(folder, `${name}.json`)));
  return Object.fromEntries(
    there.map((name) => [name, JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"))]),
  );
}

/** What a region says; undefined if a file that it needs is missing. */
export function textOf(page, region, files) {
  const [write, ...needs] = PAGES[page][region];
  return needs.every((name) => files[name] !== undefined) ? write(files) : undefined;
}
