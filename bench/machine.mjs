import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function output(command, args) {
  try {
    return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}

/** Where, with what and of what state of the source the figures are. */
export function describeMachine(core) {
  const processors = cpus();
  const { dependencies } = readJson("package.json");
  const changed = output("git", ["status", "--porcelain", "--untracked-files=no"]);
  return {
    date: new Date().toISOString(),
    commit: output("git", ["rev-parse", "HEAD"]) ?? null,
    modified: changed === undefined ? null : changed !== "",
    machine: {
      cpu: processors[0]?.model ?? "unknown",
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${release()} ${arch()}`,
      pinnedTo: core ?? null,
    },
    versions: {
      heapwright: readJson("../package.json").version,
      node: process.versions.node,
      v8: process.versions.v8,
      ...dependencies,
    },
  };
}
