// Runs `program.mjs` in some engine, bundled or not, and compares the sites it prints with the lines that say "HERE".

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

export const PROGRAM = fileURLToPath(new URL("program.mjs", import.meta.url));

const lines = new Map();
for (const [index, line] of readFileSync(PROGRAM, "utf8").split("\n").entries()) {
  const way = /\/\/ HERE (\w+)/.exec(line)?.[1];
  if (way !== undefined) lines.set(way, index + 1);
}
lines.set("twinOfProxy", lines.get("twin"));

/** Line of the program that a frame is at, by a source map if one is given. */
function lineOf(frame, map) {
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame) ?? [];
  if (map === undefined) return Number(line);
  const origin = map.findOrigin(Number(line), Number(column));
  return origin.fileName?.endsWith("program.mjs") === true ? origin.lineNumber : undefined;
}

/** What is wrong: a line for each site that is not the program's; one more if it did not run. */
export function faultsOf(command, args, mapFile) {
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 60_000 });
  const map = mapFile === undefined ? undefined : new SourceMap(JSON.parse(readFileSync(mapFile, "utf8")));
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return [`${command} failed: ${stdout}${stderr}`];
  }
  return Object.entries(report).flatMap(([way, sites]) =>
    sites
      .filter((site) => lineOf(site.split("\n")[0], map) !== lines.get(way))
      .map((site) => `${way}, line ${lines.get(way)}: ${site}`),
  );
}
