// Another Node, for what this one cannot do: from npm, into bench/.cache/.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const VERSION = "26.10.0";
const PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const prefix = fileURLToPath(new URL(".cache/node", import.meta.url));

export const newerNode = `${prefix}/node_modules/${PACKAGE}/bin/node`;

/** Whether it is there, or could be fetched. */
export function fetchNewerNode() {
  if (existsSync(newerNode)) return true;
  const quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", ["install", "--prefix", prefix, ...quiet, `${PACKAGE}@${VERSION}`], {
    stdio: "ignore",
    shell: process.platform === "win32",
  });
  return status === 0 && existsSync(newerNode);
}
