// Peers come from npm, into bench/node_modules, when they are missing: heapwright itself is installed without them.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { fetchNewerNode } from "./nodes.mjs";

const bench = fileURLToPath(new URL(".", import.meta.url));

function has(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // It is there, but not for `require`.
    return error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
  }
}

/** What all cases need: this package's own users have neither. */
const ALWAYS = ["assemblyscript", "benchmark"];

/** Packages that these subjects need and that are not there. */
export function missingFor(subjects) {
  return [...new Set([ALWAYS, ...subjects.map(({ needs = [] }) => needs)].flat())].filter((name) => !has(name));
}

/** Fetches what is missing. What cannot be fetched stays missing. */
export function install(subjects, progress) {
  const missing = missingFor(subjects);
  if (missing.length > 0) {
    progress(`installing ${missing.join(", ")} into ${bench}node_modules`);
    spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: bench,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
  }
  if (subjects.some(({ needsNewerNode }) => needsNewerNode)) fetchNewerNode();
}

/** Why a subject cannot run here; undefined if it can. */
export function reasonAgainst(subject) {
  const missing = missingFor([subject]);
  if (missing.length > 0) return `${missing.join(", ")} could not be installed from npm`;
  return subject.unavailable?.();
}
